//! What can be known of one record or edit: a task read whole, what an edit changes, what collided, which requests wrote.

use std::sync::Arc;

use ghl_tui::domain::{
    AppointmentEdit, Clash, ContactId, Edit, EditId, EditKind, NoteEdit, NotePatch, Pending, Progress, TagEdit, Target,
    TaskEdit, TaskId, TaskPatch, UserId,
};
use ghl_tui::protocol::{Catalogue, Choice, EditEvent, Event, OpenTasks, Outcome, Reading, RequestRecord, Verb};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::stage::{LARGE, SMALL, Stage, noon, people};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// The form of a new appointment that starts on Friday, 10:00, with the cursor on its end.
fn booking() -> Stage {
    let mut stage = Stage::new(LARGE);
    let calendars = vec![Choice { id: "k1".into(), name: "Chair 1".into() }];
    stage.event(Event::Names { catalogue: Catalogue::Calendars, result: Ok(calendars) });
    stage.press("g a n");
    stage.press("tab tab");
    stage.type_text("2026-11-27 10:00");
    stage.press("tab");
    stage
}

#[test]
fn the_end_of_an_appointment_is_understood_from_its_start() {
    let mut stage = booking();
    for (words, shown) in [
        ("10:45", "Fri 27 Nov 2026, 10:45 AM PST"),
        ("11am", "Fri 27 Nov 2026, 11:00 AM PST"),
        ("2h", "Fri 27 Nov 2026, 12:00 PM PST"),
        ("1h 30m", "Fri 27 Nov 2026, 11:30 AM PST"),
        ("1h30m", "Fri 27 Nov 2026, 11:30 AM PST"),
        ("+90 min", "Fri 27 Nov 2026, 11:30 AM PST"),
        ("2026-11-28 9:00", "Sat 28 Nov 2026, 9:00 AM PST"),
        ("45m", "Fri 27 Nov 2026, 10:45 AM PST"),
    ] {
        stage.press("ctrl-u");
        stage.type_text(words);
        let line = stage.line("▶ Ends");
        assert!(line.contains(&format!("→ {shown}")), "{words}: {line}");
    }
    stage.press("ctrl-s");
    let (_, edit) = stage.applied();
    let EditKind::Appointment(AppointmentEdit::Add { appointment, .. }) = edit.what else { panic!("{edit:?}") };
    let wanted = (Some(at("2026-11-27T18:00:00Z")), Some(at("2026-11-27T18:45:00Z")));
    assert_eq!((appointment.start, appointment.end), wanted);
}

#[test]
fn an_appointment_that_is_moved_shows_the_end_that_moves_with_it() {
    let mut stage = Stage::new(LARGE);
    stage.press("g a e tab ctrl-u");
    stage.type_text("2026-12-01 9:00");
    let line = stage.line("  Ends ");
    assert!(line.contains("→ Tue 1 Dec 2026, 9:45 AM PST"), "{line}");
    stage.press("ctrl-s");
    let (_, edit) = stage.applied();
    let EditKind::Appointment(AppointmentEdit::Patch { after, .. }) = edit.what else { panic!("{edit:?}") };
    assert_eq!(after.end, Some(at("2026-12-01T17:45:00Z")));
}

/// What the outbox shows of the newest edit.
fn changes(stage: &mut Stage) -> String {
    stage.press("6 G");
    stage.pane("Before → after")
}

