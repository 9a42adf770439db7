//! Every kind of edit against the sandbox: made, taken back, done again, and what happens when someone else was there.

use ghl_tui::domain::{
    AppointmentEdit, AppointmentPatch, AppointmentStatus, AutomationEdit, BusinessEdit, BusinessId, CampaignId,
    ContactEdit, ContactField, ContactId, ContactPatch, Edit, FollowerEdit, Named, NoteEdit, NotePatch, Receipt,
    TagEdit, Target, TaskEdit, TaskPatch, UserId, WorkflowId,
};
use ghl_tui::protocol::{BulkAction, Catalogue, Command, EditEvent, Event, Outcome, Refused};
use ghl_tui::sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::support::{Rig, Server, Setup, note};

pub(super) fn fields(fields: &[(ContactField, &str)]) -> ContactPatch {
    let value = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    ContactPatch {
        fields: fields.iter().map(|(field, text)| (*field, value(text))).collect(),
        ..ContactPatch::default()
    }
}

impl Server {
    async fn contact(&self, contact: &ContactId) -> Value {
        self.held(contact).await["contact"].clone()
    }

    async fn count(&self, contact: &ContactId, list: &str) -> usize {
        self.held(contact).await[list].as_array().map_or(0, Vec::len)
    }
}

impl Rig {
    async fn somebody(&mut self) -> ContactId {
        self.open_task().await.contact
    }

    /// Makes edits at once and waits until the server has them.
    async fn done(&mut self, edits: Vec<Edit>) -> Vec<Receipt> {
        let mut receipts = Vec::new();
        for id in self.apply_all(edits).await {
            receipts.push(self.receipt(id).await);
        }
        receipts
    }

    async fn names(&mut self, catalogue: Catalogue) -> Vec<ghl_tui::protocol::Choice> {
        self.send(Command::Names(catalogue)).await;
        self.wait("names", |event| match event {
            Event::Names { result, .. } => Some(result.clone().expect("they may be read")),
            _ => None,
        })
        .await
    }
}

#[tokio::test]
async fn fields_of_a_contact_are_changed_back_and_forth() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    let was = server.contact(&contact).await;
    let city = was["city"].as_str().unwrap_or_default().to_owned();
    let before = fields(&[(ContactField::City, &city)]);
    let after = fields(&[(ContactField::City, "Alameda")]);
    rig.done(vec![Edit::new(contact.clone(), ContactEdit::Patch { name: "x".into(), before, after })]).await;
    let held = server.contact(&contact).await;
    assert_eq!(held["city"], "Alameda");
    assert_eq!(held["tags"], was["tags"], "nothing else was written");
    rig.undone().await;
    assert_eq!(server.contact(&contact).await["city"].as_str().unwrap_or_default(), city);
    rig.redone().await;
    assert_eq!(server.contact(&contact).await["city"], "Alameda");
}

#[tokio::test]
async fn what_somebody_else_changed_is_asked_about_and_other_fields_are_not() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    let city = server.contact(&contact).await["city"].as_str().unwrap_or_default().to_owned();
    let theirs = json!({ "city": "Berkeley" });
    server.write("PUT", &format!("/contacts/{contact}"), theirs).await;
    // Another field merges silently.
    let other = |text: &str| fields(&[(ContactField::Source, text)]);
    let source = server.contact(&contact).await["source"].as_str().unwrap_or_default().to_owned();
    let edit = Edit::new(
        contact.clone(),
        ContactEdit::Patch { name: "x".into(), before: other(&source), after: other("a phone call") },
    );
    rig.done(vec![edit]).await;
    assert_eq!(server.contact(&contact).await["city"], "Berkeley");
    // The same field asks.
    let id = rig
        .apply(Edit::new(
            contact.clone(),
            ContactEdit::Patch {
                name: "x".into(),
                before: fields(&[(ContactField::City, &city)]),
                after: fields(&[(ContactField::City, "Alameda")]),
            },
        ))
        .await;
    let Outcome::Clash(clash) = rig.settled(id).await else { panic!("nobody was asked") };
    assert_eq!((clash[0].theirs.as_str(), clash[0].ours.as_str()), ("Berkeley", "Alameda"));
    assert_eq!(server.contact(&contact).await["city"], "Berkeley");
    rig.send(Command::Insist(id)).await;
    rig.confirmed(id).await;
    assert_eq!(server.contact(&contact).await["city"], "Alameda");
    // What was there when it was made good comes back.
    rig.undone().await;
    assert_eq!(server.contact(&contact).await["city"], "Berkeley");
}

