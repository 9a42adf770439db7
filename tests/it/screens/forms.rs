//! Forms, lists, marks, the palette and the screens beside the contacts.

use std::sync::Arc;

use ghl_tui::domain::{
    Access, AutomationEdit, Clash, ContactEdit, ContactField, ContactId, Edit, EditId, EditKind, Named, NoteEdit,
    Scope, TagEdit, Target, TaskEdit, TaskId, TaskPatch, UserId, WorkflowId,
};
use ghl_tui::protocol::{
    BulkAction, Catalogue, Choice, Command, DraftKey, EditEvent, Event, Failure, FailureKind, Outcome, Planned,
    RequestRecord, Verb,
};
use ghl_tui::ui::{Effect, Msg};
use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};

use super::frame::album;
use super::stage::{LARGE, SMALL, Stage, noon, note, people, somebody};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn t1() -> Target<TaskId> {
    Target::Known(TaskId::new("t1"))
}

/// A pop-up at both sizes, alone.
fn both(name: &str, title: &str, make: impl Fn(&mut Stage)) {
    let pictures = [(LARGE, "120x36"), (SMALL, "80x24")].map(|(size, at)| {
        let mut stage = Stage::new(size);
        make(&mut stage);
        (at, stage.pane(title))
    });
    assert_snapshot!(name, album(&pictures));
}

/// A screen at the usual size, whole.
fn whole(name: &str, make: impl Fn(&mut Stage)) {
    let mut stage = Stage::new(LARGE);
    make(&mut stage);
    assert_snapshot!(format!("{name}_120x36"), stage.screen());
    let mut stage = Stage::new(SMALL);
    make(&mut stage);
    assert_snapshot!(format!("{name}_80x24"), stage.body());
}

#[test]
fn pictures() {
    both("form_contact", "Contact Ana", |stage| {
        stage.press("e tab tab");
        stage.press("ctrl-u");
        stage.type_text("nobody");
    });
    both("form_task", "New task", |stage| {
        stage.press("g t n");
        stage.type_text("Ring her");
        stage.press("tab");
        stage.type_text("tomorrow 9am");
        stage.press("tab");
        stage.type_text("o");
    });
    both("form_appointment", "Appointment of", |stage| {
        stage.press("g a e");
    });
    both("picker", "Tags of", |stage| {
        stage.press("t");
        stage.type_text("we");
    });
    both("palette", "Command palette", |stage| {
        stage.press(":");
        stage.type_text("task");
    });
    let marked = [(LARGE, "120x36"), (SMALL, "80x24")].map(|(size, at)| {
        let mut stage = Stage::new(size);
        stage.press("space space");
        (at, format!("{}\n{}", stage.pane("Contacts"), stage.told()))
    });
    assert_snapshot!("marked", album(&marked));
    whole("outbox", |stage| {
        stage.press("g t x");
        let (id, edit) = stage.promise();
        stage.reject(id, edit, "the moon is full");
        stage.press("j x");
        stage.promise();
        stage.press("6");
    });
    both("decide", "Someone else changed", |stage| {
        clashed(stage);
        stage.press("!");
    });
    whole("activity", |stage| {
        stage.event(Event::Request(Arc::new(record(Some(200)))));
        stage.event(Event::Request(Arc::new(record(None))));
        stage.press("g t x");
        stage.promise();
        stage.press("5 k");
    });
    both("inspect", "PUT /contacts", |stage| {
        stage.event(Event::Request(Arc::new(record(Some(422)))));
        stage.press("5 enter");
    });
}

