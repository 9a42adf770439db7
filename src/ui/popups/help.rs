//! The list of keys.

pub(crate) mod paint;

use crate::config::{Action, Context};
use crate::ui::message::Effect;
use crate::ui::model::Mode;
use crate::ui::model::Model;
use crate::ui::model::room::{Popup, TextInput};
use crate::ui::rules::matching_help;
use crate::ui::state::list_cursor;

pub(crate) static POPUP: Popup = Popup {
    context: Context::Help,
    hints: |_| &[Action::Down, Action::Up],
    words: &[],
    act,
    input: TextInput::Line {
        field: |mode| match mode {
            Mode::Help(help) => Some(&mut help.field),
            _ => None,
        },
        changed: |model, _| {
            if let Mode::Help(help) = &mut model.mode {
                help.cursor = 0;
            }
        },
    },
    paint: paint::paint,
};

fn act(model: &mut Model, action: Action, _: &mut Vec<Effect>) -> Option<Action> {
    let Mode::Help(help) = &model.mode else { return None };
    let listed = matching_help(model, help);
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
