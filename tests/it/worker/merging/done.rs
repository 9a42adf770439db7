//! Merges that come to their end, and what the records hold then.

use std::time::Duration;

use ghl_tui::dedupe::merge::{Choices, Pick};
use ghl_tui::domain::{ContactField, MergeField, MergePhase, MergeProgress, Obstacle};
use ghl_tui::protocol::MergeDeed;
use serde_json::{Value, json};

use super::{couple, couple_with, held, texts};
use crate::support::Setup;

#[tokio::test]
async fn a_merge_keeps_everything_and_its_undo_leaves_no_trace() {
    let (server, mut rig, [a, b]) = couple().await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let mut choices = Choices::default();
    choices.picked.insert(MergeField::Field(ContactField::City), Pick::Typed("Alameda".to_owned()));
    choices.picked.insert(MergeField::Field(ContactField::Phone), Pick::From(a.clone()));
    let plan = rig.plan(&[&a, &b], &choices).await;
    assert_eq!(plan.survivor, a, "the most complete");
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert!(record.is_archived());

    let (survivor, loser) = (held(&server, &a).await, held(&server, &b).await);
    let contact = &survivor["contact"];
    assert_eq!(contact["firstName"], "Ana María");
    assert_eq!(contact["city"], "Alameda");
    assert_eq!(contact["email"], "ana1@post.example");
    assert_eq!(contact["phone"], "+14155550001");
    assert_eq!(contact["tags"], json!(["vip", "web", "import"]));
    assert_eq!(contact["dndSettings"]["SMS"]["status"], "active", "the strictest");
    let notes = texts(&survivor["notes"], "body");
    assert_eq!(notes.len(), 4, "{notes:?}");
    assert!(notes.iter().any(|body| body.starts_with("<p>[from Ana María López1") && body.contains("<b>SMS</b>")));
    assert!(notes.iter().any(|body| body.starts_with("[from Ana María López1") && body.ends_with("\nLeft voicemail")));
    assert!(notes.iter().any(|body| body.contains("phone: +16285550001") && body.contains("company: Lopez Ortho")));
    let tasks = survivor["tasks"].as_array().expect("tasks");
    assert_eq!(tasks.len(), 2);
    let call = tasks.iter().find(|task| task["title"] == "Call back").expect("it was copied");
    assert_eq!((&call["completed"], &call["dueDate"]), (&json!(false), &json!("2031-03-05T17:00:00.000Z")));
    assert!(call["body"].as_str().is_some_and(|body| body.starts_with("as agreed\n[from Ana María")), "{call}");
    assert!(tasks.iter().any(|task| task["title"] == "Confirm insurance" && task["completed"] == true));
    assert_eq!(loser["contact"]["tags"], json!(["web", "import", "merged-duplicate"]));
    assert_eq!(loser["contact"]["email"], Value::Null, "given to the survivor");
    assert!(
        texts(&loser["notes"], "body").iter().any(|body| body.contains(&format!("[merged into Ana M. López1 ({a})")))
    );

    rig.unmerged(merge).await;
    let mut after = (held(&server, &a).await, held(&server, &b).await);
    // A channel that was never spoken of is now spoken of as free.
    if let Some(contact) = after.0["contact"].as_object_mut() {
        assert_eq!(contact.remove("dndSettings"), Some(json!({ "SMS": { "status": "inactive" } })));
    }
    assert_eq!(after, before);
    rig.stop().await;
}

/// The survivor takes the loser's address whatever the location allows, or the merge stops where it is said.
#[tokio::test]
async fn the_address_goes_over_under_every_value_of_the_switches() {
    for clears in ["on", "off", "never"] {
        for allow in ["on", "off"] {
            for order in ["email,phone", "phone,email", "email", "phone"] {
                let what = format!("null-clears={clears} allow-duplicates={allow} duplicate-order={order}");
                let switches = [("null-clears", clears), ("allow-duplicates", allow), ("duplicate-order", order)];
                address(&what, &switches, clears == "never").await;
            }
        }
    }
}