fn record(status: Option<u16>) -> RequestRecord {
    RequestRecord {
        at: noon(),
        verb: Verb::Put,
        url: "https://services.example.com/contacts/c1/tasks/t1/completed".to_owned(),
        path: "/contacts/c1/tasks/t1/completed".to_owned(),
        version: "2021-07-28",
        status,
        millis: 187,
        tries: 2,
        trace: Some("5e16-72ad".to_owned()),
        sent: Some(r#"{"completed":true}"#.to_owned()),
        received: "{\"message\":[\"the moon\u{1b}[31m is full\"]}".to_owned(),
        writes: true,
    }
}

fn clashed(stage: &mut Stage) -> EditId {
    stage.press("e ctrl-u");
    stage.type_text("Anna");
    stage.press("ctrl-s");
    let (ticket, edit) = stage.applied();
    let id = stage.queued(ticket, &edit);
    let clash = Clash {
        field: "firstName".to_owned(),
        base: "Ana María".to_owned(),
        ours: "Anna".to_owned(),
        theirs: "Ann\u{202e}".to_owned(),
    };
    stage.event(Event::Edit(EditEvent::Settled { id, edit, outcome: Outcome::Clash(vec![clash]) }));
    id
}

#[test]
fn only_what_was_changed_is_sent_and_what_is_wrong_is_said_beside_its_field() {
    let mut stage = Stage::new(LARGE);
    stage.press("e tab tab ctrl-u");
    stage.type_text("nobody");
    stage.assert_says("✗ not an e-mail address");
    stage.press("ctrl-s");
    assert_eq!(stage.sent, [], "nothing is sent");
    stage.assert_says("✗ not an e-mail address");
    stage.type_text("@Example.com");
    stage.assert_silent_about("not an e-mail");
    stage.assert_says("→ nobody@example.com");
    stage.press("tab ctrl-u");
    stage.type_text("(415) 555-0199");
    stage.assert_silent_about("✗");
    stage.press("ctrl-s");
    let (ticket, edit) = stage.applied();
    let EditKind::Contact(ContactEdit::Patch { before, after, .. }) = &edit.what else { panic!("{edit:?}") };
    assert_eq!(
        after.entries(),
        [("email".into(), "nobody@example.com".into()), ("phone".into(), "+14155550199".into())]
    );
    assert_eq!(before.fields[&ContactField::Email].as_deref(), Some("ana.lopez@example.com"));
    stage.assert_says("nobody@example.com");
    stage.queued(ticket, &edit);
    stage.press("e");
    stage.assert_silent_about("Draft");
}

#[test]
fn a_field_that_the_api_cannot_write_says_so_and_is_passed_over() {
    let mut stage = Stage::new(LARGE);
    stage.press("e tab tab");
    let line = stage.line("▶ E-mail");
    assert!(line.contains("ana.lopez"), "the company is passed over: {line}");
    stage.press("esc n tab tab");
    stage.type_text("Acme");
    stage.line("▶ Company");
}

#[test]
fn a_due_date_is_shown_as_it_is_understood() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t n");
    stage.type_text("Ring her");
    stage.press("tab");
    for (words, shown) in
        [("tue", "Tue 1 Dec 2026, 9:00 AM PST"), ("eod", "Tue 24 Nov 2026, 5:00 PM PST"), ("in 3 days", "Fri 27 Nov")]
    {
        stage.press("ctrl-u");
        stage.type_text(words);
        stage.assert_says(shown);
    }
    stage.press("tab");
    stage.type_text("kim");
    stage.press("enter");
    stage.press("ctrl-s");
    let (ticket, edit) = stage.applied();
    let wanted = TaskPatch {
        title: Some("Ring her".into()),
        due: Some(at("2026-11-27T17:00:00Z")),
        completed: Some(false),
        assigned_to: Some(Some(UserId::new("u1"))),
        body: None,
    };
    assert_eq!(edit, Edit::new(ContactId::new("c1"), TaskEdit::Add { task: wanted, replaces: None }));
    stage.assert_says("[ ] · Ring her");
    stage.queued(ticket, &edit);
    stage.assert_says("[ ] ⇅ Ring her");
}

