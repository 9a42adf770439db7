//! The floors of `ui`: state, model, rules, paint, keys, tables.

use crate::architecture::floors::{Floor, check_floors, has_role};
use crate::architecture::source::house;

/// From the ground up. Each floor is a role that every room has alike.
const FLOORS: &[Floor] = &[
    Floor { name: "ink", holds: |path| matches!(path, ["ink", ..]) },
    Floor { name: "state", holds: |path| matches!(path, ["message" | "state", ..]) || has_role(path, "state") },
    Floor { name: "the model", holds: |path| matches!(path, ["model", ..]) },
    Floor { name: "rules", holds: |path| matches!(path, ["wake", ..]) || has_role(path, "rules") },
    Floor { name: "paint", holds: |path| matches!(path, ["frame" | "view", ..]) || has_role(path, "paint") },
    Floor { name: "the screens before the dashboard", holds: |path| matches!(path, ["connect" | "welcome", ..]) },
    Floor {
        name: "keys",
        // A room's own file, which says what is in it and holds its row, is named on the way to its keys.
        holds: |path| {
            matches!(path, ["update", _, ..] | ["screens" | "popups", _] | ["popups", "picker", "purposes"])
                || has_role(path, "keys")
        },
    },
    Floor { name: "the tables", holds: |path| matches!(path, [] | ["update" | "screens" | "popups", ..]) },
];

#[test]
fn no_file_names_one_on_a_higher_floor() {
    let wrong = check_floors(house(), "ui", FLOORS, &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
