//! Runs merges by the journal: nothing is written before the ledger has every member's data and every step.
//!
//! A job runs one merge from its current step to its end, through crashes, lost answers and throttling. If a step may
//! have been sent, it is repeated if that is harmless, and otherwise looked up on the server.

mod bulk;
mod compare;
mod decide;
mod finish;
mod perform;
mod prepare;
mod probe;
mod run;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::api::backoff;
use crate::domain::{
    AddressWay, JournalStep, MergeId, MergePhase, MergeProgress, MergeRecord, Obstacle, StepReply, StepState,
};
use crate::protocol::{Event, MergeEvent};
use crate::store::StoreError;

use crate::worker::failure::local_failure;
use crate::worker::notice::Notice;
use crate::worker::shared::WorkerShared;
use crate::worker::write::{FIRST_LOOK, LOCAL, Pause, WaitsFor};

pub(super) use bulk::dry_run;
pub(super) use compare::{compare, member};
pub(super) use decide::{dismissals, outdated};
use run::{Halt, MergeRun};

/// Carries out a phase of a merge; reports its progress and its end.
pub(super) async fn carry_out(shared: Arc<WorkerShared>, id: MergeId, phase: MergePhase) {
    let done_of = async || shared.ledger.merge(id).await.ok().flatten().map_or(0, |record| record.done);
    let (mut tries, mut done, mut since) = (0, done_of().await, Instant::now());
    loop {
        let halt = match run(&shared, id, phase, since).await {
            Ok(()) => break,
            Err(halt) => halt,
        };
        let so_far = done_of().await;
        if so_far != done {
            // It progressed: whatever blocks it now is something new.
            (done, tries, since) = (so_far, 0, Instant::now());
        }
        tries += 1;
        let told = match halt {
            Halt::Pause(Pause::Over) => break,
            Halt::Stop(obstacle) => advance(&shared, id, phase, MergeProgress::Stopped(obstacle)).await.map(|_| None),
            Halt::Refuse(obstacle) => refuse(&shared, id, phase, obstacle).await.map(|()| None),
            Halt::Pause(Pause::Local(error)) => Err(error),
            Halt::Pause(Pause::Unclear { why, wait }) => {
                let soon = if tries == 1 { FIRST_LOOK } else { backoff(tries, None, fastrand::f64()) };
                Ok(Some((wait.unwrap_or(soon), why)))
            }
            Halt::Pause(Pause::Later { why, wait, waits_for }) => {
                let wait = backoff(tries, wait, fastrand::f64());
                if waits_for == WaitsFor::Network {
                    shared.tell_offline(shared.after(wait), why.clone()).await;
                }
                Ok(Some((wait, why)))
            }
        };
        let wait = match told {
            Ok(None) => break,
            Ok(Some((wait, why))) => {
                match advance(&shared, id, phase, MergeProgress::Waiting { until: shared.after(wait), why }).await {
                    Ok(false) => break,
                    Ok(true) => wait,
                    Err(error) => troubled(&shared, &error).await,
                }
            }
            Err(error) => troubled(&shared, &error).await,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = shared.hurry.notified() => {}
        }
    }
    shared.notify(Notice::MergeOver(id, tokio::task::id()));
}

/// The ledger cannot be read or written; returns how long to wait.
async fn troubled(shared: &WorkerShared, error: &StoreError) -> Duration {
    shared.tell(Event::Trouble(local_failure("keep the journal of the merge", error))).await;
    LOCAL
}

/// Records and reports the progress; `false` if the user has decided otherwise.
async fn advance(
    shared: &WorkerShared,
    id: MergeId,
    phase: MergePhase,
    progress: MergeProgress,
) -> Result<bool, StoreError> {
    let goes_on = shared.ledger.set_merge_progress(id, phase, progress, shared.now()).await?;
    tell(shared, id).await;
    Ok(goes_on)
}

/// Reports the status of a merge.
pub(super) async fn tell(shared: &WorkerShared, id: MergeId) {
    match shared.ledger.merge(id).await {
        Ok(Some(record)) => shared.notify(Notice::Merging(Box::new(record))),
        Ok(None) => {}
        Err(error) => tracing::error!(%error, "journal"),
    }
}

