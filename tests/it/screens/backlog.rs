//! The open tasks of the whole location: by day, with marks, filters and edits; the cursor stays with its task.

use std::sync::Arc;

use ghl_tui::domain::{
    Access, ContactId, Edit, EditId, EditKind, Receipt, Scope, Target, Task, TaskEdit, TaskId, UserId,
};
use ghl_tui::protocol::{Command, Confirmed, Event, Failure, FailureKind, OpenTasks, Reading};
use ghl_tui::ui::Effect;
use insta::assert_snapshot;
use jiff::SignedDuration;

use super::stage::{LARGE, SMALL, Stage, noon, task};

fn of(contact: &str, id: &str, title: &str, due_in_hours: i64, owner: Option<&str>) -> Task {
    let (contact, assigned_to) = (ContactId::new(contact), owner.map(UserId::new));
    Task { contact, assigned_to, ..task(id, title, false, due_in_hours) }
}

fn some() -> Vec<Task> {
    vec![
        of("c1", "t1", "Call back about quote", -49, Some("u1")),
        of("c1", "t2", "Send recall reminder", 18, Some("u1")),
        of("c2", "t4", "Confirm insurance for the implant, with the letter of the other practice", -2, None),
        of("c3", "t5", "Order the crown", 2, Some("u2")),
        of("c4", "t6", "予約の確認", 20, Some("u2")),
        of("c5", "t7", "Birthday card", 24 * 5, None),
        of("c9", "t8", "Of somebody unknown", 24 * 40, Some("u9")),
        Task { due: None, ..of("c7", "t9", "Some day\u{202e}", 0, None) },
    ]
}

fn told(tasks: Vec<Task>) -> Event {
    let tasks = Arc::new(tasks.into_iter().map(Arc::new).collect());
    Event::OpenTasks(OpenTasks { tasks, fetched_at: Some(noon()), reading: Reading::Idle })
}

fn with_tasks(size: (u16, u16)) -> Stage {
    let mut stage = Stage::new(size);
    stage.event(told(some()));
    stage
}

/// The title under the cursor.
fn here(stage: &Stage) -> String {
    let screen = stage.screen();
    let line = screen.lines().find(|line| line.contains("┃▶")).unwrap_or_else(|| panic!("no cursor\n{screen}"));
    line.chars().skip(9).take(14).collect::<String>().trim().to_owned()
}

fn row(stage: &Stage) -> usize {
    stage.screen().lines().position(|line| line.contains("┃▶")).expect("a cursor")
}

fn shown(stage: &Stage) -> Vec<bool> {
    let mut shown: Vec<bool> = stage.looks.iter().map(|look| look.open_tasks).collect();
    shown.dedup();
    shown
}

fn settle(stage: &mut Stage, id: EditId, edit: Edit, receipt: Receipt) {
    stage.confirm(id, edit, Confirmed { receipt, text: None });
}

#[test]
fn open_tasks_stand_by_day_late_ones_first() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL), ("60x20", (60, 20))] {
        let mut stage = with_tasks(size);
        stage.press("2 j");
        assert_snapshot!(format!("tasks_{name}"), stage.picture());
    }
    let stage = with_tasks(LARGE);
    stage.assert_says("2 Tasks 8 (2 late)");
    assert_eq!(shown(&stage), [false], "nobody looks yet");
}

#[test]
fn the_worker_is_told_whether_somebody_looks() {
    let mut stage = with_tasks(LARGE);
    stage.press("2 j ? esc 2");
    assert_eq!(shown(&stage), [false, true]);
    stage.press("6 2 esc");
    assert_eq!(shown(&stage), [false, true, false, true, false]);
    stage.assert_says("[1 Contacts");
    stage.press("2 r");
    assert!(matches!(stage.sent.pop(), Some(Command::Refresh)));
    stage.press(":");
    stage.type_text("open tasks of all");
    stage.press("enter");
    stage.assert_says("[2 Tasks");
}

