//! A disk that cannot be written: what is on it can be read.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::json;

use crate::home::Home;
use crate::sandbox::Sandbox;

/// Somebody to whom permissions apply.
const NOBODY: u32 = 65_534;

/// Takes the right to write everything below, or gives it back.
fn lock(path: &Path, locked: bool) {
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        chown(path, Some(NOBODY), Some(NOBODY)).expect("given away");
    }
    let mode = match (path.is_dir(), locked) {
        (true, true) => 0o500,
        (true, false) => 0o700,
        (false, true) => 0o400,
        (false, false) => 0o600,
    };
    if path.is_dir() && !locked {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("set");
    }
    if path.is_dir() {
        fs::read_dir(path).expect("a folder").flatten().for_each(|entry| lock(&entry.path(), locked));
    }
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("set");
}

fn run(home: &Home, arguments: &[&str]) -> Output {
    let mut command = home.command(arguments);
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.output().expect("the program starts")
}

fn lines(ran: &Output) -> usize {
    String::from_utf8_lossy(&ran.stdout).lines().count()
}

fn stderr(ran: &Output) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

/// Leaves a file as a kill does: its last change is in the log beside it.
fn leave_log(file: &Path, change: &str) {
    let connection = rusqlite::Connection::open(file).expect("opened");
    connection.pragma_update(None, "wal_autocheckpoint", 0).expect("set");
    connection.execute_batch(change).expect("changed");
    let (log, kept) = (file.with_extension("db-wal"), file.with_extension("kept"));
    let content = fs::read(file).expect("read");
    fs::copy(&log, &kept).expect("copied");
    drop(connection);
    fs::write(file, content).expect("written");
    fs::rename(kept, log).expect("put back");
}

#[test]
fn what_cannot_be_written_can_be_read_offline_and_says_so() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox);
    assert!(home.run(&["contacts", "list"]).status.success());
    assert!(home.run(&["contacts", "show", &target.contact]).status.success());
    sandbox.fault("POST", "*/notes", 0, &json!({ "status": 429 }));
    assert_eq!(home.run(&["notes", "add", &target.contact, "--body", "waits", "--wait", "0s"]).status.code(), Some(6));
    let sorted = "--sort=-added";
    let expected = home.run(&["contacts", "list", "--offline", sorted, "--json"]).stdout;

    lock(home.folder(), true);
    for arguments in [
        &["contacts", "list", "--offline", sorted, "--json"][..],
        &["contacts", "show", &target.contact, "--offline"],
        &["contacts", "list", "--offline", "--filter", "has:email"],
        &["views", "list", "--offline"],
        &["duplicates", "list", "--offline"],
    ] {
        let ran = run(&home, arguments);
        assert_eq!(ran.status.code(), Some(0), "{arguments:?}: {}", stderr(&ran));
        assert!(stderr(&ran).contains("cannot be written"), "{arguments:?}: {}", stderr(&ran));
    }
    assert!(run(&home, &["contacts", "list", "--offline", sorted, "--json"]).stdout == expected, "the same contacts");
    // What has to write says why it does not, and what can be done.
    let ran = run(&home, &["contacts", "list"]);
    assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));
    assert!(stderr(&ran).contains("--offline"), "{}", stderr(&ran));

    // A program was killed on it before: what it had written counts.
    lock(home.folder(), false);
    let cache = home.data(&sandbox).join("cache.db");
    leave_log(&cache, &format!("DELETE FROM contacts WHERE id = '{}'", target.contact));
    lock(home.folder(), true);
    let ran = run(&home, &["contacts", "list", "--offline", "--json"]);
    assert_eq!((ran.status.code(), lines(&ran)), (Some(0), 119), "{}", stderr(&ran));
    assert!(!String::from_utf8_lossy(&ran.stdout).contains(&target.contact));
    lock(home.folder(), false);
}
