//! Typing a new due date.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Prompt,
    hints: |_| &[Action::Accept, Action::Cancel],
    words: |_, action| (action == Action::Accept).then_some("set"),
    act: keys::act,
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::DueDate(prompt) => Some(&mut prompt.field.input),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::DueDate(prompt) = &mut model.mode {
                prompt.field.error = None;
            }
        },
    },
    paint: paint::paint,
};
