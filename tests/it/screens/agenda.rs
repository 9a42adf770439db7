//! Tasks and appointments by day: a month and its days, moved through together, with the edits of both.

use std::collections::BTreeMap;
use std::sync::Arc;

use ghl_tui::domain::{
    Access, Appointment, AppointmentEdit, AppointmentId, AppointmentStatus, AppointmentTime, CalendarId, ContactId,
    EditKind, Month, Named, Receipt, Scope, Task, TaskEdit, UserId,
};
use ghl_tui::protocol::{
    Command, Confirmed, Event, Failure, FailureKind, InView, LocationAppointments, OpenTasks, Reading,
};
use ghl_tui::ui::Effect;
use insta::assert_snapshot;
use jiff::SignedDuration;

use super::stage::{LARGE, SMALL, Stage, noon, task};

fn todo(contact: &str, id: &str, title: &str, due_in_hours: i64) -> Task {
    Task { contact: ContactId::new(contact), ..task(id, title, false, due_in_hours) }
}

fn tasks() -> Vec<Task> {
    vec![
        todo("c1", "t1", "Call back about quote", -49),
        todo("c1", "t2", "Send recall reminder", 18),
        Task { assigned_to: None, ..todo("c2", "t4", "Confirm insurance", -2) },
        Task { body: Some("With the shade\nof last time".into()), ..todo("c3", "t5", "Order the crown", 2) },
        Task { due: None, ..todo("c7", "t9", "Some day", 0) },
    ]
}

fn booked(id: &str, contact: &str, title: &str, times: [&str; 2], status: AppointmentStatus) -> Appointment {
    let at = |text: &str| {
        let instant = text.parse().map(AppointmentTime::Instant);
        instant.ok().or_else(|| text.parse().ok().map(AppointmentTime::Wall))
    };
    Appointment {
        id: AppointmentId::new(id),
        contact: ContactId::new(contact),
        calendar: Some(CalendarId::new("k1")),
        title: Some(title.to_owned()),
        start: at(times[0]),
        end: at(times[1]),
        status,
        assigned_to: Some(UserId::new("u2")),
        address: Some("12 Grand Ave".to_owned()),
    }
}

fn appointments() -> Vec<Appointment> {
    use AppointmentStatus::{Cancelled, Confirmed, New, NoShow};
    vec![
        booked("a1", "c4", "Consult", ["2026-11-24T15:30:00-08:00", "2026-11-24T16:15:00-08:00"], Confirmed),
        booked("a2", "c5", "X-ray", ["2026-11-24T09:00:00-08:00", "2026-11-24T09:20:00-08:00"], NoShow),
        booked("a3", "c6", "Whitening", ["2026-11-24T17:00:00-08:00", "2026-11-24T18:00:00-08:00"], Cancelled),
        // A day alone, which is one in every zone.
        booked("a4", "c2", "Holiday\u{202e}\u{1b}[2J", ["2026-11-26", ""], New),
        booked("a5", "c1", "Course", ["2026-12-03T00:00:00-08:00", "2026-12-05T00:00:00-08:00"], Confirmed),
        booked("a6", "c1", "Recall", ["2026-10-31T10:00:00-07:00", "2026-10-31T10:30:00-07:00"], Confirmed),
    ]
}

fn told(appointments: Vec<Appointment>, reading: Reading) -> LocationAppointments {
    let month = Month::of(jiff::civil::date(2026, 11, 1));
    let months: BTreeMap<_, _> = [month.previous(), month, month.next()].map(|month| (month, noon())).into();
    LocationAppointments {
        appointments: Arc::new(appointments.into_iter().map(Arc::new).collect()),
        months: Arc::new(months),
        calendars: Arc::new(vec![Named { id: CalendarId::new("k1"), name: "Chair 1".to_owned() }]),
        month: Some(month),
        reading,
        unread: Arc::default(),
    }
}

fn of_tasks(tasks: Vec<Task>) -> Event {
    let tasks = Arc::new(tasks.into_iter().map(Arc::new).collect());
    Event::OpenTasks(OpenTasks { tasks, fetched_at: Some(noon()), reading: Reading::Idle })
}

pub(super) fn with_days(size: (u16, u16)) -> Stage {
    let mut stage = Stage::new(size);
    stage.event(of_tasks(tasks()));
    stage.event(Event::LocationAppointments(told(appointments(), Reading::Idle)));
    stage
}

