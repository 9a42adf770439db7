//! The edits that wait or have failed.

use ratatui::text::Span;

use crate::config::{Action, Context};
use crate::ui::frame::screens::{outbox, screen_height};
use crate::ui::model::room::{Alarm, Room, Tab};
use crate::ui::model::{Model, Screen};
use crate::ui::update::screens;

pub(crate) static ROOM: Room = Room {
    screen: Screen::Outbox,
    parent: Screen::Contacts,
    tab: Some(Tab {
        action: Action::GoOutbox,
        names: ["Outbox", "Out"],
        count: |model| model.overlay.iter().count(),
        alarm: failed,
    }),
    context: |_| Context::Outbox,
    hints: |_| {
        &[
            Action::Open,
            Action::Retry,
            Action::EditAgain,
            Action::Discard,
            Action::Decide,
            Action::Down,
            Action::Up,
            Action::Back,
        ]
    },
    act: |model, action, effects| {
        screens::in_outbox(model, action, effects);
        true
    },
    settle: |model, _| {
        let (len, height) = (model.overlay.iter().count(), screen_height(model));
        model.outbox.settle(len, height);
    },
    paint: |model, layout, buf| {
        outbox(model, layout, buf);
        None
    },
};

fn failed(model: &Model, _long: bool) -> Alarm {
    match model.overlay.iter().filter(|pending| !pending.progress.is_live()).count() {
        0 => Alarm::Quiet,
        failed => Alarm::Tab(Span::styled(format!(" ✗ {failed}"), model.theme.bad.0)),
    }
}
