//! Edits that go well, are refused, or are taken back.

use ghl_tui::domain::{Access, Receipt, Scope};
use ghl_tui::protocol::{EditEvent, Event, FailureKind, Outcome, Refused};
use serde_json::json;

use crate::support::{Rig, Server, Setup, complete, note};

#[tokio::test]
async fn a_task_is_completed_once_and_reopened_once() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let task = rig.open_task().await;
    let id = rig.apply(complete(&task, true)).await;
    match rig.receipt(id).await {
        Receipt::Task(held) => assert!(held.completed),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.held_task(&task).await["completed"], true);
    rig.undone().await;
    assert_eq!(server.held_task(&task).await["completed"], false);
    let puts = server.requests("PUT", "/completed").await;
    assert_eq!(puts.iter().map(|put| put["status"].clone()).collect::<Vec<_>>(), [json!(200), json!(200)]);
}

#[tokio::test]
async fn a_task_that_is_complete_already_is_not_completed_again() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let task = rig.open_task().await;
    // Someone else was faster, and our copy is older than what needs no check.
    let first = rig.apply(complete(&task, true)).await;
    rig.confirmed(first).await;
    let kept = rig.stop().await;
    std::fs::remove_file(kept.folder.join("cache.db")).expect("a cache");
    let mut rig = Rig::start_with(&server, kept.setup()).await;
    let second = rig.apply(complete(&task, true)).await;
    rig.confirmed(second).await;
    assert_eq!(server.requests("PUT", "/completed").await.len(), 1);
}

#[tokio::test]
async fn a_note_is_added_and_taken_back() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.open_task().await.contact;
    let id = rig.apply(note(&contact, "Call <b>after</b> five")).await;
    rig.confirmed(id).await;
    assert_eq!(server.notes_saying(&contact, "five").await, 1);
    rig.undone().await;
    assert_eq!(server.notes_saying(&contact, "five").await, 0);
    rig.redone().await;
    assert_eq!(server.notes_saying(&contact, "five").await, 1);
}

#[tokio::test]
async fn a_note_that_somebody_changed_is_not_deleted_by_an_undo() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.open_task().await.contact;
    let id = rig.apply(note(&contact, "first words")).await;
    let Receipt::Note(written) = rig.receipt(id).await else { panic!("no note") };
    let url = format!("{}/contacts/{contact}/notes/{}", server.running.base_url(), written.id);
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
        .put(url)
        .bearer_auth(server.running.token())
        .header("version", "2021-07-28")
        .header("content-type", "application/json")
        .body(json!({ "body": "somebody's other words" }).to_string())
        .send()
        .await
        .expect("an answer");
    assert!(answer.status().is_success());
    let undone = rig.undo().await.expect("it is queued");
    match rig.settled(undone[0]).await {
        Outcome::Clash(clash) => {
            assert!(clash[0].theirs.contains("other words") && clash[0].base.contains("first words"), "{clash:?}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(server.notes_saying(&contact, "other words").await, 1);
}

#[tokio::test]
async fn an_edit_that_has_not_started_is_withdrawn() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let task = rig.open_task().await;
    // The lane is busy with a slow write, so the second edit cannot have started.
    server.fault("PUT", "/completed", 1, json!({ "latency_ms": 600 })).await;
    let first = rig.apply(complete(&task, true)).await;
    let second = rig.apply(note(&task.contact, "never sent")).await;
    assert_ne!(first, second);
    assert_eq!(rig.undo().await, Ok(Vec::new()), "withdrawn: nothing is sent for it");
    rig.confirmed(first).await;
    assert_eq!(server.requests("POST", "/notes").await.len(), 0);
}

#[tokio::test]
async fn a_refused_edit_tells_the_servers_words_and_can_be_tried_again() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let task = rig.open_task().await;
    let body = json!({ "message": ["completed is not welcome today"], "statusCode": 422 });
    server.fault("PUT", "/completed", 1, json!({ "status": 422, "body": body })).await;
    let id = rig.apply(complete(&task, true)).await;
    match rig.settled(id).await {
        Outcome::Rejected { why, .. } => {
            assert_eq!((why.kind, why.why.as_str()), (FailureKind::Rejected, "completed is not welcome today"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(server.held_task(&task).await["completed"], false);
    rig.send(ghl_tui::protocol::Command::Retry(vec![id])).await;
    rig.confirmed(id).await;
    assert_eq!(server.held_task(&task).await["completed"], true);
}

#[tokio::test]
async fn read_only_sends_no_write_and_says_which_scope_is_missing() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, Setup { access: Access::READ_ONLY, ..Setup::default() }).await;
    let task = rig.open_task().await;
    let refused = rig.try_apply(complete(&task, true)).await.expect_err("refused");
    assert!(
        matches!(refused, Refused::ReadOnly(access, why) if access.is_by_choice() && why.contains("contacts.write"))
    );
    assert_eq!(server.requests("PUT", "").await.len(), 0);
}

#[tokio::test]
async fn a_token_without_the_scope_makes_the_program_read_only() {
    let server = Server::start().await;
    let token = Some(server.running.read_only_token().to_owned());
    let mut rig = Rig::start_with(&server, Setup { token, ..Setup::default() }).await;
    let task = rig.open_task().await;
    let id = rig.apply(complete(&task, true)).await;
    match rig.settled(id).await {
        Outcome::Rejected { why, .. } => assert_eq!(why.kind, FailureKind::Access),
        other => panic!("{other:?}"),
    }
    let refused = rig.try_apply(complete(&task, true)).await.expect_err("now it is known");
    let lacks = |access: Access| access.knows(Scope::ContactsWrite) == Some(false);
    assert!(matches!(refused, Refused::ReadOnly(access, _) if lacks(access)));
    assert_eq!(server.requests("PUT", "/completed").await.len(), 1);
}

#[tokio::test]
async fn who_asked_to_read_alone_sends_and_fails_nothing_of_what_is_queued() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, Setup::impatient()).await;
    let task = rig.open_task().await;
    server.fault("PUT", "/completed", 0, json!({ "drop": "before" })).await;
    let id = rig.apply(complete(&task, true)).await;
    rig.wait("a pause", |event| match event {
        Event::Edit(EditEvent::Waiting { id: of, .. }) if *of == id => Some(()),
        _ => None,
    })
    .await;
    let kept = rig.stop().await;
    server.write("DELETE", "/__sandbox/faults", json!({})).await;
    let before = server.requests("PUT", "/completed").await.len();
    let mut reading = Rig::start_with(&server, Setup { access: Access::READ_ONLY, ..kept.setup() }).await;
    reading.sync().await.expect("it reads");
    reading.stop().await;
    assert_eq!(server.requests("PUT", "/completed").await.len(), before);
    let mut rig = Rig::start_with(&server, Setup { folder: Some(kept.folder.clone()), ..Setup::impatient() }).await;
    rig.settled_already(id).await;
    assert_eq!(server.held_task(&task).await["completed"], true);
}
