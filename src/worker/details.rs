//! The contact under the cursor: cached data at once, fresh data when the cursor rests.

use std::time::Duration;

use crate::api::{ApiError, Received, Urgency, endpoints};
use crate::domain::{Contact, ContactId};
use crate::protocol::{Details, Event, Failure};
use crate::store::{Incoming, RawRecord};

use crate::worker::failure::words;
use crate::worker::notice::Notice;
use crate::worker::shared::WorkerShared;
use crate::worker::views::{self, note_view};

/// While the cursor stays, the visible data is fetched again this often.
const AGAIN: Duration = Duration::from_secs(60);

/// Shows one contact until the job is ended because the cursor moved.
pub(super) async fn show(shared: &WorkerShared, contact: ContactId) {
    if contact.is_provisional() {
        return being_made(shared, &contact).await;
    }
    tell_cached(shared, &contact, None).await;
    tokio::time::sleep(shared.pace.dwell).await;
    if !is_fresh(shared, &contact).await {
        refresh(shared, &contact).await;
    }
    tokio::time::sleep(shared.pace.rest).await;
    complete(shared, &contact).await;
    let mut focus = shared.focus.subscribe();
    loop {
        tokio::time::sleep(AGAIN).await;
        // Nobody is watching: sleep until somebody is.
        if focus.wait_for(|focused| *focused).await.is_err() {
            return;
        }
        refresh(shared, &contact).await;
    }
}

/// Reports a contact that the server does not have yet; what is added to it is on the overlay.
async fn being_made(shared: &WorkerShared, contact: &ContactId) {
    let Some(edit) = contact.made_by() else { return };
    let Ok(Some(row)) = shared.ledger.row(edit).await else { return };
    let Some(contact) = views::being_made(&row.edit) else { return };
    let details = Details {
        contact,
        tasks: Vec::new(),
        notes: Vec::new(),
        appointments: Vec::new(),
        fetched_at: Some(shared.now()),
        failure: None,
    };
    shared.tell(Event::Details(details.into())).await;
}

/// Reports what the cache has of a contact.
pub(super) async fn tell_cached(shared: &WorkerShared, id: &ContactId, failure: Option<Failure>) {
    if let Some(details) = cached(shared, id).await {
        shared.tell(Event::Details(Details { failure, ..details }.into())).await;
    }
}

pub(super) async fn cached(shared: &WorkerShared, id: &ContactId) -> Option<Details> {
    let contact = shared.cached(shared.cache.contact(id.clone()).await)??;
    let belongings = shared.cached(shared.cache.details(id.clone()).await)?;
    Some(Details {
        contact: contact.contact,
        tasks: belongings.tasks,
        notes: belongings.notes.into_iter().map(note_view).collect(),
        appointments: belongings.appointments,
        fetched_at: belongings.fetched_at,
        failure: None,
    })
}

async fn is_fresh(shared: &WorkerShared, contact: &ContactId) -> bool {
    is_younger(shared, contact, shared.pace.details_fresh).await
}

/// Whether a contact's records were fetched within this time, with no change reported since.
pub(super) async fn is_younger(shared: &WorkerShared, contact: &ContactId, than: Duration) -> bool {
    if shared.is_outdated(contact) {
        return false;
    }
    let cached = shared.cached(shared.cache.details(contact.clone()).await);
    let fetched_at = cached.and_then(|cached| cached.fetched_at);
    fetched_at.is_some_and(|at| shared.is_within(at, than))
}

/// Fetches tasks, notes and appointments and reports them.
pub(super) async fn refresh(shared: &WorkerShared, contact: &ContactId) {
    let failure = match fetch(shared, contact, Urgency::User).await {
        Ok(()) => None,
        Err(ApiError::NotFound { .. }) => return remove(shared, contact).await,
        Err(error) => Some(words("fetch tasks, notes and appointments", &error)),
    };
    tell_cached(shared, contact, failure).await;
}

/// Fetches tasks, notes and appointments into the cache.
pub(super) async fn fetch(shared: &WorkerShared, contact: &ContactId, urgency: Urgency) -> Result<(), ApiError> {
    // Changes reported from now on are newer than this request.
    shared.clear_outdated(contact);
    // An edit confirmed while the answers were in transit makes them stale: try once more, and that usually succeeds.
    // After that the cache, which has the receipts, is right anyway.
    for _try in 0..2 {
        let asked_at = shared.now();
        let (tasks, notes, appointments) = (
            endpoints::GetTasks { contact: contact.clone() },
            endpoints::GetNotes { contact: contact.clone() },
            endpoints::GetAppointments { contact: contact.clone() },
        );
        let (tasks, notes, appointments) = tokio::try_join!(
            shared.read_for(&tasks, urgency),
            shared.read_for(&notes, urgency),
            shared.read_for(&appointments, urgency)
        )?;
        let (tasks, notes, appointments) = (records(tasks), records(notes), records(appointments));
        let listed = tasks.iter().map(|task| task.value.clone()).collect();
        let booked = appointments.iter().map(|one| one.value.clone()).collect();
        let taken = shared.cache.take_details(contact.clone(), tasks, notes, appointments, asked_at).await;
        if shared.cached(taken).unwrap_or(true) {
            shared.notify(Notice::BelongingsOf(contact.clone(), listed, booked));
            break;
        }
    }
    Ok(())
}

/// Fetches the full contact if only a search row is known.
async fn complete(shared: &WorkerShared, id: &ContactId) {
    match shared.cached(shared.cache.contact(id.clone()).await) {
        Some(Some(cached)) if !cached.full => {}
        _ => return,
    }
    match shared.call(&endpoints::GetContact { contact: id.clone() }, Urgency::User).await {
        Ok(received) => {
            take_full(shared, received).await;
            tell_cached(shared, id, None).await;
        }
        Err(ApiError::NotFound { .. }) => remove(shared, id).await,
        Err(error) => tracing::debug!(%error, "full contact"),
    }
}

/// Puts a full contact into the cache.
pub(super) async fn take_full(shared: &WorkerShared, received: Received<Contact>) {
    let raw = Box::<str>::from(received.raw).into_string();
    let incoming = Incoming { contact: received.value, raw, plain_names: true };
    if let Some(Some(contact)) = shared.cached(shared.cache.take_full(incoming).await) {
        shared.notify(Notice::Changed { upserts: vec![contact], removed: Vec::new() });
    }
}

pub(super) async fn remove(shared: &WorkerShared, contact: &ContactId) {
    if shared.cached(shared.cache.remove_contact(contact.clone()).await).is_some() {
        shared.notify(Notice::Changed { upserts: Vec::new(), removed: vec![contact.clone()] });
    }
}

pub(super) fn records<T>(received: Vec<Received<T>>) -> Vec<RawRecord<T>> {
    let record = |one: Received<T>| RawRecord { value: one.value, raw: Box::<str>::from(one.raw).into_string() };
    received.into_iter().map(record).collect()
}
