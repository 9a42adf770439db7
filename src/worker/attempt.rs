//! One attempt at one edit: check, note that it starts, send, settle.
//!
//! "Once" means one effect, not one request. Before a write that must not be doubled, the ledger keeps what
//! was there before; after an unclear answer the server is read back, and the write is sent again only when
//! it can no longer arrive late.

mod appointments;
mod automation;
mod calls;
mod contacts;
mod many;
mod notes;
mod request;
mod sets;
mod tasks;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::api::{ApiError, backoff};
use crate::domain::{Clash, Contact, ContactId, Edit, EditId, EditKind, LocationId, Receipt};
use crate::protocol::{EditEvent, Event, Failure, Outcome, Preview};
use crate::store::{OutboxRow, RowState, StoreError};

use crate::worker::failure::{local_failure, words};
use crate::worker::shared::{WorkerShared, after};
use crate::worker::verdict::{CallVerdict, FIRST_LOOK, LOCAL, WaitsFor, too_late};
use crate::worker::views::confirmed;

use calls::Attempt;
pub(super) use many::{Shareable, TOGETHER, attempt_all, key};

/// What an attempt changed, for the coordinator to tell: contacts first, so that the list never shows older values.
#[derive(Debug, Default)]
pub(super) struct AttemptNews {
    pub(super) upserts: Vec<Contact>,
    pub(super) removed: Vec<ContactId>,
    pub(super) events: Vec<Event>,
}

/// How an edit stands after an attempt.
#[derive(Debug)]
pub(super) enum EditEnd {
    /// It has left the outbox.
    Gone,
    /// It stays, for another attempt not before `until`, or for the user when it failed.
    Stays { state: RowState, until: Option<Timestamp>, why: String, waits_for: WaitsFor },
}

/// Why an attempt did not settle the edit.
#[derive(Debug)]
enum Setback {
    /// It surely had no effect.
    Later { why: String, wait: Option<Duration>, waits_for: WaitsFor },
    /// A request left; nobody knows what it did.
    Unclear { why: String },
    /// The server refused for good; it may have named the contact that has the address already.
    Refused { why: Failure, existing: Option<ContactId> },
    /// Somebody else changed the same fields.
    Clash(Vec<Clash>),
    /// The user took it back before anything was sent.
    Withdrawn,
    /// The ledger could not be written.
    Local(StoreError),
}

impl From<StoreError> for Setback {
    fn from(error: StoreError) -> Self {
        Self::Local(error)
    }
}

/// A refusal without a word that can be read is believed when it has come so often.
const UNEXPLAINED: u32 = 3;
/// Attempts the edit once and tells how it went.
///
/// The row is read again: the ledger alone knows what has left already and what was there before.
pub(super) async fn attempt(shared: &WorkerShared, id: EditId) -> (EditEnd, AttemptNews) {
    let row = match shared.ledger.row(id).await {
        Ok(Some(row)) => row,
        Ok(None) => return (EditEnd::Gone, AttemptNews::default()),
        Err(error) => return (unreadable(&error), AttemptNews::default()),
    };
    shared.tell(Event::Edit(EditEvent::Sending(id))).await;
    match run(shared, &row).await {
        Ok((contact, receipt)) => settle(shared, row, contact, receipt).await,
        Err(setback) => (set_back(shared, row, setback).await, AttemptNews::default()),
    }
}

fn unreadable(error: &StoreError) -> EditEnd {
    tracing::error!(%error, "the ledger cannot be read");
    let (state, until) = (RowState::Queued { retry_at: None }, Some(after(LOCAL)));
    EditEnd::Stays { state, until, why: error.to_string(), waits_for: WaitsFor::Time }
}

/// Does it; the contact that it was done to, and what the server holds now.
async fn run(shared: &WorkerShared, row: &OutboxRow) -> Result<(ContactId, Receipt), Setback> {
    let attempt = Attempt::new(shared, row).await?;
    let receipt = match &row.edit.what {
        EditKind::Contact(edit) => contacts::attempt(&attempt, edit).await,
        EditKind::Tag(edit) => sets::attempt_tags(&attempt, edit).await,
        EditKind::Follower(edit) => sets::attempt_followers(&attempt, edit).await,
        EditKind::Business(edit) => sets::attempt_business(&attempt, edit).await,
        EditKind::Automation(edit) => automation::attempt(&attempt, edit).await,
        EditKind::Task(edit) => tasks::attempt(&attempt, edit).await,
        EditKind::Note(edit) => notes::attempt(&attempt, edit).await,
        EditKind::Appointment(edit) => appointments::attempt(&attempt, edit).await,
    }?;
    Ok((attempt.contact, receipt))
}