#[tokio::test]
async fn a_new_contact_and_what_is_added_before_it_is_there() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("the sandbox answers");
    server.fault("POST", "/contacts/", 1, json!({ "drop": "after" })).await;
    let patch = fields(&[
        (ContactField::FirstName, "Nova"),
        (ContactField::LastName, "Newman"),
        (ContactField::Email, "nova@example.com"),
    ]);
    let create = Edit::new(ContactId::of_group(), ContactEdit::Create { patch, replaces: None });
    let made_by = rig.apply(create).await;
    let provisional = ContactId::provisional(made_by);
    let noted = rig.apply(note(&provisional, "written before she was there")).await;
    let Receipt::Contact(nova) = rig.receipt(made_by).await else { panic!("no contact") };
    rig.confirmed(noted).await;
    assert_eq!(server.notes_saying(&nova.id, "before she was there").await, 1);
    assert_eq!(server.requests("POST", "/contacts/").await.len(), 1, "made once, though no answer came");
    rig.undone().await;
    assert_eq!(server.count(&nova.id, "notes").await, 0);
    rig.undone().await;
    assert!(server.contact(&nova.id).await.is_null(), "she is gone");
    rig.redone().await;
    rig.redone().await;
    rig.sync().await.expect("the sandbox answers");
    let again = rig.contacts().await.into_iter().find(|contact| contact.email.as_deref() == Some("nova@example.com"));
    let again = again.expect("she is made anew");
    assert_eq!(server.notes_saying(&again.id, "before she was there").await, 1);
}

#[tokio::test]
async fn a_deleted_contact_comes_back_with_what_belonged_to_it() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    rig.done(vec![note(&contact, "remember me")]).await;
    let was = server.held(&contact).await;
    let name = "somebody".to_owned();
    rig.done(vec![Edit::new(contact.clone(), ContactEdit::Delete { name })]).await;
    assert!(server.contact(&contact).await.is_null());
    rig.undone().await;
    rig.sync().await.expect("the sandbox answers");
    let email = was["contact"]["email"].as_str();
    let phone = was["contact"]["phone"].as_str();
    let back = rig
        .contacts()
        .await
        .into_iter()
        .find(|one| one.id != contact && one.email.as_deref() == email && one.phone.as_deref() == phone)
        .expect("made anew");
    let held = server.held(&back.id).await;
    assert_eq!(held["contact"]["tags"], was["contact"]["tags"]);
    let titles = |held: &Value| -> Vec<String> {
        let tasks = held["tasks"].as_array().cloned().unwrap_or_default();
        tasks.iter().map(|task| format!("{} {}", task["title"], task["completed"])).collect()
    };
    assert_eq!(titles(&held), titles(&was));
    assert_eq!(held["notes"].as_array().map(Vec::len), was["notes"].as_array().map(Vec::len));
}

#[tokio::test]
async fn tasks_are_added_changed_and_deleted_back_and_forth() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    let before = server.count(&contact, "tasks").await;
    let titled = |title: &str| TaskPatch { title: Some(title.to_owned()), ..TaskPatch::default() };
    let due = Some("2026-12-01T17:00:00Z".parse().expect("a time"));
    let task = TaskPatch { due, completed: Some(false), ..titled("Ring her") };
    let added = rig.apply(Edit::new(contact.clone(), TaskEdit::Add { task, replaces: None })).await;
    // Changed before the server has answered.
    let target = Target::MadeBy(added);
    let change = Edit::new(
        contact.clone(),
        TaskEdit::Patch {
            task: target.clone(),
            title: "Ring her".into(),
            before: titled("Ring her"),
            after: titled("Ring him"),
        },
    );
    let changed = rig.apply(change).await;
    let Receipt::Task(made) = rig.receipt(added).await else { panic!("no task") };
    rig.confirmed(changed).await;
    let done = Edit::new(
        contact.clone(),
        TaskEdit::Complete { task: target.clone(), title: "Ring him".into(), completed: true },
    );
    rig.done(vec![done]).await;
    let was = TaskPatch { due, completed: Some(true), ..titled("Ring him") };
    rig.done(vec![Edit::new(contact.clone(), TaskEdit::Delete { task: Target::Known(made.id.clone()), was })]).await;
    assert_eq!(server.count(&contact, "tasks").await, before);
    // Made anew under another id; the edits before it find it all the same.
    rig.undone().await;
    rig.undone().await;
    rig.undone().await;
    let held = server.held(&contact).await;
    let held = held["tasks"].as_array().cloned().unwrap_or_default();
    let held = held.iter().find(|task| task["title"] == "Ring her").expect("it is back as it was");
    assert_eq!(held["completed"], false);
    assert_ne!(held["id"], made.id.as_str());
    rig.undone().await;
    assert_eq!(server.count(&contact, "tasks").await, before);
    for _step in 0..4 {
        rig.redone().await;
    }
    assert_eq!(server.count(&contact, "tasks").await, before);
    assert!(matches!(rig.redo().await, Err(Refused::NothingToReverse)));
}

