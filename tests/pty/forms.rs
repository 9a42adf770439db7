//! Every edit from the keyboard, at both sizes: made, settled, taken back, done again, with the sandbox as witness.

use serde_json::Value;

use crate::home::Home;
use crate::sandbox::{Sandbox, Target};
use crate::terminal::Terminal;

const SIZES: [(u16, u16); 2] = [(120, 36), (80, 24)];

fn quiet(screen: &str) -> bool {
    !screen.contains("pending") && !screen.contains('⇅')
}

impl Terminal {
    /// Waits until the newest edit says so, and then until everything is settled: by then the toast may be gone.
    fn wait_done(&self, words: &str) {
        self.wait_for(words);
        self.wait("all to be settled", quiet);
    }

    /// Takes the newest edit back, and when `check` has seen that, does it again.
    fn back_and_forth(&self, check: impl FnOnce()) {
        self.press("u");
        self.wait_done("✓ Undone");
        check();
        self.press("ctrl-r");
        self.wait_done("✓ Redone");
    }
}

fn each_size(work: impl Fn(&Sandbox, &Target, &Terminal)) {
    for size in SIZES {
        let sandbox = Sandbox::small();
        let target = sandbox.targets(1).remove(0);
        let home = Home::on(&sandbox);
        let terminal = home.open_at(size, &[]);
        terminal.wait("the contacts", |screen| screen.contains("▶ "));
        terminal.press("/");
        terminal.wait_for("Enter keep");
        terminal.type_text(&target.email);
        terminal.press("enter");
        terminal.wait("one contact", |screen| screen.contains("1 of 120"));
        work(&sandbox, &target, &terminal);
    }
}

#[test]
fn tasks_are_added_changed_assigned_and_deleted() {
    each_size(|sandbox, target, terminal| {
        let called = |title: &str| sandbox.tasks_called(&target.contact, title);
        terminal.press("g t");
        terminal.wait_for(&target.title[..18]);
        terminal.press("n");
        terminal.wait_for("New task for");
        terminal.type_text("Ring her");
        terminal.press("tab");
        terminal.type_text("someday");
        terminal.wait_for("is not a date or time");
        terminal.press("ctrl-s");
        terminal.wait_for("is not a date or time");
        assert_eq!(called("Ring her").len(), 0, "nothing is sent while something is wrong");
        terminal.press("ctrl-u");
        terminal.type_text("2026-12-01 14:00");
        terminal.wait_for("Tue 1 Dec 2026, 2:00 PM");
        terminal.press("ctrl-s");
        terminal.wait_done("✓ Added task");
        assert_eq!(called("Ring her")[0]["dueDate"].as_str().map(|due| &due[..16]), Some("2026-12-01T22:00"));
        terminal.back_and_forth(|| assert_eq!(called("Ring her").len(), 0));
        assert_eq!(called("Ring her").len(), 1);

        terminal.wait_for("Ring her");
        terminal.press("g t");
        let under_cursor =
            |screen: &str| screen.lines().any(|line| line.contains("▶ [ ]") && line.contains("Ring her"));
        terminal.walk_to("the new task", under_cursor);
        terminal.press("e");
        terminal.wait_for("Task for");
        terminal.type_text(" back");
        terminal.press("ctrl-s");
        terminal.wait_done("✓ Changed task");
        assert_eq!(called("Ring her back").len(), 1);
        terminal.back_and_forth(|| assert_eq!(called("Ring her").len(), 1));
        terminal.press("A");
        terminal.wait_for("Assign “");
        terminal.press("enter");
        terminal.wait_done("✓ Assigned");
        assert!(called("Ring her back")[0]["assignedTo"].as_str().is_some_and(|user| !user.is_empty()));
        terminal.press("D");
        terminal.wait_done("✓ Deleted task");
        assert_eq!(called("Ring her back").len(), 0);
        terminal.press("u");
        terminal.wait_done("re-created");
        assert!(called("Ring her back")[0]["assignedTo"].as_str().is_some_and(|user| !user.is_empty()));
    });
}

