//! However it ends, the terminal is as it was.

use std::process::Stdio;

use rustix::process::Signal;

use crate::home::Home;
use crate::sandbox::Sandbox;

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
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    terminal.assert_restored();

    let mut terminal = home.open(&[]);
    terminal.wait_for("Quit");
    terminal.press("d");
    terminal.wait_for("1,500 · by name");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    terminal.assert_restored();
}

#[test]
fn without_a_terminal_it_says_so() {
    let ran = Home::new().command(&["--demo"]).stdout(Stdio::piped()).output().expect("it starts");
    assert_eq!(ran.status.code(), Some(1));
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(said.contains("needs a terminal") && said.contains("--help"), "{said}");
}