/// The line under the cursor.
fn here(stage: &Stage) -> String {
    let screen = stage.screen();
    let line = screen.lines().find(|line| line.contains('▶')).unwrap_or_else(|| panic!("no cursor\n{screen}"));
    line.split('▶').nth(1).expect("what is behind it").trim().to_owned()
}

fn shown(stage: &Stage) -> Vec<Option<String>> {
    let month = |look: &InView| look.month.map(|month| month.to_string());
    let mut shown: Vec<Option<String>> = stage.looks.iter().map(month).collect();
    shown.dedup();
    shown
}

#[test]
fn days_stand_beside_their_month() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL), ("60x20", (60, 20))] {
        let mut stage = with_days(size);
        stage.press("3");
        assert_snapshot!(format!("agenda_{name}"), stage.picture());
    }
    let mut stage = with_days((60, 20));
    stage.press("3 tab");
    assert_snapshot!("agenda_calendar_60x20", stage.body());
}

#[test]
fn it_begins_with_what_comes_next_today() {
    let mut stage = with_days(LARGE);
    stage.press("3");
    let line = here(&stage);
    assert!(line.starts_with("3:30–4:15 PM") && line.contains("◆  Consult"), "{line}");
    stage.assert_says("Today · Tue 24 Nov  5");
    stage.press("l");
    stage.assert_says("*24⁴ [25¹]");
}

#[test]
fn the_list_moves_the_day_and_the_calendar_the_list() {
    let mut stage = with_days(LARGE);
    stage.press("3 j j j");
    assert!(here(&stage).contains("Send recall reminder"), "{}", here(&stage));
    stage.assert_says("[25¹]");
    stage.press("tab l");
    stage.assert_says("[26¹]");
    assert!(here(&stage).starts_with("all day"), "{}", here(&stage));
    stage.press("l");
    stage.assert_says("[27]");
    assert!(here(&stage).starts_with("nothing "), "a free day can be chosen: {}", here(&stage));
    stage.assert_says("Fri 27 Nov");
    // From a free day the list goes to what is next to it.
    stage.press("tab j");
    assert!(here(&stage).contains("Course"), "{}", here(&stage));
    stage.assert_says("December 2026");
    stage.assert_says("Thu 3 Dec 2026 – Fri 4 ");
    stage.press("[ [");
    stage.assert_says("October 2026");
    stage.assert_says("[ 3]");
    stage.press("tab G");
    assert!(here(&stage).contains("Recall"), "{}", here(&stage));
    stage.press("j");
    stage.assert_says("[ 7]");
    stage.press("t");
    stage.assert_says("[24⁴]");
    assert!(here(&stage).contains("Consult"));
    stage.press("J K h");
    stage.assert_says("[23]");
}

#[test]
fn the_worker_is_told_which_month_somebody_looks_at() {
    let mut stage = with_days(LARGE);
    assert_eq!(shown(&stage), [None], "nobody looks yet");
    stage.press("3 l l ] ] 2 3 esc");
    let month = |text: &str| Some(text.to_owned());
    let expected = [None, month("2026-11"), month("2026-12"), month("2027-01"), None, month("2027-01"), None];
    assert_eq!(shown(&stage), expected);
    let mut tasks: Vec<bool> = stage.looks.iter().map(|look| look.open_tasks).collect();
    tasks.dedup();
    assert_eq!(tasks, [false, true, false], "the tasks are the same as on their own screen");
}