#[test]
fn what_is_rescheduled_keeps_its_title_and_its_place() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t e tab ctrl-u");
    stage.type_text("2026-12-24 15:00");
    stage.press("ctrl-s");
    let (_, edit) = stage.applied();
    let EditKind::Task(TaskEdit::Patch { task, after, .. }) = &edit.what else { panic!("{edit:?}") };
    assert_eq!((task, after.entries().len()), (&t1(), 1));
    assert_eq!(edit.describe(), "Rescheduled \"Call back about quote\"");
    stage.assert_says("▶ [ ] · Call back about quote");
}

#[test]
fn what_is_typed_into_a_form_comes_back() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t n");
    stage.type_text("half a");
    stage.pass(SignedDuration::from_secs(2));
    let key = DraftKey::NewTask(ContactId::new("c1"));
    assert!(matches!(stage.sent.pop(), Some(Command::SaveDraft { key: of, .. }) if of == key));
    stage.resize(SMALL);
    stage.assert_says("half a");
    stage.type_text(" thought");
    stage.press("esc");
    assert!(matches!(stage.sent.pop(), Some(Command::SaveDraft { text, .. }) if text.contains("half a thought")));
    stage.press("n");
    stage.assert_says("half a thought");
    stage.take(Msg::Terminate);
    assert_eq!(stage.asked.pop(), Some(Effect::Quit));
}

#[test]
fn what_is_typed_ahead_after_a_save_is_a_record_of_its_own() {
    let mut stage = Stage::new(LARGE);
    for name in ["Ada", "Bea"] {
        stage.press("n");
        stage.type_text(name);
        stage.press("ctrl-s");
    }
    stage.press("g t");
    for title in ["one", "two"] {
        stage.press("n");
        stage.type_text(title);
        stage.press("tab");
        stage.type_text("tue");
        stage.press("ctrl-s");
    }
    let asked: Vec<_> = stage
        .sent
        .iter()
        .filter_map(|sent| match sent {
            Command::Apply { edits, draft, .. } => Some((edits[0].describe(), draft.clone().expect("it was typed"))),
            _ => None,
        })
        .collect();
    let task = DraftKey::NewTask(ContactId::new("c1"));
    let words = ["Added contact Ada", "Added contact Bea", "Added task \"one\"", "Added task \"two\""];
    let keys = [DraftKey::NewContact, DraftKey::NewContact, task.clone(), task];
    let expected: Vec<_> = words.iter().map(|words| (*words).to_owned()).zip(keys).collect();
    assert_eq!(asked, expected, "{}", stage.screen());
}

#[test]
fn an_edit_of_another_kind_leaves_the_draft_of_a_form() {
    let mut stage = Stage::new(LARGE);
    stage.press("e ctrl-u");
    stage.type_text("Anna");
    stage.press("esc");
    // Of the same contact, and of the kind whose form it was: the draft's name alone tells them apart.
    stage.press("t");
    stage.type_text("gold");
    stage.press("enter");
    let (ticket, edit) = stage.applied();
    stage.queued(ticket, &edit);
    stage.press("e");
    stage.assert_says("Anna");
}

#[test]
fn a_refusal_lands_beside_the_field_it_names_and_is_sent_again_from_there() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t n");
    stage.type_text("Ring her");
    stage.press("tab");
    stage.type_text("tomorrow");
    stage.press("ctrl-s");
    let (ticket, edit) = stage.applied();
    let failed = stage.queued(ticket, &edit);
    stage.sent.clear();
    stage.reject(failed, edit, "dueDate must be a business day");
    stage.assert_says("E edit again");
    stage.press("E");
    stage.assert_says("✗ dueDate must be a business day");
    stage.line("▶ Due");
    stage.press("ctrl-u");
    stage.type_text("fri");
    stage.press("ctrl-s");
    let (ticket, again) = stage.applied();
    stage.queued(ticket, &again);
    assert!(stage.sent.contains(&Command::Discard(vec![failed])), "the refused one goes: {:?}", stage.sent);
}

