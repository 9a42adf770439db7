use super::*;
use crate::domain::{AppointmentId, AppointmentPatch, BusinessId, CampaignId, TaskPatch, UserId};
use crate::domain::{ContactField, ContactPatch, Named, NoteId, NotePatch, TaskId, WorkflowId};
use proptest::prelude::*;

fn id(number: u128) -> EditId {
    EditId(uuid::Uuid::from_u128(number))
}

fn complete(completed: bool) -> Edit {
    let task = Target::Known(TaskId::new("t"));
    Edit::new(ContactId::new("c"), TaskEdit::Complete { task, title: "Call".into(), completed })
}

fn note(body: &str) -> NotePatch {
    NotePatch { body: Some(body.into()), ..NotePatch::default() }
}

#[test]
fn the_inverse_of_the_inverse_is_the_edit() {
    let contact = ContactId::new("c");
    let fields = |city: &str| ContactPatch {
        fields: [(ContactField::City, Some(city.to_owned()))].into(),
        ..ContactPatch::default()
    };
    let patch =
        Edit::new(contact.clone(), ContactEdit::Patch { name: "Ana".into(), before: fields("a"), after: fields("b") });
    let tags = Edit::new(contact.clone(), TagEdit::Add { tags: vec!["vip".into()] });
    let added = Edit::new(contact, NoteEdit::Add { note: note("b"), replaces: None });
    for edit in [complete(true), patch, tags, added] {
        let back = edit.inverse(id(1), None).pop().expect("it can be undone");
        assert_eq!(back.inverse(id(2), None), [edit]);
    }
}

#[test]
fn an_undo_covers_only_the_tags_that_the_server_changed() {
    let contact = ContactId::new("c");
    let edit = Edit::new(contact.clone(), TagEdit::Add { tags: vec!["vip".into(), "web".into()] });
    let receipt = |changed: &[&str]| Receipt::Tags {
        now: None,
        changed: Some(changed.iter().map(|tag| (*tag).to_owned()).collect()),
    };
    let back = edit.inverse(id(1), Some(&receipt(&["web"])));
    assert_eq!(back, [Edit::new(contact, TagEdit::Remove { tags: vec!["web".into()] })]);
    assert_eq!(edit.inverse(id(1), Some(&receipt(&[]))), []);
}

#[test]
fn a_deleted_contact_is_re_created_with_its_tasks() {
    let contact = Contact { first_name: Some("Ana".into()), ..Contact::unknown(ContactId::new("c")) };
    let task = crate::domain::Task {
        id: TaskId::new("t"),
        contact: contact.id.clone(),
        title: "Call".into(),
        body: None,
        due: None,
        completed: true,
        assigned_to: None,
    };
    let receipt = Receipt::ContactGone {
        id: contact.id.clone(),
        was: Some(contact.clone().into()),
        tasks: vec![task],
        notes: vec![],
    };
    let edits = Edit::new(contact.id, ContactEdit::Delete { name: "Ana".into() }).inverse(id(1), Some(&receipt));
    assert_eq!(edits.len(), 2);
    assert!(edits.iter().all(|edit| edit.contact == ContactId::of_group()));
    assert_eq!(edits.iter().filter_map(Edit::replaces).collect::<Vec<_>>(), ["c", "t"]);
}

#[test]
fn an_edit_that_sends_messages_cannot_be_undone() {
    let workflow = Named { id: WorkflowId::new("w"), name: "Welcome".into() };
    let edit = Edit::new(ContactId::new("c"), AutomationEdit::StartWorkflow { workflow });
    assert!(edit.is_once() && edit.inverse(id(1), None).is_empty());
}

