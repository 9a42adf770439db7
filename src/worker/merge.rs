//! Merges carried out by the journal: nothing is written before the ledger has what everybody was and every step.
//!
//! A job runs one merge from where it stands to its end, through crashes, lost answers and throttling. A step that
//! may have left is repeated where that is harmless, and looked for where it is not.

mod bulk;
mod compare;
mod decide;
mod finish;
mod perform;
mod prepare;
mod probe;
mod work;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::api::backoff;
use crate::domain::{AddressWay, MergeId, MergePhase, MergeProgress, MergeRecord, StepState};
use crate::protocol::{Event, MergeEvent};
use crate::store::StoreError;

use super::failure::local_failure;
use super::shared::{Inside, Shared, after};

pub(super) use bulk::dry_run;
pub(super) use compare::{compare, member};
pub(super) use decide::{dismissals, outdated};
use work::{Halt, Work};

/// A disk that is full may have room again this soon.
const LOCAL: Duration = Duration::from_secs(10);

/// Carries a merge out; tells how it goes, and in the end that it is over.
///
/// `insist`: the user has seen what stopped it and wants it done all the same.
pub(super) async fn carry_out(shared: Arc<Shared>, id: MergeId, insist: bool) {
    let (mut tries, mut done, mut since) = (0, 0, Timestamp::now());
    let mut insist = insist;
    loop {
        let halt = match run(&shared, id, insist, since).await {
            Ok(()) => break,
            Err(halt) => halt,
        };
        let record = shared.ledger.merge(id).await.ok().flatten();
        let so_far = record.as_ref().map_or(0, |record| record.done);
        if so_far != done {
            // It comes on: whatever is in the way now is something new.
            (done, tries, insist, since) = (so_far, 0, false, Timestamp::now());
        }
        tries += 1;
        let (wait, why) = match halt {
            Halt::Later { why, wait, network } => {
                let wait = backoff(tries, wait, fastrand::f64());
                if network {
                    shared.tell_offline(after(wait), why.clone()).await;
                }
                (wait, why)
            }
            Halt::Local(error) => {
                let failure = local_failure("keep the journal of the merge", &error);
                let why = failure.why.clone();
                shared.tell(Event::Trouble(failure)).await;
                (LOCAL, why)
            }
            Halt::Stop(obstacle) => {
                advance(&shared, id, MergeProgress::Stopped(obstacle)).await;
                break;
            }
            Halt::Refuse(obstacle) => {
                refuse(&shared, id, record, obstacle).await;
                break;
            }
        };
        if !advance(&shared, id, MergeProgress::Waiting { until: after(wait), why }).await {
            break;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = shared.hurry.notified() => {}
        }
    }
    shared.report(Inside::MergeOver(id));
}

/// Notes how far it is and tells it; `false` when the user holds it.
async fn advance(shared: &Shared, id: MergeId, progress: MergeProgress) -> bool {
    let goes_on = match shared.ledger.set_merge_progress(id, progress).await {
        Ok(goes_on) => goes_on,
        Err(error) => {
            // What is written is right all the same: the next run goes by the steps.
            tracing::error!(%error, "progress of a merge");
            true
        }
    };
    tell(shared, id).await;
    goes_on
}

/// Tells how a merge stands.
pub(super) async fn tell(shared: &Shared, id: MergeId) {
    match shared.ledger.merge(id).await {
        Ok(Some(record)) => shared.report(Inside::Merging(Box::new(record))),
        Ok(None) => {}
        Err(error) => tracing::error!(%error, "journal"),
    }
}

/// A phase that could not begin: a merge is given up, an undo or a purge leaves the merge as it was, and says why.
async fn refuse(shared: &Shared, id: MergeId, record: Option<MergeRecord>, obstacle: crate::domain::Obstacle) {
    let phase = record.map_or(MergePhase::Merge, |record| record.phase);
    if phase == MergePhase::Merge {
        advance(shared, id, MergeProgress::Refused(obstacle)).await;
        return;
    }
    if let Err(error) = shared.ledger.turn_merge_back(id).await {
        tracing::error!(%error, "journal");
    }
    shared.report(Inside::MergeRefused(id, phase, obstacle));
    tell(shared, id).await;
}

/// One run through what is still to be done.
async fn run(shared: &Shared, id: MergeId, insist: bool, since: Timestamp) -> Result<(), Halt> {
    let Some(record) = shared.ledger.merge(id).await? else { return Ok(()) };
    if !record.progress.is_live() {
        return Ok(());
    }
    let phase = record.phase;
    let mut work = Work::new(shared, record, insist, since).await?;
    if shared.ledger.merge_steps(id, phase).await?.is_empty() {
        prepare::prepare(&mut work).await?;
    }
    if !shared.ledger.set_merge_progress(id, MergeProgress::Running).await? {
        return Ok(());
    }
    tell(shared, id).await;
    for step in shared.ledger.merge_steps(id, phase).await? {
        if step.state == StepState::Done {
            work.learn(&step);
            continue;
        }
        let reply = perform::perform(&mut work, &step).await?;
        shared.ledger.end_merge_step(id, phase, step.n, reply.clone()).await?;
        work.learn(&crate::domain::JournalStep { state: StepState::Done, reply: Some(reply), ..step });
        tell(shared, id).await;
    }
    finish::finish(&work).await?;
    tell(shared, id).await;
    Ok(())
}

/// Gives a merge that stopped at an address another way to go on.
pub(super) async fn another_way(shared: &Shared, record: MergeRecord, way: AddressWay) -> Result<(), StoreError> {
    let failed = |halt| match halt {
        Halt::Local(error) => error,
        // Nothing is asked of the server.
        Halt::Later { .. } | Halt::Stop(_) | Halt::Refuse(_) => StoreError::Closed,
    };
    let mut work = Work::new(shared, record, false, Timestamp::now()).await.map_err(failed)?;
    prepare::another_way(&mut work, way).await.map_err(failed)
}

/// Wipes pre-images that nobody can need any more.
pub(super) async fn wipe(shared: &Shared) {
    let days = i64::from(shared.merge_rules.wipe_after_days);
    let before = Timestamp::now() - jiff::SignedDuration::from_hours(24 * days);
    match shared.ledger.wipe_merges(before).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "pre-images of merges wiped"),
        Err(error) => tracing::error!(%error, "wipe pre-images"),
    }
}

/// The whole journal and every decision, for the start.
pub(super) async fn tell_all(shared: &Shared) -> Result<Vec<MergeRecord>, StoreError> {
    let records = shared.ledger.merges().await?;
    shared.tell(Event::Merge(MergeEvent::Journal(records.clone()))).await;
    let decisions = shared.ledger.decisions().await?;
    shared.tell(Event::Merge(MergeEvent::Decisions(decisions))).await;
    Ok(records)
}
