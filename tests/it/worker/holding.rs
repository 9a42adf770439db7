//! A sync that is paused: nothing of it leaves any more, everything else goes on.

use ghl_tui::protocol::{Answer, Command, Event, FailureKind, Request, SyncState};
use ghl_tui::sandbox;
use ghl_tui::worker::Pace;
use serde_json::json;

use crate::support::{Rig, Server, Setup, complete};

async fn held(rig: &mut Rig, hold: bool) {
    rig.send(Command::HoldSync(hold)).await;
    rig.wait("the answer", |event| matches!(event, Event::SyncHeld(now) if *now == hold).then_some(())).await;
}

#[tokio::test]
async fn a_paused_sync_goes_on_where_it_stopped_and_holds_nothing_else() {
    let rate_limit = "100000/250ms".parse().expect("a limit");
    let options = sandbox::SandboxOptions { contacts: 2_000, rate_limit, ..sandbox::SandboxOptions::default() };
    let server = Server::start_with(options).await;
    server.fault("POST", "/contacts/search", 0, json!({ "latency_ms": 20 })).await;
    let pace = Pace { page: 20, ..Setup::default().pace };
    let mut rig = Rig::start_with(&server, Setup { pace, ..Setup::default() }).await;
    let ticket = rig.port.ticket();
    rig.send(Command::Ask { ticket, request: Request::Sync { full: false } }).await;
    let came = |event: &Event| match event {
        Event::Sync(SyncState::Listing(headway)) if headway.done >= 400 => Some(headway.done),
        _ => None,
    };
    rig.wait("some pages", came).await;
    held(&mut rig, true).await;
    let before = server.requests("POST", "/contacts/search").await.len();
    assert!(before < 90, "{before} pages are all there is");

    let Ok(Answer::Contacts(contacts)) = rig.ask(Request::Contacts { after: None, limit: 400 }).await else {
        panic!("the cache answers");
    };
    let mut open = None;
    for contact in contacts {
        let tasks = rig.details(&contact.id).await.tasks;
        if let Some(task) = tasks.into_iter().find(|task| !task.completed) {
            open = Some(task);
            break;
        }
    }
    let task = open.expect("somebody has an open task");
    let id = rig.apply(complete(&task, true)).await;
    rig.confirmed(id).await;
    // What was under way may still have come; each of the three stretches has one request at a time.
    let paused = server.requests("POST", "/contacts/search").await.len();
    assert!(paused <= before + 3, "it was paused all the time: {before} and then {paused} requests");

    held(&mut rig, false).await;
    rig.wait("the end", |event| match event {
        Event::Answer { ticket: of, result: Ok(Answer::Synced { contacts: 2_000, .. }) } if *of == ticket => Some(()),
        _ => None,
    })
    .await;
    // 100 pages, an empty one for each stretch, and what it costs to cut them; none twice.
    let all = server.requests("POST", "/contacts/search").await.len();
    assert!(all <= 120, "{all} requests");
}

#[tokio::test]
async fn a_listing_tells_how_fast_it_goes_and_when_nothing_comes_any_more() {
    let options = sandbox::SandboxOptions { contacts: 400, ..sandbox::SandboxOptions::default() };
    let server = Server::start_with(options).await;
    server.fault("POST", "/contacts/search", 7, json!({ "latency_ms": 400 })).await;
    let pace = Pace { page: 50, ..Setup::default().pace };
    let mut rig = Rig::start_with(&server, Setup { pace, ..Setup::default() }).await;
    let ticket = rig.port.ticket();
    rig.send(Command::Ask { ticket, request: Request::Sync { full: false } }).await;
    let rate = |event: &Event| match event {
        Event::Sync(SyncState::Listing(headway)) => headway.rate.map(|rate| (rate, headway.seconds_left())),
        _ => None,
    };
    let (told, left) = rig.wait("a rate", rate).await;
    // 50 contacts in 400 ms are 125 a second; a busy machine takes longer, nothing makes it faster.
    assert!((1..=400).contains(&told) && left.is_some_and(|left| left > 0), "{told} a second, {left:?}");
}

/// Who does not fetch cannot hold it.
#[tokio::test]
async fn only_who_fetches_can_pause() {
    let server = Server::start().await;
    let mut first = Rig::start(&server).await;
    first.sync().await.expect("it leads");
    let folder = Some(first.folder.clone());
    let mut second = Rig::start_with(&server, Setup { folder, ..Setup::default() }).await;
    second.send(Command::HoldSync(true)).await;
    let kind = second
        .wait("the refusal", |event| match event {
            Event::Trouble(failure) => Some(failure.kind),
            _ => None,
        })
        .await;
    assert_eq!(kind, FailureKind::Rejected);
    drop(first);
}
