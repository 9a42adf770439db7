//! Many groups at once, by a rule, and a sync that is repeated.

use crate::domain::{MergePhase, MergeProgress, Obstacle};
use crate::protocol::{BulkReport, MergeEvent};

use super::merges::{BATCH, ending, key, plan, record, typing, working};
use super::*;

/// Answers a dry run with two plans and one group that is left out; of the merges the second one stops.
fn reported(command: &Command) -> Vec<Event> {
    match command {
        Command::DryRun { ticket, groups } => {
            assert_eq!(groups.len(), 2);
            let left_out =
                vec![(vec![ContactId::new("a"), ContactId::new("c")], "A\x1b[1m".into(), "less sure".into())];
            let plans = vec![plan("a", &["b"]), plan("e", &["f", "g"])];
            let report = BulkReport { plans, left_out, requests: 31, notes: 4, tasks: 2, failure: None };
            vec![
                Event::Merge(MergeEvent::DryRunning { ticket: *ticket, done: 1, total: 2 }),
                Event::Merge(MergeEvent::DryRun { ticket: *ticket, report: Arc::new(report) }),
            ]
        }
        other => ending(|record| match record.number {
            217 => MergeProgress::Done,
            _ => MergeProgress::Stopped(Obstacle::Refused { step: "set e-mail".into(), why: "422".into() }),
        })(other),
    }
}

#[tokio::test]
async fn many_groups_are_one_batch_and_each_has_its_line() {
    let ran = run("duplicates merge --rule default --yes --json", working(Vec::new(), reported)).await;
    assert_eq!(ran.status, ExitStatus::Rejected, "one has stopped");
    let states: Vec<&str> = ran.out.lines().map(|line| line.rsplit("\"state\":").next().expect("a state")).collect();
    assert_eq!(states, ["\"merged\"}", "\"stopped\"}"]);
    let merges = |ran: &Ran| {
        ran.writes().iter().filter(|one| matches!(one, Command::Merge { plans, .. } if plans.len() == 2)).count()
    };
    assert_eq!(merges(&ran), 1);
    assert!(ran.err.contains("1 of 2 merged, 1 stopped") && ran.err.contains(&BATCH.to_string()), "{}", ran.err);

    let ran = run("duplicates merge --rule default", working(Vec::new(), reported)).await;
    assert_eq!((ran.status, merges(&ran)), (ExitStatus::Usage, 0), "{}", ran.err);
    for (typed, count) in [("1\n", 0), ("yes\n", 0), ("2\n", 1)] {
        let ran = typing("duplicates merge --rule default", typed, working(Vec::new(), reported)).await;
        assert_eq!(merges(&ran), count, "{typed}: {}", ran.err);
        assert!(
            ran.err.contains("2 groups with 5 contacts: about 31 requests") && ran.err.contains("less sure"),
            "{}",
            ran.err
        );
    }
}

#[tokio::test]
async fn who_is_in_another_merge_keeps_nobody_else_from_being_merged() {
    let one_group = |command: &Command| match command {
        Command::DryRun { ticket, groups } => {
            assert_eq!(groups.len(), 1, "a and b, for c is in another merge");
            let report = BulkReport { plans: vec![plan("a", &["b"])], ..BulkReport::default() };
            vec![Event::Merge(MergeEvent::DryRun { ticket: *ticket, report: Arc::new(report) })]
        }
        other => ending(|_| MergeProgress::Done)(other),
    };
    let journal = vec![record(3, plan("x", &["c"]), MergePhase::Merge, MergeProgress::Paused)];
    let ran = run("duplicates merge --rule default --dry-run", working(journal.clone(), one_group)).await;
    assert!(
        ran.out.contains("needs review: C (") && ran.out.contains("already in merge #3, which is paused"),
        "{}",
        ran.out
    );
    let ran = run("duplicates merge --rule default --yes", working(journal, one_group)).await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Done, "Merged 1 contact into A (#217, a)\n"), "{}", ran.err);
}

