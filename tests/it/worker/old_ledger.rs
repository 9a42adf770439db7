//! A ledger of an earlier program is read, shown, sent and taken back.
//!
//! `tests/data/ledger_1.db` was written against a sandbox of seed 1 with 40 contacts, by the program as it was before
//! an edit became a contact and what is done to it. It holds every kind of edit waiting, one that was refused, one
//! that met another's change, and a history with an undo and a redo. It is never written again: a program that stores
//! edits in another form adds a file of its own.

use std::collections::BTreeSet;
use std::path::Path;

use ghl_tui::domain::{ContactId, Direction, EditId, Pending, Progress};
use ghl_tui::protocol::{Command, EditEvent, Event, Outcome, Refused};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Rig, Server, Setup};

/// Every edit in the outbox as the screen and the commands name it, the oldest first.
const WAITING: &[&str] = &[
    "Changed task \"No longer there\"",
    "Changed source",
    "Added contact Nova Newman",
    "Added note \"written with her\"",
    "Changed city",
    "Deleted contact Jae-won Li",
    "Added tags vip, fair",
    "Removed tags invisalign lead, no-show risk",
    "Added a follower",
    "Removed a follower",
    "Added to business Harbor Lane Coffee",
    "Removed from its business",
    "Started campaign New patient welcome",
    "Removed from campaign New patient welcome",
    "Removed from all campaigns",
    "Started workflow Booking confirmation",
    "Removed from workflow Booking confirmation",
    "Added task \"Ring her\"",
    "Changed task \"Ring her\"",
    "Completed \"Follow up on missed appointment\"",
    "Deleted task \"Send payment plan options\"",
    "Added note \"Prefers SMS\"",
    "Changed note \"second words\"",
    "Deleted note \"Complained about the wait last time (35…\"",
    "Booked \"Fitting\"",
    "Changed appointment \"Crown prep\"",
    "Deleted appointment \"Crown seat\"",
    "Re-created note \"as it was\"",
];

/// The history, the newest first; the undo and redo in it are named after the note that they were about.
const DONE: &[&str] = &[
    "Completed \"Check how the crown feels\"",
    "Changed city",
    "Added note \"told and taken back\"",
    "Deleted contact Anthony Fitzgerald",
    "Added tag kept for 2 contacts",
];

/// Does to a fresh sandbox what the history says was done.
async fn as_the_history_says(server: &Server) {
    server.write("DELETE", "/contacts/9Ee958c2x0R3ttS4qNYh", Value::Null).await;
    for contact in ["CnxIqCei4b6B8s7d64V7", "NsdTcK0r5Ibcg3Ts5Jf6"] {
        server.write("POST", &format!("/contacts/{contact}/tags"), json!({ "tags": ["kept"] })).await;
    }
    let task = "/contacts/1NAb89FtbWtVzbPh8qcC/tasks/T138Hgq70H3nOgFRCTnG/completed";
    server.write("PUT", task, json!({ "completed": true })).await;
}

/// A data folder with the old ledger.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ledger_1.db");
    std::fs::copy(data, folder.path().join("ledger.db")).expect("copied");
    folder
}

/// What a person sees of a contact and its records.
async fn seen(server: &Server, contact: &str) -> Value {
    let held = server.held(&ContactId::new(contact)).await;
    let texts = |list: &str, field: &str| {
        let all = held[list].as_array().into_iter().flatten();
        let texts: BTreeSet<String> = all.map(|one| format!("{} {}", one[field], one["completed"])).collect();
        json!(texts)
    };
    let contact = &held["contact"];
    let tags: BTreeSet<&str> = contact["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (tasks, notes) = (texts("tasks", "title"), texts("notes", "body"));
    let appointments = texts("appointments", "title");
    json!([contact["city"], contact["businessId"], tags, tasks, notes, appointments])
}

async fn resumed(rig: &mut Rig) -> Vec<Pending> {
    rig.wait("the outbox", |event| match event {
        Event::Resumed { pending, .. } => Some(pending.clone()),
        _ => None,
    })
    .await
}

/// What the next undo was about, and the ids of what it queued.
async fn undo(rig: &mut Rig) -> Result<(String, Vec<EditId>), Refused> {
    let ticket = rig.port.ticket();
    rig.send(Command::Reverse { ticket, direction: Direction::Undo }).await;
    rig.wait("undo", |event| match event {
        Event::Edit(EditEvent::Reversed { ticket: of, label, queued, .. }) if *of == ticket => {
            Some(Ok((label.words.clone(), queued.clone())))
        }
        Event::Edit(EditEvent::Refused { ticket: of, why }) if *of == ticket => Some(Err(why.clone())),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn it_is_shown_sent_and_taken_back() {
    let server = Server::start().await;
    let (busy, other) = ("EiZNkQcjCbhxod45pH6T", "hfLQuBeYeul1HDcZfA3A");
    let done = "1NAb89FtbWtVzbPh8qcC";
    let was = [seen(&server, busy).await, seen(&server, other).await, seen(&server, done).await];
    as_the_history_says(&server).await;
    let folder = folder();
    let setup = Setup { folder: Some(folder.path().to_owned()), ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup).await;
    let pending = resumed(&mut rig).await;
    let words: Vec<String> = pending.iter().map(|pending| pending.edit.describe()).collect();
    assert_eq!(words, WAITING);

    // Sent: all but the one that was refused and the one that waits for the user's word.
    let id = |pending: &Pending| pending.id.expect("it is in the outbox");
    let (refused, clash) = (id(&pending[0]), id(&pending[1]));
    assert!(matches!(pending[0].progress, Progress::Failed { .. }), "{:?}", pending[0]);
    assert!(matches!(pending[1].progress, Progress::Clash(_)), "{:?}", pending[1]);
    for pending in &pending[2..] {
        let outcome = rig.settled_already(id(pending)).await;
        assert!(matches!(outcome, Outcome::Confirmed(_)), "{pending:?}: {outcome:?}");
    }
    rig.send(Command::Insist(clash)).await;
    rig.confirmed(clash).await;
    rig.send(Command::Discard(vec![refused])).await;

    // Taken back to the very first.
    let mut undone = Vec::new();
    loop {
        match undo(&mut rig).await {
            Ok((words, queued)) => {
                undone.push(words);
                for id in queued {
                    rig.confirmed(id).await;
                }
            }
            Err(Refused::Irreversible(label)) => undone.push(label.words),
            Err(Refused::NothingToReverse) => break,
            Err(other) => panic!("{other:?}"),
        }
    }
    // The refused one is gone, and a note was made together with its contact.
    let sent = WAITING.iter().skip(1).filter(|words| !words.contains("written with her"));
    let expected: Vec<&str> = sent.rev().chain(DONE).copied().collect();
    assert_eq!(undone, expected);
    assert_eq!([seen(&server, busy).await, seen(&server, other).await, seen(&server, done).await], was);
}