#[test]
fn older_ledgers_are_read() {
    for (json, edit) in [
        (r#"{"CompleteTask":{"contact":"c","task":"t","title":"Call","completed":true}}"#, complete(true)),
        (
            r#"{"AddNote":{"contact":"c","body":"b"}}"#,
            Edit::new(ContactId::new("c"), NoteEdit::Add { note: note("b"), replaces: None }),
        ),
        (
            r#"{"DeleteNote":{"contact":"c","note":{"Known":"n"},"body":"b"}}"#,
            Edit::new(ContactId::new("c"), NoteEdit::Delete { note: Target::Known(NoteId::new("n")), was: note("b") }),
        ),
        (
            r#"{"DeleteNote":{"contact":"c","note":{"MadeBy":"00000000-0000-0000-0000-000000000007"},"body":"b"}}"#,
            Edit::new(ContactId::new("c"), NoteEdit::Delete { note: Target::MadeBy(id(7)), was: note("b") }),
        ),
    ] {
        assert_eq!(serde_json::from_str::<Edit>(json).expect(json), edit);
        let again = serde_json::to_string(&edit).expect("an edit is JSON");
        assert_eq!(serde_json::from_str::<Edit>(&again).expect("our own JSON"), edit);
    }
}

/// Every kind of edit, in every shape that affects how it is stored or undone.
fn any_kind() -> impl Strategy<Value = EditKind> {
    let shape = ("[a-z <>]{0,12}", any::<bool>(), proptest::option::of(any::<bool>()), 0_usize..22);
    shape.prop_map(|(text, yes, maybe, kind)| {
        let target = |yes: bool| if yes { Target::Known(text.clone()) } else { Target::MadeBy(id(9)) };
        let task = || match target(yes) {
            Target::Known(id) => Target::Known(TaskId::new(id)),
            Target::MadeBy(edit) => Target::MadeBy(edit),
        };
        let meeting = || Target::Known(AppointmentId::new(text.clone()));
        let fields = |value: Option<String>| ContactPatch {
            fields: [(ContactField::City, value)].into(),
            dnd: maybe,
            ..ContactPatch::default()
        };
        let assigned = |user: Option<&str>| TaskPatch {
            title: maybe.map(|_| text.clone()),
            assigned_to: maybe.map(|_| user.map(UserId::new)),
            ..TaskPatch::default()
        };
        let named = || Some(text.clone()).filter(|_| yes);
        let booked = |anyway| AppointmentPatch { title: named(), anyway, ..AppointmentPatch::default() };
        let (tags, users) = (vec![text.clone()], vec![UserId::new("u")]);
        let business = |yes: bool| yes.then(|| Named { id: BusinessId::new("b"), name: text.clone() });
        let campaign = || Named { id: CampaignId::new("p"), name: text.clone() };
        let workflow = Named { id: WorkflowId::new("w"), name: text.clone() };
        let title = text.clone();
        let known = Target::Known(NoteId::new("n"));
        match kind {
            0 => ContactEdit::Create { patch: fields(named()), replaces: named().map(ContactId::new) }.into(),
            1 => ContactEdit::Patch { name: title, before: fields(None), after: fields(named()) }.into(),
            2 => ContactEdit::Delete { name: title }.into(),
            3 => TagEdit::Add { tags }.into(),
            4 => TagEdit::Remove { tags }.into(),
            5 => FollowerEdit::Add { users }.into(),
            6 => FollowerEdit::Remove { users }.into(),
            7 => BusinessEdit::Set { before: business(!yes), after: business(yes) }.into(),
            8 => AutomationEdit::StartCampaign { campaign: campaign() }.into(),
            9 => AutomationEdit::StopCampaign { campaign: yes.then(campaign) }.into(),
            10 => AutomationEdit::StartWorkflow { workflow }.into(),
            11 => AutomationEdit::StopWorkflow { workflow }.into(),
            12 => TaskEdit::Add { task: assigned(Some("u")), replaces: named().map(TaskId::new) }.into(),
            13 => TaskEdit::Patch { task: task(), title, before: assigned(Some("u")), after: assigned(None) }.into(),
            14 => TaskEdit::Complete { task: task(), title, completed: yes }.into(),
            15 => TaskEdit::Delete { task: task(), was: assigned(None) }.into(),
            16 => NoteEdit::Add { note: note(&text), replaces: named().map(NoteId::new) }.into(),
            17 => NoteEdit::Patch { note: known, before: note("a"), after: note(&text) }.into(),
            18 => NoteEdit::Delete { note: known, was: note(&text) }.into(),
            19 => AppointmentEdit::Add { appointment: booked(yes), replaces: None }.into(),
            20 => AppointmentEdit::Patch { appointment: meeting(), title, before: booked(false), after: booked(yes) }
                .into(),
            _ => AppointmentEdit::Delete { appointment: meeting(), was: booked(yes) }.into(),
        }
    })
}

proptest! {
    #[test]
    fn every_kind_is_read_back_as_stored(what in any_kind()) {
        let edit = Edit { contact: ContactId::new("c"), what };
        let stored = serde_json::to_string(&edit).expect("an edit is JSON");
        prop_assert_eq!(serde_json::from_str::<Edit>(&stored).expect("our own JSON"), edit, "{}", stored);
    }

    /// Undoing the undo of a change, an addition or a removal gives the same edit.
    #[test]
    fn undoing_an_undo_gives_the_edit(what in any_kind()) {
        let edit = Edit { contact: ContactId::new("c"), what };
        if let (Some(back), Writes::Contact | Writes::Record(Some(_))) = (edit.inverse(id(1), None).pop(), edit.row().writes)
            && edit.replaces().is_none() && back.replaces().is_none()
        {
            prop_assert_eq!(back.inverse(id(2), None), [edit]);
        }
    }
}
