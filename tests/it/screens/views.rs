//! Columns that are chosen, saved views, and what comes back at the next start.

use std::fs;
use std::sync::Arc;

use ghl_tui::config::View;
use ghl_tui::domain::{Contact, ContactEdit, ContactField, ContactId, ContactPatch, Edit, LocationId, TagEdit};
use ghl_tui::protocol::{BulkAction, Command, Event, Planned};
use ghl_tui::query::{ContactRow, Roster};
use insta::assert_snapshot;
use jiff::SignedDuration;

use super::stage::{LARGE, SMALL, Stage, people};

/// A stage on which the filter was kept and saved as a view.
fn saved(filter: &str, name: &str) -> Stage {
    let mut stage = Stage::new(LARGE);
    save(&mut stage, filter, name);
    stage
}

fn save(stage: &mut Stage, filter: &str, name: &str) {
    stage.press("/ ctrl-u");
    stage.type_text(filter);
    stage.press("enter m v");
    stage.press("ctrl-u");
    stage.type_text(name);
    stage.press("enter");
}

fn head(stage: &Stage) -> String {
    stage.line("Name").split("┃│").next().unwrap_or_default().trim_matches(['┃', '│', ' ']).to_owned()
}

/// Puts the cursor of the open list of columns on this one.
fn on_column(stage: &mut Stage, column: &str) {
    stage.press("g");
    for _ in 0..12 {
        if stage.line("▶ [").contains(&format!("] {column}")) {
            return;
        }
        stage.press("j");
    }
    panic!("no column is called {column}\n{}", stage.screen());
}

#[test]
fn columns_are_chosen_moved_and_sized_while_the_list_shows_it() {
    let mut stage = Stage::new(LARGE);
    assert!(!head(&stage).contains("City"));
    stage.press("C");
    assert_snapshot!("columns", stage.pane("Columns"));
    // Down to the city, shown and moved to the front.
    on_column(&mut stage, "city");
    stage.press("space K K K K K K K K K enter");
    let shown = head(&stage);
    assert!(shown.starts_with("City"), "{shown}");
    stage.assert_says("Oakland");
    // Wider, until what is behind it has no room.
    stage.press("C");
    stage.press("l ".repeat(40).trim_end());
    assert!(!head(&stage).contains("Phone"), "{}", head(&stage));
    stage.press("esc");
    assert_eq!(head(&stage), shown, "Esc puts it back");
    stage.press("C 0 enter");
    assert!(!head(&stage).contains("City"));
}

#[test]
fn the_name_stays_and_the_ends_hold() {
    let mut stage = Stage::new(SMALL);
    stage.press("C space");
    stage.assert_says("The name is always shown");
    stage.press("K");
    stage.assert_says("▶ [x] name");
    stage.press("G J");
    stage.press("j k g K esc");
    assert!(stage.screen().contains("Name"));
}

#[test]
fn an_edit_on_its_way_is_seen_in_any_column() {
    let mut stage = Stage::new(LARGE);
    stage.press("C");
    on_column(&mut stage, "city");
    stage.press("space K K K enter");
    stage.assert_says("Oakland");
    let patch = |city: &str| ContactPatch {
        fields: [(ContactField::City, Some(city.to_owned()))].into(),
        ..ContactPatch::default()
    };
    let (contact, name) = (ContactId::new("c1"), String::new());
    let edit = Edit::new(contact, ContactEdit::Patch { name, before: patch("Oakland"), after: patch("Alameda") });
    stage.queued_all(None, &[edit]);
    assert!(stage.line("▶ Ana María").contains("Alameda"), "{}", stage.screen());
}

