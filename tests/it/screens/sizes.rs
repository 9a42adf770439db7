//! Every size from one cell up: no panic, and keys are safe where nothing can be seen.

use ghl_tui::protocol::Command;

use super::agenda;
use super::stage::{LARGE, Stage};
use crate::support::long_tests;

#[test]
fn no_size_panics_in_any_state() {
    let states: [&[&str]; 35] = [
        &[],
        &["g t"],
        &["g n", "enter"],
        &["g a"],
        &["g i", "v"],
        &["/", "a", "n"],
        &["/", "t", "tab", "v", "tab"],
        &["/", "f", ":", "x"],
        &["S", "tab"],
        &["a", "h", "enter", "i"],
        &["?", "n"],
        &["g"],
        &["e"],
        &["e", "shift-tab", "shift-tab", "a", "ctrl-n"],
        &["n", "tab", "tab", "tab", "+"],
        &["g t", "n", "x", "tab", "z", "tab", "k", "ctrl-n"],
        &["g t", "e", "shift-tab", "a", "enter", "b"],
        &["g a", "n"],
        &["g a", "e"],
        &["t", "v"],
        &["m w"],
        &["space", "space", "D"],
        &[":", "a", "n"],
        &["5"],
        &["g t", "x", "6"],
        &["2"],
        &["2", "j", "x"],
        &["2", "/", "a", "n"],
        &["2", "w", "t", "u", "e"],
        &["2", "space", "space", "x"],
        &["2", "f", "k"],
        &["3"],
        &["3", "tab", "l"],
        &["3", "/", "a"],
        &["3", "]", "x"],
    ];
    let columns = [1, 2, 3, 5, 8, 13, 21, 39, 40, 41, 59, 79, 80, 99, 100, 120, 159, 160, 200, 300];
    let rows = [1, 2, 3, 4, 5, 8, 9, 10, 11, 17, 18, 23, 24, 29, 30, 36, 50, 100];
    // Every width and every height in each state; in the long form every width with every height.
    let long = long_tests();
    for keys in states {
        let mut stage = agenda::with_days(LARGE);
        for key in keys {
            stage.press(key);
        }
        for (x, columns) in columns.into_iter().enumerate() {
            for (y, rows) in rows.into_iter().enumerate() {
                if long || (x + y) % 4 == 0 {
                    stage.resize((columns, rows));
                    let _painted = stage.buffer();
                }
            }
        }
    }
}

#[test]
fn where_nothing_can_be_seen_nothing_is_changed() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t");
    stage.resize((30, 8));
    stage.press("x a u");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Apply { .. } | Command::Reverse { .. })));
    stage.resize(LARGE);
    stage.press("x");
    assert!(stage.sent.iter().any(|command| matches!(command, Command::Apply { .. })));
}
