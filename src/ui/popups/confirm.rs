//! Asking before something is done.

pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::popups::choose;
use crate::ui::update::plans;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Confirm,
    hints: |_| &[Action::Yes, Action::Cancel],
    words: &[(Action::Cancel, "leave it")],
    act: |model, action, effects| {
        plans::confirm(model, action, effects);
        None
    },
    input: TextInput::None,
    paint: |model, layout, buf| {
        if let Mode::Confirm(confirm) = &model.mode {
            choose::confirm(model, confirm, layout, buf);
        }
        None
    },
};
