//! Scrolling through a request, and copying it.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::inspect::paint::lines;
use crate::ui::state::list_cursor::scroll;
use crate::ui::verbs::going;

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let Mode::Inspect(inspector) = &model.mode else { return None };
    match action {
        Action::Cancel => model.mode = Mode::Browse,
        Action::CopyCurl => {
            let record = inspector.record.clone();
            going::copy_curl(model, &record, effects);
        }
        action => {
            let (lines, height) = lines(model, inspector, model.screen_area());
            let to = scroll(inspector.top, lines.len(), height, action);
            if let Mode::Inspect(inspector) = &mut model.mode {
                inspector.top = to;
            }
        }
    }
    None
}
