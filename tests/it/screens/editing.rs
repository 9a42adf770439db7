//! Completing and writing: shown with the key, promised by the worker, settled by the server.

use ghl_tui::domain::{
    Access, ContactId, Edit, EditId, EditKind, GroupId, Label, NoteEdit, NotePatch, Pending, Progress, Receipt, Scope,
    Target, TaskEdit, TaskId,
};
use ghl_tui::protocol::{
    Command, Confirmed, DraftKey, EditEvent, Event, Failure, FailureKind, Outcome, Refused, SyncState,
};
use ghl_tui::ui::{Effect, Msg};
use jiff::SignedDuration;
use uuid::Uuid;

use super::stage::{LARGE, Stage, noon, note, task};

const OPEN: &str = "[ ] ! Call back about quote";
const SAVING: &str = "[x] · Call back about quote";
const QUEUED: &str = "[x] ⇅ Call back about quote";
const DONE: &str = "[x]   Call back about quote";

fn completed() -> Confirmed {
    held(true)
}

fn held(completed: bool) -> Confirmed {
    Confirmed { receipt: Receipt::Task(task("t1", "Call back about quote", completed, -49)), text: None }
}

fn noted(id: &str, body: &str) -> Confirmed {
    let view = note(id, body, 0);
    Confirmed { receipt: Receipt::Note(view.note), text: Some(view.text) }
}

fn t1() -> Target<TaskId> {
    Target::Known(TaskId::new("t1"))
}

fn new_note(contact: &str, body: &str) -> Edit {
    let note = NotePatch { body: Some(body.to_owned()), ..NotePatch::default() };
    Edit::new(ContactId::new(contact), NoteEdit::Add { note, replaces: None })
}

#[test]
fn a_completed_task_is_ticked_on_the_next_frame_and_settles_without_moving() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t");
    stage.assert_says(OPEN);
    let row = |stage: &Stage| stage.screen().lines().position(|line| line.contains("Call back about"));
    let at = row(&stage);
    stage.press("x");
    stage.assert_says(SAVING);
    stage.assert_silent_about("⇅ Completed");
    let (id, edit) = stage.promise();
    stage.assert_says(QUEUED);
    stage.assert_says("⇅ 1 pending");
    stage.assert_says("⇅ Completed \"Call back about quote\" for Ana María López  u undo");
    stage.event(Event::Edit(EditEvent::Sending(id)));
    stage.assert_says(QUEUED);
    stage.confirm(id, edit, completed());
    stage.assert_says(DONE);
    stage.assert_says("✓ Completed");
    stage.assert_silent_about("pending");
    assert_eq!(row(&stage), at, "the task just completed stays under the cursor");
    // The list that comes next from the server changes nothing either.
    let before = stage.screen();
    let mut details = stage.details_of("c1");
    details.tasks[0].completed = true;
    stage.event(Event::Details(details.into()));
    assert_eq!(stage.screen(), before);
}

#[test]
fn an_old_list_does_not_untick_what_is_on_its_way() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    stage.event(Event::Details(stage.details_of("c1").into()));
    stage.assert_says(SAVING);
    stage.promise();
    stage.event(Event::Details(stage.details_of("c1").into()));
    stage.assert_says(QUEUED);
}

#[test]
fn a_refused_edit_is_rolled_back_with_the_servers_words() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    let (id, edit) = stage.promise();
    stage.reject(id, edit.clone(), "the moon is full");
    stage.assert_says("[ ] ✗ Call back about quote");
    stage.assert_says("✗ 1 failed");
    let toast = stage.line("Failed to complete \"Call back about quote\" for Ana María López: the moon is full");
    assert!(toast.ends_with("R retry  Backspace discard"), "{toast}");
    stage.press("R");
    assert_eq!(stage.sent.pop(), Some(Command::Retry(vec![id])));
    stage.event(Event::Edit(EditEvent::Requeued(id)));
    stage.assert_says(QUEUED);
    stage.reject(id, edit, "it still is");
    stage.press("backspace");
    assert_eq!(stage.sent.pop(), Some(Command::Discard(vec![id])));
    stage.event(Event::Edit(EditEvent::Discarded(vec![id])));
    stage.assert_says(OPEN);
    stage.assert_silent_about("failed");
}

