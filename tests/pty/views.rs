//! A saved view in a real terminal, at the next start, and from the command line with its tags.

use std::fs;
use std::process::Output;

use crate::home::Home;
use crate::sandbox::Sandbox;

fn lines(ran: &Output) -> usize {
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).lines().count()
}

#[test]
fn a_view_is_saved_shown_again_and_tags_what_comes_to_match_it_once() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let mut terminal = home.dashboard();
    terminal.wait_for("120 · by name");
    terminal.press("/");
    terminal.type_text("no:phone has:email");
    terminal.press("enter");
    terminal.wait_for("of 120 · by name");
    terminal.press("m");
    terminal.press("v");
    terminal.wait_for("Save the view as");
    terminal.type_text("No phone");
    terminal.press("enter");
    terminal.wait_for("Saved the view No phone");
    terminal.press("m");
    terminal.press("t");
    terminal.wait_for("Tags that No phone adds");
    terminal.type_text("needs-phone");
    terminal.press("enter");
    terminal.wait("the file", |_screen| {
        let file = fs::read_to_string(home.folder().join("config/ghl-tui/views.toml")).unwrap_or_default();
        file.contains("tags = [\"needs-phone\"]")
    });
    assert_eq!(terminal.quit(), 0);
    // At the next start it is what is shown.
    let mut terminal = home.dashboard();
    terminal.wait_for("[No phone");
    assert_eq!(terminal.quit(), 0);

    let tagged = || lines(&home.run(&["contacts", "list", "--filter", "tag:needs-phone"]));
    let listed = lines(&home.run(&["contacts", "list", "--filter", "no:phone has:email"]));
    assert!(listed > 2, "{listed}");
    assert_eq!(lines(&home.run(&["views", "apply", "No phone", "--dry-run"])), listed);
    assert_eq!(tagged(), 0, "a dry run sends nothing");
    lines(&home.run(&["sync"]));
    assert_eq!(tagged(), listed);
    lines(&home.run(&["outbox", "undo"]));
    assert_eq!(tagged(), 0);
    lines(&home.run(&["sync"]));
    assert_eq!(tagged(), 0, "what was taken back stays away");
}
