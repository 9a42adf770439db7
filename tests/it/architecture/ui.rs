//! The floors of `ui`: ink, state, model, rules, paint, verbs, keys, tables; and the doors between its rooms.

use crate::architecture::floors::{Floor, check_floors, has_role};
use crate::architecture::source::{SourceFile, arrows, house, read};

/// From the ground up. Each floor is a role that every room has alike.
const FLOORS: &[Floor] = &[
    Floor { name: "ink", holds: |path| matches!(path, ["ink", ..]) },
    Floor { name: "state", holds: |path| matches!(path, ["message" | "state", ..]) || has_role(path, "state") },
    Floor { name: "the model", holds: |path| matches!(path, ["model", ..]) },
    Floor { name: "rules", holds: |path| matches!(path, ["wake", ..]) || has_role(path, "rules") },
    Floor { name: "paint", holds: |path| matches!(path, ["frame" | "view", ..]) || has_role(path, "paint") },
    Floor { name: "the screens before the dashboard", holds: |path| matches!(path, ["connect" | "welcome", ..]) },
    Floor { name: "verbs", holds: |path| matches!(path, ["verbs", ..]) },
    Floor { name: "keys", holds: |path| has_role(path, "keys") },
    // A room's own file holds its row, which names its painter and its keys.
    Floor { name: "the tables", holds: |path| matches!(path, [] | ["update" | "screens" | "popups", ..]) },
];

/// What is wrong with the files of a house that has `ui`.
fn check(files: &[SourceFile]) -> Vec<String> {
    let between_rooms = arrows(files, "ui").into_iter().filter_map(|arrow| {
        // `ui::screens::tasks` of a file of its keys.
        let room = |file: &'_ SourceFile| {
            file.module.get(3).is_some_and(|role| role == "keys").then(|| file.module[..3].to_vec())
        };
        let (from, to) = (room(arrow.from)?, room(arrow.to)?);
        (from != to).then(|| {
            let (from, to) = (&arrow.from.path, &arrow.to.path);
            format!("src/{from}:{}: the keys of a room may not name those of another ({to})", arrow.name.line)
        })
    });
    check_floors(files, "ui", FLOORS, &[]).into_iter().chain(between_rooms).collect()
}

#[test]
fn no_file_names_one_on_a_higher_floor_or_another_room_s_keys() {
    let wrong = check(house());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A small house, with a file on each floor and two in each room.
const HOUSE: &[(&str, &str)] = &[
    ("ui.rs", "mod update; pub use update::update; use crate::ui::screens::room;"),
    ("ui/ink.rs", ""),
    ("ui/message.rs", ""),
    ("ui/state/layout.rs", ""),
    ("ui/screens/tasks/state.rs", "use crate::ui::{ink::grouped, state::layout::Layout};"),
    ("ui/popups/note/state.rs", "use crate::ui::screens::tasks::state::Meant;"),
    ("ui/model.rs", "use crate::ui::popups::note::state::NoteEditor; use crate::ui::screens::tasks::state::TaskList;"),
    ("ui/model/room.rs", "use crate::ui::model::Model;"),
    ("ui/rules.rs", "use crate::ui::model::Model;"),
    ("ui/wake.rs", "use crate::ui::model::Model;"),
    ("ui/screens/tasks/rules.rs", "use crate::ui::rules;"),
    ("ui/screens/tasks/paint.rs", "use crate::ui::screens::tasks::rules::unmet;"),
    ("ui/frame/footer.rs", "use crate::ui::screens::tasks::paint::hint;"),
    ("ui/view.rs", "use crate::ui::frame::footer;"),
    ("ui/welcome.rs", "use crate::ui::ink::boxed;"),
    ("ui/verbs/going.rs", "use crate::ui::verbs::edits;"),
    ("ui/verbs/edits.rs", "use crate::ui::popups::note::state::NoteEditor;"),
    ("ui/screens/tasks/keys.rs", "mod marks; use crate::ui::verbs::going; use crate::ui::screens::tasks::paint::rows;"),
    ("ui/screens/tasks/keys/marks.rs", "use crate::ui::screens::tasks::rules;"),
    ("ui/popups/note/keys.rs", "use crate::ui::verbs::edits;"),
    ("ui/screens/tasks.rs", "mod keys; mod paint; use crate::ui::model::room::Room;"),
    ("ui/popups/note.rs", "mod keys; use keys::act;"),
    ("ui/screens.rs", "mod tasks; use tasks::ROOM;"),
    ("ui/popups.rs", "mod note; fn open() { note::keys::open(); }"),
    ("ui/update.rs", "mod news; use crate::ui::{popups, view, wake};"),
    ("ui/update/news.rs", "use crate::ui::screens::tasks::keys::marks;"),
];

fn with(path: &str, text: &str) -> Vec<SourceFile> {
    let others = HOUSE.iter().copied().filter(|(other, _text)| *other != path);
    read(&others.chain([(path, text)]).collect::<Vec<_>>())
}

#[test]
fn seeded_violations_are_found() {
    assert_eq!(check(&read(HOUSE)), Vec::<String>::new());
    for (path, text, why) in [
        ("ui/ink.rs", "use crate::ui::state::layout::Layout;", "ink may not name state"),
        ("ui/message.rs", "use crate::ui::model::Model;", "state may not name the model"),
        ("ui/state/layout.rs", "use crate::ui::rules::sentence;", "state may not name rules"),
        ("ui/screens/tasks/state.rs", "use crate::ui::model::Model;", "state may not name the model"),
        ("ui/popups/note/state.rs", "use crate::ui::screens::tasks::paint;", "state may not name paint"),
        ("ui/model.rs", "use crate::ui::rules::f;", "the model may not name rules"),
        ("ui/model/room.rs", "fn f() { crate::ui::screens::tasks::keys::act(); }", "the model may not name keys"),
        ("ui/rules.rs", "use crate::ui::frame::footer;", "rules may not name paint"),
        ("ui/wake.rs", "use crate::ui::verbs::edits;", "rules may not name verbs"),
        ("ui/screens/tasks/rules.rs", "use crate::ui::screens::tasks::paint;", "rules may not name paint"),
        ("ui/screens/tasks/paint.rs", "use crate::ui::verbs::going;", "paint may not name verbs"),
        ("ui/frame/footer.rs", "use crate::ui::screens::tasks;", "paint may not name the tables"),
        ("ui/view.rs", "use crate::ui::popups::note::keys::act;", "paint may not name keys"),
        ("ui/welcome.rs", "use crate::ui::verbs::going;", "the screens before the dashboard may not name verbs"),
        ("ui/verbs/going.rs", "use crate::ui::screens::tasks::keys;", "verbs may not name keys"),
        ("ui/verbs/edits.rs", "use crate::ui::update::news;", "verbs may not name the tables"),
        ("ui/screens/tasks/keys.rs", "use crate::ui::popups::open;", "keys may not name the tables"),
        ("ui/screens/tasks/keys/marks.rs", "use crate::ui::screens::tasks;", "keys may not name the tables"),
        ("ui/screens/tasks/keys.rs", "use crate::ui::popups::note::keys::open;", "may not name those of another"),
        ("ui/popups/note/keys.rs", "fn f() { crate::ui::screens::tasks::keys::marks::f(); }", "those of another"),
        ("ui/sounds.rs", "", "src/ui/sounds.rs: lies on no floor"),
    ] {
        let found = check(&with(path, text));
        assert!(found.iter().any(|wrong| wrong.contains(why)), "{path}: {text}\nfound {found:?}, not {why}");
    }
}
