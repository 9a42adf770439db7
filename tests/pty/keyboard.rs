//! Bytes as real terminals send them: what is no key does nothing, and what is a key counts once.

use crate::home::Home;
use crate::sandbox::Sandbox;
use crate::terminal::{Terminal, below_clock};

/// The requests that changed something.
fn writes(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.get("/__sandbox/requests");
    let all = requests.as_array().cloned().unwrap_or_default();
    let reads = |path: &str| path.ends_with("/search") || path.ends_with("ghl-tui-scope-check");
    let writes = all.into_iter().filter(|one| one["method"] != "GET" && !one["path"].as_str().is_some_and(reads));
    writes.map(|one| format!("{} {}", one["method"], one["path"])).collect()
}

/// A dashboard on a contact with a task, its tasks focused.
fn at_a_task(sandbox: &Sandbox, home: &Home) -> Terminal {
    let terminal = home.dashboard();
    terminal.go_to_task(&sandbox.targets(1).remove(0));
    terminal
}

#[test]
fn alt_and_an_arrow_act_on_nothing() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let terminal = at_a_task(&sandbox, &home);
    let before = terminal.wait_until_quiet();
    for last in [b"D", b"A", b"B", b"C"] {
        terminal.type_bytes(&[b"\x1b\x1b[", &last[..]].concat());
        terminal.type_bytes(&[b"\x1b\x1bO", &last[..]].concat());
    }
    terminal.type_bytes(b"\x1b[99~\x1b[<0;10;10M\x1b[M D!\x1bP1$r0m\x1b\\\xff\xfe");
    assert_eq!(below_clock(&terminal.wait_until_quiet()), below_clock(&before));
    assert_eq!(writes(&sandbox), Vec::<String>::new());
}

#[test]
fn an_arrow_in_two_parts_deletes_nothing() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let terminal = at_a_task(&sandbox, &home);
    for _ in 0..20 {
        terminal.type_bytes(b"\x1b");
        // However long this takes: the rest is no key on its own.
        terminal.wait_until_read();
        terminal.type_bytes(b"[D");
    }
    terminal.wait_until_quiet();
    assert_eq!(writes(&sandbox), Vec::<String>::new());
}

#[test]
fn a_late_answer_of_the_terminal_is_no_key_also_in_parts() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let terminal = at_a_task(&sandbox, &home);
    let before = terminal.wait_until_quiet();
    let answer = b"\x1b]10;rgb:d4d4/d4d4/d4d4\x1b\\\x1b]11;rgb:1e1e/1e1e/1e1e\x07\x1b[?64;1;2c";
    terminal.type_bytes(answer);
    for part in answer.chunks(7) {
        terminal.type_bytes(part);
        terminal.wait_until_read();
    }
    assert_eq!(below_clock(&terminal.wait_until_quiet()), below_clock(&before));
    assert_eq!(writes(&sandbox), Vec::<String>::new());
    terminal.press("?");
    terminal.wait_for("Go to the first line");
}

#[test]
fn a_burst_of_keys_is_taken_to_its_end() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let mut terminal = home.dashboard();
    terminal.press("a");
    terminal.wait_for("Ctrl-S save");
    // As a paste arrives where nothing marks it as one.
    terminal.type_text(&"abcdefghi ".repeat(2_000));
    terminal.type_text("the end of it");
    terminal.wait_for("the end of it");
    terminal.press("ctrl-c");
    assert_eq!(terminal.ended(), 0);
}
