//! Contacts under review: cached data at once, everything fresh when the cursor rests.

use jiff::Timestamp;

use crate::api::endpoints::{CountConversations, CountOpportunities};
use crate::api::{ApiError, Urgency, endpoints};
use crate::domain::{ContactId, Member, Scope};
use crate::protocol::{Compared, Event, Failure, Stays};
use crate::worker::details::{self, take_full};
use crate::worker::failure::words;
use crate::worker::shared::WorkerShared;

/// Shows contacts next to each other until the job is ended because the cursor moved.
pub(in crate::worker) async fn compare(shared: &WorkerShared, contacts: Vec<ContactId>) {
    let cached = from_cache(shared, &contacts).await;
    tell(shared, cached, None, Vec::new(), None).await;
    tokio::time::sleep(shared.pace.dwell).await;
    let fetched_at = shared.now();
    match fetch_all(shared, &contacts).await {
        Ok(members) => {
            let there: Vec<ContactId> = members.iter().map(|member| member.contact.id.clone()).collect();
            let fresh = Some(fetched_at);
            tell(shared, members.clone(), fresh, Vec::new(), None).await;
            if let Some(stays) = stays(shared, &there).await {
                tell(shared, members, fresh, stays, None).await;
            }
        }
        Err(failure) => {
            let cached = from_cache(shared, &contacts).await;
            tell(shared, cached, None, Vec::new(), Some(failure)).await;
        }
    }
}

async fn tell(
    shared: &WorkerShared,
    members: Vec<Member>,
    fetched_at: Option<Timestamp>,
    stays: Vec<Stays>,
    failure: Option<Failure>,
) {
    shared.tell(Event::Compared(Compared { members, fetched_at, stays, failure }.into())).await;
}

async fn from_cache(shared: &WorkerShared, contacts: &[ContactId]) -> Vec<Member> {
    let mut members = Vec::with_capacity(contacts.len());
    for contact in contacts {
        members.extend(cached(shared, contact).await);
    }
    members
}

/// What the cache has of a contact.
async fn cached(shared: &WorkerShared, contact: &ContactId) -> Option<Member> {
    let held = shared.cached(shared.cache.contact(contact.clone()).await).flatten()?;
    let details = shared.cached(shared.cache.details(contact.clone()).await)?;
    let (tasks, notes, appointments) = (details.tasks, details.notes, details.appointments);
    Some(Member { contact: held.contact, tasks, notes, appointments })
}

/// Fetches everything about these contacts; those that are gone are left out.
async fn fetch_all(shared: &WorkerShared, contacts: &[ContactId]) -> Result<Vec<Member>, Failure> {
    let mut members = Vec::with_capacity(contacts.len());
    for contact in contacts {
        members.extend(member(shared, contact).await.map_err(|error| words("fetch the contacts", &error))?);
    }
    Ok(members)
}

/// Fetches one contact with all its records, and caches it; `None` if it is gone.
pub(in crate::worker) async fn member(shared: &WorkerShared, contact: &ContactId) -> Result<Option<Member>, ApiError> {
    let get = endpoints::GetContact { contact: contact.clone() };
    let (held, belongings) = tokio::join!(shared.read(&get), details::fetch(shared, contact, Urgency::User));
    let held = match held {
        Err(ApiError::NotFound { .. }) => {
            details::remove(shared, contact).await;
            return Ok(None);
        }
        other => other?,
    };
    belongings?;
    let value = held.value.clone();
    take_full(shared, held).await;
    let details = shared.cached(shared.cache.details(contact.clone()).await);
    let details = details.ok_or_else(|| ApiError::Garbled { why: "the cache cannot be read".to_owned() })?;
    let (tasks, notes, appointments) = (details.tasks, details.notes, details.appointments);
    Ok(Some(Member { contact: value, tasks, notes, appointments }))
}

/// Counts what can never be moved, if the token may.
async fn stays(shared: &WorkerShared, contacts: &[ContactId]) -> Option<Vec<Stays>> {
    let access = shared.access();
    let may = |scope| access.knows(scope) != Some(false);
    let (talks, deals) = (may(Scope::ConversationsReadonly), may(Scope::OpportunitiesReadonly));
    if !talks && !deals {
        return None;
    }
    let location = shared.client.location().clone();
    let mut all = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let (location, contact) = (location.clone(), contact.clone());
        let mut stays = Stays::default();
        if talks {
            let count = CountConversations { location: location.clone(), contact: contact.clone() };
            stays.conversations = shared.call(&count, Urgency::Background).await.ok();
        }
        if deals {
            let count = CountOpportunities { location, contact };
            stays.opportunities = shared.call(&count, Urgency::Background).await.ok();
        }
        if stays == Stays::default() {
            // If the token may not read it for one, it may not for any.
            return None;
        }
        all.push(stays);
    }
    Some(all)
}