#[test]
fn a_duplicate_offers_the_contact_that_is_there() {
    let mut stage = Stage::new(LARGE);
    stage.press("n");
    stage.type_text("Copy");
    stage.press("ctrl-s");
    let (ticket, edit) = stage.applied();
    let id = stage.queued(ticket, &edit);
    let why = Failure {
        kind: FailureKind::Rejected,
        what: edit.intent(),
        why: "This location does not allow duplicated contacts.".into(),
        next: String::new(),
    };
    let existing = Some(ContactId::new("c4"));
    stage.event(Event::Edit(EditEvent::Settled { id, edit, outcome: Outcome::Rejected { why, existing } }));
    stage.assert_says("g o open existing");
    stage.press("g o");
    stage.line("▶ 安奈 田中");
}

#[test]
fn both_values_are_shown_and_the_user_decides() {
    let mut stage = Stage::new(LARGE);
    let id = clashed(&mut stage);
    stage.assert_says("! resolve");
    stage.press("!");
    for words in ["was", "Ana María", "yours", "Anna", "server's"] {
        stage.assert_says(words);
    }
    stage.press("m");
    assert_eq!(stage.sent.pop(), Some(Command::Insist(id)));
    stage.press("! t");
    assert_eq!(stage.sent.pop(), Some(Command::Discard(vec![id])));
}

#[test]
fn marks_outlive_the_filter_and_a_plan_is_shown_before_anything_is_done() {
    let mut stage = Stage::new(LARGE);
    stage.press("space");
    stage.press("/");
    stage.type_text("volk");
    stage.press("enter space");
    stage.assert_says("2 marked");
    stage.press("esc");
    let marked = stage.screen().lines().filter(|line| line.starts_with("┃ ●") || line.starts_with("┃▶●")).count();
    assert_eq!(marked, 2, "{}", stage.screen());
    stage.press("t");
    stage.type_text("vip");
    stage.press("enter");
    let Some(Command::Plan { ticket, contacts, action }) = stage.sent.pop() else { panic!("no plan") };
    assert_eq!(contacts, [ContactId::new("c1"), ContactId::new("c3")]);
    assert_eq!(action, BulkAction::AddTags(vec!["vip".to_owned()]));
    let edits: Vec<Edit> =
        contacts.into_iter().map(|contact| Edit::new(contact, TagEdit::Add { tags: vec!["vip".into()] })).collect();
    let planned = Planned { edits: edits.clone(), unchanged: 1, requests: 1, trouble: None };
    stage.press("y");
    assert_eq!(stage.sent, [], "the plan is not there yet");
    stage.event(Event::Planned { ticket, planned });
    stage.assert_says("2 contacts will change (1 request).");
    stage.press("y");
    let (ticket, sent) = stage.applied_all();
    assert_eq!(sent, edits);
    let ids = stage.queued_all(Some(ticket), &edits);
    stage.assert_says("0 of 2 done  Ctrl-X stop");
    stage.assert_silent_about("marked");
    let receipt = ghl_tui::domain::Receipt::Tags { now: None, changed: None };
    stage.confirm(ids[0], edits[0].clone(), ghl_tui::protocol::Confirmed { receipt, text: None });
    stage.assert_says("1 of 2 done");
    stage.assert_silent_about("✓ ");
    stage.reject(ids[1], edits[1].clone(), "contact is deleted");
    stage.assert_says("1 done, 1 failed");
    stage.press("R");
    assert_eq!(stage.sent.pop(), Some(Command::Retry(vec![ids[1]])), "only what failed");
}

#[test]
fn marks_count_only_while_the_list_that_shows_them_has_the_focus() {
    let mut stage = Stage::new(LARGE);
    stage.press("space space");
    stage.assert_says("2 marked  t");
    stage.press("g t");
    stage.assert_silent_about("2 marked  t");
    stage.press("t v i p");
    stage.assert_silent_about("2 contacts");
    stage.press("esc esc");
    stage.assert_says("2 marked  t");
    stage.press("D");
    let Some(Command::Plan { contacts, action: BulkAction::Delete, .. }) = stage.sent.pop() else { panic!("no plan") };
    assert_eq!(contacts.len(), 2, "the marks act where they are shown");
    stage.press("esc g i D");
    let Some(Command::Plan { contacts, action: BulkAction::Delete, .. }) = stage.sent.pop() else { panic!("no plan") };
    assert_eq!(contacts.len(), 1, "the pane of one contact deletes that one: {contacts:?}");
}

