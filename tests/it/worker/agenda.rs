//! The appointments of the whole location: read month by month while somebody looks, kept for the next start.

use std::collections::BTreeSet;
use std::time::Duration;

use ghl_tui::domain::{
    Appointment, AppointmentEdit, AppointmentPatch, AppointmentStatus, CalendarId, Edit, Month, Scope, Target,
};
use ghl_tui::protocol::{Command, Event, FailureKind, LocationAppointments, Reading, Request};
use ghl_tui::sandbox::{RateLimit, SandboxOptions};
use ghl_tui::store::{Cache, Folder};
use ghl_tui::worker::Pace;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::support::{PATIENCE, Rig, Server, Setup};

/// As the dashboard works, without the search for duplicates.
fn watching() -> Setup {
    let pace = Pace { background: true, scan: false, ..Setup::default().pace };
    Setup { pace, ..Setup::default() }
}

/// A business with a few hundred people, whose limit is not in the way.
async fn business() -> Server {
    Server::start_with(SandboxOptions { contacts: 200, rate_limit: RateLimit::Off, ..SandboxOptions::default() }).await
}

async fn synced(server: &Server, setup: Setup) -> Rig {
    let mut rig = Rig::start_with(server, setup).await;
    rig.sync().await.expect("synced");
    // Months are those of the location's clock.
    rig.ask(Request::Location).await.expect("the location is known");
    rig
}

async fn told(rig: &mut Rig, what: &str, are_so: impl Fn(&LocationAppointments) -> bool) -> LocationAppointments {
    rig.wait(what, |event| match event {
        Event::LocationAppointments(all) if are_so(all) => Some(all.clone()),
        _ => None,
    })
    .await
}

async fn zone(server: &Server) -> TimeZone {
    let path = format!("/locations/{}", server.running.location_id());
    let location = server.read(&path).await;
    TimeZone::get(location["location"]["timezone"].as_str().expect("a zone")).expect("a zone")
}

async fn this_month(server: &Server) -> Month {
    Month::of(zone(server).await.to_datetime(Timestamp::now()).date())
}

/// Somebody looks at a month until it and those beside it have been read.
async fn look(rig: &mut Rig, month: Month) -> LocationAppointments {
    rig.look(|look| look.month = Some(month)).await;
    let around = [month, month.next(), month.previous()];
    told(rig, "three months", |all| {
        all.reading == Reading::Idle && around.iter().all(|month| all.months.contains_key(month))
    })
    .await
}

/// Which of them begin in a month.
fn within(all: &LocationAppointments, month: Month, zone: &TimeZone) -> BTreeSet<String> {
    let day = |one: &Appointment| one.start.map(|start| start.wall(zone).date());
    let fits = all.appointments.iter().filter(|one| day(one).is_some_and(|day| Month::of(day) == month));
    fits.map(|one| one.id.as_str().to_owned()).collect()
}

/// The same as the server holds them, contact by contact.
async fn held(server: &Server, rig: &mut Rig, month: Month) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    let begin = month.to_string();
    for contact in rig.contacts().await {
        let all = server.held(&contact.id).await["appointments"].as_array().cloned().unwrap_or_default();
        let fits = all.iter().filter(|one| one["startTime"].as_str().is_some_and(|at| at.starts_with(&begin)));
        held.extend(fits.filter_map(|one| one["id"].as_str().map(str::to_owned)));
    }
    held
}

