//! Merges that were made, and what was said not to be one person.

use ghl_tui::domain::{Dismissal, Label, Obstacle};
use ghl_tui::protocol::{EditEvent, MergeDeed, Reversible};
use insta::assert_snapshot;

use super::super::stage::{LARGE, SMALL};
use super::*;

/// What was asked of merges in the journal last.
#[track_caller]
fn deed(stage: &mut Stage) -> (Vec<MergeId>, MergeDeed) {
    match stage.sent.pop() {
        Some(Command::Merges { merges, deed, .. }) => (merges, deed),
        other => panic!("{other:?}\n{}", stage.screen()),
    }
}

fn plan() -> MergePlan {
    let mut stage = reviewing(LARGE);
    stage.press("M y");
    merged(&mut stage).1.remove(0)
}

fn address() -> Obstacle {
    Obstacle::Address { contact: id("c8"), name: "Ana Lopez".to_owned(), field: "e-mail".to_owned() }
}

#[test]
fn merges_are_listed_with_what_can_be_done() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut stage = opened(size, vec![others()]);
        let undone = MergeRecord { phase: MergePhase::Undo, ..record(1, 1, plan(), MergeProgress::Done) };
        let stopped = record(2, 2, plan(), MergeProgress::Stopped(address()));
        let done = record(3, 3, plan(), MergeProgress::Done);
        let purged = MergeRecord { purged_at: Some(noon()), ..record(4, 4, plan(), MergeProgress::Done) };
        stage.event(Event::Merge(MergeEvent::Journal(vec![undone, stopped, done, purged])));
        stage.press("U");
        assert_snapshot!(format!("journal_{name}"), stage.picture());
        stage.press("esc");
        stage.assert_says("[4 Duplicates");
    }
}

#[test]
fn a_merge_is_undone_resumed_and_purged() {
    let mut stage = opened(LARGE, vec![duo(), others()]);
    let done = record(3, 3, plan(), MergeProgress::Done);
    stage.event(Event::Merge(MergeEvent::Journal(vec![done.clone()])));
    stage.assert_says("4 Duplicates 1");
    stage.line("Merged, undo open    1 U");
    stage.press("U u");
    assert_eq!(deed(&mut stage), (vec![done.id], MergeDeed::Undo));
    stage.press("r");
    stage.assert_says("It is merged, not paused.");
    stage.press("l");
    stage.assert_says("No address is in its way.");
    stage.press("p");
    stage.assert_says("Purge merge #3?");
    stage.press("n");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Merges { .. })));
    stage.press("p y");
    assert_eq!(deed(&mut stage), (vec![done.id], MergeDeed::Purge));
    // Undone: both are an open question again.
    let undoing = MergeRecord { phase: MergePhase::Undo, ..with(&done, MergeProgress::Running) };
    changed(&mut stage, &undoing);
    stage.assert_says("undoing");
    stage.press("u");
    stage.assert_says("It is undoing.");
    changed(&mut stage, &with(&undoing, MergeProgress::Done));
    stage.assert_says("Undone: \"Ana María López\" ×2 (merge #3)");
    stage.assert_says("4 Duplicates 2");
}

#[test]
fn an_address_in_the_way_has_two_ways_on() {
    let mut stage = opened(LARGE, vec![others()]);
    let running = record(5, 5, plan(), MergeProgress::Running);
    stage.event(Event::Merge(MergeEvent::Journal(vec![running.clone()])));
    changed(&mut stage, &with(&running, MergeProgress::Stopped(address())));
    stage.assert_says("stopped: Ana Lopez keeps its e-mail, so the survivor cannot");
    stage.line("Merges stopped");
    stage.press("U l");
    assert_eq!(deed(&mut stage), (vec![running.id], MergeDeed::LeaveAddress));
    stage.press("x y");
    stage.assert_says("Delete it first?");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Merges { .. })));
    stage.press("y");
    assert_eq!(deed(&mut stage), (vec![running.id], MergeDeed::DeleteFirst));
    stage.press("r");
    assert_eq!(deed(&mut stage), (vec![running.id], MergeDeed::Resume));
}

