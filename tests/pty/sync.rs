//! `sync` from a shell: it says what it did, and what still waits.

use serde_json::json;

use crate::home::Home;
use crate::sandbox::Sandbox;

fn stderr(ran: &std::process::Output) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

#[test]
fn a_sync_sends_what_is_queued_and_counts_what_still_waits() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox);
    sandbox.fault("POST", "*/notes", 0, &json!({ "status": 429 }));
    let add = home.run(&["notes", "add", &target.contact, "--body", "said once", "--wait", "0s"]);
    assert_eq!(add.status.code(), Some(6), "{}", stderr(&add));
    let sync = home.run(&["sync", "--wait", "500ms"]);
    assert_eq!(sync.status.code(), Some(6), "{}", stderr(&sync));
    assert!(stderr(&sync).contains("1 edit still waits"), "{}", stderr(&sync));
    sandbox.calm();
    // However long the limit of the fault lasts: it goes on as soon as it may.
    let sync = home.run(&["sync", "--wait", "10m"]);
    assert_eq!((sync.status.code(), stderr(&sync)), (Some(0), String::new()));
    assert_eq!(sandbox.notes_saying(&target.contact, "said once"), 1);
}

#[test]
fn a_token_that_is_not_accepted_is_no_fault_of_the_network() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox);
    assert!(home.run(&["sync"]).status.success());
    let home = home.with("GHL_API_KEY", "pit-00000000-0000-0000-0000-000000000000");
    let add = home.run(&["notes", "add", &target.contact, "--body", "said once", "--wait", "10m"]);
    assert_eq!(add.status.code(), Some(3), "{}", stderr(&add));
    assert!(stderr(&add).contains("queued as") && stderr(&add).contains("sign in again"), "{}", stderr(&add));
    let sync = home.run(&["sync"]);
    assert_eq!(sync.status.code(), Some(3), "{}", stderr(&sync));
    let home = home.with("GHL_API_KEY", &sandbox.token);
    assert_eq!(home.run(&["sync", "--wait", "10m"]).status.code(), Some(0));
    assert_eq!(sandbox.notes_saying(&target.contact, "said once"), 1);
}
