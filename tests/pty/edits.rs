//! Completing tasks and writing notes, with the server well and with the server ill.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::home::{Home, line_of};
use crate::sandbox::{Sandbox, Target};
use crate::terminal::PATIENCE;

fn one(sandbox: &Sandbox) -> Target {
    sandbox.targets(1).remove(0)
}

fn puts(sandbox: &Sandbox, target: &Target) -> Vec<u64> {
    sandbox.answered("PUT", &format!("{}/completed", target.task))
}

#[test]
fn a_task_is_completed_with_one_request_and_reopened_with_one_more() {
    let sandbox = Sandbox::small();
    let target = one(&sandbox);
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.go_to_task(&target);
    terminal.press("x");
    terminal.wait_settled(&target, true);
    assert_eq!(puts(&sandbox, &target), [200]);
    assert!(sandbox.is_complete(&target));
    terminal.press("u");
    terminal.wait_settled(&target, false);
    assert_eq!(puts(&sandbox, &target), [200, 200]);
    assert!(!sandbox.is_complete(&target));
    assert_eq!(sandbox.writes().len(), 2, "{:?}", sandbox.writes());
}

#[test]
fn a_refused_task_is_unticked_and_the_servers_words_are_shown() {
    let sandbox = Sandbox::small();
    let target = one(&sandbox);
    let refusal = json!({ "statusCode": 422, "message": ["the moon is full"], "error": "Unprocessable Entity" });
    sandbox.fault("PUT", "*/completed", 1, &json!({ "status": 422, "body": refusal }));
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.go_to_task(&target);
    terminal.press("x");
    let screen = terminal.wait_for("the moon is full");
    assert!(line_of(&screen, &target).is_some_and(|line| line.contains("[ ] ✗")), "{screen}");
    assert!(
        screen.contains("✗ 1 failed") && screen.contains("R retry") && screen.contains("Backspace discard"),
        "{screen}"
    );
    assert!(!sandbox.is_complete(&target));
    terminal.press("R");
    terminal.wait_settled(&target, true);
    assert!(sandbox.is_complete(&target));
    assert_eq!(puts(&sandbox, &target), [422, 200]);
}

#[test]
fn an_answer_lost_after_the_effect_settles_as_done_and_is_not_sent_twice() {
    let sandbox = Sandbox::small();
    let target = one(&sandbox);
    sandbox.fault("PUT", "*/completed", 1, &json!({ "drop": "after" }));
    sandbox.fault("POST", "*/notes", 1, &json!({ "drop": "after" }));
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.go_to_task(&target);
    terminal.press("x");
    terminal.wait_settled(&target, true);
    assert!(sandbox.is_complete(&target));
    assert_eq!(puts(&sandbox, &target).len(), 1);
    terminal.press("a");
    terminal.wait_for("Ctrl-S save");
    terminal.type_text("said once");
    terminal.press("ctrl-s");
    // The composer holds the same words before they are saved.
    terminal.wait_for("Added note");
    terminal.wait("the settled note", |screen| screen.contains("said once") && !screen.contains("pending"));
    assert_eq!(sandbox.notes_saying(&target.contact, "said once"), 1);
    assert_eq!(sandbox.answered("POST", "/notes").len(), 1);
}

#[test]
fn with_the_server_stopped_an_edit_waits_and_goes_out_when_it_is_back() {
    let arguments = ["--contacts", "120", "--set", "index-lag=0s"];
    let sandbox = Sandbox::start(&arguments);
    let target = one(&sandbox);
    let port = sandbox.port();
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.go_to_task(&target);
    sandbox.stop();
    terminal.press("x");
    terminal.wait("the pending edit", |screen| {
        screen.contains("offline") && line_of(screen, &target).is_some_and(|line| line.contains("[x] ⇅"))
    });
    // Nothing hangs.
    terminal.press("g c");
    terminal.press("k j");
    terminal.press("g t");
    terminal.kill();
    // After the restart it is shown at once, before there is any server.
    let terminal = home.open(&[]);
    let first = terminal.wait("the contacts", |screen| screen.contains("▶ "));
    assert!(first.contains("⇅ 1 pending"), "{first}");
    terminal.go_to(&target);
    let screen = terminal.wait("the pending task", |screen| line_of(screen, &target).is_some());
    assert!(line_of(&screen, &target).is_some_and(|line| line.contains("[x] ⇅")), "{screen}");
    let back = Sandbox::start(&[&arguments[..], &["--port", &port]].concat());
    terminal.wait_settled(&target, true);
    assert!(back.is_complete(&target));
    assert_eq!(puts(&back, &target), [200]);
}

