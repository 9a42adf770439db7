//! Tags, followers and the business: sets, so that a repeat changes nothing more.

use crate::api::endpoints::{AddFollowers, AddTags, AssignBusiness, GetContact, RemoveFollowers, RemoveTags};
use crate::domain::{BusinessId, Edit, Entries, Named, Receipt, UserId};

use crate::worker::attempt::Setback;
use crate::worker::attempt::doing::{Doing, Held};

/// Adds or removes tags, and keeps which of them it really changed: only those are taken back.
pub(super) async fn tags(doing: &Doing<'_>, tags: &[String], add: bool) -> Result<Receipt, Setback> {
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

pub(super) async fn followers(doing: &Doing<'_>, users: &[UserId], add: bool) -> Result<Receipt, Setback> {
    doing.start(None).await?;
    let (contact, users) = (doing.contact.clone(), users.to_vec());
    let now = if add {
        doing.send(&AddFollowers { contact, users }).await?
    } else {
        doing.send(&RemoveFollowers { contact, users }).await?
    };
    Ok(Receipt::Followers(now))
}

pub(super) async fn business(
    doing: &Doing<'_>,
    before: Option<&Named<BusinessId>>,
    after: Option<&Named<BusinessId>>,
) -> Result<Receipt, Setback> {
    let entry = |id: Option<&BusinessId>| -> Entries {
        vec![("businessId".to_owned(), id.map_or_else(String::new, |id| id.as_str().to_owned()))]
    };
    let held = doing.get(&GetContact { contact: doing.contact.clone() }).await?.value.business;
    let (base, ours) = (entry(before.map(|one| &one.id)), entry(after.map(|one| &one.id)));
    let rebased = || match doing.row.edit.clone() {
        Edit::SetBusiness { contact, after, .. } => {
            let before = held.clone().map(|id| Named { name: id.as_str().to_owned(), id });
            Edit::SetBusiness { contact, before, after }
        }
        other => other,
    };
    if doing.compare(&base, &ours, &entry(held.as_ref()), rebased).await? == Held::Go {
        doing.start(None).await?;
        let (location, contacts) = (doing.shared.client.location().clone(), vec![doing.contact.clone()]);
        let business = after.map(|one| one.id.clone());
        let taken = doing.send(&AssignBusiness { location, contacts, business }).await?;
        if !taken.contains(&doing.contact) {
            return Err(doing.refuse("the server did not take the contact"));
        }
    }
    Ok(Receipt::Business(after.cloned()))
}