#[test]
fn what_is_not_known_is_said_and_the_rest_is_shown() {
    let mut stage = with_days(LARGE);
    stage.press("3");
    let say = |stage: &mut Stage, reading: Reading| {
        stage.event(Event::LocationAppointments(told(appointments(), reading)));
    };
    say(&mut stage, Reading::Running { done: 1, before: Some(3) });
    stage.assert_says("reading November 1 of 3…");
    let (what, why, next) = ("read".to_owned(), "no route\u{1b}[2J".to_owned(), String::new());
    let failure = Failure { kind: FailureKind::Network, what, why, next };
    say(&mut stage, Reading::Failed(failure.clone()));
    stage.assert_says("! appointments not read: no route · data now");
    stage.event(Event::LocationAppointments(LocationAppointments {
        unread: Arc::new(vec![("Chair\u{202e} 2".to_owned(), failure)]),
        ..told(appointments(), Reading::Idle)
    }));
    stage.assert_says("! 1 of 1 calendars not read: Chair 2 (no route)");
    stage.assert_says("Consult");
    stage.event(Event::LocationAppointments(LocationAppointments {
        months: Arc::default(),
        ..told(Vec::new(), Reading::Missing(Scope::CalendarsReadonly))
    }));
    stage.assert_says("! appointments need calendars.readonly and calendars/events.readonly");
    stage.assert_says("Order the crown");
    stage.press("l l");
    stage.assert_says("no open task; appointments are not known");
    assert_snapshot!("agenda_missing_120x36", stage.body());
    stage.resize(SMALL);
    stage.assert_says("appointments");
    say(&mut stage, Reading::Idle);
    stage.resize(LARGE);
    stage.assert_says("up to date");
    stage.pass(SignedDuration::from_mins(12));
    stage.assert_says("12m ago");
}

#[test]
fn a_task_is_completed_moved_and_given_away_from_here() {
    let mut stage = with_days(LARGE);
    stage.press("3 j");
    assert!(here(&stage).contains("Order the crown"), "{}", here(&stage));
    stage.assert_says("of last time");
    stage.press("x");
    stage.assert_says("· [x] Order the crown");
    let (id, edit) = stage.promise();
    stage.assert_says("[24³]");
    let done = Task { completed: true, ..tasks().remove(3) };
    stage.confirm(id, edit, Confirmed { receipt: Receipt::Task(done), text: None });
    stage.assert_silent_about("] Order the crown");
    assert!(here(&stage).contains("Whitening"), "the next one: {}", here(&stage));
    stage.press("j w");
    stage.assert_says("New due date for “Send recall reminder”");
    stage.type_text("fri 9am");
    stage.press("enter");
    let (_, edit) = stage.promise();
    assert!(matches!(&edit.what, EditKind::Task(TaskEdit::Patch { task, .. }) if task.known().is_some()));
    // It stands on its new day at once, and the cursor with it.
    stage.assert_says("[27¹]");
    assert!(here(&stage).contains("Send recall reminder"), "{}", here(&stage));
    stage.press("A");
    stage.type_text("osei");
    stage.press("enter");
    let (_, edit) = stage.promise();
    assert!(
        matches!(&edit.what, EditKind::Task(TaskEdit::Patch { after, .. }) if after.assigned_to == Some(Some(UserId::new("u2"))))
    );
    stage.press("c");
    stage.assert_says("This is a task.");
}

#[test]
fn an_appointment_is_cancelled_edited_and_deleted_from_here() {
    let mut stage = with_days(LARGE);
    stage.press("3 x");
    stage.assert_says("This is an appointment");
    stage.press("w");
    stage.assert_says("This is an appointment (e edits it).");
    stage.press("c");
    assert!(here(&stage).contains("cancelled"), "{}", here(&stage));
    let (id, edit) = stage.promise();
    let EditKind::Appointment(AppointmentEdit::Patch { after, .. }) = &edit.what else { panic!("{edit:?}") };
    assert_eq!(after.status, Some(AppointmentStatus::Cancelled));
    stage.assert_says("[24³]");
    let off = Appointment { status: AppointmentStatus::Cancelled, ..appointments().remove(0) };
    stage.confirm(id, edit, Confirmed { receipt: Receipt::Appointment(off), text: None });
    assert!(here(&stage).contains("◇  Consult"), "{}", here(&stage));
    stage.press("c");
    stage.assert_says("Already cancelled.");
    stage.press("e");
    stage.assert_says("Appointment of 安奈 田中");
    stage.press("esc D");
    let (id, edit) = stage.promise();
    assert!(matches!(&edit.what, EditKind::Appointment(AppointmentEdit::Delete { .. })));
    stage.assert_silent_about("◇  Consult");
    let receipt = Receipt::AppointmentGone(AppointmentId::new("a1"));
    stage.confirm(id, edit, Confirmed { receipt, text: None });
    stage.assert_silent_about("◇  Consult");
    assert!(here(&stage).contains("Order the crown"), "the next one: {}", here(&stage));
}

