//! Typed terms in the filter, what could follow in it, and the columns that the list is sorted by.

use std::sync::Arc;

use ghl_tui::domain::{ContactId, CustomFieldId, Edit, Scope, Target, Task, TaskEdit, TaskId, UserId};
use ghl_tui::protocol::{DuplicateGroup, Duplicates, Event, OpenTasks, Reading, Scan};
use ghl_tui::query::CustomValues;
use insta::assert_snapshot;
use jiff::SignedDuration;

use super::frame::album;
use super::stage::{LARGE, SMALL, Stage, people};

fn typing(text: &str) -> Stage {
    let mut stage = Stage::new(LARGE);
    stage.press("/");
    stage.type_text(text);
    stage
}

#[test]
fn terms_narrow_the_list_and_leave_its_order() {
    for (filter, said) in [
        ("tag:vip", "1 of 7 · by name"),
        ("-tag:vip", "6 of 7 · by name"),
        ("owner:\"kim park\"", "1 of 7 · by name"),
        ("owner:none", "6 of 7 · by name"),
        ("city:oak", "1 of 7 · by name"),
        ("phone:+49", "0 of 7 · by name"),
        ("added:<30d", "0 of 7 · by name"),
        ("updated:today", "7 of 7 · by name"),
        ("no:company diana", "1 of 7 · best first"),
    ] {
        typing(filter).assert_says(said);
    }
}

#[test]
fn what_is_not_understood_is_told_and_the_rest_applies() {
    let mut stage = typing("diana dnd:maybe");
    stage.assert_says("✗ dnd:maybe: on or off");
    stage.assert_says("1 of 7 · best first");
    stage.press("enter");
    stage.assert_says("✗ dnd:maybe: on or off");
    stage.press("esc");
    stage.assert_silent_about("dnd:maybe");
    // A long sentence is said in full, whatever could follow.
    let mut stage = Stage::new(SMALL);
    stage.press("/");
    stage.type_text("has:money tag:v");
    let seen = stage.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    for word in ["✗ has:money: email,", "company,", "source,", "task"] {
        assert!(seen.contains(word), "{word}: {}", stage.screen());
    }
    // What is only half typed is helped.
    let stage = typing("city:");
    stage.assert_says("city: part of the city name");
    stage.assert_silent_about("✗");
}

#[test]
fn what_a_filter_says_changes_with_the_time_and_with_names() {
    let mut stage = typing("updated:<10m");
    stage.assert_says("1 of 7");
    stage.pass(SignedDuration::from_mins(9));
    stage.assert_says("0 of 7");
    let mut stage = typing("owner:me");
    stage.assert_says("✗ owner:me: not set; run `ghl-tui me NAME`");
    stage.event(Event::Me(Some(UserId::new("u1"))));
    stage.assert_says("1 of 7");
    stage.assert_silent_about("✗");
}

fn with_tags(size: (u16, u16)) -> Stage {
    let mut stage = Stage::new(size);
    let mut people = people();
    for (at, contact) in people.iter_mut().enumerate() {
        contact.tags.push(format!("batch {}", at % 3));
    }
    stage.people(people);
    stage.press("/");
    stage
}

#[test]
fn what_could_follow_is_offered_and_taken() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut stage = with_tags(size);
        stage.type_text("ana -t");
        let term = stage.pane("Contacts");
        stage.press("tab");
        let value = stage.pane("Contacts");
        stage.type_text("b");
        stage.press("tab tab");
        let in_turn = stage.pane("Contacts");
        let pictures = [("a term's name", term), ("its value", value), ("one value after another", in_turn)];
        assert_snapshot!(format!("completing_{name}"), album(&pictures));
    }
}

#[test]
fn a_key_goes_through_the_offers_until_another_is_pressed() {
    let mut stage = with_tags(LARGE);
    let filter = |stage: &Stage| stage.line("┃ / ").split("┃ / ").nth(1).expect("it is there").to_owned();
    let begins =
        |stage: &Stage, text: &str| assert!(filter(stage).starts_with(&format!("{text} ")), "{}", stage.screen());
    stage.type_text("owner:");
    for text in ["owner:me", "owner:none", "owner:\"Kim Park\"", "owner:\"Dr. Osei\"", "owner:me"] {
        stage.press("tab");
        begins(&stage, text);
    }
    stage.press("shift-tab shift-tab");
    begins(&stage, "owner:\"Kim Park\"");
    stage.assert_says("1 of 7");
    // What stands behind the cursor stays there.
    stage.press("ctrl-u");
    stage.type_text("x");
    stage.press("left");
    stage.type_text("dn");
    stage.press("tab");
    begins(&stage, "dnd:x");
    stage.press("esc");
    stage.assert_says("7 · by name");
    // Nothing is begun: all names, to who asks.
    stage.press("/");
    stage.assert_silent_about("owner:");
    stage.press("tab");
    stage.assert_says("owner:");
    begins(&stage, "tag:");
}

