//! Duplicates found in the background: all at first, then what one change touches.

use std::sync::Arc;

use ghl_tui::domain::ContactId;
use ghl_tui::protocol::{Command, DuplicateGroup, Duplicates, Event, Scan};
use ghl_tui::sandbox;
use ghl_tui::worker::Pace;
use serde_json::json;

use crate::support::{Rig, Server, Setup};

/// Waits until a scan is over and its groups are so.
async fn groups(rig: &mut Rig, what: &str, are_so: impl Fn(&[Arc<DuplicateGroup>]) -> bool) -> Arc<Duplicates> {
    rig.wait(what, |event| match event {
        Event::Duplicates(found) if found.scan == Scan::Done && are_so(&found.groups) => Some(found.clone()),
        _ => None,
    })
    .await
}

fn of<'a>(groups: &'a [Arc<DuplicateGroup>], contact: &ContactId) -> Option<&'a DuplicateGroup> {
    groups.iter().find(|group| group.members.contains(contact)).map(Arc::as_ref)
}

#[tokio::test]
async fn duplicates_are_found_after_the_sync_and_follow_every_change() {
    let mut switches = sandbox::Switches::default();
    for (name, value) in [("index-lag", "0s"), ("allow-duplicates", "on")] {
        switches.set(name, value).expect("a switch");
    }
    // As many as the scan reads at a time: the page after them is empty.
    let server =
        Server::start_with(sandbox::SandboxOptions { contacts: 500, switches, ..sandbox::SandboxOptions::default() })
            .await;
    let pace = Pace { background: true, scan: true, ..Setup::default().pace };
    let mut rig = Rig::start_with(&server, Setup { pace, ..Setup::default() }).await;
    let found = groups(&mut rig, "the first scan", |groups| !groups.is_empty()).await;
    let scores: Vec<f64> = found.groups.iter().map(|group| group.score).collect();
    assert!(scores.is_sorted_by(|one, other| one >= other), "{scores:?}");
    for group in &found.groups {
        assert!(group.members.len() > 1 && group.members.is_sorted(), "{group:?}");
        assert!(group.pairs.iter().all(|pair| !pair.reasons.is_empty()), "every pair says why");
    }
    let alone = rig.contacts().await.into_iter().find(|contact| {
        let named = contact.first_name.is_some() && contact.last_name.is_some() && contact.email.is_some();
        named && of(&found.groups, &contact.id).is_none()
    });
    let alone = alone.expect("somebody who is there once");
    // Somebody types them in again, in the web app.
    let again = json!({
        "locationId": server.running.location_id(), "firstName": alone.first_name, "lastName": alone.last_name,
        "email": alone.email.as_ref().map(|email| email.to_uppercase()), "phone": alone.phone,
    });
    server.write("POST", "/contacts/", again).await;
    rig.send(Command::Refresh).await;
    let found = groups(&mut rig, "the new group", |groups| of(groups, &alone.id).is_some()).await;
    let group = of(&found.groups, &alone.id).expect("just found").clone();
    assert_eq!(group.members.len(), 2);
    assert!(group.pairs[0].reasons.iter().any(|reason| reason.words == "same e-mail"), "{group:?}");
    // And takes the copy away.
    let copy = group.members.into_iter().find(|member| *member != alone.id).expect("the copy");
    rig.show(&copy).await;
    server.write("DELETE", &format!("/contacts/{copy}"), serde_json::Value::Null).await;
    rig.send(Command::Refresh).await;
    groups(&mut rig, "the group to be gone", |groups| of(groups, &alone.id).is_none()).await;
}