#[test]
fn a_contact_is_changed_in_its_form() {
    each_size(|sandbox, target, terminal| {
        let contact = || sandbox.held(&target.contact)["contact"].clone();
        let was = contact();
        terminal.press("e");
        terminal.wait_for("First name");
        terminal.press("tab tab");
        terminal.press("ctrl-u");
        terminal.type_text("nobody@nowhere");
        terminal.wait_for("not an e-mail address");
        terminal.press("ctrl-s");
        terminal.wait_for("not an e-mail address");
        assert_eq!(contact(), was, "nothing is sent while something is wrong");
        terminal.type_text(".example");
        terminal.wait("the error to go", |screen| !screen.contains("not an e-mail address"));
        terminal.press("ctrl-s");
        terminal.wait_done("✓ Changed e-mail");
        assert_eq!(contact()["email"], "nobody@nowhere.example");
        assert_eq!((&contact()["phone"], &contact()["tags"]), (&was["phone"], &was["tags"]));
        terminal.back_and_forth(|| assert_eq!(contact()["email"], was["email"]));
        assert_eq!(contact()["email"], "nobody@nowhere.example");
        // Nobody has the address that the filter asks for any more.
        terminal.wait_for("No contact matches");
        terminal.press("esc");
        terminal.wait_for("nobody@nowhere.example");
        terminal.press("t");
        terminal.wait_for("Tags of");
        terminal.type_text("brand new");
        terminal.wait_for("new tag");
        terminal.press("enter");
        terminal.wait_done("✓ Added tag brand new");
        terminal.back_and_forth(|| assert_eq!(contact()["tags"], was["tags"]));
        assert!(contact()["tags"].to_string().contains("brand new"));
    });
}

#[test]
fn a_new_contact_is_there_at_once_and_gone_with_its_undo() {
    each_size(|sandbox, _target, terminal| {
        terminal.press("esc");
        terminal.wait_for("filter by name");
        terminal.press("n");
        terminal.wait_for("New contact");
        terminal.type_text("Nova");
        terminal.press("tab");
        terminal.type_text("Newman");
        terminal.press("tab tab");
        terminal.type_text("nova@example.com");
        terminal.press("ctrl-s");
        terminal.wait_done("✓ Added contact Nova Newman");
        terminal.wait("the cursor on her", |screen| screen.contains("▶ Nova Newman") || screen.contains("▶ Nova"));
        let found = || -> Vec<Value> {
            let search = serde_json::json!({ "locationId": sandbox.location, "pageLimit": 500 });
            let all = sandbox.post("/contacts/search", &search)["contacts"].clone();
            all.as_array().into_iter().flatten().filter(|one| one["email"] == "nova@example.com").cloned().collect()
        };
        assert_eq!(found().len(), 1);
        terminal.back_and_forth(|| assert_eq!(found().len(), 0));
        assert_eq!(found().len(), 1);
    });
}

#[test]
fn a_note_goes_to_the_editor_and_back() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox)
        .with("EDITOR", "sh -c 'env | grep -c ^GHL_ >> \"$0\"; printf \"from the editor\\n\" >> \"$0\"'");
    let terminal = home.dashboard();
    terminal.go_to(&target);
    terminal.press("a");
    terminal.wait_for("Ctrl-S save");
    terminal.type_text("typed here");
    terminal.press("ctrl-e");
    let screen = terminal.wait_for("from the editor");
    // The token is not in the editor's environment.
    assert!(screen.lines().any(|line| line.contains("┃0")), "{screen}");
    terminal.press("ctrl-s");
    terminal.wait_done("✓ Added note");
    assert_eq!(sandbox.notes_saying(&target.contact, "from the editor"), 1);
    let left = std::fs::read_dir(home.data(&sandbox).join("editing")).expect("the folder").count();
    assert_eq!(left, 0, "no text stays behind");
    terminal.press("g n p");
    terminal.wait_done("✓ Pinned");
    terminal.press("D");
    terminal.wait_done("✓ Deleted note");
    assert_eq!(sandbox.notes_saying(&target.contact, "from the editor"), 0);
    terminal.press("u");
    terminal.wait_done("re-created");
    assert_eq!(sandbox.notes_saying(&target.contact, "from the editor"), 1);
}

