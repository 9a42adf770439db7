//! The floors of `worker`.

use crate::architecture::floors::{Floor, check_floors};
use crate::architecture::source::{house, read};

/// From the ground up.
const FLOORS: &[Floor] = &[
    Floor {
        name: "what all share",
        holds: |path| matches!(path[..], ["shared" | "failure" | "notice" | "options" | "verdict" | "views"]),
    },
    Floor { name: "a job", holds: |path| !matches!(path, [] | ["coordinator", ..]) },
    Floor { name: "the coordinator", holds: |path| matches!(path, [] | ["coordinator", ..]) },
];

#[test]
fn no_file_names_one_on_a_higher_floor() {
    let wrong = check_floors(house(), "worker", FLOORS, &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn seeded_violations_are_found() {
    for (path, text, why) in [
        ("worker/shared.rs", "use crate::worker::scan::Scanned;", "what all share may not name a job"),
        ("worker/notice.rs", "use crate::worker::{Pace, scan};", "what all share may not name"),
        ("worker/views.rs", "fn f() { super::coordinator::f(); }", "what all share may not name the coordinator"),
        ("worker/scan.rs", "use crate::worker::coordinator::outbox::f;", "a job may not name the coordinator"),
        ("worker/scan.rs", "use crate::worker::run;", "a job may not name the coordinator"),
    ] {
        let mut files = vec![
            ("worker.rs", "mod coordinator; mod notice; mod scan; mod shared; mod views; pub fn run() {}"),
            ("worker/coordinator.rs", "mod outbox; use crate::worker::{scan, shared};"),
            ("worker/coordinator/outbox.rs", "use crate::worker::scan::Scanned;"),
            ("worker/notice.rs", ""),
            ("worker/scan.rs", "use crate::worker::shared::f;"),
            ("worker/shared.rs", "use crate::worker::notice::f;"),
            ("worker/views.rs", ""),
        ];
        assert_eq!(check_floors(&read(&files), "worker", FLOORS, &[]), Vec::<String>::new());
        files.retain(|(other, _text)| *other != path);
        files.push((path, text));
        let found = check_floors(&read(&files), "worker", FLOORS, &[]);
        assert!(found.iter().any(|wrong| wrong.contains(why)), "{path}: {text}\nfound {found:?}, not {why}");
    }
}
