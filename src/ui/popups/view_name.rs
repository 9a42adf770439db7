//! Naming a saved view.

pub(crate) mod paint;
pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::update::views;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Prompt,
    hints: |_| &[Action::Accept, Action::Cancel],
    words: &[(Action::Cancel, "leave it"), (Action::Accept, "take it")],
    act: |model, action, effects| {
        views::naming(model, action, effects);
        None
    },
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::ViewName(naming) => Some(&mut naming.field),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::ViewName(naming) = &mut model.mode {
                naming.error = None;
            }
        },
    },
    paint: |model, layout, buf| match &model.mode {
        Mode::ViewName(naming) => Some(paint::name(model, naming, layout, buf)),
        _ => None,
    },
};