async fn address(what: &str, switches: &[(&str, &str)], kept: bool) {
    let (server, mut rig, [a, b]) = couple_with(switches, Setup::default()).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let record = rig.merged(&[&a, &b], &Choices::default()).await;
    let merge = record.id;
    if !kept {
        assert_eq!(record.progress, MergeProgress::Done, "{what}");
        assert_eq!(held(&server, &a).await["contact"]["email"], "ana1@post.example", "{what}");
        rig.unmerged(merge).await;
        assert_eq!(held(&server, &b).await, before.1, "{what}");
        return;
    }
    assert!(
        matches!(&record.progress, MergeProgress::Stopped(Obstacle::Address { contact, .. }) if *contact == b),
        "{what}: {record:?}"
    );
    assert_eq!(held(&server, &a).await["contact"]["email"], before.0["contact"]["email"], "{what}");
    // Leave it with the loser: the survivor goes without, and has it in a note.
    let record = rig.steered(merge, MergeDeed::LeaveAddress, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{what}: {record:?}");
    let (survivor, loser) = (held(&server, &a).await, held(&server, &b).await);
    assert_eq!(survivor["contact"]["email"], Value::Null, "{what}");
    assert_eq!(loser["contact"]["email"], "ana1@post.example", "{what}");
    assert_eq!(server.notes_saying(&a, "e-mail: ana1@post.example").await, 1, "{what}");
    assert_eq!(server.notes_saying(&a, "Left voicemail").await, 1, "{what}: copied once");
}

#[tokio::test]
async fn the_loser_may_go_first_and_comes_back_under_another_id() {
    let (server, mut rig, [a, b]) = couple_with(&[("null-clears", "never")], Setup::default()).await;
    let before = (held(&server, &a).await, held(&server, &b).await);
    let merge = rig.merged(&[&a, &b], &Choices::default()).await.id;
    let record = rig.steered(merge, MergeDeed::DeleteFirst, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(record.word(), "purged");
    assert_eq!(held(&server, &a).await["contact"]["email"], "ana1@post.example");
    assert_eq!(held(&server, &b).await["contact"], Value::Null, "deleted");
    // Under this switch the survivor can never give the address up again, so the switch goes.
    server.post("/__sandbox/switches", json!({ "null-clears": "on" })).await;
    let record = rig.unmerged(merge).await;
    let [(old, new)] = record.remade.as_slice() else { panic!("{record:?}") };
    assert_eq!(*old, b);
    let (survivor, loser) = (held(&server, &a).await, held(&server, new).await);
    assert_eq!(survivor["notes"], before.0["notes"]);
    assert_eq!(survivor["contact"]["email"], before.0["contact"]["email"]);
    for field in ["firstName", "lastName", "email", "phone", "companyName", "tags"] {
        assert_eq!(loser["contact"][field], before.1["contact"][field], "{field}");
    }
    let bodies = texts(&loser["notes"], "body");
    assert!(bodies.iter().any(|body| body.ends_with("Left voicemail")) && bodies.len() == 2, "{bodies:?}");
    assert_eq!(loser["tasks"].as_array().map(Vec::len), Some(2));
}

/// The second try, without the author, is noted like the first: its lost answer doubles nothing.
#[tokio::test]
async fn a_note_whose_author_is_refused_is_written_once_without() {
    let setup = Setup { write_timeout: Duration::from_millis(200), ..Setup::default() };
    let (server, mut rig, [a, b]) = couple_with(&[], setup).await;
    let plan = rig.plan(&[&a, &b], &Choices { survivor: Some(a.clone()), ..Choices::default() }).await;
    let path = format!("*/contacts/{a}/notes");
    server.fault("POST", &path, 1, json!({ "status": 422, "body": { "message": "no such user" } })).await;
    server.fault("POST", &path, 1, json!({ "drop": "after" })).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    let notes = held(&server, &a).await["notes"].clone();
    assert_eq!(notes.as_array().map(Vec::len), Some(4), "its own, two copies, what is kept: {notes}");
    let copies = notes
        .as_array()
        .into_iter()
        .flatten()
        .filter(|note| note["body"].as_str().is_some_and(|body| body.contains("[from Ana")));
    assert_eq!(copies.filter(|note| note["userId"].is_null()).count(), 1, "{notes}");
}

#[tokio::test]
async fn a_purge_is_for_ever_unless_the_loser_has_moved_on() {
    let (server, mut rig, [a, b]) = couple().await;
    let merge = rig.merged(&[&a, &b], &Choices::default()).await.id;
    server.make(&format!("/contacts/{b}/notes"), json!({ "body": "she wrote again" })).await;
    let why = rig.refused_deed(merge, MergeDeed::Purge).await;
    assert!(why.contains("Ana María López1 has a new note"), "{why}");
    assert_ne!(held(&server, &b).await["contact"], Value::Null);
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert!(record.is_archived(), "as it was: {record:?}");
    let note = held(&server, &b).await["notes"].as_array().and_then(|notes| {
        notes
            .iter()
            .find(|note| note["body"] == "she wrote again")
            .and_then(|note| note["id"].as_str().map(str::to_owned))
    });
    server.write("DELETE", &format!("/contacts/{b}/notes/{}", note.expect("it is there")), Value::Null).await;
    let record = rig.steered(merge, MergeDeed::Purge, MergePhase::Purge).await;
    assert_eq!((record.word(), &record.progress), ("purged", &MergeProgress::Done));
    assert_eq!(held(&server, &b).await["contact"], Value::Null);
    // And back again, anew.
    let record = rig.unmerged(merge).await;
    assert_eq!(record.remade.len(), 1);
}
