//! Choosing what stays, and asking for the merge.

use ghl_tui::domain::{Access, ContactField, CustomField, Leftover, Location, LocationId, Obstacle, Scope};
use ghl_tui::protocol::{Failure, FailureKind};
use insta::assert_snapshot;

use super::super::stage::{LARGE, SMALL};
use super::*;

/// The plan that is sent when everything is confirmed.
fn plan(stage: &mut Stage) -> MergePlan {
    stage.press("M y");
    merged(stage).1.remove(0)
}

/// Goes to the field of this name.
fn go_to(stage: &mut Stage, label: &str) {
    stage.press("g");
    for _ in 0..30 {
        let here = stage.screen().lines().find(|line| line.contains('▶') && line.contains("┃▶")).map(str::to_owned);
        if here.is_some_and(|line| line.contains(label)) {
            return;
        }
        stage.press("j");
    }
    panic!("no field {label}\n{}", stage.screen());
}

#[test]
fn by_default_the_rules_choose() {
    let mut stage = reviewing(LARGE);
    let plan = plan(&mut stage);
    assert_eq!((plan.survivor, plan.losers), (id("c1"), vec![id("c8")]));
    assert_eq!(plan.patch.fields.get(&ContactField::Website), Some(&Some("https://lopez.example.com".to_owned())));
    assert_eq!(plan.patch.fields.len(), 1, "{:?}", plan.patch.fields);
    assert_eq!(plan.patch.channels.get("Email"), Some(&true));
    assert_eq!(plan.add_tags, ["import"]);
    assert_eq!(
        (plan.tag.as_deref(), plan.silence, plan.delete, plan.move_appointments),
        (Some("merged-duplicate"), false, false, false)
    );
    assert_eq!(plan.score, Some(0.99));
    let kept = Leftover { label: "phone".to_owned(), value: "+14155550143".to_owned(), of: id("c8") };
    assert!(plan.leftovers.contains(&kept), "{:?}", plan.leftovers);
}

#[test]
fn every_value_can_be_chosen() {
    let mut stage = reviewing(LARGE);
    stage.press("enter");
    // From the other record, and on from there.
    go_to(&mut stage, "City");
    stage.press("l");
    stage.line("●Alameda");
    assert!(stage.line("●Alameda").contains(" chosen"));
    stage.press("h");
    stage.line("●Oakland");
    stage.press("space");
    stage.line("●Alameda");
    go_to(&mut stage, "Phone");
    stage.press("space");
    stage.line("●+1 415-555-0143");
    // The rule again.
    go_to(&mut stage, "Last name");
    stage.press("space backspace");
    assert!(stage.line("●López").contains(" longest"));
    // A list is one record's, or all of them.
    go_to(&mut stage, "Tags");
    assert!(stage.line("▶∪ Tags").contains("vip, web, import          all"));
    stage.press("space");
    assert!(stage.line("▶∪ Tags").contains("vip, web               chosen"));
    stage.press("space space");
    assert!(stage.line("▶∪ Tags").contains("vip, web, import          all"));
    // What an update cannot set is not offered.
    go_to(&mut stage, "Company");
    stage.press("space");
    stage.assert_says("The API cannot change this field (o opens the web app).");
    let plan = plan(&mut stage);
    assert_eq!(plan.patch.fields[&ContactField::City].as_deref(), Some("Alameda"));
    assert_eq!(plan.patch.fields[&ContactField::Phone].as_deref(), Some("+14155550143"));
    assert!(
        !plan.patch.fields.contains_key(&ContactField::LastName)
            && !plan.patch.fields.contains_key(&ContactField::CompanyName)
    );
}

