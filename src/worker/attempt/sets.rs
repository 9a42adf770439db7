//! Tags, followers and the business: sets, so that a repeat changes nothing more.

use crate::api::endpoints::{AddFollowers, AddTags, AssignBusiness, GetContact, RemoveFollowers, RemoveTags};
use crate::domain::{BusinessEdit, BusinessId, ContactId, Entries, FollowerEdit, LocationId, Named, Receipt, TagEdit};
use crate::protocol::Preview;

use crate::worker::attempt::doing::{Doing, Held};
use crate::worker::attempt::{Setback, request};

pub(super) async fn attempt_tags(doing: &Doing<'_>, edit: &TagEdit) -> Result<Receipt, Setback> {
    match edit {
        TagEdit::Add { tags: some } => tags(doing, some, true).await,
        TagEdit::Remove { tags: some } => tags(doing, some, false).await,
    }
}

pub(super) fn preview_tags(contact: ContactId, edit: TagEdit) -> Preview {
    match edit {
        TagEdit::Add { tags } => request::of(&AddTags { contact, tags }),
        TagEdit::Remove { tags } => request::of(&RemoveTags { contact, tags }),
    }
}

/// Adds or removes tags, and keeps which of them it really changed: only those are taken back.
async fn tags(doing: &Doing<'_>, tags: &[String], add: bool) -> Result<Receipt, Setback> {
    let held = doing.get(&GetContact { contact: doing.contact.clone() }).await?.value.tags;
    let has = |tag: &String| held.iter().any(|held| held.to_lowercase() == tag.trim().to_lowercase());
    let changed: Vec<String> = if doing.started() {
        doing.row.probe.clone().unwrap_or_default()
    } else {
        tags.iter().filter(|tag| has(tag) != add).cloned().collect()
    };
    if tags.iter().all(|tag| has(tag) == add) {
        return Ok(Receipt::Tags { now: Some(held), changed: Some(changed) });
    }
    doing.start((!doing.started()).then(|| changed.clone())).await?;
    let (contact, tags) = (doing.contact.clone(), tags.to_vec());
    let now = if add {
        doing.send(&AddTags { contact, tags }).await?
    } else {
        doing.send(&RemoveTags { contact, tags }).await?
    };
    Ok(Receipt::Tags { now: Some(now), changed: Some(changed) })
}

pub(super) async fn attempt_followers(doing: &Doing<'_>, edit: &FollowerEdit) -> Result<Receipt, Setback> {
    doing.start(None).await?;
    let contact = doing.contact.clone();
    let now = match edit.clone() {
        FollowerEdit::Add { users } => doing.send(&AddFollowers { contact, users }).await?,
        FollowerEdit::Remove { users } => doing.send(&RemoveFollowers { contact, users }).await?,
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

pub(super) async fn attempt_business(doing: &Doing<'_>, edit: &BusinessEdit) -> Result<Receipt, Setback> {
    let BusinessEdit::Set { before, after } = edit;
    let entry = |id: Option<&BusinessId>| -> Entries {
        vec![("businessId".to_owned(), id.map_or_else(String::new, |id| id.as_str().to_owned()))]
    };
    let held = doing.get(&GetContact { contact: doing.contact.clone() }).await?.value.business;
    let (base, ours) = (entry(before.as_ref().map(|one| &one.id)), entry(after.as_ref().map(|one| &one.id)));
    let rebased = || {
        let before = held.clone().map(|id| Named { name: id.as_str().to_owned(), id });
        BusinessEdit::Set { before, after: after.clone() }
    };
    if doing.compare(&base, &ours, &entry(held.as_ref()), rebased).await? == Held::Go {
        doing.start(None).await?;
        let (location, contacts) = (doing.shared.client.location().clone(), vec![doing.contact.clone()]);
        let business = after.as_ref().map(|one| one.id.clone());
        let taken = doing.send(&AssignBusiness { location, contacts, business }).await?;
        if !taken.contains(&doing.contact) {
            return Err(doing.refuse("the server did not take the contact"));
        }
    }
    Ok(Receipt::Business(after.clone()))
}