#[test]
fn keys_act_on_nobody_whom_the_filter_hides() {
    let mut stage = Stage::new(LARGE);
    stage.press("/");
    stage.type_text("zuzana");
    stage.press("enter");
    let zuzana = stage.line("▶ Zuzana Novák");
    assert!(zuzana.contains("Zuzana"));
    let mut changed = people();
    for contact in &mut changed {
        contact.first_name = Some("Eve".to_owned());
        (contact.last_name, contact.email) = (None, None);
    }
    stage.people(changed.clone());
    stage.assert_says("No contact matches");
    for keys in ["D", "t", "e", "g t x", "g c"] {
        stage.press(keys);
        assert_eq!(stage.sent, [], "{keys}\n{}", stage.screen());
    }
    stage.people(people());
    stage.line("▶ Zuzana Novák");
    stage.people(changed);
    stage.press("esc");
    assert!(stage.line("▶ Eve").contains("+420 225 550 191"), "{}", stage.screen());
}

/// Two contacts get a tag; the outbox has both edits.
fn two_tagged() -> (Stage, [Edit; 2], Vec<EditId>) {
    let mut stage = Stage::new(LARGE);
    let tag = |contact: &str| Edit::new(ContactId::new(contact), TagEdit::Add { tags: vec!["vip".into()] });
    let edits = [tag("c1"), tag("c3")];
    stage.press("space j j space t v i p enter");
    let Some(Command::Plan { ticket, .. }) = stage.sent.pop() else { panic!("no plan") };
    let planned = Planned { edits: edits.to_vec(), unchanged: 0, requests: 1, trouble: None };
    stage.event(Event::Planned { ticket, planned });
    stage.press("y");
    let (ticket, _) = stage.applied_all();
    let ids = stage.queued_all(Some(ticket), &edits);
    (stage, edits, ids)
}

#[test]
fn what_changes_many_is_ticked_when_the_server_has_all_of_it() {
    let (mut stage, edits, ids) = two_tagged();
    let confirmed = || {
        let receipt = ghl_tui::domain::Receipt::Tags { now: None, changed: None };
        ghl_tui::protocol::Confirmed { receipt, text: None }
    };
    stage.assert_says("⇅ Added tag vip for 2 contacts");
    stage.confirm(ids[0], edits[0].clone(), confirmed());
    stage.assert_silent_about("✓ Added");
    stage.assert_says("1 of 2 done");
    stage.confirm(ids[1], edits[1].clone(), confirmed());
    stage.assert_says("✓ Added tag vip for 2 contacts");
    stage.assert_silent_about("of 2 done");
}

#[test]
fn what_was_stopped_or_withdrawn_is_never_ticked() {
    for how in [EditEvent::Discarded as fn(Vec<EditId>) -> EditEvent, EditEvent::Withdrawn] {
        let (mut stage, edits, ids) = two_tagged();
        stage.event(Event::Edit(how(vec![ids[1]])));
        let receipt = ghl_tui::domain::Receipt::Tags { now: None, changed: None };
        stage.confirm(ids[0], edits[0].clone(), ghl_tui::protocol::Confirmed { receipt, text: None });
        stage.assert_silent_about("✓ Added");
        stage.assert_silent_about("Ctrl-X stop");
    }
}

