//! Typing a value of a merge.

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
            Mode::Value(value) => Some(&mut value.field.input),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::Value(value) = &mut model.mode {
                value.field.error = None;
            }
        },
    },
    paint: paint::paint,
};