#[test]
fn read_only_changes_nothing_and_names_the_scope() {
    let sandbox = Sandbox::small();
    let target = one(&sandbox);
    let home = Home::on(&sandbox);
    let terminal = home.open(&["--read-only"]);
    terminal.wait_for("READ-ONLY");
    terminal.wait("the contacts", |screen| screen.contains("▶ "));
    terminal.go_to_task(&target);
    terminal.press("x");
    let screen = terminal.wait_for("--read-only");
    assert!(screen.contains("contacts.write") || screen.contains("read-only"), "{screen}");
    assert!(line_of(&screen, &target).is_some_and(|line| line.contains("[ ]")), "{screen}");
    terminal.press("a");
    terminal.press("u");
    terminal.press("j k");
    terminal.wait_until_quiet();
    assert_eq!(sandbox.writes(), Vec::<String>::new());
    let ran = home.run(&["--read-only", "tasks", "complete", &target.task, "--contact", &target.contact]);
    assert_eq!(ran.status.code(), Some(3), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(sandbox.writes(), Vec::<String>::new());
}

#[test]
fn a_token_without_the_scope_is_noticed_and_nothing_is_changed() {
    let sandbox = Sandbox::small();
    let target = one(&sandbox);
    let home = Home::on(&sandbox).with("GHL_API_KEY", &sandbox.read_only_token);
    let terminal = home.dashboard();
    // It is found out before anything is edited.
    terminal.wait_for("READ-ONLY");
    terminal.go_to_task(&target);
    for keys in ["x", "n", "e", "D", "A", "a", "t", "m w"] {
        terminal.press(keys);
        let screen = terminal.wait_for("contacts.write");
        assert!(line_of(&screen, &target).is_some_and(|line| line.contains("[ ]")), "{keys}: {screen}");
    }
    terminal.press("?");
    terminal.wait_for("type to search");
    terminal.type_text("workflow");
    terminal.wait_for("the token lacks the scope");
    assert_eq!(sandbox.writes(), Vec::<String>::new());
    assert!(!sandbox.is_complete(&target));
}

#[test]
fn a_completed_task_never_flickers_back_while_the_index_lags() {
    let sandbox = Sandbox::start(&["--contacts", "120", "--set", "index-lag=10s", "--set", "touches-date-updated=on"]);
    let target = one(&sandbox);
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.go_to_task(&target);
    let mut ticked = false;
    let open = |screen: &str| line_of(screen, &target).is_some_and(|line| line.contains("[ ]"));
    terminal.press("x");
    terminal.wait("the tick", |screen| !open(screen) && line_of(screen, &target).is_some());
    ticked |= true;
    let refresh = || {
        terminal.wait_settled(&target, ticked);
        for _ in 0..4 {
            // What the refresh asks for comes while the index is behind.
            let asked = || sandbox.answered("GET", "/tasks").len();
            let before = asked();
            terminal.press("r");
            let began = Instant::now();
            while asked() == before {
                assert!(began.elapsed() < PATIENCE, "nothing is refreshed\n{}", terminal.screen());
                std::thread::sleep(Duration::from_millis(20)); // between two looks
            }
        }
    };
    terminal.never("the box was unticked again", open, refresh, Duration::from_secs(1));
    assert_eq!(puts(&sandbox, &target), [200]);
}

#[test]
fn a_draft_survives_escape_and_kill() {
    let sandbox = Sandbox::small();
    let target = one(&sandbox);
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.go_to(&target);
    terminal.press("a");
    terminal.wait_for("Ctrl-S save");
    terminal.type_text("half a thought");
    terminal.press("esc");
    terminal.wait_for("Draft saved");
    terminal.wait_until_quiet();
    terminal.kill();
    let terminal = home.dashboard();
    terminal.go_to(&target);
    terminal.press("a");
    terminal.wait_for("half a thought");
    terminal.type_text(", finished");
    terminal.press("ctrl-s");
    terminal.wait_for("Added note");
    terminal.wait("the settled note", |screen| screen.contains("finished") && !screen.contains("pending"));
    assert_eq!(sandbox.notes_saying(&target.contact, "half a thought, finished"), 1);
    terminal.press("u");
    terminal.wait_for("Undone");
    terminal.wait("the note is gone", |screen| !screen.contains("pending"));
    assert_eq!(sandbox.notes_saying(&target.contact, "half a thought"), 0);
}
