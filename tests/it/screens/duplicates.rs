//! The queue of contacts that may be one person.

use std::sync::Arc;

use ghl_tui::domain::ContactId;
use ghl_tui::protocol::{DuplicateGroup, Duplicates, Event, Scan};
use ghl_tui::ui::Effect;
use insta::assert_snapshot;

use super::review::{found, group, pair};
use super::stage::{LARGE, SMALL, Stage, people, somebody};

fn trio() -> Arc<DuplicateGroup> {
    group(
        &["c1", "c2", "c8"],
        0.84,
        vec![
            pair(0, 1, 0.999_9, &[("same e-mail", 9.2), ("Ana is short for Anand", 3.4), ("cities differ", -0.8)]),
            pair(
                1,
                2,
                0.72,
                &[("same phone", 4.0), ("different first names, same household?", -2.5), ("same state", 0.1)],
            ),
        ],
    )
}

fn with_groups(size: (u16, u16)) -> Stage {
    let mut stage = Stage::new(size);
    let mut everybody = people();
    everybody.push(somebody("c8", "Ana\u{202e}", "Lopez"));
    stage.people(everybody);
    let two = group(&["c3", "c5"], 0.97, vec![pair(0, 1, 0.97, &[("same name", 7.0)])]);
    stage.event(found(vec![two, trio()]));
    stage
}

/// Who was asked to be compared, the newest last.
fn asked(stage: &Stage) -> Vec<Vec<&str>> {
    let mut all: Vec<_> = stage.looks.iter().map(|look| look.comparison.clone()).collect();
    all.dedup();
    let all: Vec<Vec<ContactId>> = all.into_iter().flatten().map(|comparison| comparison.contacts).collect();
    let name = |id: &ContactId| ["c1", "c2", "c3", "c5", "c8"].into_iter().find(|name| *name == id.as_str());
    all.iter().map(|ids| ids.iter().filter_map(name).collect()).collect()
}

#[test]
fn groups_are_listed_with_what_is_cached_of_them() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut stage = with_groups(size);
        stage.assert_says("4 Duplicates 2");
        stage.assert_says("Ana María López ≈");
        stage.press("4 j");
        assert_snapshot!(format!("duplicates_{name}"), stage.picture());
        stage.assert_silent_about("same state");
        stage.assert_says("fetching…");
    }
}

#[test]
fn the_group_under_the_cursor_is_asked_for_once() {
    let mut stage = with_groups(LARGE);
    assert!(asked(&stage).is_empty(), "nobody looks at it yet");
    stage.press("4");
    assert_eq!(asked(&stage), [vec!["c3", "c5"]]);
    stage.press("j enter v d esc");
    assert_eq!(asked(&stage), [vec!["c3", "c5"], vec!["c1", "c2", "c8"]]);
    // Whoever comes back later sees how they are then.
    stage.press("1 4");
    assert_eq!(asked(&stage).len(), 3);
    stage.press("r");
    assert_eq!(asked(&stage).len(), 4);
}

#[test]
fn members_are_walked_and_gone_to() {
    let mut stage = with_groups(LARGE);
    stage.press("4 G enter ]");
    stage.assert_says("▸B  c2");
    stage.press("] [");
    stage.assert_says("▸B  c2");
    stage.press("o");
    assert!(matches!(stage.asked.pop(), Some(Effect::Open(url)) if url.ends_with("/contacts/detail/c2")));
    stage.press("enter");
    stage.assert_says("[1 Contacts");
    stage.line("▶ Anand Rao ≈");
    // And back to the group, at this very contact.
    stage.press("g d");
    stage.assert_says("▸B  c2");
    stage.press("esc esc");
    stage.assert_says("[1 Contacts");
    // Who is in no group has nobody to be shown.
    stage.press("/");
    stage.type_text("zuzana");
    stage.press("enter g d");
    stage.assert_says("No other contact looks like the same person");
    stage.assert_says("[1 Contacts");
}

#[test]
fn the_cursor_stays_with_its_group_when_others_come_and_go() {
    let mut stage = with_groups(LARGE);
    stage.press("4 j");
    stage.assert_says("2 of 2 · records A B C");
    let early = group(&["c6", "c7"], 0.99, vec![pair(0, 1, 0.99, &[("same name", 7.0)])]);
    stage.event(found(vec![early.clone(), trio()]));
    stage.assert_says("2 of 2 · records A B C");
    stage.event(found(vec![trio()]));
    stage.assert_says("1 of 1 · records A B C");
    stage.event(found(vec![early]));
    stage.assert_says("1 of 1 · records A B ");
    stage.event(found(Vec::new()));
    stage.assert_says("No duplicates found");
    stage.press("j G l enter space M n s x * X a S A e d v B P [ ]");
    let running = Duplicates { groups: Vec::new(), scan: Scan::Running { done: 500, total: 2_000 } };
    stage.event(Event::Duplicates(Arc::new(running)));
    stage.assert_says("comparing 25 %");
}

#[test]
fn what_is_skipped_goes_behind_for_now() {
    let mut stage = with_groups(LARGE);
    stage.press("4 s");
    stage.assert_says("1 of 2 · records A B C");
    stage.assert_says("Skipped");
    // A new scan does not bring it to the front again.
    let early = group(&["c6", "c7"], 0.99, vec![pair(0, 1, 0.99, &[("same name", 7.0)])]);
    let two = group(&["c3", "c5"], 0.97, vec![pair(0, 1, 0.97, &[("same name", 7.0)])]);
    stage.event(found(vec![early, two, trio()]));
    stage.press("G");
    stage.assert_says("Anastasia Volk · 3 of 3");
}
