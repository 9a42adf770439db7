//! However it ends, the terminal is as it was.

use std::process::Stdio;

use rustix::process::Signal;

use crate::home::{Home, USUAL, program};
use crate::sandbox::Sandbox;
use crate::terminal::Window;

#[test]
fn signals_end_it_and_the_terminal_is_given_back() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let mut terminal = home.dashboard();
        terminal.signal(signal);
        assert_eq!(terminal.ended(), 0, "{signal:?}");
        terminal.assert_restored();
    }
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_takes_it_again() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let mut terminal = home.dashboard();
    terminal.wait_until_quiet();
    for _ in 0..2 {
        terminal.press("ctrl-z");
        terminal.assert_restored();
        terminal.signal(Signal::CONT);
        terminal.wait("the dashboard again", |screen| screen.contains("120 · by name"));
    }
    terminal.press("?");
    terminal.wait_for("Go to the first line");
    terminal.press("ctrl-c");
    assert_eq!(terminal.ended(), 0);
    terminal.assert_restored();
}

#[cfg_attr(not(debug_assertions), ignore = "only a debug build crashes when it is told to")]
#[test]
fn a_crash_gives_the_terminal_back_and_says_where_its_report_is() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let mut terminal = home.dashboard();
    terminal.signal(Signal::USR2);
    assert_eq!(terminal.ended(), 101);
    terminal.assert_restored();
    let screen = terminal.screen();
    assert!(screen.contains("ghl-tui crashed. The report is in"), "{screen}");
    let reports = std::fs::read_dir(home.state()).expect("the folder is there");
    let report = reports.filter_map(Result::ok).find(|file| file.file_name().to_string_lossy().starts_with("crash-"));
    let report = std::fs::read_to_string(report.expect("a report").path()).expect("it can be read");
    assert!(report.contains("SIGUSR2") && !report.contains(&sandbox.token), "{report}");
}

#[test]
fn a_start_without_an_account_offers_the_demo() {
    let home = Home::new();
    let mut terminal = home.open(&[]);
    let screen = terminal.wait_for("Quit");
    assert!(screen.contains("Demo") && screen.contains("Connect"), "{screen}");
    terminal.press("c");
    terminal.wait_for("Private integration token");
    terminal.press("esc");
    terminal.wait_for("Demo");
    assert_eq!(terminal.quit(), 0);
    terminal.assert_restored();

    let mut terminal = home.open(&[]);
    terminal.wait_for("Quit");
    terminal.press("d");
    terminal.wait_for("1,500 · by name");
    assert_eq!(terminal.quit(), 0);
    terminal.assert_restored();
}

#[test]
fn without_a_terminal_it_says_so() {
    let ran = Home::new().command(&["--demo"]).stdout(Stdio::piped()).output().expect("it starts");
    assert_eq!(ran.status.code(), Some(1));
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(said.contains("needs a terminal") && said.contains("--help"), "{said}");
}

#[test]
fn a_signal_that_ends_it_is_named() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    for (signal, name) in [
        (Signal::QUIT, "SIGQUIT"),
        (Signal::USR1, "SIGUSR1"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::ALARM, "SIGALRM"),
        (Signal::XCPU, "SIGXCPU"),
    ] {
        let mut terminal = home.dashboard();
        terminal.signal(signal);
        assert_eq!(terminal.ended(), 130, "{name}");
        terminal.assert_restored();
        let screen = terminal.screen();
        assert!(screen.contains(&format!("ghl-tui: ended by {name}")), "{screen}");
    }
}

#[test]
fn a_stop_from_outside_gives_the_terminal_back_and_a_continuation_takes_it_again() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    let before = terminal.wait_until_quiet();
    terminal.signal(Signal::TSTP);
    terminal.assert_restored();
    terminal.signal(Signal::CONT);
    terminal.wait("the dashboard again", |screen| screen == before);
    // Nobody is asked before this one; what the terminal shows after it is anybody's guess.
    terminal.signal(Signal::STOP);
    terminal.wipe();
    terminal.signal(Signal::CONT);
    terminal.wait("the dashboard again", |screen| screen == before);
}

#[test]
fn a_closed_window_is_an_end_like_any_other() {
    let sandbox = Sandbox::small();
    for size in [USUAL, (0, 0)] {
        let home = Home::on(&sandbox);
        let mut window = Window::open(home.in_terminal(program()), size);
        window.read_until(if size == USUAL { "▶ " } else { "\x1b[?2026l" });
        assert_eq!(window.close(), 0, "{size:?}");
        let files = std::fs::read_dir(home.state()).expect("the folder is there").flatten();
        let crashes = files.filter(|file| file.file_name().to_string_lossy().starts_with("crash-"));
        assert_eq!(crashes.count(), 0, "{size:?}");
    }
}

#[test]
fn whoever_leaves_with_an_edit_unsent_is_asked_and_the_shell_keeps_the_line() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox);
    let mut terminal = home.dashboard();
    terminal.go_to_task(&target);
    sandbox.stop();
    terminal.press("x");
    terminal.wait_for("1 pending");
    terminal.press("q");
    terminal.wait_for("1 edit is not sent yet");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    terminal.assert_restored();
    terminal.wait_for("1 edit is not sent yet. It goes at the next start, or with `ghl-tui sync`.");
}

#[test]
fn with_few_open_files_it_says_so_or_works() {
    let sandbox = Sandbox::small();
    for limit in (4..40).step_by(4) {
        let home = Home::on(&sandbox);
        let mut terminal = home.open_by(&format!("ulimit -n {limit}; exec \"$0\""));
        let screen = terminal.wait("a word", |screen| {
            ["q quit", "ghl-tui:", "error while loading"].iter().any(|word| screen.contains(word))
        });
        if screen.contains("q quit") {
            terminal.press("q");
        }
        terminal.ended();
        terminal.assert_restored();
    }
}

#[test]
fn a_log_that_cannot_be_written_is_not_written_over_the_screen() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    std::fs::create_dir_all(home.state()).expect("a folder");
    let log = std::fs::File::create(home.state().join("ghl-tui.log")).expect("a log");
    // Larger than the limit below, smaller than a log that is rotated.
    log.set_len(4 << 20).expect("sparse");
    let terminal = home.open_by("trap '' XFSZ; ulimit -f 4096; exec \"$0\" --verbose");
    terminal.wait("the contacts", |screen| screen.contains("▶ "));
    terminal.wait_until_quiet();
    let written = String::from_utf8_lossy(&terminal.written()).into_owned();
    assert!(!written.contains("tracing"), "{written}");
    assert_eq!(log.metadata().expect("there").len(), 4 << 20, "the limit holds");
}

#[test]
fn a_terminal_that_shows_lines_only_is_told_what_to_use() {
    let home = Home::new().with("TERM", "dumb");
    let mut terminal = home.open(&["--demo"]);
    assert_eq!(terminal.ended(), 1);
    let written = String::from_utf8_lossy(&terminal.written()).into_owned();
    assert!(written.contains("TERM is dumb") && written.contains("--help"), "{written}");
    assert!(written.trim().lines().count() == 1 && !written.contains('\u{1b}'), "{written:?}");
}
