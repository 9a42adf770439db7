//! Forms: contact, task, appointment.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::room::{Popup, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Form,
    hints: |_| &[Action::Send, Action::Cancel, Action::Down, Action::Up],
    words: &[
        (Action::Cancel, "keep as draft"),
        (Action::Send, "save"),
        (Action::Down, "next"),
        (Action::Up, "previous"),
    ],
    act: keys::act,
    input: TextInput::Own { write: keys::write, paste: keys::paste },
    paint: paint::paint,
};