#[test]
fn a_view_is_saved_counted_left_and_chosen_again() {
    let mut stage = saved("tag:vip", "Very important");
    stage.assert_says("Saved the view Very important");
    stage.pass(SignedDuration::from_secs(9));
    stage.assert_says("All [Very important 1]");
    assert_snapshot!("view", stage.pane("Contacts"));
    stage.press("esc");
    stage.assert_says("[All] Very important 1");
    stage.assert_says("7 · by name");
    stage.press(".");
    stage.assert_says("1 of 7 · by name");
    stage.press(",");
    stage.assert_says("[All]");
    stage.press("g v");
    stage.assert_says("Saved views");
    stage.type_text("import");
    stage.press("enter");
    stage.assert_says("[Very important 1]");
    // Another filter in it is told, and put back by choosing it anew.
    stage.press("/");
    stage.type_text(" diana");
    stage.press("enter");
    stage.assert_says("[Very important* 1]");
    stage.press("m v enter");
    stage.assert_says("Saved the view Very important");
    let file = fs::read_to_string(stage.views.path()).expect("it is there");
    assert!(file.contains("filter = \"tag:vip diana\""), "{file}");
    assert!(file.contains("location = \"loc1\""), "{file}");
    stage.press("m V");
    stage.assert_says("Deleted the view Very important");
    assert_eq!(stage.views.of(&LocationId::new("loc1")).expect("readable"), []);
}

#[test]
fn counts_follow_the_contacts_but_not_each_of_their_changes() {
    let mut stage = saved("tag:vip", "VIP");
    stage.pass(SignedDuration::from_secs(5));
    stage.assert_says("[VIP 1]");
    let mut people = people();
    for (at, who) in (1..4).zip(["c2", "c3", "c4"]) {
        people[at].tags = vec!["vip".to_owned()];
        assert_eq!(people[at].id.as_str(), who);
        stage.people(people.clone());
    }
    let woken = stage.pass(SignedDuration::from_secs(3));
    stage.assert_says("[VIP 4]");
    assert!(woken < 6, "{woken}");
}

#[test]
fn a_view_keeps_its_order_and_columns_and_gives_those_of_before_back() {
    let mut stage = Stage::new(LARGE);
    stage.press("/");
    stage.type_text("has:email");
    stage.press("enter s C");
    on_column(&mut stage, "source");
    stage.press("space enter m v");
    stage.type_text("With e-mail");
    stage.press("enter");
    stage.assert_says("by updated");
    let views = stage.views.of(&LocationId::new("loc1")).expect("readable");
    assert_eq!(views[0].sort.as_deref(), Some("-updated"));
    assert!(views[0].columns.contains(&"source".to_owned()), "{views:?}");
    stage.press("esc");
    stage.assert_says("7 · by updated");
    stage.press("s");
    stage.assert_says("7 · by added");
    stage.press(".");
    stage.assert_says("7 · by updated");
    stage.press("esc");
    stage.assert_says("7 · by added");
}

#[test]
fn names_that_cannot_be_are_told_where_they_are_typed() {
    let mut stage = Stage::new(LARGE);
    stage.press("m v enter");
    stage.assert_says("! type a name");
    stage.press("esc /");
    stage.type_text("dnd:maybe");
    stage.press("enter m v x enter");
    stage.assert_says("the filter is not understood");
    stage.press("esc");
    // A file that somebody broke is told and left alone.
    fs::write(stage.views.path(), "[[view]\n").expect("written");
    stage.press("esc m v x enter");
    stage.assert_says("have an error");
    assert_eq!(fs::read_to_string(stage.views.path()).expect("there"), "[[view]\n");
}

#[test]
fn tags_of_a_view_are_chosen_and_added_once() {
    let mut stage = saved("has:email -tag:vip", "To call");
    stage.press("m a");
    stage.assert_says("This view adds no tags");
    stage.press("m t");
    stage.type_text("call-first");
    stage.press("enter");
    let views = stage.views.of(&LocationId::new("loc1")).expect("readable");
    assert_eq!(views[0].tags, ["call-first"]);
    stage.sent.clear();
    stage.press("m a");
    let Some(Command::Plan { ticket, contacts, action }) = stage.sent.pop() else { panic!("{:?}", stage.sent) };
    assert_eq!((contacts.len(), action), (6, BulkAction::TagOnce(vec!["call-first".to_owned()])));
    let tag = |contact| Edit::new(contact, TagEdit::Add { tags: vec!["call-first".to_owned()] });
    let edits: Vec<Edit> = contacts.into_iter().take(4).map(tag).collect();
    let planned = Planned { edits: edits.clone(), unchanged: 2, requests: 1, trouble: None };
    stage.event(Event::Planned { ticket, planned });
    stage.assert_says("Add call-first to 6 contacts");
    stage.press("y");
    assert_eq!(stage.applied_all().1, edits);
}

