//! The whole listing: time ranges in parallel, so that the latency of requests does not limit its speed.

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};

use crate::api::endpoints::TimeSpan;
use crate::api::{Listed, Urgency};
use crate::protocol::{Event, Headway, SyncState};
use crate::worker::shared::WorkerShared;

use crate::worker::pull::meter::Meter;
use crate::worker::pull::sweep::remove_unseen;
use crate::worker::pull::{CURSOR, GENERATION, OVERLAP, PullError, PullSearch, count, newest_change, next_page, take};

const LISTING: &str = "listing-3";
/// How many ranges: at 200 ms per request, two use all that background work may, and a third helps on slower networks.
const STRETCHES: u64 = 3;
/// Fewer pages than this are listed one after the other: counting first would cost more than it saves.
const SMALL: u64 = 30;
/// Moments at which we count how many contacts were added before, to cut the time into even ranges.
const PROBES: i32 = 4;

/// How often to check the rate while no page arrives.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

/// An unfinished full listing.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct ListingState {
    generation: i64,
    /// The latest change when it began: all later changes, to contacts already here or not, are found from there on.
    since: Timestamp,
    done: u64,
    total: u64,
    stretches: Vec<Stretch>,
}

/// Contacts added in a time range, and how far they have been listed.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Stretch {
    added: TimeSpan,
    after: Option<Box<RawValue>>,
    over: bool,
}

impl Stretch {
    fn new(from: Option<Timestamp>, until: Option<Timestamp>) -> Self {
        Self { added: TimeSpan { from, until }, after: None, over: false }
    }
}

/// One page of a range.
struct ListedPage {
    stretch: usize,
    rows: Vec<Listed>,
    next: Option<Box<RawValue>>,
}

pub(super) async fn is_unfinished(shared: &WorkerShared) -> Result<bool, PullError> {
    Ok(shared.cache.meta::<ListingState>(LISTING).await?.is_some())
}

/// How consistent a listing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Took {
    /// It shows a single moment.
    OnePage,
    /// Contacts may have changed during it.
    Longer,
}

/// Lists everything, or the rest of an earlier listing.
pub(super) async fn listing(shared: &WorkerShared, urgency: Urgency) -> Result<Took, PullError> {
    let before: Option<ListingState> = shared.cache.meta(LISTING).await?;
    let resumed = before.is_some();
    let mut state = match before {
        Some(state) => state,
        None => begin(shared, urgency).await?,
    };
    let took =
        if resumed || state.stretches.iter().any(|stretch| !stretch.over) { Took::Longer } else { Took::OnePage };
    let mut told = HeadwayTeller::new(&state);
    told.tell(shared, &state).await;
    // Few enough that no page is fetched long before it is written.
    let (pages, mut fetched) = mpsc::channel(2);
    let open = state.stretches.iter().enumerate().filter(|(_, stretch)| !stretch.over);
    let fetch = open.map(|(at, stretch)| fetch(shared, at, stretch.clone(), urgency, pages.clone()));
    let fetch = try_join_all(fetch.collect::<Vec<_>>());
    drop(pages);
    let write = async {
        while let Some(ListedPage { stretch, rows, next }) = told.until_page(shared, &state, &mut fetched).await {
            state.done += rows.len() as u64;
            state.total = state.total.max(state.done);
            let part = &mut state.stretches[stretch];
            (part.over, part.after) = (next.is_none(), next);
            take(shared, rows, state.generation, (LISTING, Some(state.clone()))).await?;
            told.meter.mark(Instant::now(), state.done);
            told.tell(shared, &state).await;
        }
        Ok::<_, PullError>(state)
    };
    let (_, state) = tokio::try_join!(fetch, write)?;
    remove_unseen(shared, state.generation).await?;
    // A crash between these two only repeats the search for suspects.
    shared.cache.set_meta(CURSOR, state.since.as_millisecond()).await?;
    shared.cache.set_meta(LISTING, None::<ListingState>).await?;
    Ok(took)
}

/// The progress as last reported.
struct HeadwayTeller {
    meter: Meter,
    headway: Option<Headway>,
}

impl HeadwayTeller {
    fn new(state: &ListingState) -> Self {
        Self { meter: Meter::new(Instant::now(), state.done), headway: None }
    }

    /// Reports the progress, if it changed.
    async fn tell(&mut self, shared: &WorkerShared, state: &ListingState) {
        let headway = Headway { done: state.done, total: state.total, rate: self.meter.rate(Instant::now()) };
        if self.headway.replace(headway) != Some(headway) {
            shared.tell(Event::Sync(SyncState::Listing(headway))).await;
        }
    }

    /// Waits for the next page; while none arrives the rate falls, and that is reported.
    async fn until_page(
        &mut self,
        shared: &WorkerShared,
        state: &ListingState,
        fetched: &mut mpsc::Receiver<ListedPage>,
    ) -> Option<ListedPage> {
        let mut held = shared.held.subscribe();
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        loop {
            let holds = *held.borrow_and_update();
            tokio::select! {
                page = fetched.recv() => return page,
                _ = look.tick(), if !holds => self.tell(shared, state).await,
                Ok(()) = held.changed() => self.meter = Meter::new(Instant::now(), state.done),
            }
        }
    }
}

