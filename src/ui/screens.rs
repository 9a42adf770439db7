//! The table of screens. Each is a room of its own: what it holds, what can be done on it, its keys and how it is
//! painted.

pub(crate) mod activity;
pub(crate) mod agenda;
pub(crate) mod contacts;
pub(crate) mod decisions;
pub(crate) mod duplicates;
pub(crate) mod journal;
pub(crate) mod open_tasks;
pub(crate) mod outbox;

use crate::ui::model::Screen;
use crate::ui::model::room::Room;

/// The row of a screen.
pub(crate) fn room(screen: Screen) -> &'static Room {
    match screen {
        Screen::Contacts => &contacts::ROOM,
        Screen::OpenTasks => &open_tasks::ROOM,
        Screen::Agenda => &agenda::ROOM,
        Screen::Duplicates => &duplicates::ROOM,
        Screen::Journal => &journal::ROOM,
        Screen::Decisions => &decisions::ROOM,
        Screen::Activity => &activity::ROOM,
        Screen::Outbox => &outbox::ROOM,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use crate::config::{Depth, Keymap, Theme};
    use crate::domain::{Access, Location, LocationId, MergeRules};
    use crate::ui::model::{Model, Screen, Start};

    #[test]
    fn every_screen_can_be_read_without_a_terminal() {
        let mut model = Model::new(Start {
            now: Timestamp::UNIX_EPOCH,
            size: (120, 40),
            demo: false,
            access: Access::READ_WRITE,
            accounts: Vec::new(),
            notices: Vec::new(),
            location: Arc::new(Location::unknown(LocationId::new("loc1"))),
            web_host: String::new(),
            hours: None,
            merge_rules: MergeRules::default(),
            views: Ok(Vec::new()),
            theme: Theme::built_in(false, Depth::True),
            keymap: Keymap::default(),
        });
        for screen in Screen::ALL {
            model.screen = screen;
            let panes = (model.room().panes)(&model, &model.layout());
            let focused: Vec<_> = panes.iter().filter(|(_, pane)| pane.focused).collect();
            assert_eq!(focused.len(), 1, "{screen:?}: one pane has the focus");
            assert!(focused[0].1.title.width() > 0, "{screen:?}: it has a title");
            assert!(focused[0].1.list.rows.len() <= focused[0].1.list.total.max(1), "{screen:?}: rows are counted");
            assert!(!(model.room().hints)(&model).is_empty(), "{screen:?}: its keys are named");
        }
    }
}