#[test]
fn an_edit_that_was_not_taken_is_rolled_back_and_says_so() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    let (ticket, edit) = stage.applied();
    stage.take(Msg::NotTaken(Command::Apply { ticket, edits: vec![edit], draft: None }));
    stage.assert_says(OPEN);
    stage.assert_says("✗ Not done");

    stage.press("x");
    let (ticket, _) = stage.applied();
    let why = Failure {
        kind: FailureKind::Local,
        what: "complete".to_owned(),
        why: "the disk is full".to_owned(),
        next: "free some disk space and try again".to_owned(),
    };
    stage.event(Event::Edit(EditEvent::Refused { ticket, why: Refused::NotSaved(why) }));
    stage.assert_says(OPEN);
    stage.assert_says("the disk is full; free some disk space");
}

#[test]
fn x_acts_on_the_task_under_the_cursor_and_nowhere_else() {
    let mut stage = Stage::new(LARGE);
    stage.press("x");
    assert_eq!(stage.sent, []);
    stage.assert_says("Select a task first (g t).");
    stage.press("g n x");
    assert_eq!(stage.sent, []);
    stage.press("g t j x");
    let (_, edit) = stage.applied();
    assert!(
        matches!(edit.what, EditKind::Task(TaskEdit::Complete { task, completed: true, .. }) if task == Target::Known(TaskId::new("t2")))
    );
    stage.press("j x");
    let (_, edit) = stage.applied();
    assert!(
        matches!(edit.what, EditKind::Task(TaskEdit::Complete { task, completed: false, .. }) if task == Target::Known(TaskId::new("t3")))
    );
}

#[test]
fn read_only_sends_nothing_and_names_the_scope() {
    for access in [Access::READ_ONLY, Access::READ_WRITE.lacking(Scope::ContactsWrite)] {
        let mut stage = Stage::new(LARGE);
        stage.event(Event::Access(access));
        stage.press("g t x");
        stage.assert_says(OPEN);
        stage.assert_says("contacts.write");
        stage.press("a u R n e D A t T m f m b m w ctrl-r");
        assert_eq!(stage.sent, []);
        stage.assert_says("READ-ONLY");
    }
}

#[test]
fn undo_takes_back_the_newest_edit_and_names_it() {
    let mut stage = Stage::new(LARGE);
    stage.press("u");
    assert_eq!(stage.sent, []);
    stage.assert_says("Nothing to undo.");
    stage.press("g t x");
    stage.press("u");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Reverse { .. })), "it is not saved yet");
    let (ticket, edit) = stage.applied();
    let id = stage.queued(ticket, &edit);
    stage.confirm(id, edit.clone(), completed());
    stage.press("u");
    let (undone, inverse) = stage.reversed(id, &edit);
    stage.assert_says("[ ] ⇅ Call back about quote");
    stage.assert_says("Undone: completed \"Call back about quote\"");
    stage.confirm(undone, inverse.clone(), held(false));
    stage.assert_says(OPEN);
    stage.press("u");
    stage.assert_says("Nothing to undo.");
    stage.press("ctrl-r");
    let (redone, again) = stage.reversed(undone, &inverse);
    stage.assert_says("Redone: ");
    stage.confirm(redone, again, completed());
    stage.assert_says(DONE);
}

#[test]
fn an_undo_of_what_has_not_left_takes_it_out() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    let (id, edit) = stage.promise();
    stage.press("u");
    let Some(Command::Reverse { ticket, direction }) = stage.sent.pop() else { panic!("no undo\n{}", stage.screen()) };
    stage.event(Event::Edit(EditEvent::Withdrawn(vec![id])));
    let (group, label) = (GroupId(Uuid::from_u128(77)), Label::of(&[&edit]));
    stage.event(Event::Edit(EditEvent::Reversed { ticket, direction, group, label, withdrawn: 1, queued: Vec::new() }));
    stage.assert_says(OPEN);
    stage.assert_says("✓ Undone: completed");
    stage.assert_silent_about("pending");
}

#[test]
fn an_undo_that_was_refused_can_be_tried_again() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    let (id, edit) = stage.promise();
    stage.confirm(id, edit, completed());
    stage.press("u");
    let Some(command @ Command::Reverse { .. }) = stage.sent.pop() else { panic!("no undo") };
    stage.take(Msg::NotTaken(command));
    stage.assert_says(DONE);
    stage.press("u");
    assert!(matches!(stage.sent.pop(), Some(Command::Reverse { .. })));
}

