//! Typing a value of a merge.

pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::popups::dry_run;
use crate::ui::screens::duplicates;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Prompt,
    hints: |_| &[Action::Accept, Action::Cancel],
    words: &[(Action::Cancel, "leave it"), (Action::Accept, "take it")],
    act: |model, action, _| {
        duplicates::keys::typing(model, action);
        None
    },
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::Value(typing) => Some(&mut typing.field.input),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::Value(typing) = &mut model.mode {
                typing.field.error = None;
            }
        },
    },
    paint: |model, layout, buf| match &model.mode {
        Mode::Value(typing) => Some(dry_run::paint::typing(model, typing, layout, buf)),
        _ => None,
    },
};