#[test]
fn whoever_leaves_with_edits_unsent_is_told_once() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t x");
    let (ticket, edit) = stage.applied();
    let id = stage.queued(ticket, &edit);
    for stays in ["esc", "j", "?"] {
        stage.press("q");
        stage.assert_says("1 edit is not sent yet. It goes at the next start, or with `ghl-tui sync`");
        assert!(!stage.asked.contains(&Effect::Quit), "it asks");
        stage.press(stays);
        stage.assert_silent_about("not sent yet");
        stage.press("esc");
    }
    stage.press("q q");
    assert_eq!(stage.asked.pop(), Some(Effect::Quit));
    let receipt = ghl_tui::domain::Receipt::Nothing;
    stage.confirm(id, edit, ghl_tui::protocol::Confirmed { receipt, text: None });
    stage.press("q");
    assert_eq!(stage.asked.pop(), Some(Effect::Quit), "all is sent");
}

#[test]
fn a_range_and_all_that_are_listed_can_be_marked() {
    let mut stage = Stage::new(LARGE);
    stage.press("space j j V");
    stage.assert_says("4 marked");
    stage.press("esc");
    stage.assert_silent_about("marked");
    stage.press("ctrl-a");
    stage.assert_says("7 marked");
}

#[test]
fn marking_all_waits_for_what_the_filter_lets_through() {
    let mut stage = Stage::new(LARGE);
    stage.held = Some(Vec::new());
    stage.press("/ v o l k enter ctrl-a");
    stage.assert_silent_about("marked");
    stage.held.take().expect("held back").into_iter().for_each(|msg| stage.take(msg));
    stage.assert_says("1 marked");
}

#[test]
fn a_form_asked_for_too_early_opens_when_its_contact_is_there() {
    let mut stage = Stage::empty(LARGE);
    stage.people((0..600).map(|n| somebody(&format!("x{n:03}"), "Same", &format!("Name {n:03}"))).collect());
    let details = stage.withhold("x599");
    stage.press("G e");
    stage.assert_silent_about("First name");
    stage.assert_says("opens as soon as the contact is loaded");
    stage.event(Event::Details(details));
    stage.assert_says("First name");
    stage.press("esc");

    // Whoever goes on does not want it any more.
    let details = stage.withhold("x000");
    stage.press("g g e z");
    stage.event(Event::Details(details));
    stage.assert_silent_about("First name");
}

#[test]
fn channels_can_be_set_as_soon_as_they_are_known_also_in_an_open_form() {
    let mut stage = Stage::new(LARGE);
    let mut details = stage.details_of("c2");
    details.contact.dnd.channels = None;
    stage.set_details(details.clone());
    stage.press("j e");
    assert_eq!(stage.screen().matches(" loading…").count(), 6, "{}", stage.screen());
    stage.type_text("!");
    details.contact.dnd.channels = Some(vec![("SMS".to_owned(), true)]);
    stage.event(Event::Details(Arc::new(details)));
    let screen = stage.screen();
    assert_eq!((screen.matches("[x]").count(), screen.matches("[ ]").count()), (1, 6), "{screen}");
    stage.assert_says("Anand!");
}

#[test]
fn what_sends_messages_asks_before_and_offers_no_undo() {
    let mut stage = Stage::new(LARGE);
    stage.press("m w");
    assert_eq!(stage.sent.pop(), Some(Command::Names(Catalogue::Workflows)));
    stage.assert_says("Loading");
    stage.assert_says("It cannot be undone");
    let choices = vec![Choice { id: "w1".into(), name: "Wel\u{1b}[31mcome".into() }];
    stage.event(Event::Names { catalogue: Catalogue::Workflows, result: Ok(choices) });
    // The key that chooses is not the key that sends, however often it is pressed.
    stage.press("enter enter");
    assert!(!stage.sent.iter().any(|sent| matches!(sent, Command::Apply { .. })), "{:?}", stage.sent);
    stage.press("m w enter");
    stage.assert_says("Start “Welcome” for Ana María López?");
    stage.assert_says("It cannot be undone");
    stage.press("y");
    let (ticket, edit) = stage.applied();
    let workflow = Named { id: WorkflowId::new("w1"), name: "Welcome".into() };
    assert_eq!(edit, Edit::new(ContactId::new("c1"), AutomationEdit::StartWorkflow { workflow }));
    stage.queued(ticket, &edit);
    let line = stage.line("Started workflow");
    assert!(!line.contains("undo"), "{line}");
}