#[tokio::test]
async fn nothing_is_looked_for_where_it_is_not_wanted() {
    let server = Server::start().await;
    let setup = |scan| Setup { pace: Pace { background: true, scan, ..Setup::default().pace }, ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup(false)).await;
    rig.wait("the sync", |event| {
        matches!(event, Event::Sync(ghl_tui::protocol::SyncState::Fresh { .. })).then_some(())
    })
    .await;
    // Another one that was started later has looked through everything by now.
    let mut other = Rig::start_with(&server, setup(true)).await;
    groups(&mut other, "a scan", |_groups| true).await;
    rig.contacts().await;
    assert!(!rig.has_seen(|event| matches!(event, Event::Duplicates(_))));
}

#[tokio::test]
async fn what_people_decided_is_minded_until_somebody_becomes_another() {
    let mut switches = sandbox::Switches::default();
    for (name, value) in [("index-lag", "0s"), ("allow-duplicates", "on")] {
        switches.set(name, value).expect("a switch");
    }
    let server =
        Server::start_with(sandbox::SandboxOptions { contacts: 300, switches, ..sandbox::SandboxOptions::default() })
            .await;
    let pace = Pace { background: true, scan: true, ..Setup::default().pace };
    let mut rig = Rig::start_with(&server, Setup { pace, ..Setup::default() }).await;
    let found = groups(&mut rig, "the first scan", |groups| !groups.is_empty()).await;
    let pair = found.groups.iter().find(|group| group.members.len() == 2).expect("a pair").members.clone();
    let ticket = rig.port.ticket();
    rig.send(Command::Dismiss { ticket, pairs: vec![(pair[1].clone(), pair[0].clone())] }).await;
    groups(&mut rig, "the pair to be gone", |groups| of(groups, &pair[0]).is_none()).await;
    // Another process knows it as well.
    let kept = rig.stop().await;
    let mut rig = Rig::start_with(&server, Setup { pace, ..kept.setup() }).await;
    let found = groups(&mut rig, "the second scan", |groups| !groups.is_empty()).await;
    assert!(of(&found.groups, &pair[0]).is_none());
    // A new first name that says the same of nobody: the question is open again.
    let contacts = rig.contacts().await;
    let first = contacts.iter().find(|contact| contact.id == pair[0]).expect("it is there").clone();
    let other = contacts.iter().find(|contact| contact.id == pair[1]).expect("it is there").clone();
    let same = json!({
        "firstName": other.first_name, "lastName": other.last_name, "address1": "12 Elm Street",
        "email": other.email, "phone": other.phone,
    });
    server.write("PUT", &format!("/contacts/{}", first.id), same).await;
    rig.send(Command::Refresh).await;
    groups(&mut rig, "the pair to be back", |groups| of(groups, &pair[0]).is_some()).await;
}

#[tokio::test]
async fn a_merged_group_leaves_and_comes_back_with_the_undo() {
    use ghl_tui::dedupe::merge::Choices;
    use ghl_tui::domain::MergePhase;
    use ghl_tui::protocol::MergeDeed;

    let mut switches = sandbox::Switches::default();
    for (name, value) in [("index-lag", "0s"), ("allow-duplicates", "on")] {
        switches.set(name, value).expect("a switch");
    }
    let server =
        Server::start_with(sandbox::SandboxOptions { contacts: 300, switches, ..sandbox::SandboxOptions::default() })
            .await;
    let pace = Pace { background: true, scan: true, ..Setup::default().pace };
    let mut rig = Rig::start_with(&server, Setup { pace, ..Setup::default() }).await;
    let found = groups(&mut rig, "the first scan", |groups| !groups.is_empty()).await;
    let pair = found.groups.iter().find(|group| group.members.len() == 2).expect("a pair").members.clone();
    let plan = rig.plan(&[&pair[0], &pair[1]], &Choices::default()).await;
    let merge = rig.merge(vec![plan]).await.expect("it is taken")[0];
    groups(&mut rig, "the pair to be gone", |groups| of(groups, &pair[0]).is_none()).await;
    rig.steer(merge, MergeDeed::Undo).await;
    rig.ended(merge, MergePhase::Undo).await;
    groups(&mut rig, "the pair to be back", |groups| of(groups, &pair[0]).is_some()).await;
}
