//! Keys in the outbox.

use crate::config::Action;
use crate::domain::{Pending, Progress};
use crate::protocol::Command;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::popups::form;
use crate::ui::state::toast::Level;
use crate::ui::update::{actions, edits, going};

/// An action on the screen of edits that wait or have failed.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    let here = model.outbox_lines().get(model.outbox.at).copied().cloned();
    match action {
        Action::Open => {
            let Some(pending) = here else { return };
            if let (Progress::Clash(_), Some(id)) = (&pending.progress, pending.id) {
                model.mode = Mode::Decide(id);
            } else {
                going::visit(model, pending.edit.contact.clone(), effects);
            }
        }
        Action::Retry | Action::Discard | Action::EditAgain | Action::Decide => {
            if let Some(why) = actions::refusal(model, action) {
                model.say(Level::Warn, format!("{}: {why}", action.short()));
                return;
            }
            match (action, here) {
                // One that only waits can be hurried or given up as well.
                (Action::Retry, Some(pending)) if pending.progress.is_live() => {
                    effects.push(Effect::Send(Command::Retry(pending.id.into_iter().collect())));
                }
                (Action::Discard, Some(pending)) if pending.progress.is_live() => {
                    effects.push(Effect::Send(Command::Discard(pending.id.into_iter().collect())));
                }
                (Action::Retry, _) => edits::retry(model, effects),
                (Action::Discard, _) => edits::discard(model, effects),
                (Action::EditAgain, Some(pending)) => {
                    let contact = pending.edit.contact.clone();
                    let opened = model.opened.as_ref().is_some_and(|opened| opened.contact == contact);
                    if opened || contact.is_provisional() {
                        form::keys::reopen(model);
                    } else {
                        going::visit(model, contact, effects);
                        model.say(Level::Hint, "Press E once its contact is shown");
                    }
                }
                (_, Some(Pending { id: Some(id), .. })) => model.mode = Mode::Decide(id),
                (_, _) => {}
            }
        }
        Action::Back => going::go(model, Screen::Contacts),
        action if going::shared(model, action, effects) => {}
        action => {
            let (count, height) = (model.overlay.iter().count(), model.screen_height());
            model.outbox.step(count, height, action);
        }
    }
}
