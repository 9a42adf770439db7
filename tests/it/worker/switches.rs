//! What nobody knows of the real service: the worker does its work whatever the answer is.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use ghl_tui::domain::ContactId;
use ghl_tui::protocol::{Answer, Failure, FailureKind, Request, TaskFilter};
use ghl_tui::sandbox::{SandboxOptions, Switches};
use serde_json::json;

use crate::support::{Rig, Server, Setup, complete, note};

const VALUES: &[(&str, &[&str])] = &[
    ("null-clears", &["on", "off", "never"]),
    ("tag-case", &["lower", "keep"]),
    ("note-body", &["html", "plain"]),
    ("touches-date-updated", &["off", "on"]),
    ("index-lag", &["0s", "2s", "30s"]),
    ("duplicate-search", &["index", "direct"]),
    ("rate-body", &["json", "empty", "html"]),
    ("retry-after", &["absent", "1"]),
    ("error-5xx", &["json", "html", "empty"]),
    ("unknown-id", &["400", "404"]),
    ("bad-version", &["401", "400"]),
    ("task-id", &["id", "_id"]),
    ("tasks-limit", &["25", "100", "500"]),
    ("plain-names", &["on", "off"]),
    ("upsert-status", &["200", "201"]),
    ("create-422-creates", &["off", "on"]),
    ("allow-duplicates", &["off", "on"]),
    ("duplicate-order", &["email,phone", "phone,email", "email", "phone"]),
    ("code-lifetime", &["60s", "1s"]),
    ("access-lifetime", &["86399s", "1s"]),
    ("oauth-state", &["keep", "drop"]),
    ("version-id", &["off", "required"]),
];

#[tokio::test]
async fn a_days_work_is_done_under_every_value_of_every_switch() {
    let known: Vec<&str> = VALUES.iter().map(|(name, _values)| *name).collect();
    assert_eq!(known, Switches::names(), "every switch has its values here");
    let all = VALUES.iter().flat_map(|(name, values)| values.iter().map(move |value| (*name, *value)));
    stream::iter(all).for_each_concurrent(8, |(name, value)| days_work(name, value)).await;
}

async fn days_work(name: &str, value: &str) {
    let what = format!("{name}={value}");
    let mut switches = Switches::default();
    switches.set(name, value).unwrap_or_else(|error| panic!("{what}: {error}"));
    // A short interval, so that a 429 that names no time is soon over.
    let rate_limit = "100000/250ms".parse().expect("a limit");
    let server =
        Server::start_with(SandboxOptions { contacts: 60, switches, rate_limit, ..SandboxOptions::default() }).await;
    let mut rig = Rig::start_with(&server, Setup::impatient()).await;
    let task = rig.open_task().await;
    let contacts = rig.contacts().await;
    assert_eq!(contacts.len(), 60, "{what}");
    assert!(contacts.iter().any(|contact| contact.first_name.is_some()), "{what}");

    server.fault("PUT", "/completed", 1, json!({ "status": 429 })).await;
    server.fault("POST", "/notes", 1, json!({ "status": 503 })).await;
    let done = rig.apply(complete(&task, true)).await;
    rig.confirmed(done).await;
    assert_eq!(server.held_task(&task).await["completed"], true, "{what}");
    rig.undone().await;
    assert_eq!(server.held_task(&task).await["completed"], false, "{what}");
    let noted = rig.apply(note(&task.contact, "a <b>bold</b> & plain note")).await;
    rig.confirmed(noted).await;
    assert_eq!(server.notes_saying(&task.contact, "bold").await, 1, "{what}");
    rig.undone().await;
    assert_eq!(server.notes_saying(&task.contact, "bold").await, 0, "{what}");

    let everything = Request::LocationTasks { filter: TaskFilter::default(), offline: false };
    let Ok(Answer::Tasks(tasks)) = rig.ask(everything).await else { panic!("{what}: no tasks") };
    let held: usize = {
        let mut count = 0;
        for contact in &contacts {
            count += server.held(&contact.id).await["tasks"].as_array().map_or(0, Vec::len);
        }
        count
    };
    assert_eq!(tasks.len(), held, "{what}: all tasks of the location, once each");
    let nobody = Request::Contact { id: ContactId::new("nobody"), offline: false };
    let answer = rig.ask(nobody).await;
    assert!(matches!(answer, Err(Failure { kind: FailureKind::NotFound, .. })), "{what}: {answer:?}");
    rig.sync().await.unwrap_or_else(|failure| panic!("{what}: {failure:?}"));
    assert_eq!(rig.contacts().await.len(), 60, "{what}");
    rig.stop().await;
}

#[tokio::test]
async fn revoked_tokens_a_lost_location_and_a_wrong_clock_lose_nothing() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let task = rig.open_task().await;
    server.post("/__sandbox/trouble", json!({ "skew_ms": -3_600_000 })).await;
    let done = rig.apply(complete(&task, true)).await;
    rig.confirmed(done).await;
    for trouble in [json!({ "tokens": "refused" }), json!({ "location": "gone" })] {
        server.post("/__sandbox/trouble", trouble.clone()).await;
        let failure = rig.sync().await.expect_err("nobody is let in");
        assert_eq!(failure.kind, FailureKind::Access, "{trouble}");
        let id = rig.apply(note(&task.contact, &format!("kept through {trouble}"))).await;
        // It waits for a token that works; it is not rejected.
        rig.wait("waiting edit", |event| {
            use ghl_tui::protocol::{EditEvent, Event};
            matches!(event, Event::Edit(EditEvent::Waiting { id: of, .. }) if *of == id).then_some(())
        })
        .await;
        server.post("/__sandbox/trouble", json!({ "tokens": "accepted", "location": "there" })).await;
        rig.send(ghl_tui::protocol::Command::Retry(vec![id])).await;
        rig.confirmed(id).await;
    }
    assert_eq!(server.notes_saying(&task.contact, "kept through").await, 2);
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let server = Server::start().await;
    let setup = crate::support::Setup { write_timeout: Duration::from_millis(400), ..Default::default() };
    let mut rig = Rig::start_with(&server, setup).await;
    let task = rig.open_task().await;
    server.fault("PUT", "/completed", 1, json!({ "garbage": "endless" })).await;
    server.fault("POST", "/notes", 1, json!({ "garbage": "wrong-type" })).await;
    let done = rig.apply(complete(&task, true)).await;
    rig.confirmed(done).await;
    assert_eq!(server.requests("PUT", "/completed").await.len(), 1, "read back, not repeated");
    let noted = rig.apply(note(&task.contact, "said once")).await;
    rig.confirmed(noted).await;
    assert_eq!(server.notes_saying(&task.contact, "said once").await, 1);
}
