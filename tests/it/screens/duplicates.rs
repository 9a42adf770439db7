//! The screen of contacts that may be one person.

use std::sync::Arc;

use ghl_tui::dedupe::Reason;
use ghl_tui::domain::ContactId;
use ghl_tui::protocol::{DuplicateGroup, DuplicatePair, Duplicates, Event, Scan};
use ghl_tui::ui::Effect;
use insta::assert_snapshot;

use super::stage::{LARGE, SMALL, Stage, people, somebody};

fn pair(a: usize, b: usize, score: f64, reasons: &[(&str, f64)]) -> DuplicatePair {
    let reasons = reasons.iter().map(|(words, bits)| Reason { words: (*words).to_owned(), bits: *bits }).collect();
    DuplicatePair { a, b, score, reasons }
}

fn group(members: &[&str], score: f64, pairs: Vec<DuplicatePair>) -> Arc<DuplicateGroup> {
    let members = members.iter().map(|id| ContactId::new(*id)).collect();
    Arc::new(DuplicateGroup { members, score, pairs })
}

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

fn found(groups: Vec<Arc<DuplicateGroup>>) -> Event {
    Event::Duplicates(Arc::new(Duplicates { groups, scan: Scan::Done }))
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

#[test]
fn groups_are_listed_with_what_speaks_for_and_against() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut stage = with_groups(size);
        stage.assert_says("4 Duplicates 2");
        stage.assert_says("Ana María López ≈");
        stage.press("4 j");
        assert_snapshot!(format!("duplicates_{name}"), stage.screen());
        stage.assert_silent_about("same state");
    }
}

#[test]
fn members_are_walked_and_gone_to() {
    let mut stage = with_groups(LARGE);
    stage.press("4 G l l");
    stage.assert_says("▶3 Ana Lopez");
    stage.press("h");
    stage.assert_says("▶2 Anand Rao");
    stage.press("o");
    assert!(matches!(stage.asked.pop(), Some(Effect::Open(url)) if url.ends_with("/contacts/detail/c2")));
    stage.press("enter");
    stage.assert_says("[1 Contacts");
    stage.line("▶ Anand Rao ≈");
    // And back to the group, at this very contact.
    stage.press("g d");
    stage.assert_says("▶2 Anand Rao");
    stage.press("esc");
    stage.assert_says("[1 Contacts");
    // Who is in no group has nobody to be shown.
    stage.press("/");
    stage.type_text("zuzana");
    stage.press("enter g d");
    stage.assert_says("no other contact looks like the same person");
    stage.assert_says("[1 Contacts");
}

#[test]
fn the_cursor_stays_with_its_group_when_others_come_and_go() {
    let mut stage = with_groups(LARGE);
    stage.press("4 j");
    stage.assert_says("3 contacts · 0.84");
    let early = group(&["c6", "c7"], 0.99, vec![pair(0, 1, 0.99, &[("same name", 7.0)])]);
    stage.event(found(vec![early.clone(), trio()]));
    stage.assert_says("3 contacts · 0.84");
    stage.event(found(vec![trio()]));
    stage.assert_says("3 contacts · 0.84");
    stage.event(found(vec![early]));
    stage.assert_says("2 contacts · 0.99");
    stage.event(found(Vec::new()));
    stage.assert_says("No two contacts look like one");
    stage.press("j G l enter");
    let running = Duplicates { groups: Vec::new(), scan: Scan::Running { done: 500, total: 2_000 } };
    stage.event(Event::Duplicates(Arc::new(running)));
    stage.assert_says("comparing 25 %");
}
