//! The location's tasks and appointments by day.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Screen;
use crate::ui::model::room::{Alarm, Room, Tab};

pub(crate) static ROOM: Room = Room {
    screen: Screen::Agenda,
    parent: Screen::Contacts,
    go: Action::GoAgenda,
    tab: Some(Tab { names: ["Agenda", "Agd"], count: |_| 0, alarm: |_, _| Alarm::Quiet }),
    context: |_| Context::Agenda,
    hints: |_| {
        &[
            Action::NextPane,
            Action::NextDay,
            Action::NextMonth,
            Action::Today,
            Action::ToggleTask,
            Action::Reschedule,
            Action::Edit,
            Action::CancelAppointment,
            Action::Open,
            Action::ByOwner,
            Action::Filter,
            Action::Undo,
            Action::Assign,
            Action::Delete,
            Action::Down,
            Action::Up,
            Action::Browse,
            Action::Back,
        ]
    },
    unmet: rules::unmet,
    contact: |model| model.agenda.item().map(|item| item.contact().clone()),
    edit: |model| model.overlay.get(model.agenda.item()?.edit()?),
    draft: rules::draft,
    marks: None,
    act: keys::act,
    settle: keys::settle,
    panes: paint::panes,
};
