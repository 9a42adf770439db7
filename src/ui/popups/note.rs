//! Writing a note.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Composer,
    hints: |_| &[Action::Send, Action::Cancel],
    words: |_, action| match action {
        Action::Send => Some("save"),
        Action::Cancel => Some("keep as draft"),
        _ => None,
    },
    act: keys::act,
    input: TextInput::Own { write: keys::write, paste: keys::paste },
    paint: PopupPaint::Own(paint::paint),
};
