//! What an action means on every screen: going to another one, undo, retry, help, the palette.

use crate::config::Action;
use crate::domain::Direction;
use crate::protocol::Command;

use crate::ui::message::Effect;
use crate::ui::model::{Model, Screen};
use crate::ui::popups;
use crate::ui::rules;
use crate::ui::state::toast::Level;
use crate::ui::update::{edits, undo};
use crate::ui::verbs::{forms, going};

/// Runs an action that means the same on every screen.
pub(super) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    if let Some(screen) = Screen::ALL.into_iter().find(|screen| model.room_of(*screen).go == action) {
        return going::go(model, screen);
    }
    match action {
        Action::Back => going::go(model, model.room().parent),
        Action::DropDraft => {
            if let Some(draft) = rules::draft(model) {
                forms::drop_draft(model, draft, effects);
            }
        }
        Action::Undo => undo::reverse(model, Direction::Undo, effects),
        Action::Redo => undo::reverse(model, Direction::Redo, effects),
        Action::Retry => edits::retry(model, effects),
        Action::Discard => edits::discard(model, effects),
        Action::EditAgain => forms::reopen(model),
        Action::CancelBulk => edits::cancel(model, effects),
        Action::OpenExisting => {
            // The contact that has the address which a refused edit wanted.
            if let Some(existing) = model.existing.take() {
                going::visit(model, existing, effects);
            }
        }
        Action::Browse => going::browse(model, effects),
        Action::Refresh => refresh(model, effects),
        Action::PauseSync => effects.push(Effect::Send(Command::HoldSync(!model.sync.held))),
        Action::Decide | Action::Palette | Action::Accounts | Action::WhoAmI | Action::Help => {
            popups::open(model, action, effects);
        }
        _ => {}
    }
}

/// Looks for changes now, as far as they are not held.
fn refresh(model: &mut Model, effects: &mut Vec<Effect>) {
    let said = if model.sync.held {
        let key = model.key(model.context_below(), Action::PauseSync);
        format!("Refreshing this contact; the sync is paused ({key})")
    } else {
        "Looking for changes".to_owned()
    };
    model.say(Level::Hint, said);
    effects.push(Effect::Send(Command::Refresh));
}
