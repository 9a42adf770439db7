//! Merging from the command line, as scripts and people do it: one group, many, undone, purged, interrupted.

use std::process::Output;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::home::Home;
use crate::sandbox::Sandbox;

fn said(ran: &Output) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

fn lines(ran: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&ran.stdout);
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Runs a command that ends so, with `--json`; what it printed.
fn run(home: &Home, arguments: &[&str], status: i32) -> Vec<Value> {
    let ran = home.run(&[arguments, &["--json"]].concat());
    assert_eq!(
        ran.status.code(),
        Some(status),
        "{arguments:?}: {} {}",
        said(&ran),
        String::from_utf8_lossy(&ran.stdout)
    );
    lines(&ran)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}")).to_owned()
}

/// A contact with all that belongs to it, without what every write changes.
pub(crate) fn state(sandbox: &Sandbox, contact: &str) -> Value {
    let mut held = sandbox.held(contact);
    strip(&mut held);
    held
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|name, _| name != "dateUpdated" && name != "lastActivity");
            map.values_mut().for_each(strip);
        }
        Value::Array(all) => all.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Two contacts that are one person, with a note and a task each; the one with less of it first.
fn pair(sandbox: &Sandbox, first: &str) -> [String; 2] {
    let make = |body: Value| text(&sandbox.post("/contacts/", &body)["contact"]["id"]);
    let of = |email: &str, more: Value| {
        let mut body = json!({ "locationId": sandbox.location, "firstName": first, "lastName": "Quarterstaff",
                               "email": format!("{first}.{email}@okra.example"), "source": "test" });
        body.as_object_mut().expect("it is one").extend(more.as_object().expect("it is one").clone());
        make(body)
    };
    // Nobody else has it: the location forbids duplicates.
    let phone = format!("+1775555{:04}", first.bytes().map(u32::from).sum::<u32>());
    let ids = [
        of("old", json!({ "tags": ["old"], "city": "Reno", "postalCode": "89501", "address1": "12 Hill Street" })),
        of(
            "new",
            json!({ "tags": ["new"], "phone": phone, "address1": "12 Hill Street", "city": "Reno",
                          "postalCode": "89501", "dateOfBirth": "1985-03-12" }),
        ),
    ];
    for id in &ids {
        sandbox.post(&format!("/contacts/{id}/notes"), &json!({ "body": format!("Note of {id}") }));
        let task = json!({ "title": format!("Task of {id}"), "dueDate": "2026-12-24T18:00:00Z", "completed": false });
        sandbox.post(&format!("/contacts/{id}/tasks"), &task);
    }
    ids
}

