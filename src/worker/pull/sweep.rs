//! What is gone: the search never says that a contact was deleted, but it counts.
//!
//! Where the server counts fewer contacts than are here, the time in which the missing ones were added is halved until
//! a page holds it. A contact that is not on that page is a suspect, and only a GET that says "not found" removes it.

use std::collections::HashSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::api::endpoints::{GetContact, Span};
use crate::api::{ApiError, Urgency};
use crate::domain::ContactId;
use crate::worker::shared::{Inside, Shared};

use super::{PullError, Search, count};

/// By how much the server's count differed at the last look.
const GAP: &str = "gap";
/// More missing contacts than this are looked at by the next full listing.
const SUSPECTS: usize = 1_000;
/// Requests under way to ask for suspects.
const AT_ONCE: usize = 4;
/// Halving down to one deleted contact takes about so many requests among 100,000.
const COST: u64 = 18;

/// What a sweep says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What is here is what the server has, as far as it counts.
    Even,
    /// Listing everything is the cheaper way to find out.
    ListAll,
}

/// Finds contacts that are gone. A gap is believed when it is there twice: the index lags.
pub(super) async fn sweep(shared: &Shared, urgency: Urgency) -> Result<Verdict, PullError> {
    let theirs = count(shared, Span::default(), urgency).await?;
    let ours = shared.cache.contact_count().await?;
    let gap = ours.cast_signed() - theirs.cast_signed();
    let before = shared.cache.meta::<i64>(GAP).await?.unwrap_or_default();
    if gap == 0 {
        if before != 0 {
            shared.cache.set_meta(GAP, 0).await?;
        }
        return Ok(Verdict::Even);
    }
    shared.cache.set_meta(GAP, gap).await?;
    if before != gap {
        return Ok(Verdict::Even);
    }
    tracing::info!(gap, "the server counts otherwise");
    shared.cache.set_meta(GAP, 0).await?;
    let pages = theirs / u64::from(shared.pace.page) + 1;
    if gap < 0 || gap.unsigned_abs() * COST > pages {
        return Ok(Verdict::ListAll);
    }
    for id in suspects(shared, urgency).await? {
        ask_for(shared, id).await?;
    }
    Ok(Verdict::Even)
}

/// Contacts that are here and not in the search, found by counting.
async fn suspects(shared: &Shared, urgency: Urgency) -> Result<Vec<ContactId>, PullError> {
    let (mut stretches, mut suspects) = (vec![Span::default()], Vec::new());
    while let Some(span) = stretches.pop() {
        let ours = shared.cache.added_between(span.from, span.until).await?;
        if ours.len() <= shared.pace.page as usize {
            let (rows, _) = Search { added: span, ..Search::page(shared) }.send(shared, urgency).await?;
            let theirs: HashSet<&ContactId> = rows.iter().map(|row| &row.contact.value.id).collect();
            suspects.extend(ours.into_iter().map(|(id, _)| id).filter(|id| !theirs.contains(id)));
            continue;
        }
        let (Some(first), Some(middle)) = (ours[0].1, ours[ours.len() / 2].1) else { continue };
        if middle <= first {
            // More than a page in one moment: the next full listing tells.
            continue;
        }
        let halves = [Span { until: Some(middle), ..span }, Span { from: Some(middle), ..span }];
        let here = ours.partition_point(|(_, added)| added.is_some_and(|added| added < middle)) as u64;
        for (half, here) in halves.into_iter().zip([here, ours.len() as u64 - here]) {
            if count(shared, half, urgency).await? < here {
                stretches.push(half);
            }
        }
    }
    Ok(suspects)
}

/// Contacts that a full listing did not see.
pub(super) async fn remove_unseen(shared: &Shared, generation: i64) -> Result<(), PullError> {
    let unseen = shared.cache.unseen(generation).await?;
    stream::iter(unseen.into_iter().take(SUSPECTS))
        .map(|id| ask_for(shared, id))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await
}

/// A suspect is gone only when the server says so.
async fn ask_for(shared: &Shared, id: ContactId) -> Result<(), PullError> {
    match shared.call_unheld(&GetContact { contact: id.clone() }, Urgency::Background).await {
        Err(ApiError::NotFound { .. }) => {
            shared.cache.remove_contact(id.clone()).await?;
            shared.report(Inside::Changed { upserts: Vec::new(), removed: vec![id] });
        }
        Err(error) => return Err(error.into()),
        Ok(_there) => {}
    }
    Ok(())
}
