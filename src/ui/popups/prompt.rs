//! One line that is asked for: a due date, a value of a merge, the name of a view.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Prompt,
    hints: |_| &[Action::Accept, Action::Cancel],
    words: |model, action| match &model.mode {
        Mode::Prompt(prompt) if action == Action::Accept => Some(prompt.purpose.verb()),
        _ => None,
    },
    act: keys::act,
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::Prompt(prompt) => Some(&mut prompt.field.input),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::Prompt(prompt) = &mut model.mode {
                prompt.field.error = None;
            }
        },
    },
    paint: PopupPaint::Content(paint::content),
};