#[test]
fn pending_edits_of_before_are_there_with_the_first_contact() {
    let mut stage = Stage::empty(LARGE);
    let edit = Edit::new(
        ContactId::new("c1"),
        TaskEdit::Complete { task: t1(), title: "Call back about quote".to_owned(), completed: true },
    );
    let (id, progress) = (Some(EditId(Uuid::from_u128(900))), Progress::Queued);
    let pending = Pending { id, group: None, edit, progress, made_at: noon() };
    let draft = (DraftKey::NewNote(ContactId::new("c1")), "half a thought".to_owned());
    stage.event(Event::Resumed { pending: vec![pending], drafts: vec![draft], shown: None });
    stage.assert_says("⇅ 1 pending");
    stage.people(vec![super::stage::somebody("c1", "Ana María", "López")]);
    stage.assert_says("Ana María López ⇅");
    stage.press("g t");
    stage.assert_says(QUEUED);
    stage.press("a");
    stage.assert_says("half a thought");
}

#[test]
fn edits_of_another_process_are_shown_like_own_ones() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t");
    let edit =
        Edit::new(ContactId::new("c1"), TaskEdit::Complete { task: t1(), title: "x".to_owned(), completed: true });
    let id = EditId(Uuid::from_u128(800));
    let edits = vec![(id, edit.clone())];
    stage.event(Event::Edit(EditEvent::Queued { ticket: None, group: None, edits, made_at: noon() }));
    stage.assert_says(QUEUED);
    stage.confirm(id, edit, completed());
    stage.assert_says(DONE);
    stage.press("u");
    assert_eq!(stage.sent, [], "u takes back what was done here");
}

#[test]
fn a_waiting_edit_says_how_long_and_why() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    let (id, _) = stage.promise();
    let until = noon() + SignedDuration::from_secs(9);
    stage.event(Event::Edit(EditEvent::Waiting {
        id,
        until,
        why: "the server answered 503".to_owned(),
        signed_out: false,
    }));
    stage.assert_says("retry in 9 s: the server answered 503");
    stage.pass(SignedDuration::from_secs(4));
    stage.assert_says("retry in 5 s");
}

#[test]
fn a_note_is_listed_with_the_key_and_its_draft_goes_once_it_is_promised() {
    let mut stage = Stage::new(LARGE);
    stage.press("a");
    stage.type_text("Prefers mornings");
    stage.press("ctrl-s");
    stage.assert_says("· you       now  Prefers mornings");
    let (ticket, edit) = stage.applied();
    assert_eq!(edit, new_note("c1", "Prefers mornings"));
    let id = stage.queued(ticket, &edit);
    stage.assert_says("⇅ Added note");
    stage.confirm(id, edit.clone(), noted("n9", "<p>Prefers mornings</p>"));
    stage.assert_says("Prefers mornings");
    stage.assert_silent_about("pending");
    // Taking it back names the note that was made.
    stage.press("u");
    stage.reversed(id, &edit);
    stage.assert_silent_about("Kim Park   now  Prefers mornings");
}

#[test]
fn nothing_typed_is_lost() {
    let mut stage = Stage::new(LARGE);
    let key = DraftKey::NewNote(ContactId::new("c1"));
    stage.press("a");
    stage.type_text("first");
    // Saved while it is typed …
    stage.pass(SignedDuration::from_secs(2));
    assert_eq!(stage.sent.pop(), Some(Command::SaveDraft { key: key.clone(), text: "first".to_owned() }));
    stage.type_text(", second");
    // … on Esc …
    stage.press("esc");
    assert_eq!(stage.sent.pop(), Some(Command::SaveDraft { key: key.clone(), text: "first, second".to_owned() }));
    stage.press("a");
    stage.assert_says("first, second");
    stage.type_text(", third");
    // … when a signal ends the program …
    stage.take(Msg::Terminate);
    assert_eq!(
        stage.sent.pop(),
        Some(Command::SaveDraft { key: key.clone(), text: "first, second, third".to_owned() })
    );
    assert_eq!(stage.asked.pop(), Some(Effect::Quit));
    // … when the worker does not take it …
    stage.press("ctrl-s");
    let (ticket, edit) = stage.applied();
    stage.take(Msg::NotTaken(Command::Apply { ticket, edits: vec![edit], draft: Some(key.clone()) }));
    let text = "first, second, third".to_owned();
    assert_eq!(stage.sent.pop(), Some(Command::SaveDraft { key, text }));
    stage.press("a");
    stage.assert_says("first, second, third");
    // … and when the server refuses it and it is given up.
    stage.press("ctrl-s");
    let (id, edit) = stage.promise();
    stage.reject(id, edit, "too long");
    stage.press("g n backspace");
    stage.event(Event::Edit(EditEvent::Discarded(vec![id])));
    stage.press("a");
    stage.assert_says("first, second, third");
}