#[tokio::test]
async fn notes_are_changed_pinned_and_deleted_back_and_forth() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    let Receipt::Note(made) = rig.done(vec![note(&contact, "first words")]).await.remove(0) else { panic!("no note") };
    let text = |body: &str| NotePatch { body: Some(body.to_owned()), ..NotePatch::default() };
    let pinned = |on| NotePatch { pinned: Some(on), ..NotePatch::default() };
    let target = Target::Known(made.id.clone());
    let change = |before, after| Edit::new(contact.clone(), NoteEdit::Patch { note: target.clone(), before, after });
    rig.done(vec![change(text("first words"), text("second words"))]).await;
    rig.done(vec![change(pinned(false), pinned(true))]).await;
    assert_eq!(server.notes_saying(&contact, "second words").await, 1);
    let was = NotePatch { pinned: Some(true), ..text("second words") };
    rig.done(vec![Edit::new(contact.clone(), NoteEdit::Delete { note: target.clone(), was })]).await;
    assert_eq!(server.notes_saying(&contact, "words").await, 0);
    rig.undone().await;
    let held = server.held(&contact).await;
    let held = held["notes"].as_array().cloned().unwrap_or_default();
    assert!(
        held.iter()
            .any(|note| note["body"].as_str().is_some_and(|body| body.contains("second")) && note["pinned"] == true)
    );
    rig.undone().await;
    rig.undone().await;
    assert_eq!(server.notes_saying(&contact, "first words").await, 1);
}

#[tokio::test]
async fn a_refusal_that_cannot_be_read_is_not_the_last_word_about_what_is_gone() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    let Receipt::Note(made) = rig.done(vec![note(&contact, "to go")]).await.remove(0) else { panic!("no note") };
    let was = NotePatch { body: Some("to go".to_owned()), ..NotePatch::default() };
    let delete = |was| Edit::new(contact.clone(), NoteEdit::Delete { note: Target::Known(made.id.clone()), was });
    // It went, and what was answered is as good as nothing.
    server.fault("DELETE", "/notes/", 1, json!({ "status": 400, "body": "", "after": true })).await;
    rig.done(vec![delete(was.clone())]).await;
    assert_eq!(server.notes_saying(&contact, "to go").await, 0);

    // One that is there, and is refused so each time, is given up.
    let Receipt::Note(made) = rig.done(vec![note(&contact, "to stay")]).await.remove(0) else { panic!("no note") };
    let was = NotePatch { body: Some("to stay".to_owned()), ..was };
    server.fault("DELETE", "/notes/", 0, json!({ "status": 400, "body": "" })).await;
    let edit = Edit::new(contact.clone(), NoteEdit::Delete { note: Target::Known(made.id), was });
    let id = rig.apply(edit).await;
    let rejected = |event: &Event| match event {
        Event::Edit(EditEvent::Settled { id: of, outcome: Outcome::Rejected { .. }, .. }) if *of == id => Some(()),
        _ => None,
    };
    rig.wait("the refusal", rejected).await;
    assert_eq!(server.notes_saying(&contact, "to stay").await, 1);
}

#[tokio::test]
async fn tags_followers_and_business_come_back_as_each_contact_had_them() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    let was = server.contact(&contact).await;
    let own = was["tags"][0].as_str().unwrap_or("vip").to_owned();
    // One of them was there before: taking back leaves it.
    let had = was["tags"].as_array().is_some_and(|tags| !tags.is_empty());
    rig.done(vec![Edit::new(contact.clone(), TagEdit::Add { tags: vec![own.clone(), "brand new".into()] })]).await;
    assert!(server.contact(&contact).await["tags"].to_string().contains("brand new"));
    rig.undone().await;
    if had {
        assert_eq!(server.contact(&contact).await["tags"], was["tags"]);
    }
    let users = vec![UserId::new("a-user")];
    rig.done(vec![Edit::new(contact.clone(), FollowerEdit::Add { users })]).await;
    assert!(server.contact(&contact).await["followers"].to_string().contains("a-user"));
    rig.undone().await;
    assert!(!server.contact(&contact).await["followers"].to_string().contains("a-user"));
    let business = rig.names(Catalogue::Businesses).await.remove(0);
    let before = was["businessId"].as_str().map(|id| Named { id: BusinessId::new(id), name: String::new() });
    let after = Some(Named { id: BusinessId::new(business.id.as_str()), name: business.name });
    if before.as_ref().map(|one| &one.id) != after.as_ref().map(|one| &one.id) {
        rig.done(vec![Edit::new(contact.clone(), BusinessEdit::Set { before, after })]).await;
        assert_eq!(server.contact(&contact).await["businessId"], business.id.as_str());
        rig.undone().await;
        assert_eq!(server.contact(&contact).await["businessId"], was["businessId"]);
    }
}

