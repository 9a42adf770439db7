//! A dead network and a lying one: one effect each, whatever happens.

use std::time::Duration;

use ghl_tui::protocol::{Command, EditEvent, Event};
use ghl_tui::sandbox;
use serde_json::json;

use crate::support::{Rig, Server, Setup, complete, note};

#[tokio::test]
async fn an_answer_lost_after_the_effect_settles_as_done() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, Setup::impatient()).await;
    let task = rig.open_task().await;
    server.fault("PUT", "/completed", 1, json!({ "drop": "after" })).await;
    let id = rig.apply(complete(&task, true)).await;
    rig.confirmed(id).await;
    assert_eq!(server.held_task(&task).await["completed"], true);
    assert_eq!(server.requests("PUT", "/completed").await.len(), 1, "read back, not repeated");

    server.fault("POST", "/notes", 1, json!({ "drop": "after" })).await;
    let id = rig.apply(note(&task.contact, "only once")).await;
    rig.confirmed(id).await;
    assert_eq!(server.notes_saying(&task.contact, "only once").await, 1);
    assert_eq!(server.requests("POST", "/notes").await.len(), 1);
}

#[tokio::test]
async fn a_request_lost_before_the_effect_is_sent_again() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, Setup::impatient()).await;
    let task = rig.open_task().await;
    server.fault("PUT", "/completed", 1, json!({ "drop": "before" })).await;
    server.fault("POST", "/notes", 1, json!({ "drop": "before" })).await;
    let id = rig.apply(complete(&task, true)).await;
    rig.confirmed(id).await;
    let id = rig.apply(note(&task.contact, "only once")).await;
    rig.confirmed(id).await;
    assert_eq!(server.held_task(&task).await["completed"], true);
    assert_eq!(server.notes_saying(&task.contact, "only once").await, 1);
}

#[tokio::test]
async fn an_equal_note_that_was_there_before_is_not_taken_for_ours() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, Setup::impatient()).await;
    let contact = rig.open_task().await.contact;
    let first = rig.apply(note(&contact, "the same words")).await;
    rig.confirmed(first).await;
    server.fault("POST", "/notes", 1, json!({ "drop": "before" })).await;
    let second = rig.apply(note(&contact, "the same words")).await;
    rig.confirmed(second).await;
    assert_eq!(server.notes_saying(&contact, "the same words").await, 2);
}

#[tokio::test]
async fn server_trouble_and_throttling_pass() {
    for (action, times) in [
        (json!({ "status": 503 }), 2),
        (json!({ "status": 429, "headers": { "retry-after": "1" } }), 1),
        (json!({ "status": 500, "after": true }), 1),
        (json!({ "garbage": "json-truncated" }), 1),
        (json!({ "garbage": "html" }), 1),
        (json!({ "garbage": "empty" }), 1),
    ] {
        let server = Server::start().await;
        let mut rig = Rig::start_with(&server, Setup::impatient()).await;
        let task = rig.open_task().await;
        server.fault("POST", "/notes", times, action.clone()).await;
        let id = rig.apply(note(&task.contact, "through it all")).await;
        rig.confirmed(id).await;
        assert_eq!(server.notes_saying(&task.contact, "through it all").await, 1, "{action}");
    }
}

#[tokio::test]
async fn with_the_server_gone_an_edit_waits_and_goes_out_when_it_is_back() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, Setup::impatient()).await;
    let task = rig.open_task().await;
    let url = url::Url::parse(server.running.base_url()).expect("an address");
    let port = url.port().expect("a port");
    server.running.stop().await;
    let id = rig.apply(complete(&task, true)).await;
    rig.wait("waiting edit", |event| {
        matches!(event, Event::Edit(EditEvent::Waiting { id: of, .. }) if *of == id).then_some(())
    })
    .await;
    let server =
        Server::start_with(sandbox::SandboxOptions { port, contacts: 40, ..sandbox::SandboxOptions::default() }).await;
    rig.send(Command::Refresh).await;
    rig.confirmed(id).await;
    assert_eq!(server.requests("PUT", "/completed").await.len(), 1);
    assert_eq!(server.held_task(&task).await["completed"], true);
}

#[tokio::test]
async fn killed_at_any_moment_nothing_is_lost_and_nothing_done_twice() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, Setup::impatient()).await;
    let task = rig.open_task().await;
    let home = rig.stop().await;
    for round in 0..12_u64 {
        server.fault("PUT", "/completed", 1, json!({ "latency_ms": 12, "jitter_ms": 10 })).await;
        let setup = Setup { write_timeout: Duration::from_millis(120), ..home.setup() };
        let mut rig = Rig::start_with(&server, setup).await;
        let words = format!("round {round} of the killing");
        let done = rig.apply(complete(&task, round % 2 == 0)).await;
        let noted = rig.apply(note(&task.contact, &words)).await;
        tokio::time::sleep(Duration::from_millis(round * 5)).await;
        rig.kill().await;
        let setup = Setup { write_timeout: Duration::from_millis(120), ..home.setup() };
        let mut rig = Rig::start_with(&server, setup).await;
        let pending = rig
            .wait("resumed outbox", |event| match event {
                Event::Resumed { pending, .. } => Some(pending.clone()),
                _ => None,
            })
            .await;
        for id in [done, noted] {
            if pending.iter().any(|pending| pending.id == Some(id)) {
                rig.confirmed(id).await;
            }
        }
        let sent = server.requests("PUT", "/completed").await;
        assert_eq!(server.held_task(&task).await["completed"], round % 2 == 0, "round {round}: {pending:?} {sent:?}");
        assert_eq!(server.notes_saying(&task.contact, &words).await, 1, "round {round}");
        rig.stop().await;
    }
}
