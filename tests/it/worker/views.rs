//! Tags that saved views add: to each contact once, and taken back at once.

use ghl_tui::domain::{ContactId, Edit, GroupId};
use ghl_tui::protocol::{Answer, BulkAction, Command, EditEvent, Event, Refused, Request};
use serde_json::json;

use crate::support::{Rig, Server};

/// What adding the tag once would take.
async fn once(rig: &mut Rig, contacts: &[ContactId], tag: &str) -> Vec<Edit> {
    let action = BulkAction::TagOnce(vec![tag.to_owned()]);
    match rig.ask(Request::Plan { contacts: contacts.to_vec(), action }).await {
        Ok(Answer::Planned(planned)) => planned.edits,
        other => panic!("{other:?}"),
    }
}

async fn tags(server: &Server, contact: &ContactId) -> Vec<String> {
    let held = server.held(contact).await;
    let tags = held["contact"]["tags"].as_array().cloned().unwrap_or_default();
    tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect()
}

/// Takes a group back, and waits for the server's word.
async fn take_back(rig: &mut Rig, group: Option<GroupId>) -> Result<(), Refused> {
    let ticket = rig.port.ticket();
    rig.send(Command::TakeBack { ticket, group }).await;
    let queued = rig
        .wait("taking back", |event| match event {
            Event::Edit(EditEvent::Reversed { ticket: of, queued, .. }) if *of == ticket => Some(Ok(queued.clone())),
            Event::Edit(EditEvent::Refused { ticket: of, why }) if *of == ticket => Some(Err(why.clone())),
            _ => None,
        })
        .await?;
    for id in queued {
        rig.confirmed(id).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_tag_is_added_once_and_stays_away_when_somebody_takes_it_away() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("the sandbox answers");
    let contacts: Vec<ContactId> = rig.contacts().await.into_iter().take(4).map(|contact| contact.id).collect();
    let [by_hand, removed, ..] = contacts.as_slice() else { panic!("four") };
    server.write("POST", &format!("/contacts/{by_hand}/tags"), json!({ "tags": ["callme"] })).await;
    rig.ask(Request::Contact { id: by_hand.clone(), offline: false }).await.expect("the sandbox answers");
    let edits = once(&mut rig, &contacts, "CallMe").await;
    assert_eq!(edits.len(), 3, "one has it already: {edits:?}");
    for id in rig.apply_all(edits).await {
        rig.confirmed(id).await;
    }
    assert!(tags(&server, removed).await.contains(&"callme".to_owned()));
    // Somebody takes one away, in the web app; another by hand here.
    server.write("DELETE", &format!("/contacts/{removed}/tags"), json!({ "tags": ["callme"] })).await;
    rig.ask(Request::Contact { id: removed.clone(), offline: false }).await.expect("the sandbox answers");
    assert_eq!(once(&mut rig, &contacts, "callme").await, []);
    assert_eq!(once(&mut rig, &contacts, "another").await.len(), 4);
}

#[tokio::test]
async fn what_was_done_at_once_is_taken_back_at_once_and_only_once() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("the sandbox answers");
    let contacts: Vec<ContactId> = rig.contacts().await.into_iter().take(3).map(|contact| contact.id).collect();
    let ticket = rig.port.ticket();
    let edits = once(&mut rig, &contacts, "once").await;
    rig.send(Command::Apply { ticket, edits, draft: None }).await;
    let (group, ids) = rig
        .wait("the group", |event| match event {
            Event::Edit(EditEvent::Queued { ticket: Some(of), group, edits, .. }) if *of == ticket => {
                Some((group.expect("made at once"), edits.iter().map(|(id, _)| *id).collect::<Vec<_>>()))
            }
            _ => None,
        })
        .await;
    for id in ids {
        rig.confirmed(id).await;
    }
    let Ok(Answer::Planned(planned)) = rig.ask(Request::Inverse(Some(group))).await else { panic!("no plan") };
    assert_eq!(planned.edits.len(), 3, "{planned:?}");
    assert!(tags(&server, &contacts[0]).await.contains(&"once".to_owned()), "looking changes nothing");
    take_back(&mut rig, Some(group)).await.expect("it can be");
    for contact in &contacts {
        assert!(!tags(&server, contact).await.contains(&"once".to_owned()));
    }
    assert_eq!(take_back(&mut rig, Some(group)).await, Err(Refused::NothingToReverse));
    // What was taken back is not added again by itself.
    assert_eq!(once(&mut rig, &contacts, "once").await, []);
}
