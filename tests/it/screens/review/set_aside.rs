//! Contacts that a merge has set aside, in the list of contacts.

use ghl_tui::protocol::{OpenTasks, Reading};

use super::super::stage::{LARGE, task};
use super::*;

fn set_aside() -> (Stage, MergeRecord) {
    let mut stage = reviewing(LARGE);
    let queued = merging(&mut stage, 3);
    stage.press("1");
    (stage, queued)
}

#[test]
fn they_are_hidden_once_they_are_set_aside() {
    let (mut stage, queued) = set_aside();
    stage.assert_says("1 Contacts 9");
    stage.line("Ana Lopez");
    let done = with(&queued, MergeProgress::Done);
    changed(&mut stage, &done);
    stage.assert_says("1 Contacts 8");
    stage.assert_silent_about("Ana Lopez");
    stage.press("/");
    stage.type_text("ana");
    stage.assert_silent_about("Ana Lopez");
    // Undone, it is back at its place.
    changed(&mut stage, &MergeRecord { phase: MergePhase::Undo, ..done });
    stage.line("Ana Lopez");
    stage.assert_says("1 Contacts 9");
}

#[test]
fn the_filter_lists_them_alone() {
    let (mut stage, queued) = set_aside();
    changed(&mut stage, &with(&queued, MergeProgress::Done));
    stage.press("/");
    stage.type_text("is:set-aside");
    stage.line("▶ Ana Lopez");
    stage.assert_says("1 of 8");
    stage.assert_says("merged into Ana María López");
    stage.type_text(" zuzana");
    stage.assert_says("No contact matches");
    // On the way to the term nothing is lost.
    stage.press("ctrl-u");
    stage.type_text("is:set");
    stage.line("Zuzana Novák");
}

#[test]
fn the_palette_does_not_offer_them() {
    let (mut stage, queued) = set_aside();
    stage.press(":");
    stage.type_text("ana lopez");
    stage.line("contact      Ana Lopez");
    stage.press("esc");
    changed(&mut stage, &with(&queued, MergeProgress::Done));
    stage.press(":");
    stage.type_text("ana lopez");
    stage.assert_silent_about("contact      Ana Lopez");
}

#[test]
fn their_tasks_are_listed_with_who_has_the_copies_alone() {
    let (mut stage, queued) = set_aside();
    let of = |contact: &ContactId, id: &str| {
        Arc::new(Task { contact: contact.clone(), ..task(id, "Call back about quote", false, 5) })
    };
    let tasks = Arc::new(vec![of(&queued.plan.survivor, "t1"), of(&queued.plan.losers[0], "t2")]);
    let told = OpenTasks { tasks, fetched_at: Some(noon()), reading: Reading::Idle };
    stage.event(Event::OpenTasks(told));
    stage.assert_says("2 Tasks 2");
    changed(&mut stage, &with(&queued, MergeProgress::Done));
    stage.assert_says("2 Tasks 1 ");
}
