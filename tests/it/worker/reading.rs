//! Listing, changes, details.

use std::time::{Duration, Instant};

use ghl_tui::domain::Access;
use ghl_tui::protocol::{Answer, Command, Event, FailureKind, Request, SyncState};
use ghl_tui::sandbox::{self, RateLimit};
use ghl_tui::worker::Pace;
use serde_json::json;

use crate::support::{PATIENCE, Rig, Server, Setup, complete};

#[tokio::test]
async fn a_listing_goes_past_ten_thousand_and_changes_are_cheap() {
    let options =
        sandbox::SandboxOptions { contacts: 10_250, rate_limit: RateLimit::Off, ..sandbox::SandboxOptions::default() };
    let server = Server::start_with(options).await;
    let mut rig = Rig::start(&server).await;
    match rig.sync().await {
        Ok(Answer::Synced { contacts, .. }) => assert_eq!(contacts, 10_250),
        other => panic!("{other:?}"),
    }
    let pages = server.requests("POST", "/contacts/search").await.len();
    assert!((23..=24).contains(&pages), "21 pages, and what changes meanwhile from when to when: {pages}");
    rig.sync().await.expect("synced again");
    let again = server.requests("POST", "/contacts/search").await.len() - pages;
    assert_eq!(again, 2, "one for what changed, one that counts");
}

/// Three cursors side by side; killed at any page, nothing is missing and hardly anything is fetched twice.
#[tokio::test]
async fn a_long_listing_goes_in_stretches_and_goes_on_after_kills() {
    let rate_limit = "100000/250ms".parse().expect("a limit");
    let options = sandbox::SandboxOptions { contacts: 4_000, rate_limit, ..sandbox::SandboxOptions::default() };
    let server = Server::start_with(options).await;
    server.fault("POST", "/contacts/search", 0, json!({ "latency_ms": 10 })).await;
    let setup = || Setup { pace: Pace { page: 50, ..Pace::headless() }, ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup()).await;
    // A worker that nobody kills tells how long it takes here and now; lives grow, so that one comes to the end.
    let began = Instant::now();
    let mut unkilled = Rig::start_with(&server, setup()).await;
    unkilled.sync().await.expect("nobody kills it");
    let (mut life, before) = (began.elapsed() / 5, server.requests("POST", "/contacts/search").await.len());
    unkilled.stop().await;
    let mut kills = 0;
    loop {
        let ticket = rig.port.ticket();
        rig.send(Command::Ask { ticket, request: Request::Sync { full: false } }).await;
        let synced = rig.wait("the end", |event| match event {
            Event::Answer { ticket: of, result } if *of == ticket => Some(result.clone()),
            _ => None,
        });
        if let Ok(result) = tokio::time::timeout(life, synced).await {
            assert!(matches!(result, Ok(Answer::Synced { contacts: 4_000, .. })), "{result:?}");
            break;
        }
        kills += 1;
        life = life.mul_f64(1.1);
        let kept = rig.kill().await;
        rig = Rig::start_with(&server, Setup { folder: Some(kept.folder.clone()), ..setup() }).await;
        rig.keep(kept);
    }
    assert!(kills > 0, "it was cut off");
    let searches = server.requests("POST", "/contacts/search").await.split_off(before);
    let ranges = searches.iter().filter(|one| one["body"].to_string().contains("dateAdded\",\"operator")).count();
    assert!(ranges > 60, "most pages are of a stretch: {ranges} of {}", searches.len());
    // Killed before the stretches were cut, it counts once more; after that a kill costs what is under way.
    assert!(searches.len() < 100 + 20 * (kills + 1), "{} requests under {kills} kills", searches.len());
}

#[tokio::test]
async fn a_listing_that_was_cut_off_goes_on_where_it_was() {
    let options = sandbox::SandboxOptions { contacts: 300, ..sandbox::SandboxOptions::default() };
    let server = Server::start_with(options).await;
    let setup = || Setup { pace: Pace { page: 50, ..Pace::headless() }, ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup()).await;
    let ticket = rig.port.ticket();
    rig.send(Command::Ask { ticket, request: Request::Sync { full: false } }).await;
    rig.wait("third page", |event| {
        matches!(event, Event::Sync(SyncState::Listing(headway)) if headway.done >= 150).then_some(())
    })
    .await;
    let kept = rig.kill().await;
    let mut rig = Rig::start_with(&server, Setup { folder: Some(kept.folder.clone()), ..setup() }).await;
    rig.sync().await.expect("synced");
    assert_eq!(rig.contacts().await.len(), 300);
    // 6 pages and an empty one, at most one of them twice; and two for what has changed meanwhile.
    let pages = server.requests("POST", "/contacts/search").await.len();
    assert!(pages <= 10, "{pages} pages");
}

/// The changes that a listing sees last are far newer than those that it passed over.
#[tokio::test]
async fn what_changes_behind_a_listing_is_not_missed() {
    let options = sandbox::SandboxOptions { contacts: 300, ..sandbox::SandboxOptions::default() };
    let server = Server::start_with(options).await;
    server.post("/__sandbox/switches", json!({ "index-lag": "0s" })).await;
    let setup = || Setup { pace: Pace { page: 50, ..Pace::headless() }, ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup()).await;
    let ticket = rig.port.ticket();
    rig.send(Command::Ask { ticket, request: Request::Sync { full: false } }).await;
    rig.wait("third page", |event| {
        matches!(event, Event::Sync(SyncState::Listing(headway)) if headway.done >= 150).then_some(())
    })
    .await;
    let kept = rig.kill().await;
    let sort = json!([{ "field": "dateAdded", "direction": "asc" }]);
    let location = server.running.location_id();
    let all = json!({ "locationId": location, "pageLimit": 300, "sort": sort });
    let all = server.make("/contacts/search", all).await;
    for (at, skew_ms) in [(0, 0), (299, 600_000)] {
        server.post("/__sandbox/trouble", json!({ "skew_ms": skew_ms })).await;
        let id = all["contacts"][at]["id"].as_str().expect("an id");
        server.write("PUT", &format!("/contacts/{id}"), json!({ "city": "Elsewhere" })).await;
    }
    let mut rig = Rig::start_with(&server, Setup { folder: Some(kept.folder.clone()), ..setup() }).await;
    rig.sync().await.expect("synced");
    let moved = rig.contacts().await.into_iter().filter(|contact| contact.city.as_deref() == Some("Elsewhere"));
    assert_eq!(moved.count(), 2);
}

