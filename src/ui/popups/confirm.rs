//! Asking before something is done.

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
