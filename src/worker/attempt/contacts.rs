//! Contacts: created once, changed field by field, and saved in full before they are deleted.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::api::endpoints::{CreateContact, DeleteContact, GetContact, GetNotes, GetTasks, UpdateContact};
use crate::api::{ApiError, Urgency};
use crate::domain::{Contact, ContactEdit, ContactField, ContactId, ContactPatch, LocationId, Receipt};
use crate::protocol::Preview;

use crate::worker::attempt::calls::{Attempt, BaseCheck};
use crate::worker::attempt::{Setback, of_error, request};
use crate::worker::write::Earlier;

/// A refused create may have created the contact anyway; the index shows it after about this long.
const SECOND_LOOK: Duration = Duration::from_millis(2_500);

pub(super) async fn attempt(attempt: &Attempt<'_>, edit: &ContactEdit) -> Result<Receipt, Setback> {
    match edit {
        ContactEdit::Create { patch, replaces } => create(attempt, patch, replaces.as_ref()).await,
        ContactEdit::Patch { name, before, after } => patch(attempt, name, before, after).await,
        ContactEdit::Delete { .. } => delete(attempt).await,
    }
}

pub(super) fn preview(location: LocationId, contact: ContactId, edit: ContactEdit) -> Preview {
    match edit {
        ContactEdit::Create { patch, .. } => request::of(&CreateContact { location, patch }),
        ContactEdit::Patch { after, .. } => request::of(&UpdateContact { contact, patch: after }),
        ContactEdit::Delete { .. } => request::of(&DeleteContact { contact }),
    }
}

/// Creates a contact. Before a failed create is retried, we search for its contact, whatever the answer was.
async fn create(attempt: &Attempt<'_>, patch: &ContactPatch, replaces: Option<&ContactId>) -> Result<Receipt, Setback> {
    // Re-created only if it is gone.
    if let Some(old) = replaces
        && let Some(held) = attempt.look(&GetContact { contact: old.clone() }).await?
    {
        return Ok(Receipt::Contact(held.value.into()));
    }
    let write = &attempt.write;
    let equal = write.equal_contacts(patch).await.map_err(|error| of_error(attempt.row, error))?;
    let probe = match write.earlier(equal, |one| one.id.as_str())? {
        Earlier::Made(ours) => return full(attempt, ours).await,
        Earlier::Nothing(probe) => probe.or_else(|| write.sent.probe.clone()).unwrap_or_default(),
    };
    let location = attempt.shared.client.location().clone();
    match write.send(&CreateContact { location, patch: patch.clone() }, Some(probe.clone())).await? {
        Ok(made) => full(attempt, made.value).await,
        Err(ApiError::Duplicate { existing: Some(id), .. }) if write.tried() && !probe.contains(&id.to_string()) => {
            // It conflicts with its own earlier request, which did create the contact.
            let held = attempt.get(&GetContact { contact: id }).await?.value;
            Ok(Receipt::Contact(held.into()))
        }
        Err(error @ ApiError::Reject { .. }) => refused(attempt, patch, &probe, error).await,
        Err(error) => Err(of_error(attempt.row, error)),
    }
}

/// The answer to a create is not the full contact.
async fn full(attempt: &Attempt<'_>, made: Contact) -> Result<Receipt, Setback> {
    let held = attempt.shared.call(&GetContact { contact: made.id.clone() }, Urgency::User).await;
    Ok(Receipt::Contact(Box::new(held.map_or(made, |held| held.value))))
}

/// A refused create may have created the contact anyway.
async fn refused(
    attempt: &Attempt<'_>,
    patch: &ContactPatch,
    before: &[String],
    error: ApiError,
) -> Result<Receipt, Setback> {
    for wait in [Duration::ZERO, SECOND_LOOK] {
        tokio::time::sleep(wait).await;
        let equal = attempt.write.equal_contacts(patch).await.map_err(|error| of_error(attempt.row, error))?;
        if let Some(ours) = equal.into_iter().find(|one| !before.iter().any(|id| id == one.id.as_str())) {
            return full(attempt, ours).await;
        }
    }
    Err(of_error(attempt.row, error))
}

async fn patch(
    attempt: &Attempt<'_>,
    name: &str,
    before: &ContactPatch,
    after: &ContactPatch,
) -> Result<Receipt, Setback> {
    let held = attempt.get(&GetContact { contact: attempt.contact.clone() }).await?.value;
    let now = after.current(&held);
    let rebased = || ContactEdit::Patch { name: name.to_owned(), before: now.clone(), after: after.clone() };
    if attempt.compare(&before.entries(), &after.entries(), &now.entries(), rebased).await? == BaseCheck::Already {
        return Ok(Receipt::Contact(held.into()));
    }
    let contact = attempt.contact.clone();
    let mut reply = attempt.send(&UpdateContact { contact: contact.clone(), patch: after.clone() }).await?.value;
    // Where the server ignores a null, an empty string clears the field.
    let kept = after
        .fields
        .iter()
        .filter(|(field, value)| value.is_none() && field.get(&reply).is_some_and(|held| !held.is_empty()));
    let fields: BTreeMap<ContactField, Option<String>> = kept.map(|(field, _)| (*field, Some(String::new()))).collect();
    if !fields.is_empty() {
        let patch = ContactPatch { fields, ..ContactPatch::default() };
        reply = attempt.send(&UpdateContact { contact, patch }).await?.value;
    }
    Ok(Receipt::Contact(Box::new(merged(held, after, reply))))
}

/// The answer to an update, completed with the fields it lacks from before.
fn merged(held: Contact, after: &ContactPatch, reply: Contact) -> Contact {
    let mut known = held;
    after.apply(&mut known);
    Contact {
        dnd: crate::domain::Dnd { channels: reply.dnd.channels.or(known.dnd.channels), ..reply.dnd },
        business: reply.business.or(known.business),
        followers: if reply.followers.is_empty() { known.followers } else { reply.followers },
        updated: reply.updated.or(known.updated),
        ..reply
    }
}

/// Deletes a contact; the ledger stores it before the request is sent, so that it can be re-created.
async fn delete(attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
    let contact = attempt.contact.clone();
    let kept =
        attempt.row.sent.probe.iter().flatten().next().and_then(|text| serde_json::from_str::<Receipt>(text).ok());
    let gone = Receipt::ContactGone { id: contact.clone(), was: None, tasks: Vec::new(), notes: Vec::new() };
    let Some(held) = attempt.look(&GetContact { contact: contact.clone() }).await? else {
        return Ok(kept.unwrap_or(gone));
    };
    let tasks = attempt.get(&GetTasks { contact: contact.clone() }).await?;
    let notes = attempt.get(&GetNotes { contact: contact.clone() }).await?;
    let was = Receipt::ContactGone {
        id: contact.clone(),
        was: Some(held.value.into()),
        tasks: tasks.into_iter().map(|task| task.value).collect(),
        notes: notes.into_iter().map(|note| note.value).collect(),
    };
    let text = serde_json::to_string(&was).map_err(crate::store::StoreError::from)?;
    attempt.remove(&DeleteContact { contact }, Some(vec![text])).await?;
    Ok(was)
}