#[test]
fn a_whole_record_is_taken_at_once() {
    let mut stage = reviewing(LARGE);
    stage.press("enter ] A");
    stage.assert_says("values of B chosen");
    let plan = plan(&mut stage);
    for (field, value) in [
        (ContactField::FirstName, "Ana"),
        (ContactField::Phone, "+14155550143"),
        (ContactField::City, "Alameda"),
        (ContactField::Owner, "u2"),
    ] {
        assert_eq!(plan.patch.fields[&field].as_deref(), Some(value), "{field:?}");
    }
    assert_eq!(plan.patch.custom.len(), 1);
}

#[test]
fn values_are_typed_and_checked() {
    for (name, size) in [("120x36", LARGE), ("80x24", SMALL)] {
        let mut stage = reviewing(size);
        stage.press("enter");
        go_to(&mut stage, "Phone");
        stage.press("e ctrl-u");
        stage.type_text("call me");
        stage.press("enter");
        assert_snapshot!(format!("typing_{name}"), stage.pane("Phone of the merged"));
        stage.press("ctrl-u");
        stage.type_text("415 555 0199");
        stage.assert_says("→ +14155550199");
        stage.press("enter");
        stage.line("✎ Phone");
        stage.line("typed");
        // Leaving it changes nothing.
        go_to(&mut stage, "First name");
        stage.press("e ctrl-u");
        stage.type_text("Anna");
        stage.press("esc");
        stage.assert_silent_about("Anna");
        stage.press("e enter");
        stage.line("≠ First name");
        let plan = plan(&mut stage);
        assert_eq!(plan.patch.fields[&ContactField::Phone].as_deref(), Some("+14155550199"));
    }
}

/// Ana and her double, with custom fields of several kinds.
fn with_customs() -> Stage {
    let field = |name: &str, kind: &str| CustomField {
        id: CustomFieldId::new(name),
        name: name.to_owned(),
        key: None,
        data_type: Some(kind.to_owned()),
        options: vec!["gold".to_owned(), "red".to_owned()],
    };
    let fields = [field("Visits", "NUMERICAL"), field("Colours", "CHECKBOX"), field("X-ray", "FILE_UPLOAD")];
    let location = Location { custom_fields: fields.to_vec(), ..Location::unknown(LocationId::new("loc1")) };
    let mut stage = opened(LARGE, vec![duo()]);
    stage.event(Event::Location(Arc::new(location)));
    let mut answer = compared(&["c1", "c8"], true);
    let values = |visits: i64, colour: &str, file: &str| {
        let file = serde_json::json!({ file: { "url": "https://example.com" } });
        let all = [("Visits", visits.into()), ("Colours", serde_json::json!([colour])), ("X-ray", file)];
        all.map(|(name, value)| CustomValue { id: CustomFieldId::new(name), value }).to_vec()
    };
    answer.members[0].contact.custom = values(3, "gold", "one");
    answer.members[1].contact.custom = values(4, "red", "two");
    stage.event(Event::Compared(Arc::new(answer)));
    stage.press("enter");
    stage
}

#[test]
fn a_typed_value_is_of_the_kind_that_the_field_has() {
    let mut stage = with_customs();
    go_to(&mut stage, "Visits");
    stage.press("e ctrl-u");
    stage.type_text("many");
    stage.press("enter");
    stage.assert_says("! not a number");
    stage.press("ctrl-u 1 2 enter");
    go_to(&mut stage, "Colours");
    stage.press("e ctrl-u");
    stage.type_text("Red, gold");
    stage.press("enter");
    let plan = plan(&mut stage);
    assert_eq!(plan.patch.custom[&CustomFieldId::new("Visits")], serde_json::json!(12));
    assert_eq!(plan.patch.custom[&CustomFieldId::new("Colours")], serde_json::json!(["red", "gold"]));
}

