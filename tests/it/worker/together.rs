//! Several processes on one location: each edit is sent once, and everybody sees it.

use ghl_tui::protocol::{EditEvent, Event, Outcome};

use crate::support::{Rig, Server, Setup, complete, note};

#[tokio::test]
async fn two_dashboards_and_a_command_send_each_edit_once() {
    let server = Server::start().await;
    let mut first = Rig::start(&server).await;
    let task = first.open_task().await;
    let folder = Some(first.folder.clone());
    let mut second = Rig::start_with(&server, Setup { folder: folder.clone(), ..Setup::default() }).await;
    let mut third = Rig::start_with(&server, Setup { folder, ..Setup::default() }).await;

    let by_second = second.apply(complete(&task, true)).await;
    let by_third = third.apply(note(&task.contact, "from the third")).await;
    let by_first = first.apply(note(&task.contact, "from the first")).await;
    for (rig, own) in [(&mut first, by_first), (&mut second, by_second), (&mut third, by_third)] {
        rig.confirmed(own).await;
    }
    assert_eq!(server.requests("PUT", "/completed").await.len(), 1);
    assert_eq!(server.requests("POST", "/notes").await.len(), 2);

    let noted = second.apply(note(&task.contact, "seen by all")).await;
    for rig in [&mut first, &mut third] {
        let seen = rig
            .wait("the other's edit", |event| match event {
                Event::Edit(EditEvent::Settled { id, outcome, .. }) if *id == noted => Some(outcome.clone()),
                _ => None,
            })
            .await;
        assert!(matches!(&seen, Outcome::Confirmed(held) if held.note().is_some()), "{seen:?}");
    }
}

#[tokio::test]
async fn when_the_leader_dies_the_next_takes_over() {
    let server = Server::start().await;
    let mut first = Rig::start(&server).await;
    let task = first.open_task().await;
    let folder = Some(first.folder.clone());
    let mut second = Rig::start_with(&server, Setup { folder, ..Setup::default() }).await;
    let _kept = first.kill().await;
    let id = second.apply(complete(&task, true)).await;
    second.confirmed(id).await;
    assert_eq!(server.requests("PUT", "/completed").await.len(), 1);
}
