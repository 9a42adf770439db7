//! What `sync` waits for, and how it ends.

use crate::domain::{MergePhase, MergeProgress, MergeRecord, Obstacle};
use crate::protocol::MergeEvent;

use std::collections::HashSet;

use super::merges::{plan, record};
use super::*;

fn merge(done: u32, progress: MergeProgress) -> MergeRecord {
    MergeRecord { done, ..record(3, plan("x", &["y"]), MergePhase::Merge, progress) }
}

fn queued() -> Pending {
    Pending { id: Some(EDIT), group: None, edit: add_note("b"), progress: Progress::Queued, made_at: now() }
}

/// A worker with this outbox and journal, and what happens once both were read.
fn busy(
    pending: Vec<Pending>,
    merges: Vec<MergeRecord>,
    news: Vec<Event>,
) -> impl FnMut(&Command) -> Vec<Event> + Send + 'static {
    let (mut news, mut asked) = (Some(news), HashSet::new());
    move |command| {
        let Command::Ask { ticket, request } = command else { return Vec::new() };
        let mut events = match request {
            Request::Merges => {
                vec![Event::Answer { ticket: *ticket, result: Ok(Answer::Merges(merges.clone())) }]
            }
            _ => reading(command, false, pending.clone()),
        };
        asked.extend(match request {
            Request::Merges => Some(true),
            Request::Outbox => Some(false),
            _ => None,
        });
        if asked.len() == 2 {
            events.extend(news.take().unwrap_or_default());
        }
        events
    }
}

fn changed(record: MergeRecord) -> Event {
    Event::Merge(MergeEvent::Changed(record))
}

#[tokio::test(start_paused = true)]
async fn a_sync_waits_for_merges_as_for_edits() {
    let running = || vec![merge(1, MergeProgress::Running)];
    let news = vec![changed(merge(2, MergeProgress::Running)), changed(merge(9, MergeProgress::Done))];
    let ran = run("sync", busy(Vec::new(), running(), news)).await;
    assert_eq!((ran.status, ran.err.as_str()), (ExitStatus::Done, ""));

    let ran = run("sync --wait 5s", busy(vec![queued()], running(), Vec::new())).await;
    assert_eq!(ran.status, ExitStatus::Network);
    assert!(ran.err.contains("1 edit and 1 merge still wait"), "{}", ran.err);
    assert!(ran.err.contains("ghl-tui duplicates merges"), "{}", ran.err);

    let waits = MergeProgress::Waiting { until: now(), why: "no route".into() };
    let ran = run("sync --wait 5s", busy(Vec::new(), vec![merge(1, waits)], Vec::new())).await;
    assert_eq!(ran.status, ExitStatus::Network);
    assert!(ran.err.contains("1 merge still waits: no route"), "{}", ran.err);
}

#[tokio::test(start_paused = true)]
async fn what_ends_badly_while_a_sync_waits_is_named() {
    let rejected = Outcome::Rejected { why: failure(FailureKind::Rejected), existing: None };
    let ran = run("sync", busy(vec![queued()], Vec::new(), settled(&queued().edit, rejected))).await;
    assert_eq!(ran.status, ExitStatus::Rejected, "{}", ran.err);
    assert!(ran.err.contains("the server says no") && ran.err.contains(&format!("outbox retry {EDIT}")), "{}", ran.err);

    let stopped = MergeProgress::Stopped(Obstacle::Refused { step: "add a note".into(), why: "too long".into() });
    let news = vec![changed(merge(2, stopped))];
    let ran = run("sync", busy(Vec::new(), vec![merge(1, MergeProgress::Running)], news)).await;
    assert_eq!(ran.status, ExitStatus::Rejected, "{}", ran.err);
    assert!(ran.err.contains("too long") && ran.err.contains("duplicates resume 3"), "{}", ran.err);

    // What had failed before is not of this sync.
    let failed = Pending { progress: Progress::Failed { why: "too long".into() }, ..queued() };
    let ran = run("sync", busy(vec![failed], vec![merge(1, MergeProgress::Paused)], Vec::new())).await;
    assert_eq!((ran.status, ran.err.as_str()), (ExitStatus::Done, ""));
}
