//! Bringing the cache up to date: the whole listing the first time, then what changed.
//!
//! Every page is one transaction with the cursor behind it: killed anywhere, the next run goes on there.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::api::{ApiError, Listed, Urgency, endpoints::GetContact, endpoints::SearchContacts};
use crate::protocol::{Event, Failure, SyncState};
use crate::store::{Incoming, StoreError};

use super::failure::{local_failure, words};
use super::shared::{FRESH_AT, Inside, Shared};

/// An unfinished full listing.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Listing {
    generation: i64,
    after: Option<Box<RawValue>>,
    done: u64,
}

const LISTING: &str = "listing";
const GENERATION: &str = "generation";
const CURSOR: &str = "cursor";

/// Changes are asked for from so far before the newest one seen: the index may show a change later than
/// one made after it.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);
/// More missing contacts than this are looked at on the next full listing.
const SUSPECTS: usize = 100;

/// Why a pull stopped.
#[derive(Debug, thiserror::Error)]
enum PullError {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Pulls once; `urgency` says whether somebody waits for it.
pub(super) async fn pull(shared: &Shared, full: bool, urgency: Urgency) -> Result<(), Failure> {
    let what = "fetch contacts";
    match run(shared, full, urgency).await {
        Ok(()) => Ok(()),
        Err(PullError::Api(error)) => Err(words(what, &error)),
        Err(PullError::Store(error)) => {
            if matches!(error, StoreError::Rebuilt) {
                shared.report(Inside::CacheLost);
            }
            Err(local_failure(what, &error))
        }
    }
}

async fn run(shared: &Shared, full: bool, urgency: Urgency) -> Result<(), PullError> {
    let cursor: Option<i64> = shared.cache.meta(CURSOR).await?;
    let unfinished: Option<Listing> = shared.cache.meta(LISTING).await?;
    match cursor {
        Some(cursor) if !full && unfinished.is_none() => changes(shared, cursor, urgency).await?,
        _ => listing(shared, unfinished, urgency).await?,
    }
    let at = Timestamp::now();
    shared.cache.set_meta(FRESH_AT, at).await?;
    shared.tell(Event::Sync(SyncState::Fresh { at })).await;
    Ok(())
}

async fn listing(shared: &Shared, unfinished: Option<Listing>, urgency: Urgency) -> Result<(), PullError> {
    let mut state = if let Some(state) = unfinished {
        state
    } else {
        let generation = shared.cache.meta::<i64>(GENERATION).await?.unwrap_or(0) + 1;
        shared.cache.set_meta(GENERATION, generation).await?;
        Listing { generation, after: None, done: 0 }
    };
    loop {
        let (rows, total) = search(shared, state.after.clone(), None, urgency).await?;
        let after = next_page(&rows, shared.pace.page, state.after.as_deref());
        state.done += rows.len() as u64;
        let last = after.is_none();
        state.after = after;
        take(shared, rows, state.generation, (LISTING, Some(state.clone()))).await?;
        shared.tell(Event::Sync(SyncState::Listing { done: state.done, total: total.max(state.done) })).await;
        if last {
            break;
        }
    }
    remove_missing(shared, state.generation).await?;
    let cursor = shared.cache.newest_change().await?.unwrap_or(Timestamp::UNIX_EPOCH);
    shared.cache.set_meta(CURSOR, cursor.as_millisecond()).await?;
    shared.cache.set_meta(LISTING, None::<Listing>).await?;
    Ok(())
}

async fn changes(shared: &Shared, cursor: i64, urgency: Urgency) -> Result<(), PullError> {
    let cursor = Timestamp::from_millisecond(cursor).unwrap_or(Timestamp::UNIX_EPOCH);
    let since = cursor.saturating_sub(OVERLAP).unwrap_or(Timestamp::UNIX_EPOCH);
    let generation = shared.cache.meta::<i64>(GENERATION).await?.unwrap_or(0);
    let (mut after, mut newest) = (None, cursor);
    loop {
        let (rows, _total) = search(shared, after.clone(), Some(since), urgency).await?;
        newest = rows.iter().filter_map(|row| row.contact.value.updated).fold(newest, Timestamp::max);
        let next = next_page(&rows, shared.pace.page, after.as_deref());
        take(shared, rows, generation, (CURSOR, newest.as_millisecond())).await?;
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

async fn search(
    shared: &Shared,
    search_after: Option<Box<RawValue>>,
    updated_since: Option<Timestamp>,
    urgency: Urgency,
) -> Result<(Vec<Listed>, u64), ApiError> {
    let location = shared.client.location().clone();
    let search = SearchContacts { location, page_limit: shared.pace.page, search_after, updated_since };
    shared.call(&search, urgency).await
}

/// Where the next page begins; nothing after a short page, or when the server does not move on.
fn next_page(rows: &[Listed], page: u32, before: Option<&RawValue>) -> Option<Box<RawValue>> {
    if rows.len() < page as usize {
        return None;
    }
    let after = rows.last()?.search_after.clone()?;
    (before.map(RawValue::get) != Some(after.get())).then_some(after)
}

async fn take<T: Serialize + Send + 'static>(
    shared: &Shared,
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
    let upserts = shared.cache.take_page(rows, generation, Some(cursor), Timestamp::now()).await?;
    if !upserts.is_empty() {
        shared.report(Inside::Changed { upserts, removed: Vec::new() });
    }
    Ok(())
}

/// A contact missing from a full listing is a suspect; only a GET that says "not found" removes it.
async fn remove_missing(shared: &Shared, generation: i64) -> Result<(), PullError> {
    for id in shared.cache.unseen(generation).await?.into_iter().take(SUSPECTS) {
        match shared.call(&GetContact { contact: id.clone() }, Urgency::Background).await {
            Err(ApiError::NotFound { .. }) => {
                shared.cache.remove_contact(id.clone()).await?;
                shared.report(Inside::Changed { upserts: Vec::new(), removed: vec![id] });
            }
            Err(error) => return Err(error.into()),
            Ok(_there) => {}
        }
    }
    Ok(())
}