#[test]
fn one_that_is_done_says_so_and_can_be_undone() {
    let mut stage = reviewing(LARGE);
    let queued = merging(&mut stage, 216);
    changed(&mut stage, &with(&queued, MergeProgress::Running));
    changed(&mut stage, &with(&queued, MergeProgress::Done));
    stage.assert_says("✓ Merged \"Ana María López\" ×2 (merge #216)  u undo");
    // Told once, however often the journal says it.
    stage.pass(SignedDuration::from_secs(20));
    changed(&mut stage, &with(&queued, MergeProgress::Done));
    stage.assert_silent_about("Merged \"Ana");
}

#[test]
fn a_set_aside_contact_that_moves_on_needs_attention() {
    let mut stage = opened(LARGE, vec![others()]);
    let done = record(3, 3, plan(), MergeProgress::Done);
    let newer = record(4, 4, MergePlan { losers: vec![id("c7")], ..plan() }, MergeProgress::Done);
    stage.event(Event::Merge(MergeEvent::Journal(vec![done.clone(), newer])));
    stage.assert_silent_about("Attention");
    let wrote = |mut contact: Contact| {
        if contact.id == id("c8") {
            contact.updated = Some(noon() + SignedDuration::from_secs(5));
        }
        contact
    };
    stage.people(everybody().into_iter().map(wrote).collect());
    stage.line("Attention");
    stage.press("U");
    let line = stage.line("changed after the merge");
    assert!(line.contains("▶!") && line.contains(" 3 "), "it comes first: {line}");
    stage.press("enter");
    stage.assert_says("[1 Contacts");
    stage.line("▶ Ana Lopez");
    stage.assert_says("merged into Ana María López");
    stage.press("4 U u");
    assert_eq!(deed(&mut stage), (vec![done.id], MergeDeed::Undo));
}

#[test]
fn not_duplicates_leave_the_queue_and_come_back() {
    let mut stage = reviewing_three(LARGE);
    stage.press("n");
    stage.assert_says("Not duplicates: Ana María López ×3  u undo  N not duplicates");
    stage.assert_says("4 Duplicates 1");
    stage.assert_says("Anastasia Volk · 1 of 1");
    let is_dismiss = |command: &&Command| matches!(command, Command::Dismiss { .. });
    let Some(Command::Dismiss { pairs, .. }) = stage.sent.iter().find(is_dismiss).cloned() else {
        panic!("nothing was dismissed");
    };
    assert_eq!(pairs, [(id("c1"), id("c8")), (id("c1"), id("c9")), (id("c8"), id("c9"))]);
    let decided =
        |(a, b): &(ContactId, ContactId)| Dismissal { a: a.clone(), b: b.clone(), at: noon(), prints: [1, 2] };
    stage.event(Event::Merge(MergeEvent::Decisions(pairs.iter().map(decided).collect())));
    stage.line("Not duplicates       3 N");
    stage.press("N");
    stage.line("▶ Ana María López");
    stage.press("r");
    match stage.sent.pop() {
        Some(Command::Reopen { pairs, .. }) => assert_eq!(pairs, [(id("c1"), id("c8"))]),
        other => panic!("{other:?}"),
    }
    stage.press("esc");
    stage.assert_says("4 Duplicates 2");
}

#[test]
fn a_refused_decision_is_taken_back() {
    let mut stage = reviewing(LARGE);
    stage.press("n");
    stage.assert_says("4 Duplicates 1");
    not_saved(&mut stage);
    stage.assert_says("Not saved: the disk is full");
    stage.assert_says("4 Duplicates 2");
}

#[test]
fn one_left_out_stays_an_open_question() {
    let mut stage = reviewing_three(LARGE);
    stage.press("enter ] ] x n");
    let Some(Command::Dismiss { pairs, .. }) =
        stage.sent.iter().find(|command| matches!(command, Command::Dismiss { .. }))
    else {
        panic!("nothing was dismissed")
    };
    assert_eq!(*pairs, [(id("c1"), id("c8"))]);
    stage.assert_says("Anastasia Volk · 1 of 2");
}