#[test]
fn a_file_stays_where_it_is() {
    let mut stage = with_customs();
    go_to(&mut stage, "X-ray");
    stage.press("l");
    stage.assert_says("The API cannot change this field");
    stage.press("] A");
    let plan = plan(&mut stage);
    let custom = |name: &str| plan.patch.custom.get(&CustomFieldId::new(name)).cloned();
    assert_eq!((custom("Visits"), custom("X-ray")), (Some(4.into()), None));
    // Typed empty, a field is emptied.
    let mut stage = with_customs();
    go_to(&mut stage, "Visits");
    stage.press("e ctrl-u enter");
    let plan = self::plan(&mut stage);
    assert_eq!(plan.patch.custom[&CustomFieldId::new("Visits")], serde_json::Value::Null);
}

#[test]
fn an_email_needs_an_at_sign_and_company_is_not_typed() {
    let mut stage = reviewing(LARGE);
    stage.press("enter d");
    go_to(&mut stage, "E-mail");
    stage.press("e ctrl-u");
    stage.type_text("ana at home");
    stage.press("enter");
    stage.assert_says("! ");
    stage.press("esc");
    go_to(&mut stage, "Company");
    stage.press("e");
    stage.assert_says("The API cannot change this: use the web app.");
    // Pasted text goes into the line, whatever keys it looks like.
    go_to(&mut stage, "City");
    stage.press("e ctrl-u");
    stage.take(ghl_tui::ui::Msg::Paste("Mé\u{1b}[31mrida\n".to_owned()));
    stage.press("enter");
    let plan = plan(&mut stage);
    assert_eq!(plan.patch.fields[&ContactField::City].as_deref(), Some("Mérida"));
}

#[test]
fn the_master_is_chosen_and_records_are_left_out() {
    let mut stage = reviewing_three(LARGE);
    stage.press("enter ] *");
    stage.line("▸B ★ keep");
    stage.press("] x");
    stage.assert_says("records A B (C left out)");
    stage.assert_says("left out");
    stage.press("M");
    stage.assert_says("Ana María López (A) into Ana Lopez (B)");
    // The key that asked does not answer.
    stage.press("M");
    stage.assert_says("Merge?");
    stage.press("n");
    stage.assert_silent_about("Merge?");
    let sent = plan(&mut stage);
    assert_eq!((sent.survivor, sent.losers), (id("c8"), vec![id("c1")]));
    // What is left of the group is still to be reviewed.
    stage.assert_says("Duplicates 2");
}

#[test]
fn less_than_two_records_are_no_merge() {
    let mut stage = reviewing(LARGE);
    stage.press("enter ] x");
    stage.assert_says("at least two records must be included");
    stage.press("M");
    stage.assert_says("(x includes one)");
    stage.press("A");
    stage.assert_says("B is left out");
    stage.press("x");
    assert_eq!(plan(&mut stage).losers, [id("c8")]);
}

#[test]
fn the_next_group_is_there_at_once() {
    let mut stage = reviewing(LARGE);
    stage.press("M y");
    stage.assert_says("Anastasia Volk · 1 of 1");
    stage.assert_says("4 Duplicates 1");
    let (ticket, _) = merged(&mut stage);
    let compared = stage.look().comparison.expect("the next group");
    assert_eq!(compared.contacts, [id("c3"), id("c5")]);
    // Refused: the group is back, and it is said why.
    let why = Failure {
        kind: FailureKind::Local,
        what: "merge".to_owned(),
        why: "the disk is full".to_owned(),
        next: "make room".to_owned(),
    };
    stage.event(Event::Merge(MergeEvent::Refused { ticket, why, merge: None }));
    stage.assert_says("Not merged: Ana María López: the disk is full; make room");
    stage.assert_says("4 Duplicates 2");
}

