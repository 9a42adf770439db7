//! The agenda in a real terminal.

use crate::home::Home;
use crate::sandbox::Sandbox;

#[test]
fn an_appointment_is_cancelled_in_the_agenda_and_stands_there_at_the_next_start() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let mut terminal = home.dashboard();
    terminal.wait_for("120 · by name");
    terminal.press("3");
    let read = |screen: &str| screen.contains("[3 Agenda]") && screen.contains("up to date ━┓");
    terminal.wait("the month", read);
    // The next one that stands, whenever that is.
    let is_on = |screen: &str| screen.lines().any(|line| line.contains("┃▶") && line.contains("confirmed"));
    terminal.walk_to("a confirmed appointment", is_on);
    terminal.press("c");
    let is_off = |screen: &str| screen.lines().any(|line| line.contains("┃▶") && line.contains("cancelled"));
    terminal.wait("that it is off", |screen| is_off(screen) && !screen.contains("pending"));
    // What is tried for the sake of scopes changes nothing and is answered otherwise.
    let done = sandbox.answered("PUT", "").into_iter().filter(|status| *status == 200).count();
    assert_eq!(done, 1, "the server has it");
    terminal.press("u");
    terminal.wait("it again", |screen| is_on(screen) && !screen.contains("pending"));
    assert_eq!(terminal.quit(), 0);
    // Without the server the days are there all the same.
    drop(sandbox);
    let mut terminal = home.dashboard();
    terminal.press("3");
    terminal.wait("what was read", |screen| screen.contains("confirmed"));
    terminal.wait("that it is not fresh", |screen| screen.contains("appointments not read"));
    assert_eq!(terminal.quit(), 0);
}
