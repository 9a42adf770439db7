//! Floors within a module: no file names one on a higher floor.
//!
//! A table of floors goes from the ground up. Each floor says which files lie on it, by their path below the root;
//! a file lies on the first floor that takes it.

use std::collections::HashSet;

use crate::architecture::source::{SourceFile, arrows, below};

/// A floor: its name, and whether the file at this path below the root lies on it. The root's own file has the
/// empty path.
pub(crate) struct Floor {
    pub(crate) name: &'static str,
    pub(crate) holds: fn(&[&str]) -> bool,
}

/// Whether a file is called by this role or lies in a folder called so: `["screens", "tasks", "state"]` and
/// `["screens", "tasks", "state", "rows"]` have the role `state`.
pub(crate) fn has_role(path: &[&str], role: &str) -> bool {
    path.contains(&role)
}

/// What is wrong with the files below `root`. An exception, (`from`, `to`) by their paths below the root, allows
/// one file to name one on a higher floor; it is wrong too as soon as nobody needs it.
pub(crate) fn check_floors(
    files: &[SourceFile],
    root: &str,
    floors: &[Floor],
    exceptions: &[(&str, &str)],
) -> Vec<String> {
    let mut wrong = Vec::new();
    let depth = root.split("::").count();
    let path = |file: &SourceFile| file.module[depth..].join("::");
    let floor = |file: &SourceFile| {
        let path: Vec<&str> = file.module[depth..].iter().map(String::as_str).collect();
        floors.iter().position(|floor| (floor.holds)(&path))
    };
    for file in below(files, root).filter(|file| floor(file).is_none()) {
        wrong.push(format!("src/{}: lies on no floor of {root}", file.path));
    }
    let mut needed = HashSet::new();
    for arrow in arrows(files, root) {
        let (Some(from), Some(to)) = (floor(arrow.from), floor(arrow.to)) else { continue };
        if from >= to {
            continue;
        }
        let pair = (path(arrow.from), path(arrow.to));
        if exceptions.contains(&(&pair.0, &pair.1)) {
            needed.insert(pair);
        } else {
            wrong.push(format!(
                "src/{}:{}: {} may not name {} above it ({} in {})",
                arrow.from.path,
                arrow.name.line,
                floors[from].name,
                floors[to].name,
                arrow.name.segments.join("::"),
                arrow.to.path,
            ));
        }
    }
    for (from, to) in exceptions {
        if !needed.contains(&((*from).to_owned(), (*to).to_owned())) {
            wrong.push(format!("{root}: nothing needs the exception ({from:?}, {to:?}) any more: take it away"));
        }
    }
    wrong
}

/// The floors of a house by roles, as `ui` has them.
const BY_ROLE: &[Floor] = &[
    Floor { name: "state", holds: |path| has_role(path, "state") },
    Floor { name: "rules", holds: |path| has_role(path, "rules") },
    Floor { name: "paint", holds: |path| has_role(path, "paint") },
    Floor { name: "keys", holds: |path| has_role(path, "keys") },
    // A room's own file only says what is in it.
    Floor { name: "a room", holds: |path| path.len() == 1 && path != ["table"] },
    Floor { name: "the top", holds: |path| matches!(path, [] | ["table"]) },
];

#[test]
fn seeded_violations_are_found() {
    for (path, text, why) in [
        ("ui/tasks/state.rs", "use crate::ui::tasks::rules::f;", "state may not name rules"),
        ("ui/tasks/state/rows.rs", "use crate::ui::{tasks::paint, other};", "state may not name paint"),
        ("ui/tasks/rules.rs", "fn f() { super::keys::f(); }", "rules may not name keys"),
        ("ui/agenda/rules.rs", "use crate::ui::tasks::{self, paint::f};", "rules may not name paint"),
        ("ui/tasks/paint.rs", "use crate::ui::tasks::keys as words;", "paint may not name keys"),
        ("ui/tasks/paint.rs", "m!(crate::ui::tasks::keys::f());", "paint may not name keys"),
        ("ui/tasks/keys.rs", "use crate::ui::Table;", "keys may not name the top"),
        // A facade that passes something on does not hide where it comes from.
        ("ui/tasks/paint.rs", "use crate::ui::agenda::act;", "paint may not name keys"),
        ("ui/agenda/lists.rs", "", "src/ui/agenda/lists.rs: lies on no floor"),
    ] {
        let found = check_floors(&with(path, text), "ui", BY_ROLE, &[]);
        assert!(found.iter().any(|wrong| wrong.contains(why)), "{path}: {text}\nfound {found:?}, not {why}");
    }
}

#[test]
fn what_is_allowed_is_not_found_fault_with() {
    for (path, text) in [
        ("ui/tasks/keys.rs", "use crate::ui::tasks::{paint, rules, state}; use super::state::rows;"),
        ("ui/agenda/paint.rs", "use crate::ui::tasks::paint; use crate::domain::keys;"),
        ("ui/tasks/state.rs", "#[cfg(test)] mod tests { use crate::ui::tasks::keys::f; }"),
        ("ui/tasks/state.rs", "/// See [`crate::ui::tasks::keys`].\nfn f(keys: u8) { keys.to_string(); }"),
    ] {
        assert_eq!(check_floors(&with(path, text), "ui", BY_ROLE, &[]), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn an_exception_holds_while_it_is_needed() {
    let upward = with("ui/tasks/state.rs", "use crate::ui::tasks::rules::f;");
    let exceptions = [("tasks::state", "tasks::rules")];
    assert_eq!(check_floors(&upward, "ui", BY_ROLE, &exceptions), Vec::<String>::new());
    let found = check_floors(&with("ui/tasks/state.rs", ""), "ui", BY_ROLE, &exceptions);
    assert!(found.len() == 1 && found[0].contains("nothing needs the exception"), "{found:?}");
}

/// A small house, with this file in it.
fn with(path: &str, text: &str) -> Vec<SourceFile> {
    let mut files = vec![
        ("ui.rs", "mod tasks; mod agenda; mod table; pub use table::Table;"),
        ("ui/table.rs", "use crate::ui::tasks; pub struct Table;"),
        ("ui/agenda.rs", "pub use crate::ui::tasks::keys::act;"),
        ("ui/tasks/state/rows.rs", ""),
        ("ui/tasks/state.rs", ""),
        ("ui/tasks/rules.rs", "use crate::ui::tasks::state::rows;"),
        ("ui/tasks/paint.rs", "use crate::ui::tasks::rules;"),
        ("ui/tasks/keys.rs", "use crate::ui::tasks::paint;"),
    ];
    files.retain(|(other, _text)| *other != path);
    files.push((path, text));
    crate::architecture::source::read(&files)
}
