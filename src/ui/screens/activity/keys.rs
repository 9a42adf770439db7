//! Keys among the requests and messages.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::room::Handled;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::inspect::state::RequestInspector;
use crate::ui::screens::activity::state::Entry;
use crate::ui::state::list_cursor;
use crate::ui::verbs::going;

/// An action on the screen of requests and messages.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Handled {
    match action {
        Action::Open => {
            if let Some(Entry::Request(record)) = model.activity.take_up() {
                model.mode = Mode::Inspect(RequestInspector { record: record.clone(), top: 0 });
            }
        }
        Action::CopyCurl => {
            if let Some(Entry::Request(record)) = model.activity.take_up().cloned() {
                going::copy_curl(model, &record, effects);
            }
        }
        Action::EditsAlone => model.activity.toggle_edits(),
        action if list_cursor::is_move(action) => {
            let height = model.screen_height();
            model.activity.step(action, height);
        }
        _ => return Handled::Elsewhere,
    }
    Handled::Done
}
