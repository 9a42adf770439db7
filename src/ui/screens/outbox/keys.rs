//! Keys in the outbox.

use crate::config::Action;
use crate::domain::Progress;

use crate::ui::message::Effect;
use crate::ui::model::room::Handled;
use crate::ui::model::{Mode, Model};
use crate::ui::screens::outbox::paint::list_height;
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::verbs::going;

/// An action on the screen of edits that wait or have failed.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Handled {
    let here = model.outbox_lines().get(model.outbox.at).copied().cloned();
    match (action, here) {
        (Action::Open, Some(pending)) => {
            if let (Progress::Clash(_), Some(id)) = (&pending.progress, pending.id) {
                model.mode = Mode::Decide(id);
            } else {
                going::visit(model, pending.edit.contact.clone(), effects);
            }
        }
        (Action::EditAgain, Some(pending)) => {
            let contact = pending.edit.contact.clone();
            let opened = model.opened.as_ref().is_some_and(|opened| opened.contact == contact);
            if opened || contact.is_provisional() {
                return Handled::Elsewhere;
            }
            going::visit(model, contact, effects);
            model.say(Level::Hint, "Press E once its contact is shown");
        }
        (action, _) if list_cursor::is_move(action) => {
            let (count, height) = (model.overlay.iter().count(), list_height(model));
            model.outbox.step(count, height, action);
        }
        _ => return Handled::Elsewhere,
    }
    Handled::Done
}
