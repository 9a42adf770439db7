//! What the review shows.

use insta::assert_snapshot;

use super::super::stage::{LARGE, SMALL};
use super::*;
use crate::support::long_tests;

#[test]
fn records_stand_beside_each_other() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut stage = reviewing(size);
        stage.press("enter");
        assert_snapshot!(format!("review_{name}"), stage.picture());
        let mut stage = reviewing_three(size);
        stage.press("enter ] ]");
        assert_snapshot!(format!("review_three_{name}"), stage.pane("records A B C"));
    }
}

#[test]
fn a_narrow_screen_shows_one_part_at_a_time() {
    let mut stage = reviewing_three((60, 20));
    stage.assert_says("Queue 2");
    stage.assert_silent_about("RESULT");
    stage.press("enter");
    assert_snapshot!("review_60x20", stage.body());
    stage.press("esc");
    stage.assert_says("Queue 2");
}

#[test]
fn all_evidence_is_read_on_demand() {
    let mut stage = reviewing_three(LARGE);
    stage.assert_silent_about("+4.0");
    stage.press("v");
    stage.assert_says("Why Ana María López may be the same person");
    stage.assert_says("A and B: 0.99");
    stage.assert_says("+0.1  same state");
    stage.assert_says("B and C: 0.72");
    stage.assert_says("−2.5  different first names, same household?");
    stage.press("esc");
    stage.assert_silent_about("B and C");
}

#[test]
fn equal_and_empty_fields_are_hidden_until_asked_for() {
    let mut stage = reviewing(LARGE);
    stage.press("enter");
    stage.assert_silent_about("E-mail");
    stage.assert_says("fields hidden: d shows them");
    stage.press("j j");
    let here = stage.line("▶≠ Phone");
    stage.press("d");
    stage.line("= E-mail");
    assert_eq!(stage.line("▶≠ Phone"), here, "the cursor stays with its field");
    stage.press("d");
    stage.assert_silent_about("E-mail");
}

#[test]
fn what_is_lost_and_what_stays_is_named() {
    let stage = reviewing((160, 50));
    for words in [
        "1 update (2 fields) · +1 tag · copies of 1 task and 2 notes",
        "archived: tag merged-duplicate, a note naming A · undo until purged",
        "goes into a note on A: phone +14155550143 (B)",
        "Insurance Aetna",
        "stays on B: 2 appointments (1 coming), 2 conversations, opportunities, payments, workflows (o opens it)",
        "a books 1 upcoming appointment again",
        "s of quota) · may trigger automations: 2 tags, 1 task, 4 notes",
        "B in 6d  appt confirmed",
        "B 20h    note by Kim Park",
        "all from “Facebook form” · A was changed last, 2m ago",
    ] {
        stage.assert_says(words);
    }
}

#[test]
fn hostile_names_are_drawn_clean() {
    for size in [LARGE, SMALL, (60, 20), (200, 50)] {
        let mut stage = reviewing_three(size);
        stage.press("enter ] ] M");
        for hostile in ['\u{1b}', '\u{202e}', '\u{7}'] {
            assert!(!stage.screen().contains(hostile), "{hostile:?}\n{}", stage.screen());
        }
        stage.assert_says("Ana M. LÓPEZ (C)");
    }
}

#[test]
fn many_records_are_walked_sideways() {
    let all: Vec<Contact> = (0..12).map(|at| somebody(&format!("d{at}"), &format!("Kim{at}"), "Lee")).collect();
    let ids: Vec<String> = all.iter().map(|contact| contact.id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut stage = Stage::new(LARGE);
    stage.people(all);
    stage.event(found(vec![group(&ids, 0.9, vec![pair(0, 1, 0.9, &[("same name", 7.0)])])]));
    stage.press("4 enter");
    stage.assert_says("A–B of 12");
    for at in ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "A"] {
        stage.assert_says(&format!("▸{at}"));
        stage.press("]");
    }
}

#[test]
fn a_member_that_is_gone_is_left_out() {
    let mut stage = opened(LARGE, vec![trio()]);
    stage.event(Event::Compared(Arc::new(compared(&["c1", "c9"], true))));
    stage.press("enter ]");
    // The letters stay what the evidence calls them.
    stage.assert_says("▸C  c9");
    stage.press("M");
    stage.assert_says("(C) into Ana María López (A)");
    // Everybody is gone: what is cached is looked at, and nothing can be merged.
    let mut stage = opened(LARGE, vec![duo()]);
    stage.event(Event::Compared(Arc::new(compared(&[], true))));
    stage.press("M");
    stage.assert_says("The records no longer exist.");
}

#[test]
fn no_size_panics_in_any_state() {
    type Opens = fn((u16, u16)) -> Stage;
    let states: [(Opens, &str); 9] = [
        (reviewing, "j"),
        (reviewing_three, "enter ] ] d G"),
        (reviewing_three, "v"),
        (reviewing, "enter e"),
        (reviewing, "M"),
        (reviewing, "X y"),
        (reviewing, "B"),
        (reviewing, "U"),
        (reviewing_three, "n N"),
    ];
    for (open, keys) in states {
        let mut stage = open(LARGE);
        stage.press(keys);
        for (x, columns) in [1, 13, 39, 40, 50, 79, 80, 99, 100, 120, 160, 300].into_iter().enumerate() {
            for (y, rows) in [1, 9, 10, 11, 17, 18, 20, 24, 30, 35, 36, 60].into_iter().enumerate() {
                if long_tests() || (x + y) % 3 == 0 {
                    stage.resize((columns, rows));
                    let _painted = stage.buffer();
                }
            }
        }
    }
}

#[test]
fn help_and_palette_know_the_keys_of_the_review() {
    let mut stage = reviewing(LARGE);
    stage.press("?");
    stage.type_text("merge");
    stage.line("M                       Merge the records into the one you keep");
    stage.press("esc enter ] x ?");
    stage.type_text("merge");
    stage.line("Merge the records into the one you keep — at least");
    stage.press("esc :");
    stage.type_text("exclude");
    stage.press("enter");
    stage.assert_silent_about("(B left out)");
    // Elsewhere it makes no sense, and is not offered.
    stage.press("1 :");
    stage.type_text("exclude");
    stage.assert_silent_about("Exclude the selected record");
    stage.press("esc :");
    stage.type_text("merges: undo");
    stage.press("enter");
    stage.assert_says("No merges on this computer yet.");
}
