//! One attempt at one edit: check, record the start, send, settle.
//!
//! "Once" means one effect, not one request. Before a write that must not run twice, the ledger stores what was there.
//! After an unclear answer we read the server again, and repeat the write only when the first one can no longer arrive.

mod appointments;
mod automation;
mod calls;
mod contacts;
mod late;
mod many;
mod notes;
mod request;
mod sets;
mod tasks;

use std::time::Duration;

use jiff::Timestamp;

use crate::api::{ApiError, backoff};
use crate::domain::{Clash, Contact, ContactId, Edit, EditId, EditKind, LocationId, Receipt};
use crate::protocol::{EditEvent, Event, Failure, Outcome, Preview};
use crate::store::{OutboxRow, RowState, StoreError};

use crate::worker::failure::{local_failure, words};
use crate::worker::shared::WorkerShared;

use crate::worker::views::confirmed;
use crate::worker::write::{FIRST_LOOK, LOCAL, Pause, WaitsFor};

use calls::Attempt;
pub(super) use late::copies;
pub(super) use many::{Shareable, TOGETHER, attempt_all, key};

/// What an attempt changed, for the coordinator to report: contacts first, so that the list never shows older values.
#[derive(Debug, Default)]
pub(super) struct AttemptNews {
    pub(super) upserts: Vec<Contact>,
    pub(super) removed: Vec<ContactId>,
    pub(super) events: Vec<Event>,
}

/// The status of an edit after an attempt.
#[derive(Debug)]
pub(super) enum EditEnd {
    /// It has left the outbox.
    Gone,
    /// It stays, for another attempt after `wait`, or for the user if it failed.
    Stays { state: RowState, wait: Option<Duration>, why: String, waits_for: WaitsFor },
}

/// Why an attempt did not settle the edit.
#[derive(Debug)]
enum Setback {
    /// It is temporary, or the user withdrew it.
    Pause(Pause),
    /// The server refused permanently; it may have named the contact that already has the address.
    Refused { why: Failure, existing: Option<ContactId> },
    /// Someone else changed the same fields.
    Clash(Vec<Clash>),
}

impl<P: Into<Pause>> From<P> for Setback {
    fn from(pause: P) -> Self {
        Self::Pause(pause.into())
    }
}

/// We accept a refusal without a readable message once it has occurred this often.
const UNEXPLAINED: u32 = 3;
/// Attempts the edit once and returns the result.
///
/// Reads the row again: only the ledger knows what was already sent and what was there before.
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
    let (state, wait) = (RowState::Queued { retry_at: None }, Some(LOCAL));
    EditEnd::Stays { state, wait, why: error.to_string(), waits_for: WaitsFor::Time }
}

/// Carries out the edit; returns its contact and what the server has now.
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

/// The request that carries out an edit; reads before and after it are not shown.
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

/// The ledger first, then the cache: the cache can be filled again, the ledger cannot.
async fn settle(shared: &WorkerShared, row: OutboxRow, contact: ContactId, receipt: Receipt) -> (EditEnd, AttemptNews) {
    let now = shared.now();
    if let Err(error) = shared.ledger.confirm(row.id, now, receipt.clone()).await {
        // The server has it. The row stays started, so the next attempt reads the server and settles it.
        return (set_back(shared, row, error.into()).await, AttemptNews::default());
    }
    let mut news = AttemptNews::default();
    confirmed_one(shared, &mut news, row, contact, receipt, now).await;
    (EditEnd::Gone, news)
}