/// The request that carries an edit out; reads before and after it are not shown.
pub(super) fn preview(edit: &Edit, location: &LocationId) -> Preview {
    let (contact, location) = (edit.contact.clone(), location.clone());
    match edit.what.clone() {
        EditKind::Contact(edit) => contacts::preview(location, contact, edit),
        EditKind::Tag(edit) => sets::preview_tags(contact, edit),
        EditKind::Follower(edit) => sets::preview_followers(contact, edit),
        EditKind::Business(edit) => sets::preview_business(location, contact, edit),
        EditKind::Automation(edit) => automation::preview(contact, edit),
        EditKind::Task(edit) => tasks::preview(contact, edit),
        EditKind::Note(edit) => notes::preview(contact, edit),
        EditKind::Appointment(edit) => appointments::preview(location, contact, edit),
    }
}

/// Into the ledger first, then the cache: the cache can be filled again, the ledger not.
async fn settle(shared: &WorkerShared, row: OutboxRow, contact: ContactId, receipt: Receipt) -> (EditEnd, AttemptNews) {
    let now = Timestamp::now();
    if let Err(error) = shared.ledger.confirm(row.id, now, receipt.clone()).await {
        // The server has it. The row stays as started, so that the next attempt reads back and settles.
        return (set_back(shared, row, Setback::Local(error)).await, AttemptNews::default());
    }
    let mut news = AttemptNews::default();
    confirmed_one(shared, &mut news, row, contact, receipt, now).await;
    (EditEnd::Gone, news)
}

/// The cache and the front end take in what the ledger has.
async fn confirmed_one(
    shared: &WorkerShared,
    news: &mut AttemptNews,
    row: OutboxRow,
    contact: ContactId,
    receipt: Receipt,
    now: Timestamp,
) {
    // A contact that was just made goes by its own id from now on.
    let contact = match &receipt {
        Receipt::Contact(held) => held.id.clone(),
        _ => contact,
    };
    shared.cached(shared.cache.take_receipt(contact.clone(), receipt.clone(), now).await);
    match &receipt {
        Receipt::Contact(_) | Receipt::Tags { .. } | Receipt::Followers(_) | Receipt::Business(_) => {
            if let Some(Some(cached)) = shared.cached(shared.cache.contact(contact).await) {
                news.upserts.push(cached.contact);
            }
        }
        Receipt::ContactGone { id, .. } => news.removed.push(id.clone()),
        _ => {}
    }
    if row.edit.contact.made_by() == Some(row.id) {
        news.removed.push(row.edit.contact.clone());
    }
    let outcome = Outcome::Confirmed(confirmed(receipt));
    news.events.push(Event::Edit(EditEvent::Settled { id: row.id, edit: row.edit, outcome }));
}