/// Waits until the file has so many months: it is written behind the reading.
async fn kept_in(rig: &Rig, months: usize) {
    let cache = Cache::open(&Folder::open(&rig.folder).expect("the folder opens")).expect("the cache opens");
    let began = std::time::Instant::now();
    while cache.agenda().await.expect("it can be read").months.len() < months {
        assert!(began.elapsed() < PATIENCE, "they are never kept");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The requests for events that were made.
async fn windows(server: &Server) -> Vec<Value> {
    server.requests("GET", "/calendars/events").await
}

fn on(all: &LocationAppointments) -> Appointment {
    let found = all.appointments.iter().find(|one| one.status == AppointmentStatus::Confirmed);
    Appointment::clone(found.expect("a confirmed one"))
}

fn cancel(one: &Appointment) -> Edit {
    let patch = |status| AppointmentPatch { status: Some(status), ..AppointmentPatch::default() };
    Edit::new(
        one.contact.clone(),
        AppointmentEdit::Patch {
            appointment: Target::Known(one.id.clone()),
            title: one.title.clone().unwrap_or_default(),
            before: patch(one.status.clone()),
            after: patch(AppointmentStatus::Cancelled),
        },
    )
}

#[tokio::test]
async fn the_shown_month_and_those_beside_it_are_read_and_no_other() {
    let server = business().await;
    let mut rig = synced(&server, watching()).await;
    assert_eq!(windows(&server).await.len(), 0, "nobody looks");
    let (zone, month) = (zone(&server).await, this_month(&server).await);
    let all = look(&mut rig, month).await;
    for month in [month, month.next(), month.previous()] {
        let there = within(&all, month, &zone);
        assert!(!there.is_empty(), "{month}");
        assert_eq!(there, held(&server, &mut rig, month).await, "{month}");
    }
    assert_eq!(all.months.len(), 3);
    let calendars = all.calendars.len();
    assert!(calendars > 1 && all.appointments.iter().all(|one| one.calendar.is_some()));
    assert_eq!(windows(&server).await.len(), 3 * calendars);
    // Who leafs through half a year reads where they stay.
    let mut far = month;
    for _ in 0..6 {
        far = far.next();
        rig.look(|look| look.month = Some(far)).await;
    }
    let all = look(&mut rig, far).await;
    let read: Vec<Month> = all.months.keys().copied().collect();
    assert_eq!(read, [month.previous(), month, month.next(), far.previous(), far, far.next()]);
    let before = windows(&server).await.len();
    rig.look(|look| look.month = None).await;
    rig.send(Command::Refresh).await;
    rig.sync().await.expect("synced");
    assert_eq!(windows(&server).await.len(), before, "nobody looks any more");
}

#[tokio::test]
async fn they_are_there_at_the_next_start_before_any_network() {
    let server = business().await;
    let mut rig = synced(&server, watching()).await;
    let (zone, month) = (zone(&server).await, this_month(&server).await);
    let all = look(&mut rig, month).await;
    let one = on(&all);
    let id = rig.apply(cancel(&one)).await;
    rig.confirmed(id).await;
    let is_off = |all: &LocationAppointments| {
        all.appointments.iter().any(|known| known.id == one.id && known.status == AppointmentStatus::Cancelled)
    };
    told(&mut rig, "that it is cancelled", is_off).await;
    kept_in(&rig, 3).await;
    let kept = rig.stop().await;
    let base = Some("http://127.0.0.1:9".to_owned());
    let mut rig = Rig::start_with(&server, Setup { base, pace: watching().pace, ..kept.setup() }).await;
    let cached = told(&mut rig, "the cached ones", |_| true).await;
    assert_eq!(cached.reading, Reading::Idle);
    let whole = |all: &LocationAppointments| -> Vec<(Month, i64)> {
        all.months.iter().map(|(month, at)| (*month, at.as_millisecond())).collect()
    };
    assert_eq!(whole(&cached), whole(&all), "with their age");
    assert_eq!(cached.calendars, all.calendars);
    assert_eq!(within(&cached, month, &zone), within(&all, month, &zone));
    assert!(is_off(&cached));
    // Somebody looks, and is told that there is no network.
    rig.look(|look| look.month = Some(month)).await;
    let failed = told(&mut rig, "that it failed", |all| matches!(all.reading, Reading::Failed(_))).await;
    assert!(matches!(&failed.reading, Reading::Failed(failure) if failure.kind == FailureKind::Network));
    assert_eq!(failed.appointments, cached.appointments);
}

#[tokio::test]
async fn a_calendar_that_is_refused_takes_nothing_from_the_others() {
    for action in [json!({ "status": 503 }), json!({ "status": 400 }), json!({ "garbage": "html" })] {
        let server = business().await;
        let mut rig = synced(&server, watching()).await;
        let (zone, month) = (zone(&server).await, this_month(&server).await);
        let before = look(&mut rig, month).await;
        // A passing fault is tried three times, any other once.
        let times = if action["status"] == 503 { 3 } else { 1 };
        server.fault("GET", "*/calendars/events", times, action.clone()).await;
        rig.send(Command::Refresh).await;
        let partly = told(&mut rig, "that one was not read", |all| !all.unread.is_empty()).await;
        assert_eq!(partly.unread.len(), 1, "{action}");
        assert_eq!(partly.unread[0].0, before.calendars[0].name, "{action}");
        assert_eq!(partly.reading, Reading::Idle, "{action}");
        assert_eq!(within(&partly, month, &zone), within(&before, month, &zone), "{action}");
        assert!(partly.months[&month] > before.months[&month], "the others are newer");
        let whole = told(&mut rig, "the next try", |all| all.unread.is_empty()).await;
        assert_eq!(within(&whole, month, &zone), within(&before, month, &zone), "{action}");
        rig.stop().await;
    }
}

#[tokio::test]
async fn where_all_fail_it_says_so_and_keeps_what_it_has() {
    let server = business().await;
    let mut rig = synced(&server, watching()).await;
    let month = this_month(&server).await;
    let before = look(&mut rig, month).await;
    server.fault("GET", "*/calendars/events", 0, json!({ "status": 500 })).await;
    rig.send(Command::Refresh).await;
    let failed = told(&mut rig, "that it failed", |all| matches!(all.reading, Reading::Failed(_))).await;
    assert_eq!(failed.appointments, before.appointments);
    assert_eq!(failed.months, before.months, "nothing of it is newer");
}

#[tokio::test]
async fn without_a_scope_there_are_those_of_contacts_that_were_looked_at() {
    let some = ["contacts.readonly", "contacts.write", "locations.readonly", "users.readonly"];
    let cases = [(None, Scope::CalendarsReadonly), (Some("calendars.readonly"), Scope::EventsReadonly)];
    for (more, missing) in cases {
        let server = business().await;
        let scopes: Vec<&str> = some.into_iter().chain(more).collect();
        let token =
            server.ask("/__sandbox/tokens", json!({ "scopes": scopes })).await["token"].as_str().map(str::to_owned);
        let mut rig = synced(&server, Setup { token, ..watching() }).await;
        let mut known = None;
        for contact in rig.contacts().await {
            let details = rig.details(&contact.id).await;
            if let Some(one) = details.appointments.first() {
                known = Some(one.id.clone());
                break;
            }
        }
        let known = known.expect("somebody has an appointment");
        let month = this_month(&server).await;
        rig.look(|look| look.month = Some(month)).await;
        let told = told(&mut rig, "that it lacks the scope", |all| matches!(all.reading, Reading::Missing(_))).await;
        assert_eq!(told.reading, Reading::Missing(missing));
        assert!(told.months.is_empty());
        assert!(told.appointments.iter().any(|one| one.id == known), "{told:?}");
        let refused = server.requests("GET", "/calendars/").await.len() + windows(&server).await.len();
        rig.look(|look| look.month = Some(month.next())).await;
        rig.sync().await.expect("synced");
        let again = server.requests("GET", "/calendars/").await.len() + windows(&server).await.len();
        assert_eq!(again, refused, "it is not asked again and again");
        rig.stop().await;
    }
}

#[tokio::test]
async fn what_others_do_is_seen_with_the_next_reading_and_edits_meanwhile_stay() {
    let server = business().await;
    let mut rig = synced(&server, watching()).await;
    let (zone, month) = (zone(&server).await, this_month(&server).await);
    let all = look(&mut rig, month).await;
    let of_month = within(&all, month, &zone);
    let mut confirmed = all
        .appointments
        .iter()
        .filter(|one| of_month.contains(one.id.as_str()) && one.status != AppointmentStatus::Cancelled);
    let (mine, theirs) = (confirmed.next().expect("one"), confirmed.next().expect("another"));
    server.write("DELETE", &format!("/calendars/events/{}", theirs.id), json!({})).await;
    let (from, _) = month.span(&zone);
    let start = from.to_zoned(zone.clone()).strftime("%Y-%m-%dT10:00:00%:z").to_string();
    let calendar: &CalendarId = &all.calendars[0].id;
    let new = json!({
        "calendarId": calendar, "locationId": server.running.location_id(), "contactId": mine.contact,
        "startTime": start, "title": "Booked elsewhere", "ignoreFreeSlotValidation": true,
    });
    server.write("POST", "/calendars/events/appointments", new).await;
    // The answers are on their way when mine is cancelled: they still have it as it was.
    server.fault("GET", "*/calendars/events", 0, json!({ "latency_ms": 300 })).await;
    rig.send(Command::Refresh).await;
    told(&mut rig, "the reading", |all| matches!(all.reading, Reading::Running { .. })).await;
    let id = rig.apply(cancel(mine)).await;
    rig.confirmed(id).await;
    let now = told(&mut rig, "the new reading", |now| {
        now.months.get(&month) > all.months.get(&month) && now.reading == Reading::Idle
    })
    .await;
    let titles: Vec<&str> = now.appointments.iter().filter_map(|one| one.title.as_deref()).collect();
    assert!(titles.contains(&"Booked elsewhere"));
    assert!(!now.appointments.iter().any(|one| one.id == theirs.id));
    let held = now.appointments.iter().find(|one| one.id == mine.id).expect("mine is there");
    assert_eq!(held.status, AppointmentStatus::Cancelled);
}
