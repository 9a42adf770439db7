//! Edits: on the overlay with the key, and asked of the worker.

use crate::domain::{Edit, EditId, GroupId, Pending, Progress};
use crate::protocol::{Command, Ticket};

use crate::ui::message::Effect;
use crate::ui::model::{Asked, Model};

/// Shows edits at once and asks for them.
pub(crate) fn apply(model: &mut Model, edits: Vec<Edit>, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    for edit in &edits {
        let (group, edit, made_at) = (Some(unsaved(ticket)), edit.clone(), model.now);
        model.overlay.push(Pending { id: None, group, edit, progress: Progress::Saving, made_at });
    }
    model.asked.push(Asked { ticket, edits: edits.clone(), replaces: None });
    effects.push(Effect::Send(Command::Apply { ticket, edits }));
}

/// Shows and asks for edits that repeat a refused one, where there is one: it is given up once they are safe.
pub(crate) fn repeat(model: &mut Model, edits: Vec<Edit>, refused: Option<EditId>, effects: &mut Vec<Effect>) {
    apply(model, edits, effects);
    if let Some(asked) = model.asked.last_mut() {
        asked.replaces = refused;
    }
    model.replaced = refused;
}

/// The group of edits that the outbox does not hold yet.
fn unsaved(ticket: Ticket) -> GroupId {
    GroupId(uuid::Uuid::from_u128(u128::from(ticket.0)))
}

/// Takes edits that were asked for off the overlay: the outbox holds them now, or refuses them.
pub(crate) fn taken_back(model: &mut Model, ticket: Ticket) -> Option<Asked> {
    let at = model.asked.iter().position(|asked| asked.ticket == ticket)?;
    model.overlay.drop_unsaved(unsaved(ticket));
    Some(model.asked.remove(at))
}