#[test]
fn the_outbox_shows_what_each_field_was_and_will_be() {
    for size in [LARGE, SMALL] {
        let mut stage = Stage::new(size);
        let contact = || ContactId::new("c1");
        let task = || Target::Known(TaskId::new("t1"));
        let due = |at: Timestamp| TaskPatch { due: Some(at), ..TaskPatch::default() };
        let given = |user: Option<&str>| TaskPatch { assigned_to: Some(user.map(UserId::new)), ..TaskPatch::default() };
        let title = || "Call back".to_owned();
        let patch = |before, after| TaskEdit::Patch { task: task(), title: title(), before, after };
        let note = NotePatch { body: Some("<p>Likes <b>mornings</b></p>".into()), ..NotePatch::default() };
        let edits: [(EditKind, &[&str]); 6] = [
            (
                patch(due(noon()), due(at("2026-12-24T23:00:00Z"))).into(),
                &["due date", "Tue 24 Nov 2026, 2:30 PM → Thu 24 Dec 2026, 3:00 PM"],
            ),
            (patch(given(Some("u1")), given(Some("u2"))).into(), &["owner", "Kim Park → Dr. Osei"]),
            (patch(given(Some("u1")), given(None)).into(), &["Kim Park → —"]),
            (TaskEdit::Complete { task: task(), title: title(), completed: true }.into(), &["completed", "no → yes"]),
            (TagEdit::Add { tags: vec!["vip".into(), "web".into()] }.into(), &["tags", "— → vip, web"]),
            (NoteEdit::Add { note, replaces: None }.into(), &["text", "— → Likes mornings"]),
        ];
        for (what, shown) in edits {
            stage.queued_all(None, &[Edit::new(contact(), what)]);
            let pane = changes(&mut stage);
            for words in shown {
                assert!(pane.contains(words), "{words}\n{pane}");
            }
        }
        stage.press("1 e ctrl-u");
        stage.type_text("Anna");
        stage.press("ctrl-s");
        stage.promise();
        let pane = changes(&mut stage);
        assert!(pane.contains("first name") && pane.contains("Ana María → Anna"), "{pane}");
    }
}

#[test]
fn a_long_value_leaves_room_for_the_other() {
    let mut stage = Stage::new(SMALL);
    let body = |body: String| NotePatch { body: Some(body), ..NotePatch::default() };
    let note = Target::Known(ghl_tui::domain::NoteId::new("n1"));
    let (before, after) = (body("before ".repeat(40)), body("after ".repeat(40)));
    stage.queued_all(None, &[Edit::new(ContactId::new("c1"), NoteEdit::Patch { note, before, after })]);
    let pane = changes(&mut stage);
    assert!(pane.contains("before before") && pane.contains("→ after after"), "{pane}");
}

/// An edit of a task of Diana's, and what it collides with.
fn collision() -> (Edit, Vec<Clash>) {
    let given = |user| TaskPatch { assigned_to: Some(Some(UserId::new(user))), ..TaskPatch::default() };
    let (task, title) = (Target::Known(TaskId::new("t9")), "Call back".to_owned());
    let edit = TaskEdit::Patch { task, title, before: given("u1"), after: given("u2") };
    let [field, base, ours, theirs] = ["assignedTo", "u1", "u2", ""].map(str::to_owned);
    (Edit::new(ContactId::new("c5"), edit), vec![Clash { field, base, ours, theirs }])
}

fn collides(stage: &mut Stage) {
    let (edit, clash) = collision();
    let id = stage.queued_all(None, std::slice::from_ref(&edit))[0];
    stage.event(Event::Edit(EditEvent::Settled { id, edit, outcome: Outcome::Clash(clash) }));
}

#[test]
fn a_conflict_of_before_is_told_once_its_contact_is_known() {
    let mut stage = Stage::empty(LARGE);
    let (edit, clash) = collision();
    let (id, progress) = (Some(EditId(Uuid::from_u128(900))), Progress::Clash(clash));
    let pending = vec![Pending { id, group: None, edit, progress, made_at: noon() }];
    stage.event(Event::Resumed { pending, drafts: Vec::new(), shown: None });
    stage.people(people());
    let said = "assign \"Call back\" for Diana Prince: someone else changed owner  ! resolve";
    stage.assert_says(said);
    stage.pass(SignedDuration::from_mins(1));
    stage.people(people());
    stage.assert_silent_about(said);
}

#[test]
fn a_conflict_names_its_contact_and_its_key_on_every_screen() {
    for screen in ["1", "2", "3", "4", "5", "6", "g u", "4 N"] {
        let mut stage = Stage::new(LARGE);
        stage.press(screen);
        collides(&mut stage);
        let told = stage.told();
        assert!(told.contains("for Diana Prince: someone else changed owner  ! resolve"), "{screen}: {told}");
        stage.press("!");
        let pane = stage.pane("Someone else changed this too");
        assert!(pane.contains("Diana Prince") && pane.contains("Dr. Osei"), "{screen}: {pane}");
    }
}