#[test]
fn how_well_they_are_known_is_said() {
    let mut stage = Stage::new(LARGE);
    stage.press("2");
    let say = |stage: &mut Stage, fetched_at, reading, tasks: Vec<Task>| {
        let tasks = Arc::new(tasks.into_iter().map(Arc::new).collect());
        stage.event(Event::OpenTasks(OpenTasks { tasks, fetched_at, reading }));
    };
    say(&mut stage, None, Reading::Running { done: 0, before: None }, Vec::new());
    stage.assert_says("Reading the open tasks…");
    say(&mut stage, None, Reading::Running { done: 1_200, before: None }, some());
    stage.assert_says("[2 Tasks]");
    stage.assert_says("8 open · 2 late · reading 1,200");
    say(&mut stage, Some(noon()), Reading::Running { done: 300, before: Some(20_000) }, some());
    stage.assert_says("reading 300 of about 20,000");
    let old = noon() - SignedDuration::from_mins(12);
    say(&mut stage, Some(old), Reading::Idle, some());
    stage.assert_says("8 open · 2 late · 12m ago");
    stage.pass(SignedDuration::from_secs(61));
    stage.assert_says("13m ago");
    let (what, why, next) = ("read".to_owned(), "no route".to_owned(), "check the network".to_owned());
    let failure = Failure { kind: FailureKind::Network, what, why, next };
    say(&mut stage, Some(old), Reading::Failed(failure.clone()), some());
    stage.assert_says("not read: no route · data 13m");
    say(&mut stage, None, Reading::Failed(failure), Vec::new());
    stage.assert_says("The open tasks could not be read: no route. check the network");
    let missing = Reading::Missing(Scope::LocationTasksReadonly);
    say(&mut stage, None, missing.clone(), Vec::new());
    stage.assert_says("The token lacks the scope locations/tasks.readonly");
    say(&mut stage, None, missing.clone(), some());
    stage.assert_says("only of contacts you opened: the token lacks the scope locations/tasks.readonly");
    stage.resize(SMALL);
    stage.assert_says("only of contacts you opened: no locations/tasks.readonly");
    say(&mut stage, Some(noon()), Reading::Idle, Vec::new());
    stage.assert_says("No open tasks.");
}

#[test]
fn a_completed_task_is_struck_and_leaves_once_the_server_has_it() {
    let mut stage = with_tasks(LARGE);
    stage.press("2 j");
    assert_eq!(here(&stage), "Confirm insura");
    stage.press("x");
    stage.assert_says("[x] · Confirm insurance");
    let (id, edit) = stage.promise();
    stage.assert_says("[x] ⇅ Confirm insurance");
    stage.assert_says("2 Tasks 7 (1 late)");
    assert_eq!(here(&stage), "Confirm insura");
    let before = row(&stage);
    // What the worker told before the server had it changes nothing.
    stage.event(told(some()));
    stage.assert_says("[x] ⇅ Confirm insurance");
    let done = Task { completed: true, ..some().remove(2) };
    settle(&mut stage, id, edit, Receipt::Task(done));
    stage.assert_silent_about("] ⇅ Confirm insurance");
    assert_eq!((here(&stage).as_str(), row(&stage)), ("Order the crow", before + 1), "the next one, below its day");
    // It comes back with the undo.
    let reopen = Edit::new(
        ContactId::new("c2"),
        TaskEdit::Complete {
            task: Target::Known(TaskId::new("t4")),
            title: "Confirm insurance".into(),
            completed: false,
        },
    );
    let id = stage.queued_all(None, std::slice::from_ref(&reopen))[0];
    settle(&mut stage, id, reopen, Receipt::Task(some().remove(2)));
    stage.assert_says("[ ] ! Confirm insurance");
    assert_eq!(here(&stage), "Order the crow", "the cursor stays with its task");
}

#[test]
fn a_refused_edit_is_shown_and_tried_again_from_here() {
    let mut stage = with_tasks(LARGE);
    stage.press("2 x");
    let (id, edit) = stage.promise();
    stage.reject(id, edit, "the moon is full");
    stage.assert_says("[ ] ✗ Call back about quote");
    stage.press("R");
    assert!(matches!(stage.sent.pop(), Some(Command::Retry(ids)) if ids == [id]));
    stage.press("backspace");
    assert!(matches!(stage.sent.pop(), Some(Command::Discard(ids)) if ids == [id]));
}

