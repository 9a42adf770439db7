//! One attempt at one edit: check, note that it starts, send, settle.
//!
//! "Once" means one effect, not one request. Before a write that must not be doubled, the ledger keeps what
//! was there before; after an unclear answer the server is read back, and the write is sent again only when
//! it can no longer arrive late.

use std::collections::HashSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::api::{ApiError, Passing, Urgency, backoff, endpoints};
use crate::domain::{ContactId, Edit, EditId, Note, NoteId, NotePatch, NoteTarget, Receipt, TaskId};
use crate::protocol::{EditEvent, Event, Failure, FailureKind, Outcome};
use crate::store::{self, OutboxRow, RowState, StoreError};
use crate::text;

use super::failure::{local_failure, words};
use super::shared::{After, Shared, after, confirmed};

/// Why an attempt did not settle the edit.
#[derive(Debug)]
enum Setback {
    /// It surely had no effect.
    Later { why: String, wait: Option<Duration>, network: bool },
    /// A request left; nobody knows what it did.
    Unclear { why: String },
    /// The server refused for good.
    Refused(Failure),
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

/// A signed-out token is tried again this often: somebody may have mended it.
const SIGNED_OUT: Duration = Duration::from_secs(60);
/// A disk that is full may have room again this soon.
const LOCAL: Duration = Duration::from_secs(10);
/// After an unclear answer, the first look at what the server holds.
const FIRST_LOOK: Duration = Duration::from_millis(300);
/// A copy of a task younger than this needs no check before it is changed.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// Attempts the edit once and tells how it went.
///
/// The row is read anew: the ledger alone knows what has left already and what was there before.
pub(super) async fn attempt(shared: &Shared, id: EditId) -> After {
    let row = match shared.ledger.row(id).await {
        Ok(Some(row)) => row,
        Ok(None) => return After::Gone,
        Err(error) => {
            tracing::error!(%error, "the ledger cannot be read");
            let (state, until) = (RowState::Queued { retry_at: None }, Some(after(LOCAL)));
            return After::Stays { state, until, why: error.to_string(), network: false };
        }
    };
    shared.tell(Event::Edit(EditEvent::Sending(id))).await;
    match run(shared, &row).await {
        Ok(receipt) => settle(shared, row, receipt).await,
        Err(setback) => set_back(shared, row, setback).await,
    }
}

async fn run(shared: &Shared, row: &OutboxRow) -> Result<Receipt, Setback> {
    match &row.edit {
        Edit::CompleteTask { contact, task, completed, .. } => complete(shared, row, contact, task, *completed).await,
        Edit::AddNote { contact, body } => add_note(shared, row, contact, body).await,
        Edit::DeleteNote { contact, note, .. } => delete_note(shared, row, contact, note).await,
    }
}

/// Into the ledger first, then the cache: the cache can be filled again, the ledger not.
async fn settle(shared: &Shared, row: OutboxRow, receipt: Receipt) -> After {
    let now = Timestamp::now();
    let contact = row.edit.contact().clone();
    if let Err(error) = shared.ledger.confirm(row.id, now, receipt.clone()).await {
        // The server has it. The row stays as started, so that the next attempt reads back and settles.
        return set_back(shared, row, Setback::Local(error)).await;
    }
    shared.cached(shared.cache.take_receipt(contact, receipt.clone(), now).await);
    let outcome = Outcome::Confirmed(confirmed(receipt));
    shared.tell(Event::Edit(EditEvent::Settled { id: row.id, edit: row.edit, outcome })).await;
    After::Gone
}

async fn set_back(shared: &Shared, row: OutboxRow, setback: Setback) -> After {
    match setback {
        Setback::Later { why, wait, network } => {
            let at = after(backoff(row.attempts + 1, wait, fastrand::f64()));
            if let Err(error) = shared.ledger.postpone(row.id, at, why.clone()).await {
                tracing::error!(%error, "postpone");
            }
            waiting(shared, row.id, RowState::Queued { retry_at: Some(at) }, at, why, network).await
        }
        Setback::Unclear { why } => {
            let state = started(&row);
            let at = next_look(shared, state);
            waiting(shared, row.id, state, at, why, false).await
        }
        Setback::Local(error) => {
            let failure = local_failure(&row.edit.intent(), &error);
            let why = failure.why.clone();
            shared.tell(Event::Trouble(failure)).await;
            waiting(shared, row.id, row.state, after(LOCAL), why, false).await
        }
        Setback::Refused(failure) => {
            let why = failure.why.clone();
            if let Err(error) = shared.ledger.fail(row.id, Timestamp::now(), why.clone()).await {
                tracing::error!(%error, "fail");
            }
            let outcome = Outcome::Rejected { why: failure };
            shared.tell(Event::Edit(EditEvent::Settled { id: row.id, edit: row.edit, outcome })).await;
            After::Stays { state: RowState::Failed, until: None, why, network: false }
        }
        // The desk, which took it out, has told.
        Setback::Withdrawn => After::Gone,
    }
}

async fn waiting(shared: &Shared, id: EditId, state: RowState, at: Timestamp, why: String, network: bool) -> After {
    if network {
        shared.tell_offline(at, why.clone()).await;
    }
    shared.tell(Event::Edit(EditEvent::Waiting { id, until: at, why: why.clone() })).await;
    After::Stays { state, until: Some(at), why, network }
}

/// The row's state after a request has left in this attempt or an earlier one.
fn started(row: &OutboxRow) -> RowState {
    match row.state {
        RowState::Started { at } => RowState::Started { at },
        RowState::Queued { .. } | RowState::Failed => RowState::Started { at: Timestamp::now() },
    }
}

/// A first look soon, a second when the write can no longer arrive, then at leisure.
fn next_look(shared: &Shared, state: RowState) -> Timestamp {
    let soon = after(FIRST_LOOK);
    let RowState::Started { at } = state else { return soon };
    let settled = too_late(shared, at);
    if Timestamp::now() < at.saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX) {
        soon.min(settled)
    } else {
        settled.max(after(Duration::from_secs(1)))
    }
}