#[test]
fn a_text_in_the_editor_survives_a_kill() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox).with("EDITOR", "sh -c 'printf \"half a thought\\n\" > \"$0\"; sleep 300'");
    let terminal = home.dashboard();
    terminal.go_to(&target);
    terminal.press("a");
    terminal.wait_for("Ctrl-S save");
    terminal.press("ctrl-e");
    let editing = home.data(&sandbox).join("editing");
    let written = || {
        let files = std::fs::read_dir(&editing).into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).any(|text| text.contains("half a thought"))
    };
    let deadline = std::time::Instant::now() + crate::terminal::PATIENCE;
    while !written() {
        assert!(std::time::Instant::now() < deadline, "the editor wrote nothing");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    terminal.kill();
    let terminal = home.dashboard();
    terminal.go_to(&target);
    terminal.press("a");
    terminal.wait_for("half a thought");
}

#[test]
fn marked_contacts_are_tagged_and_get_their_own_tags_back() {
    each_size(|sandbox, _target, terminal| {
        terminal.press("esc");
        terminal.wait_for("filter by name");
        terminal.press("ctrl-a");
        terminal.wait_for("120 marked");
        let tags = || -> Vec<Value> {
            let search = serde_json::json!({ "locationId": sandbox.location, "pageLimit": 500 });
            let all = sandbox.post("/contacts/search", &search)["contacts"].clone();
            all.as_array().into_iter().flatten().map(|one| one["tags"].clone()).collect()
        };
        let was = tags();
        terminal.press("t");
        terminal.wait_for("Add tags to 120 contacts");
        terminal.type_text("storm");
        terminal.press("enter");
        terminal.wait_for("120 contacts will change (about 2 requests)");
        terminal.type_text("120");
        terminal.press("enter");
        terminal.wait_done("✓ Added tag storm for 120 contacts");
        assert_eq!(sandbox.answered("POST", "/tags/update/add"), [201, 201]);
        assert!(tags().iter().all(|tags| tags.to_string().contains("storm")));
        terminal.press("u");
        terminal.wait_done("✓ Undone");
        assert_eq!(tags(), was);
    });
}

#[test]
fn two_collide_and_the_user_decides() {
    each_size(|sandbox, target, terminal| {
        let contact = || sandbox.held(&target.contact)["contact"].clone();
        terminal.press("e");
        terminal.wait_for("First name");
        terminal.press("ctrl-u");
        terminal.type_text("Ours");
        // Meanwhile, someone else.
        let theirs = serde_json::json!({ "firstName": "Theirs" });
        sandbox.put(&format!("/contacts/{}", target.contact), &theirs);
        terminal.press("ctrl-s");
        terminal.wait("the collision", |screen| screen.contains("someone else changed") && screen.contains("resolve"));
        assert_eq!(contact()["firstName"], "Theirs");
        terminal.press("!");
        let screen = terminal.wait_for("server's");
        assert!(screen.contains("Ours") && screen.contains("Theirs"), "{screen}");
        terminal.press("m");
        terminal.wait("it is settled", |screen| quiet(screen) && !screen.contains("failed"));
        assert_eq!(contact()["firstName"], "Ours");
        terminal.press("u");
        terminal.wait_done("✓ Undone");
        assert_eq!(contact()["firstName"], "Theirs");
    });
}

#[test]
fn appointments_are_booked_cancelled_and_deleted() {
    each_size(|sandbox, target, terminal| {
        let booked = || -> Vec<String> {
            let all = sandbox.held(&target.contact)["appointments"].clone();
            let ours = all.as_array().into_iter().flatten().filter(|one| one["title"] == "Fitting");
            ours.map(|one| one["appointmentStatus"].as_str().unwrap_or_default().to_owned()).collect()
        };
        terminal.press("g a");
        terminal.press("n");
        terminal.wait_for("New appointment");
        terminal.wait_for("Ctrl-N suggestions");
        terminal.press("ctrl-n");
        terminal.press("enter");
        terminal.press("tab");
        terminal.type_text("Fitting");
        terminal.press("tab");
        terminal.type_text("tomorrow 10am");
        terminal.press("tab");
        terminal.type_text("9am");
        terminal.press("ctrl-s");
        terminal.wait_for("before it starts");
        terminal.press("ctrl-u");
        terminal.type_text("11am");
        terminal.press("ctrl-s");
        terminal.wait_done("✓ Booked");
        assert_eq!(booked(), ["confirmed"]);
        terminal.back_and_forth(|| assert_eq!(booked(), Vec::<String>::new()));
        assert_eq!(booked(), ["confirmed"]);
        // What comes next stands first.
        terminal.press("g c");
        terminal.press("g a");
        terminal.press("g g");
        terminal.wait("the cursor on it", |screen| {
            screen.lines().any(|line| line.contains('▶') && line.contains("Fitting"))
        });
        terminal.press("c");
        terminal.wait_done("✓ Cancelled");
        assert_eq!(booked(), ["cancelled"]);
        terminal.back_and_forth(|| assert_eq!(booked(), ["confirmed"]));
        terminal.press("D");
        terminal.wait_done("✓ Deleted appointment");
        assert_eq!(booked(), Vec::<String>::new());
        terminal.press("u");
        terminal.wait_done("re-created");
        assert_eq!(booked(), ["cancelled"]);
    });
}

