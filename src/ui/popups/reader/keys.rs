//! Scrolling a text, and closing it.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::reader::paint::lines;
use crate::ui::state::list_cursor::scroll;

pub(crate) fn act(model: &mut Model, action: Action, _: &mut Vec<Effect>) -> Option<Action> {
    let Mode::Read(reader) = &model.mode else { return None };
    if action == Action::Cancel {
        model.mode = Mode::Browse;
        return None;
    }
    let (lines, height) = lines(model, reader, model.screen_area());
    let to = scroll(reader.top, lines.len(), height, action);
    if let Mode::Read(reader) = &mut model.mode {
        reader.top = to;
    }
    None
}