#[tokio::test]
async fn appointments_are_booked_moved_cancelled_and_taken_back() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    let before = server.count(&contact, "appointments").await;
    let calendar = rig.names(Catalogue::Calendars).await.remove(0);
    let at = |text: &str| Some(text.parse().expect("a time"));
    let new = AppointmentPatch {
        calendar: Some(ghl_tui::domain::CalendarId::new(calendar.id)),
        title: Some("Fitting".into()),
        start: at("2026-12-01T17:00:00Z"),
        end: at("2026-12-01T18:00:00Z"),
        status: Some(AppointmentStatus::Confirmed),
        ..AppointmentPatch::default()
    };
    let book = Edit::new(contact.clone(), AppointmentEdit::Add { appointment: new.clone(), replaces: None });
    let Receipt::Appointment(booked) = rig.done(vec![book]).await.remove(0) else { panic!("no appointment") };
    let target = Target::Known(booked.id);
    let change = |before, after| {
        Edit::new(
            contact.clone(),
            AppointmentEdit::Patch { appointment: target.clone(), title: "Fitting".into(), before, after },
        )
    };
    let status = |status| AppointmentPatch { status: Some(status), ..AppointmentPatch::default() };
    rig.done(vec![change(status(AppointmentStatus::Confirmed), status(AppointmentStatus::Cancelled))]).await;
    let held = || async {
        let all = server.held(&contact).await["appointments"].clone();
        all.as_array().into_iter().flatten().find(|one| one["title"] == "Fitting").cloned().unwrap_or_default()
    };
    assert!(held().await.to_string().contains("cancelled"));
    rig.undone().await;
    assert!(held().await.to_string().contains("confirmed"));
    rig.undone().await;
    assert_eq!(server.count(&contact, "appointments").await, before);
    rig.redone().await;
    assert_eq!(server.count(&contact, "appointments").await, before + 1);
}

#[tokio::test]
async fn what_sends_messages_is_never_repeated_and_cannot_be_taken_back() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    let workflow = rig.names(Catalogue::Workflows).await.remove(0);
    let workflow = Named { id: WorkflowId::new(workflow.id), name: workflow.name };
    let path = format!("/workflow/{}", workflow.id);
    server.fault("POST", "/workflow/", 1, json!({ "drop": "after" })).await;
    let id = rig.apply(Edit::new(contact.clone(), AutomationEdit::StartWorkflow { workflow: workflow.clone() })).await;
    let Outcome::Rejected { why, .. } = rig.settled(id).await else { panic!("it claims to know") };
    assert!(why.why.contains("it may have started"), "{why:?}");
    assert_eq!(server.requests("POST", &path).await.len(), 1);
    rig.send(Command::Discard(vec![id])).await;
    rig.done(vec![Edit::new(contact.clone(), AutomationEdit::StartWorkflow { workflow })]).await;
    assert!(matches!(rig.undo().await, Err(Refused::Irreversible(label)) if label.words.contains("workflow")));
    let campaign = rig.names(Catalogue::Campaigns).await.remove(0);
    let campaign = Named { id: CampaignId::new(campaign.id), name: campaign.name };
    rig.done(vec![Edit::new(contact.clone(), AutomationEdit::StartCampaign { campaign: campaign.clone() })]).await;
    rig.done(vec![Edit::new(contact, AutomationEdit::StopCampaign { campaign: Some(campaign) })]).await;
}

