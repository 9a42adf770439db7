//! Typing another due date.

pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::screens::tasks;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Prompt,
    hints: |_| &[Action::Accept, Action::Cancel],
    words: &[(Action::Cancel, "leave it"), (Action::Accept, "take it")],
    act: |model, action, effects| {
        tasks::keys::when(model, action, effects);
        None
    },
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::DueDate(when) => Some(&mut when.field.input),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::DueDate(when) = &mut model.mode {
                when.field.error = None;
            }
        },
    },
    paint: |model, layout, buf| match &model.mode {
        Mode::DueDate(when) => Some(tasks::paint::when(model, when, layout, buf)),
        _ => None,
    },
};