#[test]
fn a_conflict_outlasts_good_news() {
    let mut stage = Stage::new(LARGE);
    collides(&mut stage);
    stage.press("g t x");
    stage.promise();
    stage.assert_says("someone else changed owner  ! resolve");
    stage.assert_says("⇅ Completed \"Call back about quote\"");
}

/// A task with a text, under the cursor of its contact's tasks.
fn with_text(size: (u16, u16)) -> Stage {
    let mut stage = Stage::new(size);
    let mut details = stage.details_of("c1");
    details.tasks[0].body = Some("Ask for the old x-rays.\nAnd <for> the card.".to_owned());
    let tasks = details.tasks.iter().filter(|task| !task.completed).cloned().map(Arc::new).collect();
    stage.event(Event::Details(details.into()));
    stage.event(Event::OpenTasks(OpenTasks {
        tasks: Arc::new(tasks),
        fetched_at: Some(noon()),
        reading: Reading::Idle,
    }));
    stage
}

#[test]
fn a_task_is_read_without_its_form() {
    for (keys, size) in [("g t enter", LARGE), ("g t enter", SMALL), ("2 v", LARGE), ("3 enter g g v", SMALL)] {
        let mut stage = with_text(size);
        stage.press(keys);
        let pane = stage.pane("Call back about quote");
        for words in [
            "Ana María López",
            "Sun 22 Nov 2026, 1:30 PM",
            "Kim Park",
            "Status    open",
            "old x-rays.",
            "And <for> the card.",
        ] {
            assert!(pane.contains(words), "{keys}: {words}\n{pane}");
        }
        assert!(!pane.contains("Ctrl-S"), "it is no form");
        stage.press("esc");
        stage.assert_silent_about("Status    open");
        assert_eq!(stage.sent, []);
    }
}

#[test]
fn a_zoomed_pane_names_its_contact() {
    for size in [LARGE, SMALL, (200, 50)] {
        for pane in ["g i", "g t", "g n", "g a"] {
            let mut stage = Stage::new(size);
            stage.press(pane);
            stage.press("z");
            let body = stage.body();
            let top = body.lines().next().expect("a frame");
            assert!(top.contains("Ana María López"), "{pane} at {size:?}: {top}");
        }
    }
}

fn request(verb: Verb, path: &str, writes: bool) -> Event {
    Event::Request(Arc::new(RequestRecord {
        at: noon(),
        verb,
        url: format!("https://services.example.com{path}"),
        path: path.to_owned(),
        version: "2021-07-28",
        status: Some(200),
        millis: 187,
        tries: 1,
        trace: None,
        sent: None,
        received: String::new(),
        writes,
    }))
}

#[test]
fn activity_shows_edits_alone_where_it_is_asked_to() {
    let mut stage = Stage::new(LARGE);
    stage.event(request(Verb::Post, "/contacts/search", false));
    stage.press("g t x");
    stage.promise();
    stage.event(request(Verb::Put, "/contacts/c1/tasks/t1/completed", true));
    stage.event(request(Verb::Get, "/contacts/c1/notes", false));
    let lists = |stage: &Stage, shown: &[&str], hidden: &[&str]| {
        let pane = stage.pane("Activity");
        assert!(pane.contains("▶ 2:30:00 PM   200       PUT"), "the cursor stays on its line\n{pane}");
        for (words, is_shown) in
            shown.iter().map(|words| (words, true)).chain(hidden.iter().map(|words| (words, false)))
        {
            assert_eq!(pane.contains(words), is_shown, "{words}\n{pane}");
        }
    };
    stage.press("r 5 k k");
    lists(&stage, &["/contacts/search", "/notes", "Looking for changes"], &[]);
    stage.press("f");
    lists(&stage, &["⇅ Completed"], &["/contacts/search", "/notes", "Looking for changes"]);
    // What comes meanwhile is listed if it is an edit, and moves nothing.
    stage.event(request(Verb::Get, "/contacts/c1/appointments", false));
    stage.event(request(Verb::Delete, "/contacts/c1/tasks/t2", true));
    lists(&stage, &["/tasks/t2"], &["/appointments"]);
    stage.press("f");
    lists(&stage, &["/contacts/search", "/notes", "/appointments", "/tasks/t2"], &[]);
}