#[test]
fn a_deleted_view_comes_back_with_undo() {
    let mut stage = saved("has:email", "With e-mail");
    stage.press("m V");
    stage.assert_says("Deleted the view With e-mail  u undo");
    stage.assert_silent_about("[With e-mail");
    stage.press("u");
    stage.assert_says("Put back the view With e-mail  Ctrl-R redo  u undo: Saved the view With e-mail");
    stage.line("With e-mail 7");
    stage.press("u");
    stage.assert_says("Removed again the view With e-mail");
    assert!(stage.views.of(&LocationId::new("loc1")).expect("readable").is_empty());
    stage.press("ctrl-r");
    stage.assert_says("Saved the view With e-mail");
    stage.press("ctrl-r");
    stage.assert_says("Deleted the view With e-mail");
    stage.press("ctrl-r");
    stage.assert_says("Nothing to redo.");
}

#[test]
fn what_was_shown_comes_back() {
    let mut stage = saved("has:email", "With e-mail");
    stage.press("j j s");
    let at = stage.line("▶ ");
    stage.press("q");
    let (shown, views) = (stage.shown.take().expect("kept"), stage.views.of(&LocationId::new("loc1")));
    let mut next = Stage::resumed(LARGE, views.expect("readable"), Some(shown));
    next.people(people());
    next.pass(SignedDuration::from_secs(2));
    next.assert_says("[With e-mail* 7]");
    next.assert_says("by updated");
    let listed = |line: &str| line.split("┃│").next().map(str::to_owned);
    assert_eq!(listed(&next.line("▶ ")), listed(&at));
    // What nobody understands any more is passed over.
    let mut next = Stage::resumed(SMALL, vec![View::default()], Some("{\"sort\": 7}".to_owned()));
    next.people(people());
    next.assert_says("7 · by name");
}

#[test]
fn views_have_no_line_where_there_are_none_or_no_room() {
    let mut stage = Stage::new(LARGE);
    stage.assert_silent_about("[All]");
    save(&mut stage, "has:email", "One");
    stage.resize((80, 12));
    stage.assert_silent_about("[One");
    stage.resize(SMALL);
    for (n, name) in ["Second of the views", "Third of the views", "Fourth of the views", "Fifth"].iter().enumerate() {
        save(&mut stage, &format!("added:>{}d", n + 1), name);
    }
    stage.pass(SignedDuration::from_secs(2));
    assert_snapshot!("many_views", stage.pane("Contacts"));
}

#[test]
fn what_was_in_sight_is_there_before_the_others_are_read() {
    let mut stage = saved("has:email", "With e-mail");
    stage.press("esc j j q");
    let (shown, views) = (stage.shown.take(), stage.views.of(&LocationId::new("loc1")).expect("readable"));
    let mut next = Stage::resumed(LARGE, views, shown);
    let some: Vec<Contact> = people().into_iter().skip(1).take(3).collect();
    let roster = Roster::from_rows(some.iter().map(ContactRow::from));
    next.event(Event::Opening { roster: Arc::new(roster), total: 7 });
    next.assert_says("7 · opening…");
    let at = next.line("▶ ");
    assert!(at.contains("Anastasia"), "{at}");
    // What is not known yet is not acted on.
    next.press("ctrl-a");
    next.assert_silent_about("marked");
    next.people(people());
    next.assert_says("7 marked");
    assert_eq!(next.line("▶").replace('●', " ").trim_end(), at.trim_end());
}
