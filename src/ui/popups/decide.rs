//! Resolving a conflict: whose values stay, where someone else changed the same fields.

pub(crate) mod keys;
pub(crate) mod paint;

use crate::config::{Action, Context};

use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Decide,
    hints: |_| &[Action::KeepOurs, Action::TakeTheirs, Action::Cancel],
    words: |_, _| None,
    act: keys::act,
    input: TextInput::None,
    paint: PopupPaint::Content(paint::content),
};
