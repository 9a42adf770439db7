//! Choosing from a list.

pub(crate) mod keys;
pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::popups::choose;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Picker,
    hints: |_| &[Action::Down, Action::Up],
    words: &[],
    act: |model, action, effects| {
        keys::act(model, action, effects);
        None
    },
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::Pick(picker) => Some(&mut picker.field),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::Pick(picker) = &mut model.mode {
                picker.cursor = 0;
            }
        },
    },
    paint: |model, layout, buf| match &model.mode {
        Mode::Pick(picker) => Some(choose::pick(model, picker, layout, buf)),
        _ => None,
    },
};
