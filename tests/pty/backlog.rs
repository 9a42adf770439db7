//! The open tasks of the whole location in a real terminal.

use crate::home::Home;
use crate::sandbox::Sandbox;

#[test]
fn a_task_of_somebody_is_completed_on_the_screen_of_all_tasks() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox);
    let mut terminal = home.dashboard();
    terminal.wait_for("120 · by name");
    terminal.press("2");
    let first = terminal.wait("all tasks", |screen| screen.contains("[2 Tasks ") && screen.contains("open · "));
    let count = |screen: &str| -> Option<u32> {
        let rest = screen.split("[2 Tasks ").nth(1)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    terminal.wait("that they are all there", |screen| screen.contains("up to date ━┓"));
    let before = count(&terminal.screen()).or_else(|| count(&first)).expect("they are counted");
    terminal.press("/");
    terminal.type_text(&target.title);
    terminal.press("enter");
    // The same words may stand in another's task: the one of this contact is looked for line by line.
    let held = &sandbox.held(&target.contact)["contact"];
    let last: String = held["lastName"].as_str().or(held["firstName"].as_str()).unwrap_or_default().to_owned();
    let is_here = |screen: &str| screen.lines().any(|line| line.contains("┃▶") && line.contains(&last));
    terminal.walk_to("the task of the contact", is_here);
    terminal.press("x");
    terminal.wait("one less", |screen| count(screen) == Some(before - 1) && !screen.contains("pending"));
    assert!(sandbox.is_complete(&target));
    assert_eq!(sandbox.answered("PUT", &format!("{}/completed", target.task)), [200]);
    terminal.press("u");
    terminal.wait("it again", |screen| count(screen) == Some(before) && !screen.contains("pending"));
    assert!(!sandbox.is_complete(&target));
    assert_eq!(terminal.quit(), 0);
    // At the next start they are counted before anything is asked.
    let terminal = home.dashboard();
    terminal.wait("the count", |screen| screen.contains(&format!("2 Tasks {before}")));
}
