//! Typing words to search tasks and appointments for. The screens paint the line.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};

use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, PopupPaint, TextInput};

pub(crate) static POPUP: Popup = Popup {
    context: Context::Filter,
    hints: |_| &[Action::Accept, Action::Cancel, Action::NextOption, Action::Down, Action::Up],
    words: |_, action| (action == Action::NextOption).then_some("complete"),
    act: keys::act,
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::Search(search) => Some(&mut search.field),
            _ => None,
        },
        changed: keys::changed,
    },
    paint: PopupPaint::Content(|_, _| None),
};