#[tokio::test]
async fn five_hundred_contacts_are_tagged_in_five_requests_and_get_their_own_tags_back() {
    let server = Server::start_with(SandboxOptions { contacts: 500, ..SandboxOptions::default() }).await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("the sandbox answers");
    let contacts = rig.contacts().await;
    let ids: Vec<ContactId> = contacts.iter().map(|contact| contact.id.clone()).collect();
    assert_eq!(ids.len(), 500);
    let ticket = rig.port.ticket();
    let action = BulkAction::AddTags(vec!["vip".into(), "storm".into()]);
    rig.send(Command::Plan { ticket, contacts: ids.clone(), action }).await;
    let planned = rig
        .wait("a plan", |event| match event {
            Event::Planned { ticket: of, planned } if *of == ticket => Some(planned.clone()),
            _ => None,
        })
        .await;
    assert_eq!((planned.edits.len(), planned.requests, planned.unchanged), (500, 5, 0));
    rig.done(planned.edits).await;
    assert_eq!(server.requests("POST", "/contacts/bulk/tags/update/add").await.len(), 5);
    for contact in contacts.iter().step_by(50) {
        assert!(server.contact(&contact.id).await["tags"].to_string().contains("storm"));
    }
    rig.undone().await;
    for contact in &contacts {
        let held = server.contact(&contact.id).await;
        let held: Vec<&str> = held["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!(held, contact.tags, "{}", contact.id);
    }
    assert!(server.requests("POST", "/contacts/bulk/tags/update/remove").await.len() <= 10);
}

#[tokio::test]
async fn of_many_contacts_only_those_that_failed_are_tried_again() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("the sandbox answers");
    let ids: Vec<ContactId> = rig.contacts().await.into_iter().map(|contact| contact.id).collect();
    server.write("DELETE", &format!("/contacts/{}", ids[3]), Value::Null).await;
    let edits = ids.iter().map(|id| Edit::new(id.clone(), TagEdit::Add { tags: vec!["storm".into()] })).collect();
    let (mut taken, mut refused) = (0, Vec::new());
    for id in rig.apply_all(edits).await {
        match rig.settled_already(id).await {
            Outcome::Confirmed(_) => taken += 1,
            Outcome::Rejected { why, .. } => refused.push(why.why),
            other @ Outcome::Clash(_) => panic!("{other:?}"),
        }
    }
    assert_eq!((taken, refused.as_slice()), (39, ["contact is deleted".to_owned()].as_slice()));
}

/// The first of them has another id by then: its deletion was undone.
#[tokio::test]
async fn a_change_of_many_is_undone_for_a_contact_that_was_made_again() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("the sandbox answers");
    let contacts = rig.contacts().await;
    let add = |id: &ContactId| Edit::new(id.clone(), TagEdit::Add { tags: vec!["storm".into()] });
    rig.done(contacts.iter().take(5).map(|contact| add(&contact.id)).collect()).await;
    let gone = &contacts[0];
    rig.done(vec![Edit::new(gone.id.clone(), ContactEdit::Delete { name: gone.name() })]).await;
    rig.undone().await;
    rig.undone().await;
    rig.sync().await.expect("the sandbox answers");
    let tagged = rig.contacts().await.into_iter().filter(|contact| contact.tags.contains(&"storm".to_owned()));
    assert_eq!(tagged.map(|contact| contact.name()).collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test]
async fn undo_goes_on_where_the_dashboard_before_ended() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let contact = rig.somebody().await;
    rig.done(vec![note(&contact, "of yesterday")]).await;
    let kept = rig.stop().await;
    let mut rig = Rig::start_with(&server, kept.setup()).await;
    rig.undone().await;
    assert_eq!(server.notes_saying(&contact, "of yesterday").await, 0);
    // Another dashboard on the same folder takes back its own edits only.
    let folder = Some(rig.folder.clone());
    let mut second = Rig::start_with(&server, Setup { folder, ..Setup::default() }).await;
    assert!(matches!(second.undo().await, Err(Refused::NothingToReverse)));
    rig.redone().await;
    assert_eq!(server.notes_saying(&contact, "of yesterday").await, 1);
}

#[tokio::test]
async fn a_duplicate_names_the_contact_that_is_there() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    rig.sync().await.expect("the sandbox answers");
    let there =
        rig.contacts().await.into_iter().find(|contact| contact.email.is_some()).expect("somebody has an e-mail");
    let email = there.email.clone().expect("just looked");
    let patch = fields(&[(ContactField::FirstName, "Copy"), (ContactField::Email, &email)]);
    let id = rig.apply(Edit::new(ContactId::of_group(), ContactEdit::Create { patch, replaces: None })).await;
    let Outcome::Rejected { existing, .. } = rig.settled(id).await else { panic!("made twice") };
    assert_eq!(existing, Some(there.id));
}
