//! Contacts: created once, changed field by field, and saved in full before they are deleted.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::api::endpoints::{
    CreateContact, DeleteContact, FindDuplicate, GetContact, GetNotes, GetTasks, SearchContacts, TimeSpan,
    UpdateContact,
};
use crate::api::{ApiError, Urgency};
use crate::domain::{Contact, ContactEdit, ContactField, ContactId, ContactPatch, LocationId, Receipt};
use crate::protocol::Preview;
use crate::store::RowState;

use crate::worker::attempt::calls::{Attempt, BaseCheck};
use crate::worker::attempt::{Setback, may_arrive, request, still_unclear, writing};

/// Clocks differ: a contact created this long before the request is not ours.
const SKEW: SignedDuration = SignedDuration::from_mins(5);
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
    let tried = attempt.row.probe.is_some();
    let equal = equal(attempt, patch).await?;
    if tried {
        let before = attempt.row.probe.clone().unwrap_or_default();
        if let Some(ours) = equal.into_iter().find(|one| !before.iter().any(|id| id == one.id.as_str())) {
            return full(attempt, ours).await;
        }
        // The index may not show the contact yet.
        let sent_at = match attempt.row.state {
            RowState::Started { at } => Some(at),
            RowState::Queued { .. } | RowState::Failed => None,
        };
        let lag = SignedDuration::try_from(attempt.shared.pace.index_lag).unwrap_or(SignedDuration::MAX);
        if may_arrive(attempt.shared, attempt.row) || sent_at.is_some_and(|at| Timestamp::now() < at + lag) {
            return Err(still_unclear());
        }
        attempt.start(None).await?;
    } else {
        attempt.start(Some(equal.iter().map(|one| one.id.as_str().to_owned()).collect())).await?;
    }
    let location = attempt.shared.client.location().clone();
    let create = CreateContact { location, patch: patch.clone() };
    match attempt.shared.call(&create, Urgency::User).await {
        Ok(made) => full(attempt, made.value).await,
        Err(ApiError::Duplicate { existing: Some(id), .. })
            if attempt.started() && !attempt.row.probe.iter().flatten().any(|before| before == id.as_str()) =>
        {
            // It conflicts with its own earlier request, which did create the contact.
            let held = attempt.get(&GetContact { contact: id }).await?.value;
            Ok(Receipt::Contact(held.into()))
        }
        Err(error @ ApiError::Reject { .. }) => refused(attempt, patch, error).await,
        Err(error) => writing(attempt.row, Err(error)),
    }
}

/// The answer to a create is not the full contact.
async fn full(attempt: &Attempt<'_>, made: Contact) -> Result<Receipt, Setback> {
    let held = attempt.shared.call(&GetContact { contact: made.id.clone() }, Urgency::User).await;
    Ok(Receipt::Contact(Box::new(held.map_or(made, |held| held.value))))
}

/// A refused create may have created the contact anyway.
async fn refused(attempt: &Attempt<'_>, patch: &ContactPatch, error: ApiError) -> Result<Receipt, Setback> {
    let before = match attempt.shared.ledger.row(attempt.row.id).await? {
        Some(row) => row.probe.unwrap_or_default(),
        None => return Err(Setback::Withdrawn),
    };
    for wait in [Duration::ZERO, SECOND_LOOK] {
        tokio::time::sleep(wait).await;
        let ours = equal(attempt, patch).await?.into_iter();
        if let Some(ours) = ours.into_iter().find(|one| !before.iter().any(|id| id == one.id.as_str())) {
            return full(attempt, ours).await;
        }
    }
    writing(attempt.row, Err(error))
}

/// Candidates for the contact we created: the same address, or the same name and recently added.
async fn equal(attempt: &Attempt<'_>, patch: &ContactPatch) -> Result<Vec<Contact>, Setback> {
    let location = attempt.shared.client.location().clone();
    let field = |field| patch.fields.get(&field).cloned().flatten().filter(|text: &String| !text.trim().is_empty());
    let (email, phone) = (field(ContactField::Email), field(ContactField::Phone));
    let mut found = Vec::new();
    if email.is_some() || phone.is_some() {
        let same = attempt.get(&FindDuplicate { location: location.clone(), email, phone }).await?;
        found.extend(same.map(|same| same.value));
    }
    let since = match attempt.row.state {
        RowState::Started { at } => at,
        RowState::Queued { .. } | RowState::Failed => Timestamp::now(),
    };
    let newest = SearchContacts {
        location,
        page_limit: 100,
        search_after: None,
        updated_since: since.checked_sub(SKEW).ok(),
        newest_first: false,
        added: TimeSpan::default(),
    };
    let (rows, _total) = attempt.get(&newest).await?;
    let wanted = name_of(patch);
    let rows = rows.into_iter().map(|row| row.contact.value);
    found.extend(rows.filter(|row| {
        let same = |field: ContactField| {
            let given = patch.fields.get(&field).cloned().flatten().unwrap_or_default();
            given.is_empty() || field.get(row).unwrap_or_default().to_lowercase() == given.trim().to_lowercase()
        };
        let recent = row.added.is_none_or(|added| added >= since - SKEW);
        recent && row.name().to_lowercase() == wanted && same(ContactField::Email)
    }));
    found.dedup_by(|one, other| one.id == other.id);
    // The first result of search/duplicate may not be ours: it must match what we sent.
    found.retain(|one| one.name().to_lowercase() == wanted);
    Ok(found)
}

fn name_of(patch: &ContactPatch) -> String {
    patch.name().to_lowercase()
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
    attempt.start(None).await?;
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
    let kept = attempt.row.probe.iter().flatten().next().and_then(|text| serde_json::from_str::<Receipt>(text).ok());
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
    attempt.start(Some(vec![text])).await?;
    attempt.remove(&DeleteContact { contact }).await?;
    Ok(was)
}