#[test]
fn followers_business_workflows_and_campaigns() {
    each_size(|sandbox, target, terminal| {
        let contact = || sandbox.held(&target.contact)["contact"].clone();
        let was = contact();
        // What the list does not know: the contact is loaded.
        terminal.wait_for(was["address1"].as_str().expect("a street"));
        terminal.press("m f");
        terminal.wait_for("Followers of");
        terminal.press("enter");
        terminal.wait("the follower", |screen| screen.contains("follower") && screen.contains('✓'));
        terminal.wait("all to be settled", quiet);
        assert_ne!(contact()["followers"], was["followers"]);
        terminal.back_and_forth(|| assert_eq!(contact()["followers"], was["followers"]));
        terminal.press("m b");
        terminal.wait_for("Business of");
        terminal.wait("the businesses", |screen| !screen.contains("Loading…"));
        terminal.press("down enter");
        terminal.wait_done("✓ Added to business");
        assert_ne!(contact()["businessId"], was["businessId"]);
        terminal.back_and_forth(|| assert_eq!(contact()["businessId"], was["businessId"]));
        for (key, path, said) in [("m w", "/workflow/", "workflow"), ("m c", "/campaigns/", "campaign")] {
            terminal.press(key);
            terminal.wait_for("cannot be undone");
            terminal.wait("the names", |screen| !screen.contains("Loading…"));
            terminal.press("enter");
            terminal.wait_for("y start");
            terminal.press("y");
            terminal.wait_done(&format!("✓ Started {said}"));
            let started = sandbox.get("/__sandbox/requests");
            let started = started.as_array().into_iter().flatten().filter(|one| {
                one["method"] == "POST"
                    && one["path"].as_str().is_some_and(|at| at.contains(path) && at.contains(&target.contact))
            });
            assert_eq!(started.count(), 1, "{said}");
            terminal.press("u");
            terminal.wait_for("Cannot be undone");
        }
    });
}

#[test]
fn long_texts_and_strange_names_stall_nothing() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let path = format!("/contacts/{}/notes", target.contact);
    let long = "lorem ipsum dolor ".repeat(200 * 1024 / 18);
    sandbox.post(&path, &serde_json::json!({ "body": "<ul><li>x".repeat(5_000) }));
    sandbox.post(&path, &serde_json::json!({ "body": long }));
    let name = format!("Hea{}vy", "\u{301}".repeat(10_000));
    sandbox.put(&format!("/contacts/{}", target.contact), &serde_json::json!({ "lastName": name }));
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.go_to(&target);
    terminal.press("g n");
    terminal.wait_for("lorem ipsum");
    let screen = terminal.screen();
    let ends = |line: &str| line.starts_with('│') && !line.trim_end().ends_with(['│', '┃', '┐', '┘', '┓', '┛']);
    assert!(!screen.lines().any(ends), "a frame is broken\n{screen}");
    terminal.press("e");
    terminal.wait_for("Edit note");
    terminal.type_text("the very end");
    terminal.press("ctrl-s");
    terminal.wait_done("✓ Changed note");
    let held = sandbox.held(&target.contact);
    let bodies: Vec<usize> = held["notes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|note| note["body"].as_str())
        .filter(|body| body.ends_with("the very end"))
        .map(str::len)
        .collect();
    assert_eq!(bodies, [long.len() + "the very end".len()], "nothing of it is lost");
    terminal.press("j enter");
    terminal.wait_for("Esc close");
    terminal.press("esc");
}
