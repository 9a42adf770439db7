//! Typing the filter of the contacts, in a line of their list, with what could follow below it.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod rules;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Filter,
    hints: |_| &[Action::Accept, Action::Cancel, Action::NextOption, Action::Down, Action::Up],
    words: |_, action| (action == Action::NextOption).then_some("complete"),
    act: keys::act,
    input: TextInput::Own { write: keys::write, paste: keys::paste },
    paint: PopupPaint::Own(paint::paint),
};