#[test]
fn the_cursor_and_the_row_under_it_never_move_by_themselves() {
    let mut stage = with_tasks((100, 20));
    stage.press("2");
    let many = |extra: i64| -> Vec<Task> {
        let early = (0..extra).map(|n| of("c2", &format!("e{n:03}"), "Early", -100 - n, None));
        let mine = (0..60).map(|n| of("c3", &format!("m{n:03}"), &format!("Task {n:03}"), 48 + n, None));
        early.chain(mine).collect()
    };
    stage.event(told(many(0)));
    stage.press("ctrl-d ctrl-d ctrl-d ctrl-d j");
    let (title, at) = (here(&stage), row(&stage));
    for extra in [1, 30, 3, 0, 200] {
        stage.event(told(many(extra)));
        assert_eq!((here(&stage), row(&stage)), (title.clone(), at), "{extra} before it");
    }
    // Where it is gone the place is kept.
    let gone = many(200).into_iter().filter(|task| task.title != title).collect();
    stage.event(told(gone));
    assert_eq!(row(&stage), at);
    stage.press("g g");
    stage.assert_says("Late");
    stage.press("G");
    assert_eq!(here(&stage), "Task 059");
}

#[test]
fn a_due_date_is_typed_as_people_say_it() {
    let mut stage = with_tasks(LARGE);
    stage.press("2 w");
    stage.type_text("whenever");
    stage.press("enter");
    stage.assert_says("“whenever” is not a date or time");
    stage.press("ctrl-u");
    stage.type_text("tomorrow 9am");
    stage.assert_says("→ Wed 25 Nov 2026, 9:00 AM PST");
    assert_snapshot!("tasks_when_120x36", stage.pane("New due date"));
    stage.press("enter");
    let (id, edit) = stage.promise();
    let EditKind::Task(TaskEdit::Patch { after, .. }) = &edit.what else { panic!("{edit:?}") };
    assert_eq!(after.due, "2026-11-25T17:00:00Z".parse().ok());
    // It stands on its new day at once, and the cursor with it.
    assert_eq!(here(&stage), "Call back abou");
    stage.assert_says("Tomorrow · Wed 25 Nov  3");
    stage.assert_says("2 Tasks 8 (1 late)");
    let after = Task { due: after.due, ..some().remove(0) };
    settle(&mut stage, id, edit, Receipt::Task(after));
    assert_eq!(here(&stage), "Call back abou");
    stage.press("w esc");
    stage.press("w");
    stage.type_text("tomorrow 9am");
    stage.press("enter");
    stage.assert_says("Nothing changed");
}

#[test]
fn marked_tasks_change_together_when_the_user_says_yes() {
    let mut stage = with_tasks(LARGE);
    stage.press("2 space space");
    stage.assert_says("2 marked  x done  w due date  A assign");
    stage.press("j V x");
    stage.assert_says("Complete 4 tasks");
    stage.assert_says("4 tasks will change (about 8 requests). One undo restores them.");
    assert_snapshot!("tasks_marked_120x36", stage.body());
    let screen = stage.screen();
    let footer = screen.lines().last().unwrap_or_default();
    assert!(footer.contains("y complete"), "the footer names the act, as the frame does: {footer}");
    stage.press("n");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Apply { .. })));
    // Each keeps its own day where only a time is said.
    stage.press("w");
    stage.assert_says("New due date for 4 tasks");
    stage.type_text("11:15");
    stage.press("enter y");
    let (ticket, edits) = stage.applied_all();
    assert_eq!(edits.len(), 4);
    let days: Vec<i8> = edits
        .iter()
        .map(|edit| match &edit.what {
            EditKind::Task(TaskEdit::Patch { after, .. }) => {
                after.due.expect("a time").to_zoned(jiff::tz::TimeZone::get("America/Los_Angeles").expect("it")).day()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(days, [22, 24, 24, 25]);
    stage.queued_all(Some(ticket), &edits);
    stage.assert_says("Rescheduled 4 tasks");
    stage.assert_silent_about(" marked");
}

#[test]
fn tasks_are_given_to_somebody() {
    let mut stage = with_tasks(LARGE);
    stage.press("2 A");
    stage.assert_says("Assign “Call back about quote” to");
    stage.type_text("osei");
    stage.press("enter");
    let (_, edit) = stage.promise();
    let EditKind::Task(TaskEdit::Patch { after, .. }) = &edit.what else { panic!("{edit:?}") };
    assert_eq!(after.assigned_to, Some(Some(UserId::new("u2"))));
    assert!(stage.line("Call back about quote").contains("Dr. Osei"));
    stage.press("ctrl-a A");
    stage.type_text("kim");
    stage.press("enter");
    stage.assert_says("Assign 8 tasks to Kim Park");
    stage.assert_says("1 will not change.");
    stage.press("y");
    assert_eq!(stage.applied_all().1.len(), 7);
}

#[test]
fn they_are_filtered_by_owner_and_by_words() {
    let mut stage = with_tasks(LARGE);
    stage.event(Event::Me(Some(UserId::new("u1"))));
    stage.press("2 f");
    assert_snapshot!("tasks_whose_120x36", stage.pane("Show tasks of"));
    stage.type_text("me");
    stage.press("enter");
    stage.assert_says("2 of 8 open");
    stage.assert_says("f mine");
    stage.assert_silent_about("Order the crown");
    stage.press("f");
    stage.type_text("nobody");
    stage.press("enter");
    stage.assert_says("3 of 8 open");
    stage.press("esc");
    stage.assert_says("8 open · 2 late");
    // Title or contact, accents folded.
    stage.press("/");
    stage.type_text("lopez recall");
    stage.assert_says("1 of 8 open");
    assert_eq!(here(&stage), "Send recall re");
    stage.press("esc");
    stage.assert_says("8 open");
    assert_eq!(here(&stage), "Confirm insura", "where it was before");
    stage.press("/");
    stage.type_text("lopez recall");
    stage.press("enter esc");
    stage.assert_says("8 open");
    assert_eq!(here(&stage), "Send recall re", "the cursor stays with its task");
    stage.press("/");
    stage.type_text("nothing like it");
    stage.press("enter");
    stage.assert_says("No open task matches. Esc shows all.");
    stage.press("x w e A");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Apply { .. })));
    stage.press("esc");
    stage.assert_says("8 open");
}

