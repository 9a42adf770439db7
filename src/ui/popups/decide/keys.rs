//! Keeping one side of a conflict.

use crate::config::Action;
use crate::protocol::Command;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::rules::conflict;
use crate::ui::state::toast::Level;

/// Opens the conflict under the cursor, else the newest.
pub(crate) fn open(model: &mut Model) {
    if let Some(id) = conflict(model) {
        model.mode = Mode::Decide(id);
    }
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let Mode::Decide(id) = model.mode else { return None };
    match action {
        Action::KeepOurs => effects.push(Effect::Send(Command::Insist(id))),
        Action::TakeTheirs => {
            effects.push(Effect::Send(Command::Discard(vec![id])));
            // What was typed is given up knowingly: no draft of it.
            model.replaced = Some(id);
            model.say(Level::Hint, "Kept the server's values");
        }
        Action::Cancel => {}
        _ => return None,
    }
    model.mode = Mode::Browse;
    None
}
