//! Tags, followers and the business: sets, so a repeat changes nothing more.

use crate::api::endpoints::{AddFollowers, AddTags, AssignBusiness, GetContact, RemoveFollowers, RemoveTags};
use crate::domain::{BusinessEdit, BusinessId, ContactId, Entries, FollowerEdit, LocationId, Named, Receipt, TagEdit};
use crate::protocol::Preview;

use crate::worker::attempt::calls::{Attempt, BaseCheck};
use crate::worker::attempt::{Setback, request};

pub(super) async fn attempt_tags(attempt: &Attempt<'_>, edit: &TagEdit) -> Result<Receipt, Setback> {
    match edit {
        TagEdit::Add { tags: some } => tags(attempt, some, true).await,
        TagEdit::Remove { tags: some } => tags(attempt, some, false).await,
    }
}

pub(super) fn preview_tags(contact: ContactId, edit: TagEdit) -> Preview {
    match edit {
        TagEdit::Add { tags } => request::of(&AddTags { contact, tags }),
        TagEdit::Remove { tags } => request::of(&RemoveTags { contact, tags }),
    }
}

/// Adds or removes tags, and stores which ones really changed: undo reverses only those.
async fn tags(attempt: &Attempt<'_>, tags: &[String], add: bool) -> Result<Receipt, Setback> {
    let held = attempt.get(&GetContact { contact: attempt.contact.clone() }).await?.value.tags;
    let has = |tag: &String| held.iter().any(|held| held.to_lowercase() == tag.trim().to_lowercase());
    // What an earlier request shared with other contacts changed is not known.
    let changed: Option<Vec<String>> = if attempt.write.tried() {
        attempt.row.sent.probe.clone()
    } else {
        Some(tags.iter().filter(|tag| has(tag) != add).cloned().collect())
    };
    if tags.iter().all(|tag| has(tag) == add) {
        return Ok(Receipt::Tags { now: Some(held), changed });
    }
    let probe = changed.clone();
    let (contact, tags) = (attempt.contact.clone(), tags.to_vec());
    let now = if add {
        attempt.send_with(&AddTags { contact, tags }, probe).await?
    } else {
        attempt.send_with(&RemoveTags { contact, tags }, probe).await?
    };
    Ok(Receipt::Tags { now: Some(now), changed })
}

pub(super) async fn attempt_followers(attempt: &Attempt<'_>, edit: &FollowerEdit) -> Result<Receipt, Setback> {
    let contact = attempt.contact.clone();
    let now = match edit.clone() {
        FollowerEdit::Add { users } => attempt.send(&AddFollowers { contact, users }).await?,
        FollowerEdit::Remove { users } => attempt.send(&RemoveFollowers { contact, users }).await?,
    };
    Ok(Receipt::Followers(now))
}

pub(super) fn preview_followers(contact: ContactId, edit: FollowerEdit) -> Preview {
    match edit {
        FollowerEdit::Add { users } => request::of(&AddFollowers { contact, users }),
        FollowerEdit::Remove { users } => request::of(&RemoveFollowers { contact, users }),
    }
}

pub(super) fn preview_business(location: LocationId, contact: ContactId, edit: BusinessEdit) -> Preview {
    let BusinessEdit::Set { after, .. } = edit;
    request::of(&AssignBusiness { location, contacts: vec![contact], business: after.map(|one| one.id) })
}

pub(super) async fn attempt_business(attempt: &Attempt<'_>, edit: &BusinessEdit) -> Result<Receipt, Setback> {
    let BusinessEdit::Set { before, after } = edit;
    let entry = |id: Option<&BusinessId>| -> Entries {
        vec![("businessId".to_owned(), id.map_or_else(String::new, |id| id.as_str().to_owned()))]
    };
    let held = attempt.get(&GetContact { contact: attempt.contact.clone() }).await?.value.business;
    let (base, ours) = (entry(before.as_ref().map(|one| &one.id)), entry(after.as_ref().map(|one| &one.id)));
    let rebased = || {
        let before = held.clone().map(|id| Named { name: id.as_str().to_owned(), id });
        BusinessEdit::Set { before, after: after.clone() }
    };
    if attempt.compare(&base, &ours, &entry(held.as_ref()), rebased).await? == BaseCheck::Go {
        let (location, contacts) = (attempt.shared.client.location().clone(), vec![attempt.contact.clone()]);
        let business = after.as_ref().map(|one| one.id.clone());
        let taken = attempt.send(&AssignBusiness { location, contacts, business }).await?;
        if !taken.contains(&attempt.contact) {
            return Err(attempt.refuse("the server did not take the contact"));
        }
    }
    Ok(Receipt::Business(after.clone()))
}