/// From when on a write that left at `at` can no longer take effect.
fn too_late(shared: &Shared, at: Timestamp) -> Timestamp {
    let timeout = SignedDuration::try_from(shared.client.write_timeout()).unwrap_or(SignedDuration::MAX);
    at.saturating_add(timeout).unwrap_or(Timestamp::MAX)
}

/// Whether a request of an earlier attempt may still be on its way.
fn may_arrive(shared: &Shared, row: &OutboxRow) -> bool {
    matches!(row.state, RowState::Started { at } if Timestamp::now() < too_late(shared, at))
}

fn still_unclear() -> Setback {
    Setback::Unclear { why: "no answer came: looking whether it took effect".to_owned() }
}

async fn complete(
    shared: &Shared,
    row: &OutboxRow,
    contact: &ContactId,
    task: &TaskId,
    completed: bool,
) -> Result<Receipt, Setback> {
    if !fresh(shared, row, contact).await {
        let get = endpoints::GetTask { contact: contact.clone(), task: task.clone() };
        let held = reading(row, shared.call(&get, Urgency::User).await)?;
        // Completing what is complete would fire the user's automations a second time.
        if held.value.completed == completed {
            return Ok(Receipt::Task(held.value));
        }
        if may_arrive(shared, row) {
            return Err(still_unclear());
        }
    }
    start(shared, row, None).await?;
    let put = endpoints::CompleteTask { contact: contact.clone(), task: task.clone(), completed };
    let held = writing(row, shared.call(&put, Urgency::User).await)?;
    Ok(Receipt::Task(held.value))
}

/// Whether the cached copy that the edit was made on is young enough to be trusted.
async fn fresh(shared: &Shared, row: &OutboxRow, contact: &ContactId) -> bool {
    if row.attempts > 0 || matches!(row.state, RowState::Started { .. }) {
        return false;
    }
    let details = shared.cached(shared.cache.details(contact.clone()).await);
    let fetched_at = details.and_then(|details| details.fetched_at);
    fetched_at.is_some_and(|at| Timestamp::now().duration_since(at) < FRESH)
}

