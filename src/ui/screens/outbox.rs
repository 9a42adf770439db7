//! Edits that wait to be sent, and those that failed.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;

use ratatui::text::Span;

use crate::config::{Action, Context};
use crate::ui::model::room::{Alarm, Room, Tab};
use crate::ui::model::{Model, Screen};

pub(crate) static ROOM: Room = Room {
    screen: Screen::Outbox,
    parent: Screen::Contacts,
    go: Action::GoOutbox,
    tab: Some(Tab { names: ["Outbox", "Out"], count: |model| model.overlay.iter().count(), alarm: failed }),
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
    unmet: rules::unmet,
    contact: |_| None,
    edit: |model| model.outbox_lines().get(model.outbox.at).copied(),
    draft: |_| None,
    marks: None,
    act: keys::act,
    settle: |model| {
        let (len, height) = (model.overlay.iter().count(), paint::list_height(model));
        model.outbox.settle(len, height);
    },
    panes: |model, layout| paint::panes(model, layout.body),
};

fn failed(model: &Model, _long: bool) -> Alarm {
    match model.overlay.iter().filter(|pending| !pending.progress.is_live()).count() {
        0 => Alarm::Quiet,
        failed => Alarm::Tab(Span::styled(format!(" ✗ {failed}"), model.theme.bad.0)),
    }
}
