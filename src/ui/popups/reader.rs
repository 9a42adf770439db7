//! Reading a text whole: a note, a task, the evidence that two contacts are one person.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Reader,
    hints: |_| &[Action::Down, Action::Up],
    words: |_, _| None,
    act: keys::act,
    input: TextInput::None,
    paint: PopupPaint::Content(paint::content),
};
