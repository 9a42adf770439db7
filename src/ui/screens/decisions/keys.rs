//! Keys on the screen of not-a-duplicate decisions.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::model::room::Handled;
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::state::undo_stack::OwnStep;
use crate::ui::verbs::merges;

/// An action on the screen of decisions.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Handled {
    match action {
        Action::Reopen => {
            let here = model.merges.decisions().get(model.merges.listed.at);
            let Some(pair) = here.map(|decision| (decision.a.clone(), decision.b.clone())) else {
                return Handled::Done;
            };
            let names = format!("{} and {}", model.name_of(&pair.0), model.name_of(&pair.1));
            merges::reopen(model, vec![pair.clone()], effects);
            let step = OwnStep::Reopened { pairs: vec![pair], names };
            model.say(Level::Done, step.words()).offers = vec![Action::Undo];
            model.undo.did(step);
        }
        action if list_cursor::is_move(action) => {
            let (len, height) = (model.merges.decisions().len(), model.screen_height());
            model.merges.listed.step(len, height, action);
        }
        _ => return Handled::Elsewhere,
    }
    Handled::Done
}