#[test]
fn a_task_is_edited_and_its_contact_gone_to() {
    let mut stage = with_tasks(LARGE);
    stage.press("2 j e");
    stage.assert_says("Task for Anand Rao");
    stage.press("ctrl-u");
    stage.type_text("Ask the insurer");
    stage.press("ctrl-s");
    let (_, edit) = stage.promise();
    assert!(edit.contact.as_str() == "c2" && matches!(edit.what, EditKind::Task(TaskEdit::Patch { .. })));
    stage.assert_says("[2 Tasks");
    stage.assert_says("[ ] ⇅ Ask the insurer");
    stage.press("o");
    assert!(matches!(stage.asked.pop(), Some(Effect::Open(url)) if url.ends_with("/contacts/detail/c2")));
    stage.press("enter");
    stage.assert_says("[1 Contacts");
    stage.line("▶ Anand Rao");
}

#[test]
fn nothing_is_changed_where_it_may_not_be() {
    let mut stage = with_tasks(LARGE);
    stage.event(Event::Access(Access::READ_ONLY));
    stage.press("2 x w A e space x");
    stage.assert_says("Read-only (--read-only): this needs contacts.write");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Apply { .. })));
}

#[test]
fn a_task_that_is_being_added_is_listed_too() {
    let mut stage = with_tasks(LARGE);
    stage.press("g t n");
    stage.type_text("Bring the X-ray");
    stage.press("tab");
    stage.type_text("tomorrow 10am");
    stage.press("ctrl-s");
    let (id, edit) = stage.promise();
    stage.assert_says("2 Tasks 9 (2 late)");
    stage.press("2 / B r i n g enter");
    stage.assert_says("[ ] ⇅ Bring the X-ray");
    let made = of("c1", "t77", "Bring the X-ray", 19, None);
    settle(&mut stage, id, edit, Receipt::Task(made));
    stage.assert_says("[ ]   Bring the X-ray");
    assert_eq!(here(&stage), "Bring the X-ra");
    stage.press("x");
    let (_, edit) = stage.promise();
    assert!(
        matches!(edit.what, EditKind::Task(TaskEdit::Complete { task: Target::Known(id), .. }) if id.as_str() == "t77")
    );
}

#[test]
fn twenty_thousand_are_walked_and_filtered() {
    let mut stage = Stage::new(LARGE);
    let many: Vec<Task> =
        (0..20_000).map(|n| of("c1", &format!("t{n:05}"), &format!("Task {n:05}"), n / 10 - 300, Some("u1"))).collect();
    stage.press("2");
    stage.event(told(many));
    stage.assert_says("20,000 open · ");
    for _ in 0..50 {
        stage.press("j ctrl-d k");
    }
    stage.press("G");
    assert_eq!(here(&stage), "Task 19999");
    stage.press("/");
    stage.type_text("19998");
    stage.assert_says("1 of 20,000 open");
}
