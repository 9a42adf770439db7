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
