//! What others did meanwhile is minded: refused or stopped, and nothing of theirs is overwritten.

use ghl_tui::dedupe::merge::Choices;
use ghl_tui::domain::{MergePhase, MergeProgress, Obstacle};
use ghl_tui::protocol::MergeDeed;
use serde_json::{Value, json};

use super::{book, couple, held, server, texts, twice};
use crate::support::{Rig, Setup};

/// Each obstacle has its words, and nothing was written before it was met.
#[tokio::test]
async fn what_changed_since_the_review_is_named_and_nothing_is_written() {
    let server = server(&[]).await;
    let mut rig = Rig::start(&server).await;
    for (n, spoil, said) in [
        (1, json!({ "city": "Reno" }), "has changed since the review: city"),
        (2, json!({ "tags": ["vip", "late"] }), "has changed since the review: tags"),
        (3, Value::Null, "no longer exists"),
    ] {
        let (a, b) = twice(&server, n).await;
        let plan = rig.plan(&[&a, &b], &Choices::default()).await;
        if spoil.is_null() {
            server.write("DELETE", &format!("/contacts/{b}"), Value::Null).await;
        } else {
            server.write("PUT", &format!("/contacts/{b}"), spoil).await;
        }
        let before = held(&server, &a).await;
        let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
        let record = rig.ended(merge, MergePhase::Merge).await;
        let MergeProgress::Refused(obstacle) = &record.progress else { panic!("{record:?}") };
        assert!(obstacle.to_string().contains(said), "{obstacle}");
        assert_eq!(held(&server, &a).await, before);
        // Its members are free again.
        if n < 3 {
            rig.merged_well(&[&a, &b], &Choices::default()).await;
        }
    }
}