#[test]
fn what_the_worker_gives_up_comes_back() {
    let mut stage = reviewing(LARGE);
    let queued = merging(&mut stage, 7);
    stage.assert_says("⇅ Merging \"Ana María López\" ×2 (merge #7)  u undo");
    stage.assert_says("4 Duplicates 1");
    let fields = vec!["phone".to_owned()];
    let why = Obstacle::Changed { contact: id("c8"), name: "Ana \u{1b}[2JLopez".to_owned(), fields };
    changed(&mut stage, &with(&queued, MergeProgress::Refused(why)));
    stage.assert_says("has changed since the review: phone");
    stage.assert_says("4 Duplicates 2");
    // What was chosen is still there, and a member held elsewhere is named.
    let mut stage = reviewing_three(LARGE);
    stage.press("] ] x");
    let _queued = merging(&mut stage, 7);
    stage.event(Event::Compared(Arc::new(compared(&["c1", "c9"], true))));
    stage.press("M");
    stage.assert_says("Ana María López is in the unfinished merge #7 (U shows it)");
}

#[test]
fn nothing_is_merged_before_everything_is_fetched() {
    let mut stage = opened(LARGE, vec![duo()]);
    stage.press("M");
    stage.assert_says("The records are still loading");
    stage.event(Event::Compared(Arc::new(compared(&["c1", "c8"], false))));
    stage.press("M");
    stage.assert_says("The records are still loading");
    let failure = Failure {
        kind: FailureKind::Network,
        what: "fetch".to_owned(),
        why: "the server cannot be reached".to_owned(),
        next: String::new(),
    };
    let failed = Compared { failure: Some(failure), ..compared(&["c1", "c8"], false) };
    stage.event(Event::Compared(Arc::new(failed)));
    stage.assert_says("! What is shown is older: the server cannot be reached");
    stage.press("M");
    stage.assert_says("could not be loaded: the server cannot be reached. r tries again");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Merge { .. })));
    // Someone else's records, asked for before, are not taken for these.
    stage.event(Event::Compared(Arc::new(compared(&["c3"], true))));
    stage.press("M");
    stage.assert_says("could not be loaded");
    stage.event(Event::Compared(Arc::new(compared(&["c1", "c8"], true))));
    stage.press("M");
    stage.assert_says("Merge?");
}

#[test]
fn deleting_at_once_is_asked_twice() {
    let mut stage = reviewing(LARGE);
    stage.press("X");
    stage.assert_says("Delete the contacts merged away immediately?");
    stage.press("y");
    stage.assert_says("gone for good. Delete them immediately?");
    stage.press("n");
    stage.assert_says("archived: tag merged-duplicate");
    stage.press("X y y");
    stage.assert_says("deleted immediately and for good (X archives instead)");
    // Not while an appointment is to come.
    stage.press("M");
    stage.assert_says("has an upcoming appointment and would be deleted: a rebooks it");
    stage.press("a S");
    let sent = plan(&mut stage);
    assert_eq!((sent.delete, sent.move_appointments, sent.silence), (true, true, true));
    let mut stage = reviewing(LARGE);
    stage.press("X y y X");
    stage.assert_says("archived: tag merged-duplicate");
}

#[test]
fn what_the_token_may_not_do_is_refused_with_the_scope() {
    let mut stage = reviewing(LARGE);
    stage.event(Event::Access(Access::READ_WRITE.lacking(Scope::EventsWrite)));
    stage.press("a");
    stage.assert_says("the token lacks the scope calendars/events.write");
    stage.event(Event::Access(Access::READ_ONLY));
    stage.press("M");
    stage.assert_says("this needs contacts.write");
    stage.press("B");
    stage.assert_says("this needs contacts.write");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Merge { .. } | Command::DryRun { .. })));
}

#[test]
fn what_was_chosen_stays_with_its_group() {
    let mut stage = reviewing(LARGE);
    stage.press("enter");
    go_to(&mut stage, "City");
    stage.press("l ] x");
    stage.press("J");
    stage.assert_says("Anastasia Volk · 2 of 2");
    stage.press("K");
    stage.event(Event::Compared(Arc::new(compared(&["c1", "c8"], true))));
    stage.assert_says("left out");
    stage.press("1 4");
    stage.assert_says("left out");
}