#[test]
fn a_merge_is_shown_done_repeated_and_undone() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let [old, new] = pair(&sandbox, "Ottoline");
    let before = [&old, &new].map(|id| state(&sandbox, id));
    let writes = sandbox.writes().len();

    let merge = ["duplicates", "merge", &old, &new, "--survivor", &new, "--set", "city=Sparks"];
    let from = format!("postalCode={old}");
    let merge = [&merge[..], &["--from", &from]].concat();
    let shown = &run(&home, &[&merge[..], &["--dry-run"]].concat(), 0)[0];
    assert_eq!((&shown["survivor"], &shown["losers"]), (&json!(new), &json!([old])));
    let field = |name: &str| shown["fields"].as_array().expect("fields").iter().find(|field| field["field"] == name);
    assert_eq!(field("city").expect("a city")["rule"], "typed");
    assert_eq!(field("postalCode").expect("a code")["rule"], "chosen");
    assert_eq!(sandbox.writes().len(), writes, "a dry run writes nothing");

    let done = &run(&home, &merge, 0)[0];
    assert_eq!((&done["survivor"], &done["set_aside"], &done["state"]), (&json!(new), &json!([old]), &json!("merged")));
    let held = sandbox.held(&new);
    assert_eq!(held["contact"]["city"], "Sparks", "{held}");
    assert!(held["contact"]["tags"].as_array().expect("tags").contains(&json!("old")), "{held}");
    assert_eq!(sandbox.notes_saying(&new, &format!("Note of {old}")), 1);
    assert_eq!(sandbox.tasks_called(&new, &format!("Task of {old}")).len(), 1);
    let aside = sandbox.held(&old);
    assert!(aside["contact"]["tags"].as_array().expect("tags").contains(&json!("merged-duplicate")), "{aside}");

    // Again: the record, and nothing is written.
    let writes = sandbox.writes().len();
    assert_eq!(&run(&home, &["duplicates", "merge", &new, &old], 0)[0], done);
    assert_eq!(sandbox.writes().len(), writes);
    let journal = run(&home, &["duplicates", "merges"], 0);
    assert_eq!((journal.len(), &journal[0]["merge"], &journal[0]["number"]), (1, &done["merge"], &json!(1)));

    let planned = &run(&home, &["duplicates", "undo", "1", "--dry-run"], 0)[0];
    assert_eq!(planned["back"]["city"], "Reno", "{planned}");
    let undone = &run(&home, &["duplicates", "undo", "1"], 0)[0];
    assert_eq!((&undone["merge"], &undone["state"]), (&done["merge"], &json!("undone")));
    assert_eq!([&old, &new].map(|id| state(&sandbox, id)), before);
    assert_eq!(run(&home, &["duplicates", "undo", "#1"], 0)[0]["state"], "undone");
    run(&home, &["duplicates", "undo", "2"], 4);
}

#[test]
fn a_group_is_dismissed_reopened_and_merged_by_its_name() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let [old, new] = pair(&sandbox, "Peregrine");
    let group = |home: &Home| -> Option<Value> {
        let groups = run(home, &["duplicates", "list"], 0);
        groups.into_iter().find(|group| group["cluster"].as_array().is_some_and(|ids| ids.contains(&json!(old))))
    };
    let found = group(&home).expect("they are found");
    let in_find = run(&home, &["duplicates", "find"], 0);
    assert!(in_find.iter().any(|other| other["group"] == found["group"]), "find and list call it alike");
    run(&home, &["duplicates", "dismiss", &new, &old], 0);
    assert_eq!(group(&home), None);
    let decisions = run(&home, &["duplicates", "decisions"], 0);
    assert_eq!(decisions.len(), 1);
    run(&home, &["duplicates", "reopen", &old, &new], 0);
    assert_eq!(group(&home).expect("it is an open question")["group"], found["group"]);
    run(&home, &["duplicates", "reopen", &old, &new], 4);

    let key = text(&found["group"]);
    let merged = &run(&home, &["duplicates", "merge", &key[..8]], 0)[0];
    assert_eq!(merged["state"], "merged");
    assert_eq!(group(&home), None, "who is set aside is nobody's duplicate");
    // By the same name it is still found: the journal knows it.
    assert_eq!(&run(&home, &["duplicates", "merge", &key], 0)[0], merged);
    run(&home, &["duplicates", "merge", "0123456789abcdef"], 4);
}

#[test]
fn what_is_set_aside_is_purged_only_when_agreed_to() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let [old, new] = pair(&sandbox, "Ludmilla");
    run(&home, &["duplicates", "merge", &old, &new, "--survivor", &new], 0);
    run(&home, &["duplicates", "purge", "1"], 2);
    assert_eq!(run(&home, &["duplicates", "purge", "--older-than", "30d", "--yes"], 0), Vec::<Value>::new());
    let planned = &run(&home, &["duplicates", "purge", "1", "--dry-run"], 0)[0];
    assert_eq!(planned["delete"], json!([old]));
    assert!(!sandbox.held(&old)["contact"].is_null());

    let mut terminal = home.open(&["duplicates", "purge", "1"]);
    terminal.wait_for("for good? Type yes");
    assert!(terminal.screen().contains(&old), "{}", terminal.screen());
    terminal.type_text("yes");
    terminal.press("enter");
    assert_eq!(terminal.ended(), 0, "{}", terminal.screen());
    assert!(sandbox.held(&old)["contact"].is_null(), "it is gone");
    assert_eq!(run(&home, &["duplicates", "purge", "1", "--yes"], 0)[0]["state"], "purged");
    // Merged again it is printed, although one of them is gone.
    assert_eq!(run(&home, &["duplicates", "merge", &old, &new], 0)[0]["state"], "purged");
    let undone = &run(&home, &["duplicates", "undo", "1"], 0)[0];
    assert_eq!(undone["state"], "undone");
    let remade = &run(&home, &["duplicates", "merges"], 0)[0]["remade"];
    assert!(!sandbox.held(&text(&remade[&old]))["contact"].is_null(), "{remade}");
}