async fn set_back(shared: &WorkerShared, row: OutboxRow, setback: Setback) -> EditEnd {
    match setback {
        Setback::Later { why, wait, waits_for } => {
            let at = after(backoff(row.attempts + 1, wait, fastrand::f64()));
            if let Err(error) = shared.ledger.postpone(row.id, at, why.clone()).await {
                tracing::error!(%error, "postpone");
            }
            waiting(shared, row.id, RowState::Queued { retry_at: Some(at) }, at, why, waits_for).await
        }
        Setback::Unclear { why } => {
            let state = started(&row);
            let at = next_look(shared, state);
            waiting(shared, row.id, state, at, why, WaitsFor::Time).await
        }
        Setback::Local(error) => {
            let failure = local_failure(&row.edit.intent(), &error);
            let why = failure.why.clone();
            shared.tell(Event::Trouble(failure)).await;
            waiting(shared, row.id, row.state, after(LOCAL), why, WaitsFor::Time).await
        }
        Setback::Refused { why: failure, existing } => {
            let why = failure.why.clone();
            if let Err(error) = shared.ledger.fail(row.id, Timestamp::now(), why.clone()).await {
                tracing::error!(%error, "fail");
            }
            let outcome = Outcome::Rejected { why: failure, existing };
            shared.tell(Event::Edit(EditEvent::Settled { id: row.id, edit: row.edit, outcome })).await;
            EditEnd::Stays { state: RowState::Failed, until: None, why, waits_for: WaitsFor::Time }
        }
        Setback::Clash(clash) => {
            let fields: Vec<&str> = clash.iter().map(|clash| clash.field.as_str()).collect();
            let why = format!("somebody else has changed {} since", fields.join(", "));
            if let Err(error) = shared.ledger.clash(row.id, why.clone(), clash.clone()).await {
                tracing::error!(%error, "clash");
            }
            let outcome = Outcome::Clash(clash);
            shared.tell(Event::Edit(EditEvent::Settled { id: row.id, edit: row.edit, outcome })).await;
            EditEnd::Stays { state: RowState::Failed, until: None, why, waits_for: WaitsFor::Time }
        }
        // The coordinator, which took it out, has told.
        Setback::Withdrawn => EditEnd::Gone,
    }
}

async fn waiting(
    shared: &WorkerShared,
    id: EditId,
    state: RowState,
    at: Timestamp,
    why: String,
    waits_for: WaitsFor,
) -> EditEnd {
    if waits_for == WaitsFor::Network {
        shared.tell_offline(at, why.clone()).await;
    }
    shared.tell(Event::Edit(EditEvent::Waiting { id, until: at, why: why.clone() })).await;
    EditEnd::Stays { state, until: Some(at), why, waits_for }
}

/// The row's state after a request has left in this attempt or an earlier one.
fn started(row: &OutboxRow) -> RowState {
    match row.state {
        RowState::Started { at } => RowState::Started { at },
        RowState::Queued { .. } | RowState::Failed => RowState::Started { at: Timestamp::now() },
    }
}

/// A first look soon, a second when the write can no longer arrive, then at leisure.
fn next_look(shared: &WorkerShared, state: RowState) -> Timestamp {
    let soon = after(FIRST_LOOK);
    let RowState::Started { at } = state else { return soon };
    let settled = too_late(shared, at);
    if Timestamp::now() < at.saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX) {
        soon.min(settled)
    } else {
        settled.max(after(Duration::from_secs(1)))
    }
}

/// Whether a request of an earlier attempt may still be on its way.
fn may_arrive(shared: &WorkerShared, row: &OutboxRow) -> bool {
    matches!(row.state, RowState::Started { at } if Timestamp::now() < too_late(shared, at))
}

fn still_unclear() -> Setback {
    Setback::Unclear { why: "no answer came: looking whether it took effect".to_owned() }
}

/// A reading call before the write: a fault leaves an edit as it was.
fn reading<T>(row: &OutboxRow, result: Result<T, ApiError>) -> Result<T, Setback> {
    result.map_err(|error| {
        let setback = of_error(row, error);
        match (row.state, setback) {
            // The earlier request is as unclear as before.
            (RowState::Started { .. }, Setback::Later { why, .. }) => Setback::Unclear { why },
            (_, setback) => setback,
        }
    })
}

fn writing<T>(row: &OutboxRow, result: Result<T, ApiError>) -> Result<T, Setback> {
    result.map_err(|error| of_error(row, error))
}

fn of_error(row: &OutboxRow, error: ApiError) -> Setback {
    match CallVerdict::from(error) {
        CallVerdict::Later { why, wait, waits_for } => Setback::Later { why, wait, waits_for },
        CallVerdict::Unclear { why } => Setback::Unclear { why },
        // What it says may have been lost on its way, and it may be that what was to go is gone already: the next
        // attempt looks first.
        CallVerdict::Final(ApiError::Reject { status, message })
            if message.is_empty() && row.attempts < UNEXPLAINED =>
        {
            let why = format!("the server refused ({status}), and why cannot be read");
            Setback::Later { why, wait: None, waits_for: WaitsFor::Time }
        }
        CallVerdict::Final(error) => {
            let why = words(&row.edit.intent(), &error);
            let existing = if let ApiError::Duplicate { existing, .. } = error { existing } else { None };
            Setback::Refused { why, existing }
        }
    }
}
