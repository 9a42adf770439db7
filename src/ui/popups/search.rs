//! Typing the words that tasks and appointments are looked for by.

pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::screens::tasks;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Filter,
    hints: |_| &[Action::Accept, Action::Cancel, Action::NextOption, Action::Down, Action::Up],
    words: &[(Action::NextOption, "complete")],
    act: |model, action, _| {
        tasks::keys::search(model, action);
        None
    },
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::Search(search) => Some(&mut search.field),
            _ => None,
        },
        changed: |model, _| tasks::keys::searched(model),
    },
    paint: |_, _, _| None,
};
