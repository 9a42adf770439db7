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

/// Changes a letter of the first text like this in the ledger's file.
fn flip(home: &Home, sandbox: &Sandbox, text: &str) {
    let file = home.data(sandbox).join("ledger.db");
    let ledger = rusqlite::Connection::open(&file).expect("opened");
    ledger.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("all of it is in the file");
    drop(ledger);
    let mut bytes = std::fs::read(&file).expect("read");
    let at = bytes.windows(text.len()).position(|part| part == text.as_bytes()).expect("it is in there");
    bytes[at + text.len() - 1] ^= 1;
    std::fs::write(file, bytes).expect("damaged");
}

#[test]
fn a_damaged_edit_fails_the_sync_until_it_was_seen_and_dropped() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox);
    sandbox.fault("POST", "*/notes", 0, &json!({ "status": 429 }));
    let queued: Vec<String> = ["the first", "the second", "the third"]
        .map(|body| {
            let add = home.run(&["notes", "add", &target.contact, "--body", body, "--wait", "0s"]);
            let said = stderr(&add);
            said.lines().find_map(|line| line.strip_prefix("queued as ")).expect("an id").to_owned()
        })
        .to_vec();
    flip(&home, &sandbox, "the second");
    flip(&home, &sandbox, "the third");
    sandbox.calm();

    let sync = home.run(&["sync", "--wait", "10m"]);
    assert_eq!(sync.status.code(), Some(1), "{}", stderr(&sync));
    assert!(
        stderr(&sync).contains("2 edits are damaged") && stderr(&sync).contains("outbox discard"),
        "{}",
        stderr(&sync)
    );
    assert_eq!(sandbox.notes_saying(&target.contact, "the first"), 1, "it stops nobody else");
    let listed = home.run(&["outbox", "list"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.lines().count() == 2 && listed.contains("damaged") && listed.contains(&queued[1]), "{listed}");
    let listed = home.run(&["outbox", "list", "--json"]);
    let listed: Vec<serde_json::Value> = String::from_utf8_lossy(&listed.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    let row = |at: usize| (listed[at]["row"].clone(), listed[at]["state"].clone(), listed[at]["edit"].clone());
    assert_eq!(row(0), (json!(2), json!("damaged"), json!(queued[1])));
    assert_eq!(row(1), (json!(3), json!("damaged"), json!(queued[2])));

    // It is shown first, and nobody drops it by mistake.
    let ask = home.run(&["outbox", "discard", "2"]);
    assert_eq!(ask.status.code(), Some(2), "{}", stderr(&ask));
    assert!(stderr(&ask).contains("the secon") && stderr(&ask).contains("--yes"), "{}", stderr(&ask));
    let dropped = home.run(&["outbox", "discard", "2", "--yes"]);
    assert_eq!(dropped.status.code(), Some(0), "{}", stderr(&dropped));
    assert!(String::from_utf8_lossy(&dropped.stdout).contains("the secon"), "what it was stays on the screen");
    assert_eq!(home.run(&["outbox", "discard", "2", "--yes"]).status.code(), Some(4));
    assert_eq!(home.run(&["sync"]).status.code(), Some(1));
    let dropped = home.run(&["outbox", "discard", &queued[2], "--yes"]);
    assert_eq!(dropped.status.code(), Some(0), "by its id, where that can still be read: {}", stderr(&dropped));
    let sync = home.run(&["sync"]);
    assert_eq!((sync.status.code(), stderr(&sync)), (Some(0), String::new()));
    assert_eq!(sandbox.notes_saying(&target.contact, "the secon"), 0);
}