#[test]
fn undo_takes_the_newest_merge_back_like_any_edit() {
    let mut stage = reviewing(LARGE);
    let queued = merging(&mut stage, 7);
    changed(&mut stage, &with(&queued, MergeProgress::Done));
    let label = Label { words: "Merged \"Ana\u{1b}[31m\"".to_owned(), contact: Some(id("c1")) };
    stage.event(Event::Reversible { undo: Some(Reversible { group: queued.batch, label: label.clone() }), redo: None });
    stage.press("u");
    let Some(Command::Reverse { ticket, direction }) = stage.sent.pop() else { panic!("no undo\n{}", stage.screen()) };
    let group = GroupId(Uuid::from_u128(77));
    stage.event(Event::Edit(EditEvent::Reversed { ticket, direction, group, label, withdrawn: 0, queued: Vec::new() }));
    stage.assert_says("⇅ Taking back: Merged \"Ana\"");
    let undone = MergeRecord { phase: MergePhase::Undo, ..with(&queued, MergeProgress::Done) };
    changed(&mut stage, &undone);
    stage.assert_says("✓ Undone: \"Ana María López\" ×2 (merge #7)");
    stage.assert_says("4 Duplicates 2");
}

/// The dashboard has completed a task, and is back on the screen of duplicates.
fn after_a_task() -> Stage {
    let mut stage = opened(LARGE, vec![duo(), others()]);
    stage.press("1 g t x");
    stage.promise();
    stage.press("4");
    stage
}

#[test]
fn undo_takes_back_what_was_done_last_a_decision_as_well_as_an_edit() {
    let mut stage = after_a_task();
    stage.press("n");
    stage.assert_says("Not duplicates: Ana María López ×2  u undo  N not duplicates");
    stage.assert_says("4 Duplicates 1");
    stage.sent.clear();
    stage.press("u");
    match stage.sent.as_slice() {
        [Command::Reopen { pairs, .. }] => assert_eq!(*pairs, [(id("c1"), id("c8"))]),
        other => panic!("{other:?}"),
    }
    stage.assert_says("4 Duplicates 2");
    stage.assert_says("Undone: not duplicates: Ana María López ×2  Ctrl-R redo  u undo: Completed \"Call back");
    stage.sent.clear();
    stage.press("ctrl-r");
    assert!(matches!(stage.sent.as_slice(), [Command::Dismiss { .. }]), "{:?}", stage.sent);
    stage.assert_says("4 Duplicates 1");
    stage.assert_says("Redone: not duplicates");
    stage.sent.clear();
    stage.press("u u");
    assert!(matches!(stage.sent.as_slice(), [Command::Reopen { .. }, Command::Reverse { .. }]), "{:?}", stage.sent);
}

#[test]
fn a_decision_that_is_undone_has_the_cursor_again_once_its_group_is_found() {
    let mut stage = after_a_task();
    let first = stage.line("▶");
    stage.press("n");
    stage.event(found(vec![others()]));
    stage.press("u");
    assert_ne!(stage.line("▶"), first);
    stage.event(found(vec![duo(), others()]));
    assert_eq!(stage.line("▶"), first);
}

#[test]
fn a_skipped_group_comes_back_with_undo() {
    let mut stage = after_a_task();
    let first = stage.line("▶");
    stage.sent.clear();
    stage.press("s");
    stage.assert_says("Skipped Ana María López ×2  u undo");
    assert_ne!(stage.line("▶"), first);
    stage.press("u");
    assert_eq!(stage.line("▶"), first);
    stage.assert_says("Undone: skipped Ana María López ×2");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Reverse { .. })), "the task stays done");
}

#[test]
fn a_decision_that_could_not_be_saved_is_no_step() {
    let mut stage = after_a_task();
    stage.press("n");
    not_saved(&mut stage);
    stage.sent.clear();
    stage.press("u");
    assert!(matches!(stage.sent.as_slice(), [Command::Reverse { .. }]), "{:?}", stage.sent);
}

/// The decision just made could not be saved.
fn not_saved(stage: &mut Stage) {
    let Some(Command::Dismiss { ticket, .. }) =
        stage.sent.iter().find(|command| matches!(command, Command::Dismiss { .. })).cloned()
    else {
        panic!("nothing was dismissed")
    };
    let why = ghl_tui::protocol::Failure {
        kind: ghl_tui::protocol::FailureKind::Local,
        what: "remember".to_owned(),
        why: "the disk is full".to_owned(),
        next: String::new(),
    };
    stage.event(Event::Merge(MergeEvent::Refused { ticket, why, merge: None }));
}
