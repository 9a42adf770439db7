//! Reviewing duplicates in the dashboard as people do it, with the real server at the other end.

use serde_json::{Value, json};

use crate::home::Home;
use crate::merges::state;
use crate::sandbox::Sandbox;
use crate::terminal::Terminal;

/// Two contacts that are one person, with a note and a task each.
fn pair(sandbox: &Sandbox) -> [String; 2] {
    let make = |more: Value| {
        let mut body = json!({ "locationId": sandbox.location, "firstName": "Ottoline", "lastName": "Quarterstaff",
                               "dateOfBirth": "1985-03-12", "address1": "12 Hill Street" });
        body.as_object_mut().expect("it is one").extend(more.as_object().expect("it is one").clone());
        let id = sandbox.post("/contacts/", &body)["contact"]["id"].as_str().expect("an id").to_owned();
        sandbox.post(&format!("/contacts/{id}/notes"), &json!({ "body": format!("Note of {id}") }));
        let task = json!({ "title": format!("Task of {id}"), "dueDate": "2026-12-24T18:00:00Z", "completed": true });
        sandbox.post(&format!("/contacts/{id}/tasks"), &task);
        id
    };
    [
        make(json!({ "email": "ottoline.old@okra.example", "tags": ["old"], "city": "Reno", "postalCode": "89501",
                     "dndSettings": { "SMS": { "status": "active" } } })),
        make(json!({ "email": "ottoline.new@okra.example", "tags": ["new"], "city": "Sparks", "postalCode": "89431",
                     "website": "https://sparks.example" })),
    ]
}

/// Goes to the field of this name.
fn go_to(terminal: &Terminal, label: &str) {
    let is_here = |screen: &str| screen.lines().any(|line| line.contains('▶') && line.contains(label));
    terminal.walk_to(label, is_here);
}

#[test]
fn a_group_is_reviewed_merged_and_taken_back() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let [old, new] = pair(&sandbox);
    let before = [&old, &new].map(|id| state(&sandbox, id));
    let terminal = home.dashboard();
    terminal.press("/");
    terminal.wait_for("Enter keep");
    terminal.type_text("quarterstaff");
    terminal.wait("both of them", |screen| screen.contains("a duplicate? g d"));
    terminal.press("enter g d");
    terminal
        .wait("the fresh records", |screen| screen.contains("records A B") && screen.contains("nothing is sent yet"));
    // The old one stays, whatever the rules say.
    terminal.press("enter");
    terminal.wait("the focus on the records", |screen| {
        screen.lines().any(|line| line.contains("┏━") && line.contains("records A B"))
    });
    let marked = |screen: &str| screen.lines().find(|line| line.contains('▸')).unwrap_or_default().to_owned();
    let is_marked = |screen: &str| {
        marked(screen)
            .split('▸')
            .nth(1)
            .is_some_and(|rest| rest.split("  ").nth(1).is_some_and(|id| id.starts_with(&old[..6])))
    };
    while !is_marked(&terminal.screen()) {
        let before = marked(&terminal.screen());
        terminal.press("]");
        terminal.wait("the next record", |screen| marked(screen) != before);
    }
    terminal.press("*");
    terminal.wait("the master", |screen| screen.lines().any(|line| line.contains('▸') && line.contains("★ keep")));
    // Two values of the other one, and one that neither has.
    for label in ["City", "Postal code"] {
        go_to(&terminal, label);
        terminal.press("space");
        terminal.wait("the choice", |screen| screen.lines().any(|line| line.contains('▶') && line.contains("chosen")));
    }
    go_to(&terminal, "Website");
    terminal.press("e");
    terminal.wait_for("of the merged contact");
    terminal.press("ctrl-u");
    terminal.type_text("https://typed.example");
    terminal.press("enter");
    terminal.wait("the typed value", |screen| screen.contains("✎ Website"));
    assert!(sandbox.held(&old)["contact"]["website"].is_null(), "nothing is sent before somebody says yes");
    terminal.press("M");
    terminal.wait_for("Merge?");
    terminal.press("y");
    terminal.wait_for("Merged \"Ottoline Quarterstaff\" ×2");

    let held = sandbox.held(&old);
    let contact = &held["contact"];
    assert_eq!(
        (&contact["city"], &contact["postalCode"], &contact["website"]),
        (&json!("Sparks"), &json!("89431"), &json!("https://typed.example")),
        "{held}"
    );
    let tags = contact["tags"].as_array().expect("tags");
    assert!(tags.contains(&json!("old")) && tags.contains(&json!("new")), "{held}");
    assert_eq!(contact["dndSettings"]["SMS"]["status"], "active", "{held}");
    assert_eq!(sandbox.notes_saying(&old, &format!("Note of {new}")), 1);
    assert_eq!(sandbox.notes_saying(&old, "[from Ottoline Quarterstaff"), 1, "a copy says whose it was");
    let other = if contact["email"] == "ottoline.new@okra.example" { "old" } else { "new" };
    let other = format!("ottoline.{other}@okra.example");
    assert_eq!(sandbox.notes_saying(&old, &other), 1, "the second address is kept in a note: {held}");
    let copied = sandbox.tasks_called(&old, &format!("Task of {new}"));
    assert_eq!((copied.len(), &copied[0]["completed"]), (1, &json!(true)));
    assert!(copied[0]["dueDate"].as_str().is_some_and(|due| due.starts_with("2026-12-24T18:00")), "{copied:?}");
    assert!(sandbox.held(&new)["contact"]["tags"].as_array().expect("tags").contains(&json!("merged-duplicate")));

    terminal.press("u");
    terminal.wait_for("Undone");
    assert_eq!([&old, &new].map(|id| state(&sandbox, id)), before);
    let mut terminal = terminal;
    assert_eq!(terminal.quit(), 0);
}
