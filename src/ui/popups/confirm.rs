//! Asking before something is done.
//!
//! One rule for all deletes: it asks where undo cannot bring everything back, or where more than one record goes. A
//! contact takes its history along, so that is asked. One task, note or appointment is not: `u` makes it again as it
//! was, and a question before every such key would only be answered without reading.
//!
//! Where it is about many, the number is typed instead of a key: a filter that matched more than was meant shows it.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::room::{Popup, PopupPaint, TextInput};
use crate::ui::model::{Mode, Model};
use crate::ui::popups::confirm::state::Confirmation;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Confirm,
    hints: |model| match word(model, Action::Yes) {
        Some(_) => &[Action::Yes, Action::Cancel],
        None => &[Action::Cancel],
    },
    words: word,
    act: keys::act,
    input: TextInput::None,
    paint: PopupPaint::Content(paint::content),
};

/// The same question where the number is typed.
pub(crate) static COUNTED: Popup = Popup {
    context: Context::Prompt,
    hints: |_| &[Action::Accept, Action::Cancel],
    words: word,
    act: keys::act,
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::Confirm(Confirmation { how_many: Some(how_many), .. }) => Some(&mut how_many.field),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::Confirm(Confirmation { how_many: Some(how_many), .. }) = &mut model.mode {
                how_many.is_wrong = false;
            }
        },
    },
    paint: PopupPaint::Content(paint::content),
};

fn word(model: &Model, action: Action) -> Option<&'static str> {
    match &model.mode {
        Mode::Confirm(confirmation) => confirmation.word(action),
        _ => None,
    }
}