#[test]
fn the_next_note_starts_empty_before_the_outbox_holds_the_one_before() {
    let mut stage = Stage::new(LARGE);
    let key = DraftKey::NewNote(ContactId::new("c1"));
    for text in ["one", "two"] {
        stage.press("a");
        stage.type_text(text);
        stage.press("ctrl-s");
    }
    let (_, second) = stage.applied();
    assert_eq!(second, new_note("c1", "two"));
    let Some(Command::Apply { ticket, edits, draft }) = stage.sent.pop() else { panic!("{:?}", stage.sent) };
    assert_eq!((edits, draft), (vec![new_note("c1", "one")], Some(key.clone())));
    // Refused, it is a draft again, before the words of the third, which is being written.
    stage.press("a");
    stage.type_text("three");
    let why = Failure { kind: FailureKind::Local, what: String::new(), why: "full".into(), next: String::new() };
    stage.event(Event::Edit(EditEvent::Refused { ticket, why: Refused::NotSaved(why) }));
    stage.press("esc");
    assert_eq!(stage.sent.pop(), Some(Command::SaveDraft { key, text: "one\n\nthree".to_owned() }));
}

#[test]
fn an_empty_note_is_not_sent() {
    let mut stage = Stage::new(LARGE);
    stage.press("a enter ctrl-s");
    assert_eq!(stage.sent, []);
    stage.assert_says("The note is empty");
}

#[test]
fn the_draft_of_one_contact_is_not_shown_for_another() {
    let mut stage = Stage::new(LARGE);
    stage.press("a");
    stage.type_text("for the first");
    stage.press("esc j a");
    stage.assert_silent_about("for the first");
    stage.press("esc k a");
    stage.assert_says("for the first");
}

#[test]
fn a_rejection_outlasts_good_news() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    let (id, edit) = stage.promise();
    stage.reject(id, edit, "the moon is full");
    stage.press("j x");
    stage.promise();
    stage.assert_says("the moon is full");
    stage.assert_says("⇅ Completed \"Send recall reminder\"");
    stage.event(Event::Sync(SyncState::Fresh { at: noon() }));
    stage.assert_says("the moon is full");
}

#[test]
fn an_outcome_for_an_unknown_edit_is_still_told() {
    let mut stage = Stage::new(LARGE);
    let edit = new_note("c2", "b");
    let why = Failure { kind: FailureKind::Rejected, what: edit.intent(), why: "no".to_owned(), next: String::new() };
    let id = EditId(Uuid::from_u128(700));
    stage.event(Event::Edit(EditEvent::Settled { id, edit, outcome: Outcome::Rejected { why, existing: None } }));
    stage.assert_says("✗ 1 failed");
    stage.assert_says("for Anand Rao: no");
}

#[test]
fn a_failed_edit_that_was_discarded_is_put_back_in_line_by_undo() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    let (id, edit) = stage.promise();
    stage.reject(id, edit.clone(), "the task is locked");
    stage.press("backspace");
    let Some(Command::Discard(ids)) = stage.sent.pop() else { panic!("nothing discarded\n{}", stage.screen()) };
    assert_eq!(ids, [id]);
    stage.event(Event::Edit(EditEvent::Discarded(vec![id])));
    stage.event(Event::Reversible { undo: None, redo: None });
    stage.assert_says("Discarded: completed \"Call back about quote\"");
    stage.assert_says("u undo");
    stage.press("u");
    assert_eq!(stage.applied().1, edit);
    // What the program or another one discarded is nothing to undo.
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    let (id, edit) = stage.promise();
    stage.reject(id, edit, "the task is locked");
    stage.event(Event::Edit(EditEvent::Discarded(vec![id])));
    stage.event(Event::Reversible { undo: None, redo: None });
    stage.press("u");
    stage.assert_says("Nothing to undo.");
}
