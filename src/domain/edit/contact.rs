//! Edits of contacts: creating, changing field by field, and deleting with all their records.

use super::{CountedAs, Edit, EditFamily, EditRow, FollowerEdit, NoteEdit, SentEdit, TaskEdit, Writes};
use crate::domain::{Contact, ContactId, ContactPatch, Entries, NotePatch, Receipt, TaskPatch};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ContactEdit {
    #[serde(rename = "CreateContact")]
    Create {
        patch: ContactPatch,
        /// The deleted contact that this one replaces.
        #[serde(default)]
        replaces: Option<ContactId>,
    },
    /// Changes fields; `before` has the previous value of each.
    #[serde(rename = "PatchContact")]
    Patch { name: String, before: ContactPatch, after: ContactPatch },
    /// Deletes a contact with all its tasks, notes and appointments.
    #[serde(rename = "DeleteContact")]
    Delete { name: String },
}

impl EditFamily for ContactEdit {
    fn row(&self) -> EditRow<'_> {
        let row =
            |past, verb, object| EditRow { counted: CountedAs::Contacts, ..EditRow::of_contact(past, verb, object) };
        match self {
            Self::Create { patch, replaces } => {
                let object = format!("contact {}", patch.name());
                let (past, verb) = if replaces.is_some() { ("Re-created", "re-create") } else { ("Added", "add") };
                let replaces = replaces.as_ref().map(ContactId::as_str);
                EditRow { writes: Writes::New { replaces }, ..row(past, verb, object) }
            }
            Self::Patch { after, .. } => EditRow {
                counted: CountedAs::PerContact,
                listed: true,
                ..row("Changed", "change", after.labels().join(", "))
            },
            Self::Delete { name } => row("Deleted", "delete", format!("contact {name}")),
        }
    }

    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit> {
        let held = match sent.receipt {
            Some(Receipt::Contact(held)) => Some(held),
            _ => None,
        };
        match self {
            Self::Create { patch, .. } => {
                let contact = held.map_or(sent.contact, |held| &held.id);
                vec![Edit::new(contact.clone(), Self::Delete { name: patch.name() })]
            }
            Self::Patch { name, before, after } => {
                let now = held.map_or_else(|| after.clone(), |held| after.current(held));
                sent.back(Self::Patch { name: name.clone(), before: now, after: before.clone() })
            }
            Self::Delete { .. } => recreated(sent),
        }
    }

    fn values(&self) -> [Entries; 2] {
        match self {
            Self::Create { patch, .. } => {
                let tags = (!patch.tags.is_empty()).then(|| ("tags".to_owned(), patch.tags.join(", ")));
                [Entries::new(), patch.entries().into_iter().chain(tags).collect()]
            }
            Self::Patch { before, after, .. } => [before.entries(), after.entries()],
            Self::Delete { .. } => Default::default(),
        }
    }

    fn apply(&self, contact: &mut Contact) {
        match self {
            Self::Patch { after, .. } => after.apply(contact),
            Self::Create { .. } | Self::Delete { .. } => {}
        }
    }
}

/// Re-creates a deleted contact with its followers, tasks and notes; they all name the contact that the group creates.
fn recreated(sent: &SentEdit<'_>) -> Vec<Edit> {
    let Some(Receipt::ContactGone { was: Some(was), tasks, notes, .. }) = sent.receipt else { return Vec::new() };
    let edit = |what| Edit { contact: ContactId::of_group(), what };
    let create = ContactEdit::Create { patch: ContactPatch::of(was), replaces: Some(sent.contact.clone()) };
    let followers = (!was.followers.is_empty()).then(|| FollowerEdit::Add { users: was.followers.clone() });
    let tasks = tasks.iter().map(|task| TaskEdit::Add { task: TaskPatch::of(task), replaces: Some(task.id.clone()) });
    // The API lists notes newest first, by the time they were written, so the oldest is written first.
    let notes =
        notes.iter().rev().map(|note| NoteEdit::Add { note: NotePatch::of(note), replaces: Some(note.id.clone()) });
    std::iter::once(edit(create.into()))
        .chain(followers.map(|what| edit(what.into())))
        .chain(tasks.map(|what| edit(what.into())))
        .chain(notes.map(|what| edit(what.into())))
        .collect()
}