#[tokio::test]
async fn contacts_are_whole_with_lower_case_names_only() {
    let server = Server::start().await;
    server.post("/__sandbox/switches", json!({ "plain-names": "off" })).await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("synced");
    let contacts = rig.contacts().await;
    let contact = contacts.iter().find(|contact| contact.first_name.is_some()).expect("somebody has a name");
    let details = rig.details(&contact.id).await;
    assert_eq!(details.contact.id, contact.id);
    let full = rig.ask(Request::Contact { id: contact.id.clone(), offline: false }).await;
    let Ok(Answer::Contact(full)) = full else { panic!("{full:?}") };
    let name = full.first_name.clone().expect("a name");
    assert_ne!(Some(&name), contact.first_name.as_ref(), "GET writes names as people do");
    // A later search row must not put it back into lower case.
    rig.ask(Request::Sync { full: true }).await.expect("listed again");
    let Ok(Answer::Contact(after)) = rig.ask(Request::Contact { id: contact.id.clone(), offline: true }).await else {
        panic!("not cached")
    };
    assert_eq!(after.first_name, Some(name));
    assert!(after.dnd.channels.is_some(), "nor blank what a search lacks");
}

#[tokio::test]
async fn a_completed_edit_never_flickers_back() {
    let server = Server::start().await;
    server.post("/__sandbox/switches", json!({ "index-lag": "10s" })).await;
    // What was fetched a moment ago is fetched again.
    let pace = Pace { details_fresh: Duration::ZERO, ..Setup::default().pace };
    let mut rig = Rig::start_with(&server, Setup { pace, ..Setup::default() }).await;
    let task = rig.open_task().await;
    // An answer asked for before the edit and given after it is stale.
    server.fault("GET", "/tasks", 1, json!({ "latency_ms": 400 })).await;
    let asked = server.requests("GET", "/tasks").await.len();
    rig.show(&task.contact).await;
    let began = Instant::now();
    while server.requests("GET", "/tasks").await.len() == asked {
        assert!(began.elapsed() < PATIENCE, "nobody asks for the tasks");
        tokio::time::sleep(Duration::from_millis(2)).await; // between two looks
    }
    let id = rig.apply(complete(&task, true)).await;
    rig.confirmed(id).await;
    for _ in 0..3 {
        let details = rig.details(&task.contact).await;
        let shown = details.tasks.iter().find(|shown| shown.id == task.id).expect("the task");
        assert!(shown.completed);
        rig.sync().await.expect("synced");
    }
}

#[tokio::test]
async fn passing_over_contacts_fetches_nothing() {
    let server = Server::start().await;
    let pace = Pace { dwell: Duration::from_millis(150), ..Setup::default().pace };
    let mut rig = Rig::start_with(&server, Setup { pace, ..Setup::default() }).await;
    rig.sync().await.expect("synced");
    let contacts = rig.contacts().await;
    for contact in &contacts[..20] {
        rig.show(&contact.id).await;
    }
    rig.details(&contacts[20].id).await;
    assert!(server.requests("GET", "/tasks").await.len() <= 3);
}

#[tokio::test]
async fn failures_say_what_kind_they_are() {
    let server = Server::start().await;
    let base = Some("http://127.0.0.1:1".to_owned());
    let mut nowhere = Rig::start_with(&server, Setup { base, ..Setup::default() }).await;
    let failure = nowhere.sync().await.expect_err("nobody listens there");
    assert_eq!(failure.kind, FailureKind::Network, "{failure:?}");
    let token = Some("pit-00000000-0000-0000-0000-000000000000".to_owned());
    let mut stranger = Rig::start_with(&server, Setup { token, ..Setup::default() }).await;
    let failure = stranger.sync().await.expect_err("an unknown token");
    assert_eq!(failure.kind, FailureKind::Access, "{failure:?}");
    assert!(!failure.next.is_empty());
    let mut rig = Rig::start(&server).await;
    let id = ghl_tui::domain::ContactId::new("nobody");
    let failure = rig.ask(Request::Contact { id, offline: false }).await.expect_err("unknown");
    assert_eq!(failure.kind, FailureKind::NotFound, "{failure:?}");
}

#[tokio::test]
async fn a_reading_worker_needs_no_write_scope() {
    let server = Server::start().await;
    let token = Some(server.running.read_only_token().to_owned());
    let access = Access::READ_ONLY;
    let mut rig = Rig::start_with(&server, Setup { access, token, ..Setup::default() }).await;
    let task = rig.open_task().await;
    assert!(!rig.details(&task.contact).await.tasks.is_empty());
    let found = rig.ask(Request::Task { id: task.id.clone(), contact: None }).await;
    assert!(matches!(found, Ok(Answer::Task(found)) if found.id == task.id));
    rig.notes(&task.contact).await;
}
