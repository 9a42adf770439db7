//! One request, whole.

pub(crate) mod state;

use crate::config::{Action, Context};
use crate::ui::model::Mode;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::popups::choose;
use crate::ui::popups::inspect::state::RequestInspector;
use crate::ui::update::going;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Inspect,
    hints: |_| &[Action::Down, Action::Up],
    words: &[],
    act: |model, action, effects| {
        going::inspect(model, action, effects);
        None
    },
    input: TextInput::None,
    paint: |model, _, buf| {
        if let Mode::Inspect(RequestInspector { record, top }) = &model.mode {
            choose::inspect(model, record, *top, buf);
        }
        None
    },
};