#[test]
fn leaving_a_campaign_begins_with_one_of_them_and_asks() {
    let mut stage = Stage::new(LARGE);
    let choices = vec![Choice { id: "k1".into(), name: "Zzz recall".into() }];
    stage.press("m C");
    stage.event(Event::Names { catalogue: Catalogue::Campaigns, result: Ok(choices) });
    stage.press("enter");
    stage.assert_says("Remove Ana María López from “Zzz recall”?");
    stage.press("n m C down enter");
    stage.assert_says("Remove Ana María López from all campaigns?");
    stage.press("y");
    let (_, edit) = stage.applied();
    assert_eq!(edit, Edit::new(ContactId::new("c1"), AutomationEdit::StopCampaign { campaign: None }));
}

#[test]
fn tags_of_one_contact_are_sent_as_what_changed() {
    let mut stage = Stage::new(LARGE);
    stage.press("t");
    stage.assert_says("[x] vip");
    stage.type_text("web");
    stage.press("tab");
    stage.type_text("lead");
    stage.assert_says("lead  new tag");
    stage.press("enter");
    let (_, edits) = stage.applied_all();
    let contact = ContactId::new("c1");
    assert_eq!(
        edits,
        [
            Edit::new(contact.clone(), TagEdit::Add { tags: vec!["lead".into()] }),
            Edit::new(contact, TagEdit::Remove { tags: vec!["web".into()] })
        ]
    );
    stage.assert_says("vip · lead");
}

#[test]
fn a_note_is_edited_with_its_html_kept_where_it_was_not_touched() {
    let mut stage = Stage::new(LARGE);
    let mut details = stage.details_of("c1");
    details.notes = vec![note("n1", "<p>Prefers <b>SMS</b></p><p>Wants a quote</p>", 50)];
    stage.event(Event::Details(details.into()));
    stage.press("g n e");
    stage.assert_says("Edit note for Ana");
    stage.type_text(" soon");
    stage.press("ctrl-s");
    let (_, edit) = stage.applied();
    let EditKind::Note(NoteEdit::Patch { after, .. }) = edit.what else { panic!("{edit:?}") };
    assert_eq!(after.body.as_deref(), Some("<p>Prefers <b>SMS</b></p><p>Wants a quote soon</p>"));
    stage.press("e ctrl-s");
    assert!(!stage.sent.iter().any(|command| matches!(command, Command::Apply { .. })), "nothing was changed");
}

#[test]
fn deleting_is_on_the_next_frame_and_contacts_are_asked_about() {
    let mut stage = Stage::new(LARGE);
    stage.press("g t D");
    stage.assert_silent_about("Call back about quote ");
    let (_, edit) = stage.applied();
    assert!(matches!(edit.what, EditKind::Task(TaskEdit::Delete { task, .. }) if task == t1()));
    stage.press("g c D");
    let Some(Command::Plan { ticket, action: BulkAction::Delete, .. }) = stage.sent.pop() else { panic!("no plan") };
    let edits = vec![Edit::new(ContactId::new("c1"), ContactEdit::Delete { name: "Ana María López".into() })];
    stage.event(Event::Planned { ticket, planned: Planned { edits, unchanged: 0, requests: 4, trouble: None } });
    stage.assert_says("Gone for good: conversations");
    // Not with the key that asked.
    stage.press("D");
    assert_eq!(stage.sent, []);
    stage.press("n");
    assert_eq!(stage.sent, []);
}

