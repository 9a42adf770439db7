//! The tables of tasks and appointments for people: names and whole times.

use crate::domain::{Appointment, AppointmentId, AppointmentStatus, AppointmentTime, User, UserId};

use super::*;

/// A location in Los Angeles whose contact `c1` is in the local copy, and `c2` after a sync.
fn office() -> impl FnMut(&Command) -> Vec<Event> + Send + 'static {
    let mut synced = false;
    move |command| {
        let Command::Ask { ticket, request } = command else { return Vec::new() };
        let instant = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        let wall = |text: &str| Some(AppointmentTime::Wall(text.parse().expect("a time")));
        let kim = Some(UserId::new("u1"));
        let task = |id: &str, contact: &str, due: &str| Task {
            id: TaskId::new(id),
            contact: ContactId::new(contact),
            due: Some(instant(due)),
            assigned_to: kim.clone(),
            ..task(false)
        };
        let answer = match request {
            Request::LocationTasks { .. } => Answer::Tasks(vec![
                task("t1", "c1", "2026-11-24T22:00:00Z"),
                task("t2", "c2", "2027-01-05T17:30:00Z"),
                task("t3", "c3", "2026-11-20T17:30:00Z"),
            ]),
            Request::Appointments { .. } => Answer::Appointments(vec![Appointment {
                id: AppointmentId::new("a1"),
                contact: ContactId::new("c1"),
                calendar: None,
                title: Some("Check-up".into()),
                start: wall("2026-11-27T10:45"),
                end: wall("2026-11-27T11:15"),
                status: AppointmentStatus::Confirmed,
                assigned_to: kim.clone(),
                address: None,
            }]),
            Request::Contact { id, offline: true } if id.as_str() == "c1" || (synced && id.as_str() == "c2") => {
                Answer::Contact(Box::new(contact(id.as_str(), if id.as_str() == "c1" { "Ann" } else { "Bob" }, &[])))
            }
            Request::Contact { .. } => {
                return vec![Event::Answer { ticket: *ticket, result: Err(failure(FailureKind::NotFound)) }];
            }
            Request::Sync { .. } => {
                synced = true;
                return reading(command, false, Vec::new());
            }
            _ => return reading(command, false, Vec::new()),
        };
        let users = vec![User { id: UserId::new("u1"), name: "Kim Park".into() }];
        let (time_zone, country) = (Some("America/Los_Angeles".to_owned()), Some("US".to_owned()));
        let location = Location { time_zone, country, users, ..Location::unknown(LocationId::new("loc")) };
        vec![Event::Location(Arc::new(location)), Event::Answer { ticket: *ticket, result: Ok(answer) }]
    }
}

/// The cells of each line.
fn cells(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect()
}

#[tokio::test]
async fn tasks_name_their_contact_and_owner_and_the_whole_time() {
    let ran = run_seen("tasks list", 120, office()).await;
    assert_eq!((ran.status, ran.err.as_str()), (ExitStatus::Done, ""));
    assert_eq!(
        cells(&ran.out),
        [
            vec!["DONE", "DUE", "TITLE", "OWNER", "CONTACT", "ID"],
            vec!["late", "Fri 20 Nov 2026, 9:30 AM", "Call back", "Kim Park", "c3", "t3"],
            vec!["[ ]", "Tue 24 Nov 2026, 2:00 PM", "Call back", "Kim Park", "Ann", "t1"],
            vec!["[ ]", "Tue 5 Jan 2027, 9:30 AM", "Call back", "Kim Park", "Bob", "t2"],
        ],
        "whoever nobody knows has their id"
    );
    let (seat, mut out) = (Seat { width: Some(120), hours: Some(Hours::TwentyFour), ..Seat::default() }, Vec::new());
    run_at(seat, "tasks list", &mut out, std::future::pending(), office()).await;
    assert!(String::from_utf8_lossy(&out).contains("Tue 24 Nov 2026, 14:00"), "as the user has set it");
    let ran = run_seen("tasks list", 60, office()).await;
    assert!(ran.out.contains("Tue 24 Nov 2026, 2:00 PM") && ran.out.contains("t1"), "never cut: {}", ran.out);
}

#[tokio::test]
async fn elsewhere_tasks_have_names_too_and_times_that_sort() {
    let ran = run("tasks list", office()).await;
    assert_eq!(ran.out.lines().nth(1), Some("[ ]\t2026-11-24T14:00:00-08:00\tCall back\tKim Park\tAnn\tt1"));
    let ran = run("tasks list --json", office()).await;
    assert!(ran.out.contains(r#""id":"t1","contactId":"c1""#) && !ran.out.contains("Ann"), "{}", ran.out);
    let asked = |command: &Command| matches!(command, Command::Ask { request: Request::Contact { .. }, .. });
    assert!(!ran.commands.iter().any(asked), "programs have the id: nobody is looked up");
}

#[tokio::test]
async fn appointments_name_their_contact_and_say_when_they_begin_and_end() {
    let ran = run_seen("appointments list c1", 130, office()).await;
    assert_eq!(
        cells(&ran.out),
        [
            vec!["START", "END", "STATUS", "TITLE", "WITH", "CONTACT", "ADDRESS", "ID"],
            vec!["Fri 27 Nov 2026, 10:45 AM", "11:15 AM", "confirmed", "Check-up", "Kim Park", "Ann", "a1"],
        ]
    );
    let ran = run("appointments list c1", office()).await;
    let line = "2026-11-27T10:45:00-08:00\t2026-11-27T11:15:00-08:00\tconfirmed\tCheck-up\tKim Park\tAnn\t\ta1\n";
    assert_eq!(ran.out, line);
}

/// A location without anything.
fn nothing(command: &Command) -> Vec<Event> {
    let Command::Ask { ticket, request } = command else { return Vec::new() };
    let answer = match request {
        Request::Contacts { .. } => Answer::Contacts(Vec::new()),
        Request::Tasks { .. } | Request::LocationTasks { .. } => Answer::Tasks(Vec::new()),
        _ => return reading(command, false, Vec::new()),
    };
    vec![Event::Answer { ticket: *ticket, result: Ok(answer) }]
}

#[tokio::test]
async fn an_empty_list_says_so_on_the_other_stream() {
    for (line, said) in [
        ("contacts list", "no contacts yet"),
        ("contacts list --sort name --offline", "no contacts yet"),
        ("contacts list --filter tag:vip", "no contact matches the filter"),
        ("tasks list", "no open tasks"),
        ("tasks list c1 --all", "no tasks"),
        ("tasks list --due late", "no open task matches"),
        ("notes list c1", "no notes"),
        ("appointments list c1", "no appointments"),
        ("outbox list", "nothing waiting; all edits are saved"),
        ("views list", "no saved views"),
        ("duplicates list", "no contacts look like the same person"),
        ("duplicates merges", "no merges yet"),
        ("duplicates decisions", "no not-a-duplicate decisions"),
    ] {
        for (width, json) in [(Some(80), ""), (None, ""), (None, " --json")] {
            let (line, mut out) = (format!("{line}{json}"), Vec::new());
            let seat = Seat { width, without_views: true, ..Seat::default() };
            let ran = run_at(seat, &line, &mut out, std::future::pending(), nothing).await;
            assert_eq!((ran.status, ran.err, out), (ExitStatus::Done, format!("{said}\n"), Vec::new()), "{line}");
        }
    }
}