#[test]
fn its_contact_is_gone_to() {
    let mut stage = with_days(LARGE);
    stage.press("3 o");
    assert!(matches!(stage.asked.pop(), Some(Effect::Open(url)) if url.ends_with("/contacts/detail/c4")));
    stage.press("tab x");
    stage.assert_says("Select something in the list first (Tab).");
    stage.press("enter enter");
    stage.assert_says("[1 Contacts");
    stage.line("▶ 安奈 田中");
}

#[test]
fn it_is_filtered_by_owner_and_by_words() {
    let mut stage = with_days(LARGE);
    stage.event(Event::Me(Some(UserId::new("u1"))));
    stage.press("3 f");
    stage.assert_says("Show tasks and appointments of");
    stage.type_text("me");
    stage.press("enter");
    stage.assert_says("3 of 10");
    stage.assert_silent_about("Consult");
    stage.press("f");
    stage.type_text("nobody");
    stage.press("enter");
    stage.assert_says("1 of 10");
    stage.press("esc t /");
    stage.type_text("rao");
    stage.assert_says("2 of 10");
    stage.press("esc");
    assert!(here(&stage).contains("Consult"), "where it was before: {}", here(&stage));
    stage.press("/");
    stage.type_text("prince x-ray");
    stage.press("enter");
    stage.assert_says("1 of 10");
    stage.press("l l");
    stage.assert_says("no match");
    stage.press("esc");
    stage.assert_says("4 today");
}

#[test]
fn nothing_is_changed_where_it_may_not_be() {
    let mut stage = with_days(LARGE);
    stage.event(Event::Access(Access::READ_ONLY));
    stage.press("3 c D e j x w A D");
    stage.assert_says("Read-only (--read-only): this needs contacts.write");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Apply { .. })));
}

#[test]
fn the_cursor_and_the_row_under_it_never_move_by_themselves() {
    let mut stage = with_days((100, 24));
    let many = |extra: i64| -> Vec<Task> {
        let early = (0..extra).map(|n| todo("c2", &format!("e{n:03}"), "Early", n % 20));
        let mine = (0..60).map(|n| todo("c3", &format!("m{n:03}"), &format!("Task {n:03}"), 48 + n));
        early.chain(mine).collect()
    };
    stage.press("3");
    stage.event(of_tasks(many(0)));
    stage.press("ctrl-d ctrl-d j j");
    let row = |stage: &Stage| stage.screen().lines().position(|line| line.contains('▶')).expect("a cursor");
    let (line, at) = (here(&stage), row(&stage));
    for extra in [1, 30, 3, 0, 200] {
        stage.event(of_tasks(many(extra)));
        assert_eq!((here(&stage), row(&stage)), (line.clone(), at), "{extra} before it");
    }
}

#[test]
fn midnight_changes_today_and_leaves_the_chosen_day() {
    let mut stage = with_days(LARGE);
    stage.press("3 l");
    stage.assert_says("Tomorrow · Wed 25 Nov");
    stage.pass(SignedDuration::from_hours(10));
    stage.assert_says("Today · Wed 25 Nov");
    stage.assert_says("[25¹]");
    stage.pass(SignedDuration::from_hours(24));
    stage.assert_says("*26");
    stage.assert_says("[25¹]");
}

#[test]
fn twenty_thousand_tasks_and_five_thousand_appointments_are_walked_and_filtered() {
    let mut stage = Stage::new(LARGE);
    let many = (0..20_000).map(|n| todo("c1", &format!("t{n:05}"), &format!("Task {n:05}"), n / 10 - 300)).collect();
    let times = ["2026-11-20T10:00:00-08:00", "2026-11-20T10:30:00-08:00"];
    let consult = |n: i32| booked(&format!("a{n}"), "c2", "Consult", times, AppointmentStatus::Confirmed);
    stage.event(of_tasks(many));
    stage.event(Event::LocationAppointments(told((0..5_000).map(consult).collect(), Reading::Idle)));
    stage.press("3");
    for _ in 0..100 {
        stage.press("j ctrl-d k l h");
    }
    stage.press("G");
    assert!(here(&stage).contains("Task 19999"), "{}", here(&stage));
    stage.press("/");
    stage.type_text("19998");
    stage.assert_says("1 of 25,000");
}
