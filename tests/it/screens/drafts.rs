//! Drafts: where one waits is seen, it can be dropped and brought back, and an open form goes back to what the server
//! has.

use std::sync::Arc;

use ghl_tui::domain::{AppointmentId, ContactId, NoteId, TaskId};
use ghl_tui::protocol::{Catalogue, Choice, Command, DraftKey, Event, OpenTasks, Reading};
use ghl_tui::ui::Msg;

use super::stage::{LARGE, SMALL, Stage, noon, task};

fn c1() -> ContactId {
    ContactId::new("c1")
}

/// Types into what these keys open, and leaves it.
fn leave_a_draft(stage: &mut Stage, keys: &str) {
    stage.press(keys);
    stage.type_text("Zz");
    stage.press("esc");
}

/// Whether the line that says this has the badge.
fn has_badge(stage: &Stage, words: &str) -> bool {
    stage.line(words).contains('✎')
}

#[test]
fn a_draft_has_a_badge_where_it_waits() {
    for (keys, title, row) in [
        ("g c n", "Contacts ✎", None),
        ("g c e", "Ana María López ✎", Some("▶ Ana")),
        ("g t n", "Tasks ✎", None),
        ("g t e", "Tasks ✎", Some("[ ] ✎ Call back")),
        ("g n a", "Notes ✎", None),
        ("g n e", "Notes ✎", Some("▶ ✎ Kim Park")),
        ("g a n", "Appointments ✎", None),
        ("g a e", "Appointments ✎", Some("▶✎Fri 27 Nov")),
    ] {
        let mut stage = Stage::new(LARGE);
        stage.assert_silent_about("✎");
        leave_a_draft(&mut stage, keys);
        stage.assert_says(title);
        if let Some(row) = row {
            assert!(has_badge(&stage, row), "{keys}\n{}", stage.screen());
        }
        if title != "Contacts ✎" {
            assert!(has_badge(&stage, "+1 415-555-0142  vip"), "the contact's line: {keys}\n{}", stage.screen());
        }
        assert!(!has_badge(&stage, "Anand Rao"), "{}", stage.screen());
    }
}

#[test]
fn a_badge_is_seen_in_the_tabs_and_in_the_lists_of_the_location() {
    let mut stage = Stage::new(SMALL);
    leave_a_draft(&mut stage, "g t e");
    stage.assert_says("[Tasks 2 ✎]");
    let tasks = Arc::new(vec![Arc::new(task("t1", "Call back about quote", false, -49))]);
    stage.event(Event::OpenTasks(OpenTasks { tasks, fetched_at: Some(noon()), reading: Reading::Idle }));
    stage.press("2");
    assert!(has_badge(&stage, "Call back"), "{}", stage.screen());
    stage.press("m d");
    assert!(!has_badge(&stage, "Call back"), "{}", stage.screen());
}

#[test]
fn a_key_drops_a_draft_and_undo_brings_it_back() {
    for (keys, key, said) in [
        ("g c n", DraftKey::NewContact, "Draft dropped: new contact"),
        ("g c e", DraftKey::Contact(c1()), "Draft dropped: changes to Ana María López"),
        ("g t n", DraftKey::NewTask(c1()), "Draft dropped: new task for Ana María López"),
        ("g t e", DraftKey::Task(c1(), TaskId::new("t1")), "Draft dropped: changes to a task of Ana María López"),
        ("g n a", DraftKey::NewNote(c1()), "Draft dropped: new note for Ana María López"),
        ("g n e", DraftKey::Note(c1(), NoteId::new("n1")), "Draft dropped: changes to a note of Ana María López"),
        ("g a n", DraftKey::NewAppointment(c1()), "Draft dropped: new appointment for Ana María López"),
        (
            "g a e",
            DraftKey::Appointment(c1(), AppointmentId::new("a1")),
            "Draft dropped: changes to an appointment of Ana María López",
        ),
    ] {
        let mut stage = Stage::new(LARGE);
        stage.press("m d");
        stage.assert_says("No draft here.");
        leave_a_draft(&mut stage, keys);
        let Some(Command::SaveDraft { text, .. }) = stage.sent.pop() else { panic!("{keys}: {:?}", stage.sent) };
        stage.press("m d");
        assert_eq!(stage.sent.pop(), Some(Command::DropDraft(key.clone())), "{keys}");
        stage.assert_silent_about("✎");
        stage.assert_says(said);
        stage.assert_says("u undo");
        stage.press("u");
        assert_eq!(stage.sent.pop(), Some(Command::SaveDraft { key, text }), "{keys}");
        stage.assert_says("✎");
    }
}