#[tokio::test]
async fn a_dry_run_of_many_prints_the_report_and_merges_nothing() {
    let ran = run("duplicates merge --rule default --dry-run --json", working(Vec::new(), reported)).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!((&lines[0]["group"], &lines[0]["state"]), (&key(&["a", "b"]).into(), &"planned".into()));
    assert_eq!((&lines[2]["why"], &lines[2]["state"]), (&"less sure".into(), &"left-out".into()));
    let sum = serde_json::json!({"groups":2,"contacts":5,"requests":31,"notes":4,"tasks":2,"leftOut":1});
    assert_eq!(lines[3], sum);
    let ran = run("duplicates merge --rule default --dry-run", working(Vec::new(), reported)).await;
    assert!(ran.out.starts_with("A (a) ← B (b)\nE (e) ← F (f), G (g)\nneeds review: A ("), "{}", ran.out);
    assert!(!ran.writes().iter().any(|command| matches!(command, Command::Merge { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_sync_repeats_until_it_is_interrupted_and_merges_only_when_told() {
    let interrupted = || tokio::time::sleep(Duration::from_secs(100));
    let mut out = Vec::new();
    let line = "sync --full --every 30s --find-duplicates --json";
    let ran = run_into(line, &mut out, interrupted(), working(Vec::new(), reported)).await;
    assert_eq!(ran.status, ExitStatus::Interrupted);
    let out = String::from_utf8(out).expect("text");
    assert_eq!(out.lines().filter(|line| line.starts_with("{\"synced\":")).count(), 4, "{out}");
    assert_eq!(out.lines().filter(|line| line.starts_with("{\"group\":")).count(), 8);
    let full = |ran: &Ran| -> Vec<bool> {
        let one = |command: &Command| match command {
            Command::Ask { request: Request::Sync { full }, .. } => Some(*full),
            _ => None,
        };
        ran.commands.iter().filter_map(one).collect()
    };
    assert_eq!(full(&ran), [true, false, false, false]);
    assert!(ran.writes().is_empty());

    let ran = run("sync", working(Vec::new(), reported)).await;
    assert_eq!((ran.status, &*ran.out), (ExitStatus::Done, "3 contacts, up to date\n"));
    let ran = run("sync --find-duplicates --merge-rule default", working(Vec::new(), reported)).await;
    assert_eq!(ran.status, ExitStatus::Rejected, "one has stopped");
    assert!(
        ran.out.starts_with("3 contacts, up to date\n5 contacts look like 2 people\nMerged 1 contact into A"),
        "{}",
        ran.out
    );
}

#[tokio::test(start_paused = true)]
async fn a_sync_that_repeats_ends_for_no_bad_answer_and_gives_up_without_access() {
    for (kind, rounds, status) in [
        (FailureKind::Network, 4, ExitStatus::Interrupted),
        (FailureKind::Garbled, 4, ExitStatus::Interrupted),
        (FailureKind::Local, 4, ExitStatus::Interrupted),
        (FailureKind::Access, 1, ExitStatus::Access),
    ] {
        let script = move |command: &Command| match command {
            Command::Ask { ticket, request: Request::Sync { .. } } => {
                vec![Event::Answer { ticket: *ticket, result: Err(failure(kind)) }]
            }
            other => reading(other, false, Vec::new()),
        };
        let mut out = Vec::new();
        let interrupted = tokio::time::sleep(Duration::from_secs(100));
        let ran = run_into("sync --every 30s", &mut out, interrupted, script).await;
        let asked = |command: &&Command| matches!(command, Command::Ask { request: Request::Sync { .. }, .. });
        assert_eq!((ran.status, ran.commands.iter().filter(asked).count()), (status, rounds), "{kind:?}");
        assert_eq!(ran.err.matches("  why:").count(), 1, "the same is said once: {}", ran.err);
    }
}

#[tokio::test]
async fn who_may_only_read_merges_nothing_and_may_look() {
    for line in ["duplicates merge a b --read-only", "duplicates merge --rule default --yes --read-only"] {
        let ran = run(line, working(Vec::new(), reported)).await;
        assert_eq!(ran.status, ExitStatus::Access, "{line}: {}", ran.err);
        assert!(!ran.writes().iter().any(|command| matches!(command, Command::Merge { .. })));
    }
    let ran = run("duplicates merge a b --read-only --dry-run", working(Vec::new(), reported)).await;
    assert_eq!(ran.status, ExitStatus::Done, "{}", ran.err);
}
