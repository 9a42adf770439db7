//! kill -9 at random moments: what was promised is there afterwards, and has one effect.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::home::{Home, long_tests};
use crate::sandbox::{Sandbox, Target};

/// So many are run side by side, each with a folder of its own: mostly they wait.
const LANES: usize = 4;
/// Kills of a dashboard, and as many of a command, for each kind of edit: in the short form and in the long one, which
/// has bad weather too.
const KILLS: (usize, usize) = (12, 250);
/// Nobody's answer takes longer than this, so that a kill may hit before, during and after it.
const SLOW_MS: u64 = 30;

/// What is changed: a task is completed, a note is written.
fn note_of(round: usize) -> String {
    format!("kept through kill {round:03}")
}

fn pause() {
    std::thread::sleep(Duration::from_micros(fastrand::u64(0..2 * SLOW_MS * 1000)));
}

/// Whether a line is past `·`, which marks what is being saved: news of an earlier edit may hide the message about it.
fn is_safe(screen: &str, mark: &str, words: &str) -> bool {
    let is_it = |line: &&str| line.contains(mark) && line.contains(words);
    screen.lines().find(is_it).is_some_and(|line| !line.contains('·'))
}

/// Kills the dashboard right after `⇅` was painted, once for a completion and once for a note.
fn kill_dashboards(home: &Home, targets: &[(usize, Target)]) {
    for (round, target) in targets {
        let terminal = home.dashboard();
        terminal.go_to_task(target);
        terminal.press("x");
        // The message is about this edit alone; earlier ones may still be on their way.
        terminal.wait("the promise", |screen| {
            screen.contains("⇅ Completed") || screen.contains("✓ Completed") || is_safe(screen, "[x]", &target.title)
        });
        pause();
        terminal.kill();

        let terminal = home.dashboard();
        terminal.go_to(target);
        terminal.press("a");
        terminal.wait_for("Ctrl-S save");
        terminal.type_text(&note_of(*round));
        terminal.press("ctrl-s");
        let note = note_of(*round);
        terminal.wait("the promise", |screen| {
            let told = screen.contains("⇅ Added") || screen.contains("✓ Added");
            told || (!screen.contains("Ctrl-S save") && is_safe(screen, "", &note))
        });
        pause();
        terminal.kill();
    }
}

/// Kills the command right after it has printed the edit's id.
fn kill_commands(home: &Home, targets: &[(usize, Target)]) {
    for (round, target) in targets {
        let body = note_of(*round);
        let complete = ["tasks", "complete", &target.task, "--contact", &target.contact];
        let note = ["notes", "add", &target.contact, "--body", &body];
        for arguments in [&complete[..], &note[..]] {
            let mut child =
                home.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
            let said = BufReader::new(child.stderr.take().expect("it is piped"));
            let promised = said.lines().map_while(Result::ok).any(|line| line.starts_with("queued as "));
            assert!(promised, "{arguments:?} promised nothing");
            pause();
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn survives(kill: fn(&Home, &[(usize, Target)])) {
    let sandbox = Sandbox::start(&["--contacts", "1500", "--set", "index-lag=0s"]);
    let kills = if long_tests() { KILLS.1 } else { KILLS.0 };
    let targets: Vec<(usize, Target)> = sandbox.targets(kills).into_iter().enumerate().collect();
    sandbox.fault("", "", 0, &json!({ "latency_ms": 0, "jitter_ms": SLOW_MS }));
    if long_tests() {
        let weather = [
            (0.04, json!({ "drop": "after" })),
            (0.02, json!({ "drop": "before" })),
            (0.03, json!({ "status": 503, "after": true })),
            (0.02, json!({ "status": 429, "headers": { "retry-after": "0" } })),
        ];
        let rule = |(method, (share, action)): (&str, &(f64, Value))| json!({ "method": method, "path": "/contacts/", "times": 0, "share": share, "action": action });
        let rules = ["PUT", "POST"].into_iter().flat_map(|method| weather.iter().map(move |one| rule((method, one))));
        sandbox.post("/__sandbox/faults", &json!({ "rules": rules.collect::<Vec<_>>() }));
    }
    std::thread::scope(|scope| {
        for share in targets.chunks(kills.div_ceil(LANES)) {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let home = Home::on(sandbox);
                kill(&home, share);
                // What is still open is finished by whoever comes next; what a kill or a fault left open, after its wait.
                if long_tests() {
                    sandbox.calm();
                    home.run(&["sync", "--wait", "400s"]);
                }
                let terminal = home.dashboard();
                terminal.wait("an empty outbox", |screen| !screen.contains("pending") && screen.contains("● "));
                let waiting = home.run(&["outbox", "list", "--json"]);
                assert_eq!(String::from_utf8_lossy(&waiting.stdout), "");
            });
        }
    });
    for (round, target) in &targets {
        assert!(sandbox.is_complete(target), "round {round} lost {target:?}");
        let puts = sandbox.answered("PUT", &format!("{}/completed", target.task));
        // To complete a task twice does no harm where the first answer was lost.
        assert!(puts == [200] || long_tests(), "round {round}: {target:?}: {puts:?}");
        assert_eq!(sandbox.notes_saying(&target.contact, &note_of(*round)), 1, "round {round}: {target:?}");
    }
}

#[test]
fn a_killed_dashboard_loses_and_doubles_nothing() {
    survives(kill_dashboards);
}

#[test]
fn a_killed_command_loses_and_doubles_nothing() {
    survives(kill_commands);
}
