//! Edits: on the overlay with the key, and asked of the worker.

use crate::domain::{Edit, EditId, GroupId, Pending, Progress};
use crate::protocol::{Command, DraftKey, Ticket};

use crate::ui::message::Effect;
use crate::ui::model::{Asked, Model};

/// Shows edits at once and asks for them.
pub(crate) fn apply(model: &mut Model, edits: Vec<Edit>, effects: &mut Vec<Effect>) {
    ask(model, edits, None, effects);
}

fn ask(model: &mut Model, edits: Vec<Edit>, typed: Option<(DraftKey, String)>, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    for edit in &edits {
        let (group, edit, made_at) = (Some(unsaved(ticket)), edit.clone(), model.now);
        model.overlay.push(Pending { id: None, group, edit, progress: Progress::Saving, made_at });
    }
    let draft = typed.as_ref().map(|(draft, _)| draft.clone());
    model.asked.push(Asked { ticket, edits: edits.clone(), replaces: None, typed });
    model.undo.asked(ticket);
    effects.push(Effect::Send(Command::Apply { ticket, edits, draft }));
}

/// Shows and asks for the edits of a form or an editor, which starts empty next time. The refused edit that they
/// repeat, if any, is given up once they are safe.
pub(crate) fn send_typed(
    model: &mut Model,
    edits: Vec<Edit>,
    typed: (DraftKey, String),
    refused: Option<EditId>,
    effects: &mut Vec<Effect>,
) {
    model.drafts.remove(&typed.0);
    ask(model, edits, Some(typed), effects);
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
