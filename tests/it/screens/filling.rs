//! Filling in a form: what is suggested, what would be new, what cannot be written and where it is changed.

use std::sync::Arc;

use ghl_tui::domain::{Access, Location, Scope};
use ghl_tui::protocol::Event;

use super::stage::{LARGE, SMALL, Stage, location};

/// A location that has these tags.
fn with_tags(stage: &mut Stage, tags: &[&str]) {
    let tags = tags.iter().map(|&tag| tag.to_owned()).collect();
    stage.event(Event::Location(Arc::new(Location { tags, ..location() })));
}

/// Goes to the field that is called so.
fn go_to(stage: &mut Stage, label: &str) {
    for _ in 0..40 {
        if stage.screen().contains(&format!("▶ {label}")) {
            return;
        }
        stage.press("down");
    }
    panic!("no field is called {label:?}\n{}", stage.screen());
}

#[test]
fn tab_takes_what_is_suggested_for_what_is_typed_and_else_goes_on() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t n");
    go_to(&mut stage, "Assigned to");
    stage.assert_says("Kim Park · Dr. Osei");
    stage.press("tab");
    stage.line("▶ Details");
    stage.press("shift-tab");
    stage.type_text("os");
    stage.assert_says("Tab Dr. Osei");
    stage.assert_says("Tab complete");
    stage.press("tab");
    assert!(stage.line("▶ Assigned to").contains("Dr. Osei"), "{}", stage.screen());
    stage.assert_says("Tab next");
    stage.press("tab");
    stage.line("▶ Details");
    stage.press("tab");
    stage.line("▶ Title");
}

#[test]
fn tab_takes_the_chosen_suggestion_and_leaves_a_whole_answer_alone() {
    let mut stage = Stage::new(LARGE);
    with_tags(&mut stage, &["vip", "web", "webinar"]);
    stage.press("e");
    go_to(&mut stage, "Country");
    // A country of its own, though Nigeria begins with it.
    stage.type_text("Niger");
    stage.press("tab");
    assert!(stage.line("✎ Country").contains("Niger "), "{}", stage.screen());
    stage.line("▶ Time zone");
    go_to(&mut stage, "Tags");
    stage.press("ctrl-u");
    stage.type_text("vip, we");
    stage.press("ctrl-n ctrl-n tab");
    assert!(stage.line("▶ Tags").contains("vip, webinar"), "{}", stage.screen());
    stage.press("ctrl-u");
    // As it stands it is a tag that there is.
    stage.type_text("vip, web");
    stage.press("tab");
    assert!(stage.line("  Tags").contains("vip, web "), "{}", stage.screen());
    stage.line("▶ Everything");
    go_to(&mut stage, "Tags");
    stage.type_text(", ");
    stage.press("tab");
    stage.line("▶ Everything");
}

#[test]
fn a_new_tag_is_shown_as_new_before_it_is_made() {
    let mut stage = Stage::new(LARGE);
    with_tags(&mut stage, &["vip", "gold"]);
    stage.press("t");
    for known in ["GOLD", "web"] {
        stage.type_text(known);
        stage.assert_silent_about("new tag");
        stage.press("ctrl-u");
    }
    stage.type_text("lead");
    assert!(stage.line("[ ] lead").contains("new tag"), "{}", stage.screen());
    // Marked, it is as new as before.
    stage.press("tab");
    assert!(stage.line("[x] lead").contains("new tag"), "{}", stage.screen());
    stage.press("esc e");
    go_to(&mut stage, "Tags");
    // One that the contact has, one that another has, one that the location lists.
    stage.type_text(", Gold, lead");
    stage.assert_says("+ new tag: lead");
    stage.type_text(", hot");
    stage.press("down");
    stage.assert_says("+ new tags: lead, hot");
}

#[test]
fn a_tag_is_not_called_new_where_the_tags_of_the_location_cannot_be_read() {
    let mut stage = Stage::new(LARGE);
    stage.event(Event::Access(Access::READ_WRITE.lacking(Scope::LocationTagsReadonly)));
    stage.press("e");
    go_to(&mut stage, "Tags");
    stage.type_text(", lead");
    stage.assert_silent_about("new tag");
    stage.press("esc t");
    stage.type_text("lead");
    stage.assert_silent_about("new tag");
}

#[test]
fn what_cannot_be_written_says_why_and_where_it_is_changed() {
    for size in [LARGE, SMALL] {
        let mut stage = Stage::new(size);
        stage.press("e");
        stage.assert_says("the API cannot edit it: m b in the list sets the business");
        stage.press("esc g a e");
        stage.assert_says("change this in the web app");
        // Where no business can be chosen, nothing is said of that key.
        stage.press("esc g c");
        stage.event(Event::Access(Access::READ_WRITE.lacking(Scope::BusinessesReadonly)));
        stage.press("e");
        stage.assert_says("the API cannot change this: use the web app");
    }
}
