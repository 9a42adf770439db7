//! Asking before something is done.
//!
//! One rule for all deletes: it asks where undo cannot bring everything back, or where more than one record goes. A
//! contact takes its history along, so that is asked. One task, note or appointment is not: `u` makes it again as it
//! was, and a question before every such key would only be answered without reading.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::room::{Popup, PopupPaint, TextInput};
use crate::ui::model::{Mode, Model};

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

fn word(model: &Model, action: Action) -> Option<&'static str> {
    match &model.mode {
        Mode::Confirm(confirmation) => confirmation.word(action),
        _ => None,
    }
}