#[test]
fn many_groups_are_merged_by_the_count_typed_and_undone_as_one() {
    let sandbox = Sandbox::start(&["--contacts", "300", "--set", "index-lag=0s"]);
    let home = Home::on(&sandbox);
    let report = run(&home, &["duplicates", "merge", "--rule", "default", "--dry-run"], 0);
    let sum = report.last().expect("a summary");
    let count = sum["groups"].as_u64().expect("a count");
    assert!(count > 0, "{sum}");
    assert_eq!(report.iter().filter(|line| line["state"] == "planned").count() as u64, count);
    assert_eq!(
        report.iter().filter(|line| line["state"] == "left-out").count() as u64,
        sum["leftOut"].as_u64().expect("one")
    );
    run(&home, &["duplicates", "merge", "--rule", "default"], 2);
    assert_eq!(sandbox.writes(), Vec::<String>::new(), "nothing is written before somebody agrees");
    let one = text(&report[0]["losers"][0]);
    let before = state(&sandbox, &one);

    let mut terminal = home.open(&["duplicates", "merge", "--rule", "default"]);
    terminal.wait_for(&format!("Type {count} to merge"));
    terminal.type_text(&count.to_string());
    terminal.press("enter");
    assert_eq!(terminal.ended(), 0, "{}", terminal.screen());
    assert!(terminal.screen().contains(&format!("{count} of {count} merged")), "{}", terminal.screen());
    let journal = run(&home, &["duplicates", "merges"], 0);
    assert_eq!(journal.iter().filter(|merge| merge["state"] == "merged").count() as u64, count);
    assert_ne!(state(&sandbox, &one), before);

    let batch = text(&journal[0]["batch"]);
    let undone = run(&home, &["duplicates", "undo", &batch], 0);
    assert_eq!(undone.iter().filter(|merge| merge["state"] == "undone").count() as u64, count);
    assert_eq!(state(&sandbox, &one), before);
}

#[test]
fn a_merge_that_stops_goes_on_or_back_by_command() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let [old, new] = pair(&sandbox, "Montague");
    let before = [&old, &new].map(|id| state(&sandbox, id));
    let refuse = json!({ "status": 422, "body": { "message": "not today" } });
    sandbox.fault("PUT", &format!("/contacts/{new}"), 1, &refuse);
    let merge = ["duplicates", "merge", &old, &new, "--survivor", &new, "--set", "city=Sparks"];
    let ran = home.run(&[&merge[..], &["--json"]].concat());
    assert_eq!(ran.status.code(), Some(5), "{}", said(&ran));
    assert!(said(&ran).contains("duplicates resume 1") && said(&ran).contains("undo 1"), "{}", said(&ran));
    assert_eq!(lines(&ran)[0]["state"], "stopped");
    // Another merge of one of them is refused.
    let [third, _] = pair(&sandbox, "Araminta");
    run(&home, &["duplicates", "merge", &old, &third], 5);
    sandbox.calm();
    assert_eq!(run(&home, &merge, 0)[0]["state"], "merged", "the same again goes on");
    assert_eq!(sandbox.notes_saying(&new, &format!("Note of {old}")), 1, "nothing is doubled");
    run(&home, &["duplicates", "undo", "1"], 0);
    assert_eq!([&old, &new].map(|id| state(&sandbox, id)), before);
}

