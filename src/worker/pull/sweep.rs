//! Finds deleted contacts: the search never reports a deletion, but it counts.
//!
//! If the server counts fewer contacts than we have, the time range in which the missing ones were added is halved
//! until it fits on a page. A contact that is not on that page is a suspect, and is removed only if a GET says "not
//! found".

use std::collections::HashSet;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

use crate::api::endpoints::{GetContact, TimeSpan};
use crate::api::{ApiError, Urgency};
use crate::domain::ContactId;
use crate::worker::notice::Notice;
use crate::worker::shared::WorkerShared;

use crate::worker::pull::{PullError, PullSearch, count};

/// By how much the server's count differed at the last check.
const GAP: &str = "gap";
/// A gap that no deletion explained, and when that was.
const IN_VAIN: &str = "gap_in_vain";
/// A sweep that did not close it will not do so within the next minutes either.
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// More missing contacts than this are left to the next full listing.
const SUSPECTS: usize = 1_000;
/// Concurrent requests for suspects.
const AT_ONCE: usize = 4;
/// About how many requests it takes to halve down to one deleted contact among 100,000.
const COST: u64 = 10;

/// The result of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SweepVerdict {
    /// Our contacts match the server's, as far as it counts.
    Even,
    /// The counts differ; ask again soon: its index may only lag.
    AskAgain,
    /// Listing everything is the cheaper way to resolve this gap.
    ListAll { gap: i64 },
}

/// Finds contacts that are gone. A gap counts only when it occurs twice, because the index lags.
pub(super) async fn sweep(shared: &WorkerShared, urgency: Urgency) -> Result<SweepVerdict, PullError> {
    let (gap, theirs) = gap(shared, urgency).await?;
    let before = shared.cache.meta::<i64>(GAP).await?.unwrap_or_default();
    let in_vain = shared.cache.meta::<(i64, Timestamp)>(IN_VAIN).await?;
    if in_vain.is_some_and(|(of, at)| of == gap && shared.is_within(at, PATIENCE)) {
        return Ok(SweepVerdict::Even);
    }
    if gap == 0 && in_vain.is_some() {
        shared.cache.set_meta(IN_VAIN, None::<(i64, Timestamp)>).await?;
    }
    // While somebody deletes contacts one after the other, it is never the same twice.
    let believed = gap != 0 && before.signum() == gap.signum();
    let noted = if believed { 0 } else { gap };
    if noted != before {
        shared.cache.set_meta(GAP, noted).await?;
    }
    if !believed {
        return Ok(if gap == 0 { SweepVerdict::Even } else { SweepVerdict::AskAgain });
    }
    tracing::info!(gap, "the server's count differs");
    let pages = theirs / u64::from(shared.pace.page) + 1;
    if gap < 0 || gap.unsigned_abs() * COST > pages {
        return Ok(SweepVerdict::ListAll { gap });
    }
    let mut removed = false;
    for id in suspects(shared, gap.unsigned_abs(), urgency).await? {
        removed |= ask_for(shared, id).await?;
    }
    if !removed {
        give_up(shared, gap).await?;
    }
    Ok(SweepVerdict::Even)
}

/// Everything was listed because of a gap: if that did not help, it is not done again soon.
pub(super) async fn look_back(shared: &WorkerShared, before: i64, urgency: Urgency) -> Result<(), PullError> {
    if gap(shared, urgency).await?.0 == before {
        give_up(shared, before).await?;
    }
    Ok(())
}

async fn give_up(shared: &WorkerShared, gap: i64) -> Result<(), PullError> {
    tracing::warn!(gap, "no contact explains the difference to the server's count");
    Ok(shared.cache.set_meta(IN_VAIN, Some((gap, shared.now()))).await?)
}

/// How many more contacts we have than the server counts, and its count.
async fn gap(shared: &WorkerShared, urgency: Urgency) -> Result<(i64, u64), PullError> {
    let theirs = count(shared, TimeSpan::default(), urgency).await?;
    let ours = shared.cache.contact_count().await?;
    Ok((ours.cast_signed() - theirs.cast_signed(), theirs))
}

/// Contacts we have that are not in the search, found by counting. `missing` is how many.
async fn suspects(shared: &WorkerShared, missing: u64, urgency: Urgency) -> Result<Vec<ContactId>, PullError> {
    let (mut stretches, mut suspects) = (vec![(TimeSpan::default(), missing)], Vec::new());
    while let Some((span, missing)) = stretches.pop() {
        let ours = shared.cache.added_between(span.from, span.until).await?;
        if ours.len() <= shared.pace.page as usize {
            let (rows, _) = PullSearch { added: span, ..PullSearch::page(shared) }.send(shared, urgency).await?;
            let theirs: HashSet<&ContactId> = rows.iter().map(|row| &row.contact.value.id).collect();
            suspects.extend(ours.into_iter().map(|(id, _)| id).filter(|id| !theirs.contains(id)));
            continue;
        }
        let (Some(first), Some(middle)) = (ours[0].1, ours[ours.len() / 2].1) else { continue };
        if middle <= first {
            // More than a page at one moment: left to the next full listing.
            continue;
        }
        let (early, late) = (TimeSpan { until: Some(middle), ..span }, TimeSpan { from: Some(middle), ..span });
        let here = ours.partition_point(|(_, added)| added.is_some_and(|added| added < middle)) as u64;
        // Those not missing in one half are missing in the other.
        let of_early = here.saturating_sub(count(shared, early, urgency).await?).min(missing);
        let halves = [(early, of_early), (late, missing - of_early)];
        stretches.extend(halves.into_iter().filter(|(_, missing)| *missing > 0));
    }
    Ok(suspects)
}

/// Contacts that a full listing did not see.
pub(super) async fn remove_unseen(shared: &WorkerShared, generation: i64) -> Result<(), PullError> {
    let unseen = shared.cache.unseen(generation).await?;
    stream::iter(unseen.into_iter().take(SUSPECTS))
        .map(|id| ask_for(shared, id))
        .buffer_unordered(AT_ONCE)
        .try_for_each(async |_gone| Ok(()))
        .await
}

/// Whether a suspect is gone: only if the server says so.
async fn ask_for(shared: &WorkerShared, id: ContactId) -> Result<bool, PullError> {
    match shared.call_unheld(&GetContact { contact: id.clone() }, Urgency::Background).await {
        Err(ApiError::NotFound { .. }) => {
            shared.cache.remove_contact(id.clone()).await?;
            shared.notify(Notice::Changed { upserts: Vec::new(), removed: vec![id] });
            Ok(true)
        }
        Err(error) => Err(error.into()),
        Ok(_there) => Ok(false),
    }
}
