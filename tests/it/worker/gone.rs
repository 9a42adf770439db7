//! What others delete on the server.

use ghl_tui::domain::ContactId;
use ghl_tui::protocol::Request;
use ghl_tui::sandbox;
use ghl_tui::worker::Pace;
use serde_json::json;

use crate::support::{Rig, Server, Setup};

/// The search never says that a contact was deleted: counting finds the few, listing the many.
#[tokio::test]
async fn what_is_deleted_on_the_server_is_found_by_counting() {
    let rate_limit = "100000/250ms".parse().expect("a limit");
    let options = sandbox::SandboxOptions { contacts: 3_000, rate_limit, ..sandbox::SandboxOptions::default() };
    let server = Server::start_with(options).await;
    server.post("/__sandbox/switches", json!({ "index-lag": "0s" })).await;
    let setup = Setup { pace: Pace { page: 20, ..Pace::headless() }, ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup).await;
    rig.sync().await.expect("synced");
    let contacts = rig.contacts().await;
    for (few, at) in [(true, vec![7, 1_503, 2_999]), (false, (100..160).collect::<Vec<usize>>())] {
        for at in &at {
            server.write("DELETE", &format!("/contacts/{}", contacts[*at].id), serde_json::Value::Null).await;
        }
        let location = server.running.location_id();
        let new = json!({ "locationId": location, "firstName": "New", "email": format!("new{few}@post.example") });
        server.write("POST", "/contacts/", new).await;
        let before = server.requests("POST", "/contacts/search").await.len();
        // Seen twice before it is believed.
        rig.sync().await.expect("synced");
        rig.sync().await.expect("synced");
        let left = rig.contacts().await;
        for at in &at {
            assert!(!left.iter().any(|contact| contact.id == contacts[*at].id), "{at} is still there");
        }
        let searches = server.requests("POST", "/contacts/search").await.len() - before;
        assert!(if few { searches < 50 } else { searches < 200 }, "{searches} searches");
    }
    assert_eq!(rig.contacts().await.len(), 3_000 - 63 + 2);
}

/// Somebody deletes one after the other: the count differs each time, and is believed all the same.
#[tokio::test]
async fn contacts_that_go_one_by_one_are_found() {
    let server = Server::start().await;
    server.post("/__sandbox/switches", json!({ "index-lag": "0s" })).await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("synced");
    let contacts = rig.contacts().await;
    for contact in &contacts[..4] {
        server.write("DELETE", &format!("/contacts/{}", contact.id), serde_json::Value::Null).await;
        rig.sync().await.expect("synced");
    }
    let left = contacts.len() - rig.contacts().await.len();
    assert!(left >= 2, "only {left} of 4 were found to be gone");
}

/// The index never shows somebody who is there: nothing is looked for again and again.
#[tokio::test]
async fn a_gap_that_nothing_closes_is_left_alone() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("synced");
    server.post("/__sandbox/switches", json!({ "index-lag": "3600s" })).await;
    let new = json!({ "locationId": server.running.location_id(), "firstName": "Unseen" });
    let made = server.make("/contacts/", new).await;
    let id = ContactId::new(made["contact"]["id"].as_str().expect("an id"));
    rig.ask(Request::Contact { id: id.clone(), offline: false }).await.expect("it is there");
    for _ in 0..3 {
        rig.sync().await.expect("synced");
    }
    let before = server.get("/__sandbox/requests").await.as_array().map_or(0, Vec::len);
    for _ in 0..5 {
        rig.sync().await.expect("synced");
    }
    let asked = server.get("/__sandbox/requests").await.as_array().map_or(0, Vec::len) - before;
    assert_eq!(asked, 10, "one for what changed and one that counts, each time");
    assert!(rig.contacts().await.iter().any(|contact| contact.id == id));
}