/// Fetches the pages of a range in order: each gives the start of the next.
async fn fetch(
    shared: &WorkerShared,
    at: usize,
    stretch: Stretch,
    urgency: Urgency,
    pages: mpsc::Sender<ListedPage>,
) -> Result<(), PullError> {
    let Stretch { added, mut after, .. } = stretch;
    loop {
        let search = PullSearch { after: after.clone(), added, ..PullSearch::page(shared) };
        let (rows, _total) = search.send(shared, urgency).await?;
        let next = next_page(&rows, shared.pace.page, after.as_deref());
        after.clone_from(&next);
        let page = ListedPage { stretch: at, rows, next };
        if pages.send(page).await.is_err() || after.is_none() {
            return Ok(());
        }
    }
}

/// Begins a listing: takes the first page, and cuts the time into ranges of about the same number of contacts.
async fn begin(shared: &WorkerShared, urgency: Urgency) -> Result<ListingState, PullError> {
    let generation = shared.cache.meta::<i64>(GENERATION).await?.unwrap_or(0) + 1;
    shared.cache.set_meta(GENERATION, generation).await?;
    let (since, (rows, total)) = loop {
        let asked = Instant::now();
        let page = PullSearch::page(shared).send(shared, urgency);
        let both = tokio::try_join!(newest_change(shared, urgency), page)?;
        // After a pause in between, one of them may be much older: further back than changes overlap.
        if asked.elapsed() < OVERLAP.unsigned_abs() / 2 {
            break both;
        }
    };
    let next = next_page(&rows, shared.pace.page, None);
    let first = rows.first().and_then(|row| row.contact.value.added);
    let mut state = ListingState { generation, since, done: rows.len() as u64, total, stretches: Vec::new() };
    let whole = Stretch { after: next.clone(), over: next.is_none(), ..Stretch::new(None, None) };
    state.stretches = match first {
        Some(first) if total > SMALL * u64::from(shared.pace.page) => {
            cut(shared, first, total, urgency).await?.unwrap_or_else(|| vec![whole])
        }
        _ => vec![whole],
    };
    if state.stretches.len() > 1 {
        // The first page starts the first range, and is listed with it.
        state.done = 0;
        shared.cache.set_meta(LISTING, Some(state.clone())).await?;
    } else {
        take(shared, rows, generation, (LISTING, Some(state.clone()))).await?;
    }
    Ok(state)
}

/// Ranges of about as many contacts each; none if some contacts have no date, or all the same one.
async fn cut(
    shared: &WorkerShared,
    first: Timestamp,
    total: u64,
    urgency: Urgency,
) -> Result<Option<Vec<Stretch>>, PullError> {
    let before = |until| count(shared, TimeSpan { from: None, until: Some(until) }, urgency);
    let dated = count(shared, TimeSpan { from: Some(Timestamp::UNIX_EPOCH), until: None }, urgency);
    let end = shared.server_time();
    let moments = between(first, end);
    let (dated, counts) = tokio::try_join!(dated, try_join_all(moments.iter().map(|at| before(*at))))?;
    if dated != total {
        return Ok(None);
    }
    let mut known: Vec<(Timestamp, u64)> = moments.into_iter().zip(counts).collect();
    known.insert(0, (first, 0));
    known.push((end, total));
    let mut bounds = Vec::new();
    for part in 1..STRETCHES {
        let wanted = total * part / STRETCHES;
        // Where many were added in a short time, count again between the two moments around it.
        let above = known.partition_point(|(_, count)| *count < wanted).clamp(1, known.len() - 1);
        let (low, high) = (known[above - 1], known[above]);
        if high.1 - low.1 > total / 10 {
            let moments = between(low.0, high.0);
            let counts = try_join_all(moments.iter().map(|at| before(*at))).await?;
            known.splice(above..above, moments.into_iter().zip(counts));
        }
        let nearest = known.iter().min_by_key(|(_, count)| count.abs_diff(wanted));
        bounds.extend(nearest.map(|(at, _)| *at).filter(|at| *at > first && *at < end));
    }
    bounds.dedup();
    let starts = std::iter::once(None).chain(bounds.iter().copied().map(Some));
    let ends = bounds.iter().copied().map(Some).chain(std::iter::once(None));
    Ok((!bounds.is_empty()).then(|| starts.zip(ends).map(|(from, until)| Stretch::new(from, until)).collect()))
}

/// Evenly spaced moments between two.
fn between(from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    let step = to.duration_since(from) / (PROBES + 1);
    if step <= SignedDuration::from_millis(1) {
        return Vec::new();
    }
    (1..=PROBES).map(|n| from + step * n).collect()
}
