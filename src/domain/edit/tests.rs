use super::*;
use crate::domain::{ContactField, ContactPatch, Named, NoteId, NotePatch, TaskId, WorkflowId};

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
        let back = edit.inverse(id(1), None).pop().expect("it can be taken back");
        assert_eq!(back.inverse(id(2), None), [edit]);
    }
}

#[test]
fn what_the_server_changed_is_what_is_taken_back() {
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
fn a_deleted_contact_is_made_anew_with_what_belonged_to_it() {
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
fn what_sends_messages_cannot_be_taken_back() {
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
