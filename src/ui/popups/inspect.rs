//! One request, whole.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Inspect,
    hints: |_| &[Action::Down, Action::Up],
    words: |_, _| None,
    act: keys::act,
    input: TextInput::None,
    paint: PopupPaint::Content(paint::content),
};