/// As many contacts as that are marked and about to be deleted.
fn about_to_delete(count: usize) -> Stage {
    let mut stage = Stage::new(LARGE);
    let ids: Vec<String> = (1..=count).map(|n| format!("a{n}")).collect();
    stage.people(ids.iter().zip(1..).map(|(id, n)| somebody(id, &format!("Ana{n:02}"), "Lee")).collect());
    stage.press("ctrl-a D");
    let Some(Command::Plan { ticket, contacts, action: BulkAction::Delete }) = stage.sent.pop() else {
        panic!("no plan\n{}", stage.screen())
    };
    assert_eq!(contacts.len(), count);
    let edit = |id: ContactId| Edit::new(id, ContactEdit::Delete { name: "Ana".into() });
    let edits: Vec<Edit> = contacts.into_iter().map(edit).collect();
    let planned = Planned { edits, unchanged: 0, requests: 3 * count, trouble: None };
    stage.event(Event::Planned { ticket, planned });
    stage
}

#[test]
fn to_delete_more_than_ten_the_number_is_typed() {
    let mut stage = about_to_delete(12);
    stage.assert_says("Ana01 Lee, Ana02 Lee, Ana03 Lee, Ana04 Lee, Ana05 Lee and 7 more");
    stage.assert_says("Gone for good: conversations");
    for keys in ["y", "enter", "1 enter", "1 enter", "enter"] {
        stage.press(keys);
        assert_eq!(stage.sent, [], "{keys}\n{}", stage.screen());
    }
    stage.assert_says("type 12 to delete all 12");
    stage.press("ctrl-u 1 2");
    stage.assert_silent_about("not the number");
    stage.press("enter");
    assert_eq!(stage.applied_all().1.len(), 12);
    stage.assert_silent_about("Delete 12");
}

#[test]
fn for_ten_a_key_is_enough_and_escape_deletes_nobody() {
    let mut stage = about_to_delete(10);
    stage.press("y");
    assert_eq!(stage.applied_all().1.len(), 10);
    let mut stage = about_to_delete(12);
    stage.press("1 2 esc");
    assert_eq!(stage.sent, []);
    stage.assert_silent_about("Type 12");
}

#[test]
fn what_can_be_taken_back_asks_for_the_number_above_twenty() {
    let asked = |count: usize| {
        let mut stage = Stage::new(LARGE);
        stage.people((0..count).map(|n| somebody(&format!("a{n}"), &format!("Ana{n}"), "Lee")).collect());
        stage.press("ctrl-a t v i p enter");
        let Some(Command::Plan { ticket, contacts, .. }) = stage.sent.pop() else { panic!("no plan") };
        let edit = |id: ContactId| Edit::new(id, TagEdit::Add { tags: vec!["vip".into()] });
        let edits = contacts.into_iter().map(edit).collect();
        stage.event(Event::Planned { ticket, planned: Planned { edits, unchanged: 0, requests: 1, trouble: None } });
        stage.screen().contains("Type ")
    };
    assert!(!asked(20) && asked(21));
}

#[test]
fn the_palette_does_what_it_finds() {
    let mut stage = Stage::new(LARGE);
    stage.press(":");
    stage.type_text("outbox");
    stage.press("enter");
    stage.assert_says("[6 Outbox]");
    stage.press("ctrl-p");
    stage.type_text("zuzana");
    stage.press("enter");
    stage.assert_says("[1 Contacts 7]");
    stage.line("▶ Zuzana Novák");
}

#[test]
fn a_request_is_copied_without_its_token() {
    let mut stage = Stage::new(LARGE);
    stage.event(Event::Request(Arc::new(record(Some(200)))));
    stage.press("5 y");
    let Some(Effect::Copy(text)) = stage.asked.pop() else { panic!("nothing was copied") };
    assert!(text.starts_with("curl -X 'PUT' 'https://services.example.com/"), "{text}");
    assert!(text.contains("REDACTED"), "{text}");
}

#[test]
fn appointments_need_their_own_scope() {
    let mut stage = Stage::new(LARGE);
    stage.event(Event::Access(Access::READ_WRITE.lacking(Scope::EventsWrite)));
    stage.press("g a n");
    stage.assert_says("calendars/events.write");
    stage.press("c D e");
    assert_eq!(stage.sent, []);
    stage.press("g t x");
    stage.applied();
}
