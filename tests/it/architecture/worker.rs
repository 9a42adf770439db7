//! The floors of `worker`.

use crate::architecture::floors::{Floor, check_floors};
use crate::architecture::source::house;

/// From the ground up.
const FLOORS: &[Floor] = &[
    Floor { name: "what all share", holds: |path| matches!(path[..], ["shared" | "failure"]) },
    Floor { name: "a job", holds: |path| !matches!(path, [] | ["desk", ..]) },
    Floor { name: "the coordinator", holds: |path| matches!(path, [] | ["desk", ..]) },
];

/// Files that still name one on a higher floor. This list only shrinks.
const STILL: &[(&str, &str)] = &[
    ("ask", "desk"),
    ("details", "desk"),
    ("shared", ""),
    ("shared", "agenda"),
    ("shared", "attempt"),
    ("shared", "backlog"),
    ("shared", "pull"),
    ("shared", "scan"),
];

#[test]
fn no_file_names_one_on_a_higher_floor() {
    let wrong = check_floors(house(), "worker", FLOORS, STILL);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
