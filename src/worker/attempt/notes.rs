//! Notes: created once, and changed or deleted only if they are as the user saw them.

use crate::api::endpoints::{CreateNote, DeleteNote, GetNote, GetNotes, UpdateNote};
use crate::domain::{ContactId, Note, NoteEdit, NoteId, NotePatch, Receipt, Target};
use crate::protocol::Preview;

use crate::worker::attempt::calls::{Attempt, BaseCheck, says_the_same};
use crate::worker::attempt::{Setback, request};

pub(super) async fn attempt(attempt: &Attempt<'_>, edit: &NoteEdit) -> Result<Receipt, Setback> {
    match edit {
        NoteEdit::Add { note, replaces } => add(attempt, note, replaces.as_ref()).await,
        NoteEdit::Patch { note, before, after } => patch(attempt, note, before, after).await,
        NoteEdit::Delete { note, was } => delete(attempt, note, was).await,
    }
}

pub(super) fn preview(contact: ContactId, edit: NoteEdit) -> Preview {
    let id = |target| NoteId::new(request::id(&target, NoteId::as_str));
    match edit {
        NoteEdit::Add { note, .. } => request::of(&CreateNote { contact, note }),
        NoteEdit::Patch { note, after, .. } => request::of(&UpdateNote { contact, note: id(note), patch: after }),
        NoteEdit::Delete { note, .. } => request::of(&DeleteNote { contact, note: id(note) }),
    }
}

async fn add(attempt: &Attempt<'_>, note: &NotePatch, replaces: Option<&NoteId>) -> Result<Receipt, Setback> {
    let contact = attempt.contact.clone();
    let listed = attempt.get(&GetNotes { contact: contact.clone() }).await?;
    let listed = listed.into_iter().map(|held| held.value).collect();
    let (replaces, create) = (replaces.map(NoteId::as_str), CreateNote { contact, note: note.clone() });
    let made = attempt.create(listed, replaces, |note| note.id.as_str(), |held| is_equal(note, held), &create).await?;
    Ok(Receipt::Note(made))
}

pub(super) fn is_equal(note: &NotePatch, held: &Note) -> bool {
    says_the_same("body", &held.body, note.body.as_deref().unwrap_or_default())
}

async fn patch(
    attempt: &Attempt<'_>,
    target: &Target<NoteId>,
    before: &NotePatch,
    after: &NotePatch,
) -> Result<Receipt, Setback> {
    let (contact, note) = (attempt.contact.clone(), NoteId::new(attempt.need(target, NoteId::as_str).await?));
    let held = attempt.get(&GetNote { contact: contact.clone(), note: note.clone() }).await?.value;
    let now = after.current(&held);
    let rebased = || NoteEdit::Patch { note: target.clone(), before: now.clone(), after: after.clone() };
    let compared = attempt.compare(&before.entries(), &after.entries(), &now.entries(), rebased).await?;
    if compared == BaseCheck::Already {
        return Ok(Receipt::Note(held));
    }
    // Fields left out stay unchanged, as far as the API description says; older servers require the body.
    let patch = NotePatch { body: Some(after.body.clone().unwrap_or(held.body)), ..after.clone() };
    let held = attempt.send(&UpdateNote { contact, note, patch }).await?;
    Ok(Receipt::Note(held.value))
}

async fn delete(attempt: &Attempt<'_>, target: &Target<NoteId>, was: &NotePatch) -> Result<Receipt, Setback> {
    // A note that was never created need not be deleted.
    let Some(id) = attempt.find(target, NoteId::as_str).await? else { return Ok(Receipt::Nothing) };
    let (contact, note) = (attempt.contact.clone(), NoteId::new(id));
    let Some(held) = attempt.look(&GetNote { contact: contact.clone(), note: note.clone() }).await? else {
        return Ok(Receipt::NoteGone(note));
    };
    attempt.unchanged(&was.entries(), &was.current(&held.value).entries())?;
    attempt.remove(&DeleteNote { contact, note: note.clone() }, None).await?;
    Ok(Receipt::NoteGone(note))
}