/// A phase that could not begin: a merge is dropped; an undo or a purge leaves the merge as it was, and reports why.
async fn refuse(shared: &WorkerShared, id: MergeId, phase: MergePhase, obstacle: Obstacle) -> Result<(), StoreError> {
    if phase == MergePhase::Merge {
        advance(shared, id, phase, MergeProgress::Refused(obstacle)).await?;
        return Ok(());
    }
    shared.ledger.turn_merge_back(id, phase).await?;
    shared.notify(Notice::MergeRefused(id, phase, obstacle));
    tell(shared, id).await;
    Ok(())
}

/// One run through the remaining steps.
async fn run(shared: &WorkerShared, id: MergeId, phase: MergePhase, since: Instant) -> Result<(), Halt> {
    let Some(record) = shared.ledger.merge(id).await? else { return Err(Pause::Over.into()) };
    if !record.progress.is_live() || record.phase != phase {
        return Err(Pause::Over.into());
    }
    let insist = shared.ledger.merge_insists(id).await?;
    let mut work = MergeRun::new(shared, record, insist, since).await?;
    if shared.ledger.merge_steps(id, phase).await?.is_empty() {
        prepare::prepare(&mut work).await?;
    }
    if !advance(shared, id, phase, MergeProgress::Running).await? {
        return Err(Pause::Over.into());
    }
    for step in shared.ledger.merge_steps(id, phase).await? {
        if step.state == StepState::Done {
            work.learn(&step);
            continue;
        }
        let reply = match perform::perform(&mut work, &step).await {
            // The user saw that this cannot be undone, and wants the rest undone.
            Err(Halt::Stop(obstacle)) if work.insist && phase == MergePhase::Undo && is_beyond(&obstacle) => {
                tracing::warn!(%obstacle, "the step is not undone");
                StepReply::Nothing
            }
            other => other?,
        };
        work.insist = false;
        work.look_later(phase, &step, &reply, 1).await?;
        shared.ledger.end_merge_step(id, phase, step.n, reply.clone()).await?;
        work.learn(&JournalStep { state: StepState::Done, reply: Some(reply), ..step });
        tell(shared, id).await;
    }
    if !finish::finish(&work).await? {
        return Err(Pause::Over.into());
    }
    tell(shared, id).await;
    Ok(())
}

/// Whether the server would give the same answer again.
fn is_beyond(obstacle: &Obstacle) -> bool {
    matches!(
        obstacle,
        Obstacle::Refused { .. } | Obstacle::Taken { .. } | Obstacle::Address { .. } | Obstacle::Gone { .. }
    )
}

/// Continues a merge that stopped at an address, in another way.
pub(super) async fn another_way(shared: &WorkerShared, record: MergeRecord, way: AddressWay) -> Result<(), StoreError> {
    let failed = |halt| match halt {
        Halt::Pause(Pause::Local(error)) => error,
        // Without a request to the server.
        Halt::Pause(_) | Halt::Stop(_) | Halt::Refuse(_) => StoreError::Closed,
    };
    let mut work = MergeRun::new(shared, record, false, Instant::now()).await.map_err(failed)?;
    prepare::another_way(&mut work, way).await.map_err(failed)
}

/// Wipes old copies of contacts that are no longer needed.
pub(super) async fn wipe(shared: &WorkerShared, server_time: Timestamp) {
    let days = i64::from(shared.merge_rules.wipe_after_days);
    // By the slower of both clocks: what is wiped never comes back. The server tells whole seconds.
    let server_time = server_time.saturating_add(SignedDuration::from_secs(1)).unwrap_or(server_time);
    let before =
        server_time.min(shared.now()).checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN);
    match shared.ledger.wipe_merges(before).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "pre-images of merges wiped"),
        Err(error) => tracing::error!(%error, "wipe pre-images"),
    }
}

/// The whole journal and every decision, for the start.
pub(super) async fn tell_all(shared: &WorkerShared) -> Result<Vec<MergeRecord>, StoreError> {
    let records = shared.ledger.merges().await?;
    shared.tell(Event::Merge(MergeEvent::Journal(records.clone()))).await;
    let decisions = shared.ledger.decisions().await?;
    shared.tell(Event::Merge(MergeEvent::Decisions(decisions))).await;
    Ok(records)
}
