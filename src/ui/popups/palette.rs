//! Finding an action, a screen or a contact by name.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Palette,
    hints: |_| &[Action::Down, Action::Up],
    words: |_, _| None,
    act: keys::act,
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::Palette(palette) => Some(&mut palette.field),
            _ => None,
        },
        changed: keys::changed,
    },
    paint: PopupPaint::Content(paint::content),
};
