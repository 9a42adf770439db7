//! Keeps the cache current: the whole listing the first time, then what changed, then what is gone.
//!
//! A listing takes minutes, and longer when it is interrupted. Contacts that change in the meantime on pages we already
//! have are among the changes since the listing began, which we request when it ends.
//!
//! Every page is one transaction that also moves the cursor: after a crash, the next run continues from there.

mod listing;
mod meter;
mod sweep;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::api::endpoints::{SearchContacts, TimeSpan};
use crate::api::{ApiError, Listed, Urgency};
use crate::protocol::{Event, Failure, SyncState};
use crate::store::{Incoming, StoreError};

use crate::worker::failure::{local_failure, words};
use crate::worker::notice::Notice;
use crate::worker::shared::{FRESH_AT, WorkerShared};

const GENERATION: &str = "generation";
const CURSOR: &str = "cursor";

/// We request changes from this long before the latest one seen: the index may show a change later than one made after
/// it.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);

/// Why a pull stopped.
#[derive(Debug, thiserror::Error)]
enum PullError {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// When to check for changes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextPull {
    InTurn,
    /// Contacts seem to be gone.
    Soon,
}

/// Pulls once; `urgency` says whether somebody is waiting for it.
pub(super) async fn pull(shared: &WorkerShared, full: bool, urgency: Urgency) -> Result<NextPull, Failure> {
    let what = "fetch contacts";
    match run(shared, full, urgency).await {
        Ok(next) => Ok(next),
        Err(PullError::Api(error)) => Err(words(what, &error)),
        Err(PullError::Store(error)) => {
            if matches!(error, StoreError::Rebuilt) {
                shared.notify(Notice::CacheLost);
            }
            Err(local_failure(what, &error))
        }
    }
}

async fn run(shared: &WorkerShared, full: bool, urgency: Urgency) -> Result<NextPull, PullError> {
    let listed = shared.cache.meta::<i64>(CURSOR).await?.is_some() && !listing::is_unfinished(shared).await?;
    let mut next = NextPull::InTurn;
    if full || !listed {
        list(shared, urgency).await?;
    } else {
        changes(shared, urgency).await?;
        match sweep::sweep(shared, urgency).await? {
            sweep::SweepVerdict::Even => {}
            sweep::SweepVerdict::AskAgain => next = NextPull::Soon,
            sweep::SweepVerdict::ListAll { gap } => {
                list(shared, urgency).await?;
                sweep::look_back(shared, gap, urgency).await?;
            }
        }
    }
    let at = shared.now();
    shared.cache.set_meta(FRESH_AT, at).await?;
    shared.tell(Event::Sync(SyncState::Fresh { at })).await;
    Ok(next)
}

/// Lists everything, and what has changed since the listing began.
async fn list(shared: &WorkerShared, urgency: Urgency) -> Result<(), PullError> {
    match listing::listing(shared, urgency).await? {
        listing::Took::OnePage => Ok(()),
        listing::Took::Longer => changes(shared, urgency).await,
    }
}

async fn changes(shared: &WorkerShared, urgency: Urgency) -> Result<(), PullError> {
    let cursor = shared.cache.meta::<i64>(CURSOR).await?.unwrap_or(0);
    let cursor = Timestamp::from_millisecond(cursor).unwrap_or(Timestamp::UNIX_EPOCH);
    let since = cursor.saturating_sub(OVERLAP).unwrap_or(Timestamp::UNIX_EPOCH);
    let generation = shared.cache.meta::<i64>(GENERATION).await?.unwrap_or(0);
    let (mut after, mut newest) = (None, cursor);
    loop {
        let search = PullSearch { after: after.clone(), since: Some(since), ..PullSearch::page(shared) };
        let (rows, _total) = search.send(shared, urgency).await?;
        newest = rows.iter().filter_map(|row| row.contact.value.updated).fold(newest, Timestamp::max);
        let next = next_page(&rows, shared.pace.page, after.as_deref());
        take(shared, rows, generation, (CURSOR, newest.as_millisecond())).await?;
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// One request of the search.
struct PullSearch {
    limit: u32,
    after: Option<Box<RawValue>>,
    since: Option<Timestamp>,
    newest_first: bool,
    added: TimeSpan,
}

impl PullSearch {
    /// The first page of everything.
    fn page(shared: &WorkerShared) -> Self {
        Self { limit: shared.pace.page, after: None, since: None, newest_first: false, added: TimeSpan::default() }
    }

    /// Rows, and the total number of matches.
    async fn send(self, shared: &WorkerShared, urgency: Urgency) -> Result<(Vec<Listed>, u64), ApiError> {
        let Self { limit: page_limit, after: search_after, since: updated_since, newest_first, added } = self;
        let location = shared.client.location().clone();
        let search = SearchContacts { location, page_limit, search_after, updated_since, newest_first, added };
        shared.call_unheld(&search, urgency).await
    }
}

/// When the latest change was made, as far as the index shows.
async fn newest_change(shared: &WorkerShared, urgency: Urgency) -> Result<Timestamp, ApiError> {
    let search = PullSearch { limit: 1, newest_first: true, ..PullSearch::page(shared) };
    let (rows, _total) = search.send(shared, urgency).await?;
    Ok(rows.first().and_then(|row| row.contact.value.updated).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// How many contacts were added in a time range, by the server's count.
async fn count(shared: &WorkerShared, added: TimeSpan, urgency: Urgency) -> Result<u64, ApiError> {
    let search = PullSearch { limit: 1, added, ..PullSearch::page(shared) };
    Ok(search.send(shared, urgency).await?.1)
}

/// Where the next page begins; none after a short page, or if the server does not advance.
fn next_page(rows: &[Listed], page: u32, before: Option<&RawValue>) -> Option<Box<RawValue>> {
    if rows.len() < page as usize {
        return None;
    }
    let after = rows.last()?.search_after.clone()?;
    (before.map(RawValue::get) != Some(after.get())).then_some(after)
}

async fn take<T: Serialize + Send + 'static>(
    shared: &WorkerShared,
    rows: Vec<Listed>,
    generation: i64,
    cursor: (&'static str, T),
) -> Result<(), StoreError> {
    let rows = rows
        .into_iter()
        .map(|row| Incoming {
            raw: Box::<str>::from(row.contact.raw).into_string(),
            contact: row.contact.value,
            plain_names: row.plain_names,
        })
        .collect();
    let upserts = shared.cache.take_page(rows, generation, Some(cursor), shared.now()).await?;
    if !upserts.is_empty() {
        shared.notify(Notice::Changed { upserts, removed: Vec::new() });
    }
    Ok(())
}