#[test]
fn columns_are_chosen_from_a_list() {
    let mut stage = Stage::new((160, 40));
    stage.press("z S");
    stage.type_text("company");
    stage.press("enter");
    stage.assert_says("Sorted by company");
    stage.assert_says("Company ▲");
    stage.assert_silent_about("Name ▲");
    stage.press("S down tab");
    assert_snapshot!("sort_by_160x40", stage.pane("Sort by"));
    stage.press("esc");
    stage.assert_says("7 · by company, then updated");
    stage.assert_says("Company ▲");
    stage.assert_says("Upd▼²");
    // Once more turns it round; one that has no head says which way.
    stage.press("S");
    stage.type_text("company");
    stage.press("enter");
    stage.assert_says("Company ▼");
    stage.press("S");
    stage.type_text("owner");
    stage.press("enter");
    stage.assert_says("by owner ▲, then updated");
}

#[test]
fn every_column_is_reached_with_one_key() {
    let mut stage = Stage::new(LARGE);
    let mut said = Vec::new();
    for _ in 0..10 {
        stage.press("s");
        let line = stage.line("7 · by ");
        said.push(line.split("7 · by ").nth(1).expect("it is there").split(" ━").next().expect("a part").to_owned());
    }
    let columns =
        ["updated", "added ▼", "company ▲", "e-mail ▲", "phone", "city ▲", "owner ▲", "source ▲", "tags", "name"];
    assert_eq!(said, columns);
}

fn due_tasks() -> OpenTasks {
    let task = |id: &str, contact: &str, hours| {
        Arc::new(Task { contact: ContactId::new(contact), ..super::stage::task(id, "Call back", false, hours) })
    };
    OpenTasks {
        tasks: Arc::new(vec![task("t1", "c1", -30), task("t2", "c2", 4), task("t3", "c3", 24 * 20)]),
        fetched_at: Some(super::stage::noon()),
        reading: Reading::Idle,
    }
}

#[test]
fn who_has_a_task_due_is_asked_of_the_tasks_that_are_then_read() {
    let mut stage = typing("due:<7d");
    stage.assert_says("the open tasks are being read");
    assert!(stage.look().open_tasks);
    stage.event(Event::OpenTasks(due_tasks()));
    stage.assert_says("2 of 7 · by name");
    stage.assert_silent_about("being read");
    // One that is completed is open no more, at once.
    let completed = Edit::new(
        ContactId::new("c2"),
        TaskEdit::Complete { task: Target::Known(TaskId::new("t2")), title: String::new(), completed: true },
    );
    stage.queued_all(None, &[completed]);
    stage.assert_says("1 of 7 · by name");
    // Nobody asks any more.
    stage.press("esc");
    stage.assert_says("7 · by name");
    assert!(!stage.look().open_tasks);
}

#[test]
fn what_is_missing_for_an_answer_is_said() {
    let mut stage = typing("has:task");
    let reading = Reading::Missing(Scope::LocationTasksReadonly);
    stage.event(Event::OpenTasks(OpenTasks { reading, ..due_tasks() }));
    stage.assert_says("3 of 7");
    stage.assert_says("not all tasks known: needs locations");
}

#[test]
fn custom_fields_are_asked_for_by_their_names() {
    let mut stage = typing("cf.insurance:delta");
    let field = CustomFieldId::new("f1");
    assert_eq!(stage.look().fields, std::slice::from_ref(&field));
    stage.assert_says("the values are being read");
    let mut values = CustomValues::default();
    values.set(&field, &ContactId::new("c1"), "Delta Dental");
    stage.event(Event::Values(Arc::new(values.clone())));
    stage.assert_says("1 of 7");
    values.set(&field, &ContactId::new("c5"), "delta too");
    stage.event(Event::Values(Arc::new(values)));
    stage.assert_says("2 of 7");
    let mut stage = typing("cf.in");
    stage.press("tab");
    stage.assert_says("cf.insurance:");
}

#[test]
fn duplicates_are_asked_for() {
    let mut stage = typing("is:duplicate");
    stage.assert_says("0 of 7");
    let members = vec![ContactId::new("c2"), ContactId::new("c3")];
    let group = DuplicateGroup { members, score: 0.9, pairs: Vec::new() };
    stage.event(Event::Duplicates(Arc::new(Duplicates { groups: vec![Arc::new(group)], scan: Scan::Done })));
    stage.assert_says("2 of 7");
}
