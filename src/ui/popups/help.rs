//! The list of keys.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Help,
    hints: |_| &[Action::Down, Action::Up],
    words: |_, _| None,
    act: keys::act,
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::Help(help) => Some(&mut help.field),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::Help(help) = &mut model.mode {
                help.cursor = 0;
            }
        },
    },
    paint: PopupPaint::Content(paint::content),
};