#[test]
fn what_was_typed_since_a_draft_was_dropped_is_lost_by_neither_undo_nor_redo() {
    let mut stage = Stage::new(LARGE);
    leave_a_draft(&mut stage, "g t n");
    stage.press("m d");
    stage.press("n");
    stage.type_text("typed since");
    stage.press("esc");
    for key in ["u", "ctrl-r"] {
        stage.press(key);
        stage.assert_says("The draft was changed since, and stays as it is");
    }
    stage.press("n");
    stage.assert_says("typed since");
}

#[test]
fn undo_is_of_the_edit_that_was_made_since_a_draft_was_dropped() {
    let mut stage = Stage::new(LARGE);
    leave_a_draft(&mut stage, "g t n");
    stage.press("m d x");
    let (id, edit) = stage.promise();
    stage.press("u");
    stage.reversed(id, &edit);
    stage.assert_silent_about("✎");
}

#[test]
fn an_open_form_goes_back_to_what_the_server_has() {
    let mut stage = Stage::new(LARGE);
    leave_a_draft(&mut stage, "e");
    stage.press("e");
    stage.assert_says("Ana MaríaZz");
    stage.assert_says("Ctrl-O goes back to what the server has");
    stage.press("tab ctrl-u");
    stage.sent.clear();
    stage.press("ctrl-o");
    assert!(stage.line("First name").contains("Ana María "), "{}", stage.screen());
    assert!(stage.line("▶ Last name").contains("López"), "{}", stage.screen());
    assert_eq!(stage.sent, [Command::DropDraft(DraftKey::Contact(c1()))], "a kill now leaves no draft");
    // The same key brings back what was typed …
    stage.press("ctrl-o");
    stage.assert_says("Ana MaríaZz");
    assert!(!stage.line("▶ Last name").contains("López"), "{}", stage.screen());
    // … and so does undo, once the form is left.
    stage.press("ctrl-o esc");
    stage.assert_silent_about("Draft saved");
    stage.press("u e");
    stage.assert_says("Ana MaríaZz");
}

#[test]
fn an_open_note_goes_back_to_what_the_server_has() {
    let mut stage = Stage::new(LARGE);
    leave_a_draft(&mut stage, "g n e");
    stage.press("e");
    stage.assert_says("Wants a quote.Zz");
    stage.press("ctrl-o");
    stage.assert_silent_about("quote.Zz");
    stage.press("ctrl-o");
    stage.assert_says("Wants a quote.Zz");
    // A new one is empty again.
    stage.press("ctrl-o esc a");
    stage.type_text("half a thought");
    stage.press("ctrl-o");
    stage.assert_says("Write a note");
    stage.press("ctrl-o");
    stage.assert_says("half a thought");
}

#[test]
fn what_the_server_has_is_no_draft() {
    let mut stage = Stage::new(LARGE);
    stage.press("g n e");
    stage.type_text("Zz");
    stage.press("ctrl-o");
    stage.take(Msg::Terminate);
    assert_eq!(stage.sent, [], "the note is as the server has it");
    // The only calendar stands in the form as if it had from the start, whenever it comes.
    let mut stage = Stage::new(LARGE);
    stage.press("g a n");
    let only = Choice { id: "k1".to_owned(), name: "Chair 1".to_owned() };
    stage.event(Event::Names { catalogue: Catalogue::Calendars, result: Ok(vec![only]) });
    stage.assert_says("Chair 1");
    stage.press("esc");
    stage.assert_silent_about("Draft saved");
    stage.assert_silent_about("✎");
}
