//! What can be known of one record or edit: a task read whole, what an edit changes, what collided, which requests wrote.

use std::sync::Arc;

use ghl_tui::domain::{
    AppointmentEdit, Clash, ContactId, Edit, EditId, EditKind, NoteEdit, NotePatch, TagEdit, Target, TaskEdit, TaskId,
    TaskPatch, UserId,
};
use ghl_tui::protocol::{Catalogue, Choice, EditEvent, Event, OpenTasks, Outcome, Reading, RequestRecord, Verb};
use jiff::Timestamp;

use super::stage::{LARGE, SMALL, Stage, noon};

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
