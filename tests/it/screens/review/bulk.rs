//! Many merges at once: looked at, consented to, held, counted.

use ghl_tui::domain::Obstacle;
use ghl_tui::protocol::{BulkReport, MergeDeed};
use insta::assert_snapshot;

use super::super::stage::{LARGE, SMALL};
use super::*;

fn plan(survivor: &str, loser: &str) -> MergePlan {
    let mut stage = reviewing(LARGE);
    stage.press("M y");
    let plan = merged(&mut stage).1.remove(0);
    let seen = [survivor, loser].map(|name| somebody(name, name, "Lee")).to_vec();
    MergePlan { survivor: id(survivor), losers: vec![id(loser)], seen, ..plan }
}

fn plans() -> Vec<MergePlan> {
    vec![plan("c1", "c8"), plan("c2", "c9"), plan("c3", "c5")]
}

/// The report of a dry run is on the screen.
fn reported(size: (u16, u16)) -> Stage {
    let mut stage = opened(size, vec![duo(), others()]);
    stage.press("B");
    let Some(Command::DryRun { ticket, groups }) = stage.sent.pop() else { panic!("no dry run\n{}", stage.screen()) };
    assert_eq!(groups.len(), 1, "the rule covers the surest alone");
    stage.event(Event::Merge(MergeEvent::DryRunning { ticket, done: 1, total: 3 }));
    stage.assert_says("1 of 3");
    let left_out = vec![(vec![id("c6"), id("c7")], "Zuzana\u{1b}[31m".to_owned(), "DND differs".to_owned())];
    let report = BulkReport { plans: plans(), left_out, requests: 61, notes: 12, tasks: 30, failure: None };
    stage.event(Event::Merge(MergeEvent::DryRun { ticket, report: Arc::new(report) }));
    stage
}

/// The three merges of the report are queued.
fn merging() -> (Stage, Vec<MergeRecord>) {
    let mut stage = reported(LARGE);
    stage.press("3 enter");
    let (ticket, plans) = merged(&mut stage);
    let records: Vec<MergeRecord> =
        (1..).zip(plans).map(|(number, plan)| record(number, 9, plan, MergeProgress::Queued)).collect();
    stage.event(Event::Merge(MergeEvent::Queued { ticket: Some(ticket), merges: records.clone() }));
    (stage, records)
}

#[test]
fn the_report_is_read_before_anything_is_done() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut stage = reported(size);
        assert_snapshot!(format!("dry_run_{name}"), stage.pane("dry run"));
        stage.press("esc");
        stage.assert_silent_about("dry run");
        assert!(!stage.sent.iter().any(|command| matches!(command, Command::Merge { .. })));
    }
}

#[test]
fn consent_is_the_count() {
    let mut stage = reported(LARGE);
    stage.press("enter");
    stage.assert_says("type 3 to merge all 3");
    stage.press("2 enter");
    stage.assert_says("type 3 to merge all 3");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Merge { .. })));
    stage.press("backspace 3 enter");
    let (_, sent) = merged(&mut stage);
    assert_eq!(sent, plans());
}

#[test]
fn a_batch_is_counted_held_and_let_go_on() {
    let (mut stage, records) = merging();
    stage.assert_says("Merging 3 groups");
    stage.assert_says("Merging 0 of 3");
    changed(&mut stage, &with(&records[0], MergeProgress::Done));
    let why = Obstacle::Refused { step: "set phone".to_owned(), why: "422".to_owned() };
    changed(&mut stage, &with(&records[1], MergeProgress::Stopped(why)));
    stage.assert_says("Merging 1 of 3 · 1 stopped  P pause");
    stage.assert_silent_about("Merged \"");
    stage.press("P");
    match stage.sent.pop() {
        Some(Command::Merges { merges, deed: MergeDeed::Pause, .. }) => assert_eq!(merges, [records[2].id]),
        other => panic!("{other:?}"),
    }
    changed(&mut stage, &with(&records[2], MergeProgress::Paused));
    stage.assert_says("Merging paused at 1 of 3 · 1 stopped  P resume");
    stage.press("P");
    match stage.sent.pop() {
        Some(Command::Merges { merges, deed: MergeDeed::Resume, .. }) => assert_eq!(merges, [records[2].id]),
        other => panic!("{other:?}"),
    }
    changed(&mut stage, &with(&records[2], MergeProgress::Done));
    stage.assert_says("2 groups merged, 1 not  U merges");
    stage.assert_silent_about("Merging is held");
    stage.assert_silent_about("of 3");
    stage.press("P");
    stage.assert_says("No merges are running.");
    stage.press("U");
    stage.line("set phone: 422");
}

#[test]
fn the_rule_may_cover_nothing() {
    let mut stage = opened(LARGE, vec![others()]);
    stage.assert_silent_about("Ready by");
    stage.press("B");
    stage.assert_says("No safe groups: the rule takes a score of 0.98 and at most 10 records");
    let mut stage = opened(LARGE, vec![duo()]);
    stage.press("B");
    let Some(Command::DryRun { ticket, .. }) = stage.sent.pop() else { panic!("no dry run") };
    stage.event(Event::Merge(MergeEvent::DryRun { ticket, report: Arc::default() }));
    stage.assert_says("Nothing to merge.");
    stage.press("enter esc");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Merge { .. })));
}

#[test]
fn a_batch_that_is_taken_back_is_counted_too() {
    let mut stage = opened(LARGE, vec![duo(), others()]);
    let done: Vec<MergeRecord> =
        (1..).zip(plans()).map(|(number, plan)| record(number, 9, plan, MergeProgress::Done)).collect();
    stage.event(Event::Merge(MergeEvent::Journal(done.clone())));
    stage.assert_silent_about("of 3");
    let undoing: Vec<MergeRecord> = done
        .iter()
        .map(|record| MergeRecord { phase: MergePhase::Undo, ..with(record, MergeProgress::Queued) })
        .collect();
    for record in &undoing {
        changed(&mut stage, record);
    }
    stage.assert_says("Undoing 0 of 3");
    for record in &undoing {
        stage.assert_silent_about("groups undone");
        changed(&mut stage, &with(record, MergeProgress::Done));
    }
    stage.assert_says("3 groups undone");
    stage.assert_silent_about("Undoing");
}

#[test]
fn what_a_dry_run_left_out_is_not_counted_as_ready() {
    let mut stage = opened(LARGE, vec![duo(), others()]);
    stage.line("Ready by the rule    1 B");
    stage.press("B");
    let Some(Command::DryRun { ticket, .. }) = stage.sent.pop() else { panic!("no dry run") };
    let left_out = vec![(vec![id("c1"), id("c8")], "Ana".to_owned(), "a coming appointment".to_owned())];
    let report = BulkReport { left_out, ..BulkReport::default() };
    stage.event(Event::Merge(MergeEvent::DryRun { ticket, report: Arc::new(report) }));
    stage.press("esc");
    stage.assert_silent_about("Ready by the rule");
    // Fetched anew, it may be another.
    stage.press("r");
    stage.line("Ready by the rule    1 B");
}

#[test]
fn whoever_leaves_with_merges_under_way_is_told_once() {
    let (mut stage, records) = merging();
    stage.press("q");
    stage.assert_says("3 merges are under way. They go on at the next start, or with `ghl-tui sync`");
    stage.press("esc");
    for record in &records {
        changed(&mut stage, &with(record, MergeProgress::Done));
    }
    stage.press("q");
    stage.assert_silent_about("under way");
}
