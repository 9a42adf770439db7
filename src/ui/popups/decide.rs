//! Deciding whose values stay, where somebody else changed the same fields.

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::popups::choose;
use crate::ui::update::going;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Decide,
    hints: |_| &[Action::KeepOurs, Action::TakeTheirs, Action::Cancel],
    words: &[],
    act: |model, action, effects| {
        going::in_decision(model, action, effects);
        None
    },
    input: TextInput::None,
    paint: |model, layout, buf| {
        if let Mode::Decide(id) = &model.mode {
            choose::decide(model, *id, layout, buf);
        }
        None
    },
};
