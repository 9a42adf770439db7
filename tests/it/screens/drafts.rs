//! Drafts: where one waits is seen.

use std::sync::Arc;

use ghl_tui::protocol::{Event, OpenTasks, Reading};

use super::stage::{LARGE, SMALL, Stage, noon, task};

/// Types into what these keys open, and leaves it.
fn leave_a_draft(stage: &mut Stage, keys: &str) {
    stage.press(keys);
    stage.type_text("Zz");
    stage.press("esc");
}

/// Whether the line that says this has the badge.
fn has_badge(stage: &Stage, words: &str) -> bool {
    stage.line(words).contains('✎')
}

#[test]
fn a_draft_has_a_badge_where_it_waits() {
    for (keys, title, row) in [
        ("g c n", "Contacts ✎", None),
        ("g c e", "Ana María López ✎", Some("▶ Ana")),
        ("g t n", "Tasks ✎", None),
        ("g t e", "Tasks ✎", Some("[ ] ✎ Call back")),
        ("g n a", "Notes ✎", None),
        ("g n e", "Notes ✎", Some("▶ ✎ Kim Park")),
        ("g a n", "Appointments ✎", None),
        ("g a e", "Appointments ✎", Some("▶✎Fri 27 Nov")),
    ] {
        let mut stage = Stage::new(LARGE);
        stage.assert_silent_about("✎");
        leave_a_draft(&mut stage, keys);
        stage.assert_says(title);
        if let Some(row) = row {
            assert!(has_badge(&stage, row), "{keys}\n{}", stage.screen());
        }
        if title != "Contacts ✎" {
            assert!(has_badge(&stage, "+1 415-555-0142  vip"), "the contact's line: {keys}\n{}", stage.screen());
        }
        assert!(!has_badge(&stage, "Anand Rao"), "{}", stage.screen());
    }
}

#[test]
fn a_badge_is_seen_in_the_tabs_and_in_the_lists_of_the_location() {
    let mut stage = Stage::new(SMALL);
    leave_a_draft(&mut stage, "g t e");
    stage.assert_says("[Tasks 2 ✎]");
    let tasks = Arc::new(vec![Arc::new(task("t1", "Call back about quote", false, -49))]);
    stage.event(Event::OpenTasks(OpenTasks { tasks, fetched_at: Some(noon()), reading: Reading::Idle }));
    stage.press("2");
    assert!(has_badge(&stage, "Call back"), "{}", stage.screen());
}
