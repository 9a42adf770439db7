//! Naming a saved view.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Prompt,
    hints: |_| &[Action::Accept, Action::Cancel],
    words: |_, action| (action == Action::Accept).then_some("save"),
    act: keys::act,
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::ViewName(prompt) => Some(&mut prompt.field),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::ViewName(prompt) = &mut model.mode {
                prompt.error = None;
            }
        },
    },
    paint: paint::paint,
};