async fn add_note(shared: &Shared, row: &OutboxRow, contact: &ContactId, body: &str) -> Result<Receipt, Setback> {
    let list = endpoints::GetNotes { contact: contact.clone() };
    let held = reading(row, shared.call(&list, Urgency::User).await)?;
    let equal: Vec<Note> =
        held.into_iter().map(|note| note.value).filter(|note| says_the_same(&note.body, body)).collect();
    if matches!(row.state, RowState::Started { .. }) {
        let before: HashSet<&str> = row.probe.iter().flatten().map(String::as_str).collect();
        if let Some(ours) = equal.into_iter().find(|note| !before.contains(note.id.as_str())) {
            return Ok(Receipt::Note(ours));
        }
        if may_arrive(shared, row) {
            return Err(still_unclear());
        }
        start(shared, row, None).await?;
    } else {
        let ids = equal.into_iter().map(|note| note.id.to_string()).collect();
        start(shared, row, Some(ids)).await?;
    }
    let post = endpoints::CreateNote {
        contact: contact.clone(),
        note: NotePatch { body: Some(body.to_owned()), ..NotePatch::default() },
    };
    let held = writing(row, shared.call(&post, Urgency::User).await)?;
    Ok(Receipt::Note(held.value))
}

/// The server may wrap a body into HTML, so what counts is the text a person reads.
fn says_the_same(one: &str, other: &str) -> bool {
    fn read(body: &str) -> Vec<String> {
        text::rich(body).plain().split_whitespace().map(str::to_owned).collect()
    }
    one == other || read(one) == read(other)
}

async fn delete_note(
    shared: &Shared,
    row: &OutboxRow,
    contact: &ContactId,
    target: &NoteTarget,
) -> Result<Receipt, Setback> {
    let (note, written) = match target {
        NoteTarget::Known(note) => (note.clone(), None),
        NoteTarget::MadeBy(edit) => match shared.ledger.outcome(*edit).await? {
            Some(store::Outcome::Confirmed(Receipt::Note(note))) => (note.id, Some(note.body)),
            // Never made, so there is nothing to delete.
            _ => return Ok(Receipt::Nothing),
        },
    };
    let get = endpoints::GetNote { contact: contact.clone(), note: note.clone() };
    match shared.call(&get, Urgency::User).await {
        Err(ApiError::NotFound { .. }) => return Ok(Receipt::NoteGone(note)),
        other => {
            let held = reading(row, other)?;
            if written.is_some_and(|written| !says_the_same(&written, &held.value.body)) {
                return Err(Setback::Refused(Failure {
                    kind: FailureKind::Rejected,
                    what: row.edit.intent(),
                    why: "the note has been changed on the server since it was written".to_owned(),
                    next: "discard this edit; delete the note in the web app if you still want to".to_owned(),
                }));
            }
        }
    }
    start(shared, row, None).await?;
    let delete = endpoints::DeleteNote { contact: contact.clone(), note: note.clone() };
    match shared.call(&delete, Urgency::User).await {
        Err(ApiError::NotFound { .. }) => Ok(gone(note)),
        other => writing(row, other).map(|()| gone(note)),
    }
}

fn gone(note: NoteId) -> Receipt {
    Receipt::NoteGone(note)
}

/// Nothing leaves before the ledger knows it.
async fn start(shared: &Shared, row: &OutboxRow, probe: Option<Vec<String>>) -> Result<(), Setback> {
    if shared.ledger.start(row.id, Timestamp::now(), probe).await? { Ok(()) } else { Err(Setback::Withdrawn) }
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
    match error {
        ApiError::Retry { cause, after, why } => {
            Setback::Later { why, wait: after, network: cause == Passing::Network }
        }
        ApiError::Unclear { why } => Setback::Unclear { why },
        // Mostly a proxy's bad moment; where it stays, the waits grow.
        ApiError::Garbled { why } => Setback::Later { why, wait: None, network: false },
        // The edit is the user's work: it waits for a token that works.
        ApiError::SignedOut { .. } | ApiError::WrongLocation { .. } => {
            Setback::Later { why: error.to_string(), wait: Some(SIGNED_OUT), network: false }
        }
        ApiError::Reject { .. }
        | ApiError::NotFound { .. }
        | ApiError::MissingScope { .. }
        | ApiError::ReadOnly { .. } => Setback::Refused(words(&row.edit.intent(), &error)),
    }
}
