//! Choosing a key from the list, which runs its action.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::help::rules::matching;
use crate::ui::popups::help::state::HelpList;
use crate::ui::state::list_cursor;

/// Opens the list of keys.
pub(crate) fn open(model: &mut Model) {
    model.mode = Mode::Help(HelpList::default());
}

pub(crate) fn act(model: &mut Model, action: Action, _: &mut Vec<Effect>) -> Option<Action> {
    let Mode::Help(help) = &model.mode else { return None };
    let listed = matching(model, help);
    match action {
        Action::Accept => {
            let chosen = listed.get(help.cursor).map(|(action, _)| *action);
            model.mode = Mode::Browse;
            return chosen;
        }
        Action::Cancel => model.mode = Mode::Browse,
        action => {
            let at = list_cursor::step(help.cursor, listed.len(), 10, action);
            if let Mode::Help(help) = &mut model.mode {
                help.cursor = at;
            }
        }
    }
    None
}