#[tokio::test]
async fn members_of_another_merge_are_refused_by_its_number() {
    let (server, mut rig, [a, b]) = couple().await;
    let (c, _) = twice(&server, 2).await;
    let plan = rig.plan(&[&a, &b], &Choices::default()).await;
    // The survivor's PUT is refused for good: the merge stops there.
    server.refuses_once(&a).await;
    let merge = rig.merge(vec![plan.clone()]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    assert!(matches!(&record.progress, MergeProgress::Stopped(Obstacle::Refused { .. })), "{record:?}");
    let mixed = rig.plan(&[&a, &c], &Choices::default()).await;
    let why = rig.merge(vec![mixed]).await.expect_err("a is in a merge");
    assert!(why.why.contains("is in merge #1") && why.why.contains("not finished: stopped"), "{why:?}");
    let why = rig.merge(vec![plan]).await.expect_err("they are in a merge");
    assert!(why.why.contains("they are already in merge #1: stopped"), "{why:?}");
    // It goes on where it stopped.
    rig.steer(merge, MergeDeed::Resume).await;
    assert_eq!(rig.ended(merge, MergePhase::Merge).await.progress, MergeProgress::Done);
    assert_eq!(server.notes_saying(&a, "Left voicemail").await, 1, "copied once");
    let again = rig.plan(&[&c, &b], &Choices::default()).await;
    let why = rig.merge(vec![again]).await.expect_err("b is archived");
    assert!(why.why.contains("was archived by merge #1"), "{why:?}");
}

#[tokio::test]
async fn who_has_edited_the_survivor_or_deleted_the_loser_meanwhile_is_minded() {
    let (server, mut rig, [a, b]) = couple().await;
    // It stops before the survivor is written, and somebody edits it meanwhile.
    server.refuses_once(&b).await;
    let record = rig.merged(&[&a, &b], &Choices::default()).await;
    let merge = record.id;
    assert!(matches!(record.progress, MergeProgress::Stopped(Obstacle::Address { .. })), "{record:?}");
    server.write("PUT", &format!("/contacts/{a}"), json!({ "firstName": "Anita" })).await;
    rig.unmerged(merge).await;
    assert_eq!(held(&server, &a).await["contact"]["firstName"], "Anita", "someone else's edit stays");
    assert_eq!(server.notes_saying(&a, "Left voicemail").await, 0);

    // The loser goes while the copies are written: nothing of it is lost.
    let (c, d) = twice(&server, 2).await;
    server.refuses_once(&d).await;
    let merge = rig.merged(&[&c, &d], &Choices::default()).await.id;
    server.write("DELETE", &format!("/contacts/{d}"), Value::Null).await;
    let record = rig.steered(merge, MergeDeed::Resume, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    let survivor = held(&server, &c).await;
    assert_eq!(survivor["contact"]["email"], "ana2@post.example");
    assert_eq!(survivor["tasks"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn an_edit_of_the_survivor_in_the_middle_stops_the_merge_before_it_is_overwritten() {
    let (server, mut rig, [a, b]) = couple().await;
    server.refuses_once(&b).await;
    let merge = rig.merged(&[&a, &b], &Choices::default()).await.id;
    server.write("PUT", &format!("/contacts/{a}"), json!({ "firstName": "Anita" })).await;
    // Resumed by a new process: nobody has seen what is new.
    let kept = rig.stop().await;
    let mut rig = Rig::start_with(&server, kept.setup()).await;
    let record = rig.steered(merge, MergeDeed::Resume, MergePhase::Merge).await;
    assert!(
        matches!(&record.progress, MergeProgress::Stopped(Obstacle::Changed { fields, .. }) if fields == &["firstName"]),
        "{record:?}"
    );
    assert_eq!(held(&server, &a).await["contact"]["firstName"], "Anita");
    // Now it was seen.
    let record = rig.steered(merge, MergeDeed::Resume, MergePhase::Merge).await;
    assert_eq!(record.progress, MergeProgress::Done, "{record:?}");
    assert_eq!(held(&server, &a).await["contact"]["firstName"], "Ana María");
}

/// Without the scope nothing is moved, and the words say which one is missing.
#[tokio::test]
async fn a_missing_scope_is_named_before_anything_is_written() {
    let server = server(&[]).await;
    let (a, b) = twice(&server, 1).await;
    book(&server, &b).await;
    let scopes = json!({ "scopes": ["contacts.readonly", "contacts.write", "locations.readonly", "users.readonly"] });
    let token = server.ask("/__sandbox/tokens", scopes).await["token"].as_str().expect("a token").to_owned();
    let mut rig = Rig::start_with(&server, Setup { token: Some(token), ..Setup::default() }).await;
    let choices = Choices { survivor: Some(a.clone()), move_appointments: true, ..Choices::default() };
    let plan = rig.plan(&[&a, &b], &choices).await;
    let before = held(&server, &a).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    let record = rig.ended(merge, MergePhase::Merge).await;
    let MergeProgress::Refused(obstacle) = &record.progress else { panic!("{record:?}") };
    assert!(obstacle.to_string().starts_with("the token lacks the scope calendars/events"), "{obstacle}");
    assert_eq!(held(&server, &a).await, before);
    let read_only = json!({ "scopes": ["contacts.readonly"] });
    let token = server.ask("/__sandbox/tokens", read_only).await["token"].as_str().expect("a token").to_owned();
    let mut rig = Rig::start_with(&server, Setup { token: Some(token), ..Setup::default() }).await;
    let record = rig.merged(&[&a, &b], &Choices::default()).await;
    let MergeProgress::Stopped(obstacle) = &record.progress else { panic!("{record:?}") };
    assert_eq!(obstacle.to_string(), "the token lacks the scope contacts.write");
    let plan = rig.plan(&[&b, &a], &Choices::default()).await;
    let why = rig.merge(vec![plan]).await.expect_err("now it is known");
    assert!(why.why.contains("contacts.write"), "{why:?}");
}

/// The user has seen one obstacle; that is no leave to pass over the next.
#[tokio::test]
async fn what_came_to_the_loser_since_is_never_deleted_with_it() {
    let (server, mut rig, [a, b]) = couple().await;
    let mine = Choices { survivor: Some(a.clone()), delete: true, ..Choices::default() };
    server.refuses_once(&b).await;
    let merge = rig.merged(&[&a, &b], &mine).await.id;
    server.write("PUT", &format!("/contacts/{a}"), json!({ "firstName": "Anita" })).await;
    server.make(&format!("/contacts/{b}/notes"), json!({ "body": "she called again" })).await;
    let record = rig.steered(merge, MergeDeed::Resume, MergePhase::Merge).await;
    assert!(matches!(&record.progress, MergeProgress::Stopped(Obstacle::Changed { .. })), "{record:?}");
    let record = rig.steered(merge, MergeDeed::Resume, MergePhase::Merge).await;
    let MergeProgress::Stopped(Obstacle::MovedOn(news)) = &record.progress else { panic!("{record:?}") };
    assert!(news.iter().any(|words| words.contains("has a new note")), "{news:?}");
    assert_eq!(server.notes_saying(&b, "she called again").await, 1);
}

#[tokio::test]
async fn an_address_that_somebody_has_changed_is_not_emptied() {
    let (server, mut rig, [a, b]) = couple().await;
    server.refuses_once(&b).await;
    let merge = rig.merged(&[&a, &b], &Choices { survivor: Some(a.clone()), ..Choices::default() }).await.id;
    server.write("PUT", &format!("/contacts/{b}"), json!({ "email": "new@post.example" })).await;
    let record = rig.steered(merge, MergeDeed::Resume, MergePhase::Merge).await;
    assert!(
        matches!(&record.progress, MergeProgress::Stopped(Obstacle::Changed { fields, .. }) if fields == &["email"]),
        "{record:?}"
    );
    assert_eq!(held(&server, &b).await["contact"]["email"], "new@post.example");
}

#[tokio::test]
async fn a_purge_wants_the_survivor_and_the_newer_words() {
    let (server, mut rig, [a, b]) = couple().await;
    let merge = rig.merged(&[&a, &b], &Choices { survivor: Some(a.clone()), ..Choices::default() }).await.id;
    let tasks = held(&server, &b).await["tasks"].clone();
    let task = texts(&tasks, "id").remove(0);
    server.write("PUT", &format!("/contacts/{b}/tasks/{task}"), json!({ "title": "Call on Monday" })).await;
    let why = rig.refused_deed(merge, MergeDeed::Purge).await;
    assert!(why.contains("Call on Monday"), "{why}");
    rig.ended(merge, MergePhase::Merge).await;
    server.write("DELETE", &format!("/contacts/{a}"), Value::Null).await;
    let why = rig.refused_deed(merge, MergeDeed::Purge).await;
    assert!(why.contains("no longer exists"), "{why}");
    assert_ne!(held(&server, &b).await["contact"], Value::Null);
    rig.ended(merge, MergePhase::Merge).await;
    // Without the survivor the loser comes back all the same, with the address that it gave up.
    rig.unmerged(merge).await;
    assert_eq!(held(&server, &b).await["contact"]["email"], "ana1@post.example");
}
