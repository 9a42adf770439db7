//! Forms: contact, task, appointment.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Form,
    hints: |_| &[Action::Send, Action::Cancel, Action::TakeSuggestion, Action::Up],
    words: |model, action| match action {
        Action::Cancel => Some("keep as draft"),
        Action::Send => Some("save"),
        Action::TakeSuggestion if rules::offered(model).is_some() => Some("complete"),
        Action::Up => Some("previous"),
        _ => None,
    },
    act: keys::act,
    input: TextInput::Own { write: keys::write, paste: keys::paste },
    paint: PopupPaint::Own(paint::paint),
};