#[test]
fn a_merge_that_is_killed_goes_on_when_it_is_said_again() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let [old, new] = pair(&sandbox, "Evangeline");
    run(&home, &["sync"], 0);
    sandbox.fault("", "", 0, &json!({ "latency_ms": 40, "jitter_ms": 40 }));
    let merge = ["duplicates", "merge", &old, &new, "--survivor", &new];
    // Each time it comes a little further; the request on its way lands after the kill.
    let began = sandbox.writes().len();
    for further in 1..4 {
        let mut killed = home.command(&merge).spawn().expect("it starts");
        while sandbox.writes().len() < began + further && killed.try_wait().expect("it is ours").is_none() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        killed.kill().expect("it is ours");
        killed.wait().expect("it is ours");
    }
    sandbox.calm();
    assert_eq!(run(&home, &merge, 0)[0]["state"], "merged");
    assert_eq!(run(&home, &["duplicates", "merges"], 0).len(), 1, "it is one merge");
    assert_eq!(sandbox.notes_saying(&new, &format!("Note of {old}")), 1);
    assert_eq!(sandbox.tasks_called(&new, &format!("Task of {old}")).len(), 1);
    assert_eq!(sandbox.notes_saying(&old, "merged into"), 1);
}

#[test]
fn without_a_network_nothing_is_merged_and_who_may_only_read_is_told() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let [old, new] = pair(&sandbox, "Hildegard");
    let merge = ["duplicates", "merge", &old, &new];
    run(&home, &[&merge[..], &["--read-only"]].concat(), 3);
    run(&home, &["sync"], 0);
    sandbox.stop();
    run(&home, &merge, 6);
    assert_eq!(run(&home, &["duplicates", "merges"], 0), Vec::<Value>::new());
    run(&home, &["sync"], 6);
}

#[test]
fn a_sync_that_repeats_tells_what_it_finds_until_it_is_interrupted() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let mut terminal = home.open(&["sync", "--every", "1s", "--find-duplicates"]);
    terminal.wait("a second round", |screen| screen.matches("120 contacts, up to date").count() > 1);
    assert!(terminal.screen().contains("people"), "{}", terminal.screen());
    pair(&sandbox, "Cordelia");
    terminal.wait_for("122 contacts, up to date");
    terminal.signal(Signal::INT);
    assert_eq!(terminal.ended(), 130);
    assert!(sandbox.writes().iter().all(|write| !write.starts_with("PUT")), "nothing is merged by itself");

    let synced = run(&home, &["sync", "--find-duplicates", "--merge-rule", "default"], 0);
    assert!(synced[0]["synced"].is_string() && synced.iter().any(|line| line["group"].is_string()), "{synced:?}");
    assert!(synced.iter().any(|line| line["state"] == "merged"), "{synced:?}");
}

#[test]
fn the_rules_of_the_configuration_are_kept_to() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let config = home.folder().join("rules.toml");
    std::fs::write(&config, "[merge]\nsurvivor = [\"newest\"]\nset-aside-tag = \"gone\"\nkeep = \"nowhere\"\n")
        .expect("written");
    let path = config.to_str().expect("plain");
    let [old, new] = pair(&sandbox, "Balthazar");
    let merged = &run(&home, &["duplicates", "merge", &old, &new, "--config", path], 0)[0];
    assert_eq!(merged["survivor"], json!(new), "the one that was added last");
    let aside = sandbox.held(&old);
    assert!(aside["contact"]["tags"].as_array().expect("tags").contains(&json!("gone")), "{aside}");
    assert_eq!(sandbox.notes_saying(&new, "kept from a merged duplicate"), 0);
    std::fs::write(&config, "[merge]\nbulk-score = 98\n").expect("written");
    let ran = home.run(&["duplicates", "merges", "--config", path]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(said(&ran).contains("bulk-score under [merge] must be from 0 to 1"), "{}", said(&ran));
}
