//! Forms: contact, task, appointment.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};
use crate::text;
use crate::ui::model::Mode;
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
    act: |model, action, effects| {
        keys::act(model, action, effects);
        None
    },
    input: TextInput::Own {
        write: |model, input, _| keys::write(model, input),
        paste: |model, pasted, _| keys::paste(model, &text::clean(pasted), &text::clean_block(pasted)),
    },
    paint: |model, layout, buf| match &model.mode {
        Mode::Form(form) => paint::paint(model, form, layout, buf),
        _ => None,
    },
};