/// Brings the cache and the front end up to date with the ledger.
async fn confirmed_one(
    shared: &WorkerShared,
    news: &mut AttemptNews,
    row: OutboxRow,
    contact: ContactId,
    receipt: Receipt,
    now: Timestamp,
) {
    // A new contact goes by its own ID from now on.
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
        Setback::Pause(Pause::Later { why, wait, waits_for }) => {
            let wait = backoff(row.attempts + 1, wait, fastrand::f64());
            let at = shared.after(wait);
            if let Err(error) = shared.ledger.postpone(row.id, at, why.clone()).await {
                tracing::error!(%error, "postpone");
            }
            // Earlier requests are as unclear as before.
            let state =
                if row.sent.count > 0 { started(shared, &row) } else { RowState::Queued { retry_at: Some(at) } };
            waiting(shared, row.id, state, wait, why, waits_for).await
        }
        Setback::Pause(Pause::Unclear { why, wait }) => {
            let soon = if row.sent.count == 0 { FIRST_LOOK } else { backoff(row.sent.count, None, fastrand::f64()) };
            waiting(shared, row.id, started(shared, &row), wait.unwrap_or(soon), why, WaitsFor::Time).await
        }
        Setback::Pause(Pause::Local(error)) => {
            let failure = local_failure(&row.edit.intent(), &error);
            let why = failure.why.clone();
            shared.tell(Event::Trouble(failure)).await;
            waiting(shared, row.id, row.state, LOCAL, why, WaitsFor::Time).await
        }
        // The coordinator withdrew it, and has reported that.
        Setback::Pause(Pause::Over) => EditEnd::Gone,
        Setback::Refused { why: failure, existing } => {
            let why = failure.why.clone();
            if let Err(error) = shared.ledger.fail(row.id, shared.now(), why.clone()).await {
                tracing::error!(%error, "fail");
            }
            let outcome = Outcome::Rejected { why: failure, existing };
            shared.tell(Event::Edit(EditEvent::Settled { id: row.id, edit: row.edit, outcome })).await;
            EditEnd::Stays { state: RowState::Failed, wait: None, why, waits_for: WaitsFor::Time }
        }
        Setback::Clash(clash) => {
            let fields: Vec<&str> = clash.iter().map(|clash| clash.field.as_str()).collect();
            let why = format!("someone else changed {} in the meantime", fields.join(", "));
            if let Err(error) = shared.ledger.clash(row.id, why.clone(), clash.clone()).await {
                tracing::error!(%error, "clash");
            }
            let outcome = Outcome::Clash(clash);
            shared.tell(Event::Edit(EditEvent::Settled { id: row.id, edit: row.edit, outcome })).await;
            EditEnd::Stays { state: RowState::Failed, wait: None, why, waits_for: WaitsFor::Time }
        }
    }
}

async fn waiting(
    shared: &WorkerShared,
    id: EditId,
    state: RowState,
    wait: Duration,
    why: String,
    waits_for: WaitsFor,
) -> EditEnd {
    let at = shared.after(wait);
    if waits_for == WaitsFor::Network {
        shared.tell_offline(at, why.clone()).await;
    }
    let signed_out = waits_for == WaitsFor::Token;
    shared.tell(Event::Edit(EditEvent::Waiting { id, until: at, why: why.clone(), signed_out })).await;
    EditEnd::Stays { state, wait: Some(wait), why, waits_for }
}

/// The row's state after this attempt or an earlier one sent a request.
fn started(shared: &WorkerShared, row: &OutboxRow) -> RowState {
    RowState::Started { at: row.sent.at.unwrap_or_else(|| shared.now()) }
}

fn of_error(row: &OutboxRow, error: ApiError) -> Setback {
    match Pause::of(error) {
        Ok(pause) => pause.into(),
        // The answer may have been lost, and the record to delete may be gone already: the next attempt checks first.
        Err(ApiError::Reject { status, message }) if message.is_empty() && row.attempts < UNEXPLAINED => {
            let why = format!("the server refused ({status}), without a readable reason");
            Pause::Later { why, wait: None, waits_for: WaitsFor::Time }.into()
        }
        Err(error) => {
            let why = words(&row.edit.intent(), &error);
            let existing = if let ApiError::Duplicate { existing, .. } = error { existing } else { None };
            Setback::Refused { why, existing }
        }
    }
}
