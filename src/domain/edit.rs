//! An edit is what the user wants done: a contact, the change, the values it was based on and how to undo it.
//!
//! Each family of kinds has a file here with one row per kind ([`EditRow`]). A kind with a missing answer does not
//! compile. Nothing here knows how an edit is sent: the worker has the endpoints.

mod appointment;
mod automation;
mod business;
mod contact;
mod follower;
mod note;
mod stored;
mod tag;
mod target;
mod task;
mod words;

pub use appointment::AppointmentEdit;
pub use automation::AutomationEdit;
pub use business::BusinessEdit;
pub use contact::ContactEdit;
pub use follower::FollowerEdit;
pub use note::NoteEdit;
pub use tag::TagEdit;
pub use target::Target;
pub use task::TaskEdit;

use super::{Contact, ContactId, EditId, Entries, Receipt, Scope};
use serde::{Deserialize, Serialize};

/// One change the user asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The contact whose lane the edit runs in: edits of one contact keep their order. A new contact has a
    /// [provisional](ContactId::provisional) id until the server answers.
    pub contact: ContactId,
    pub what: EditKind,
}

macro_rules! families {
    ($($family:ident($edit:ident)),* $(,)?) => {
        /// What an edit does. Each family is its own enum, so code about tasks names only tasks.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(untagged)]
        pub enum EditKind {
            $($family($edit)),*
        }

        $(impl From<$edit> for EditKind {
            fn from(edit: $edit) -> Self {
                Self::$family(edit)
            }
        })*

        impl EditKind {
            fn family(&self) -> &dyn EditFamily {
                match self {
                    $(Self::$family(edit) => edit),*
                }
            }
        }
    };
}

families! {
    Contact(ContactEdit),
    Tag(TagEdit),
    Follower(FollowerEdit),
    Business(BusinessEdit),
    Automation(AutomationEdit),
    Task(TaskEdit),
    Note(NoteEdit),
    Appointment(AppointmentEdit),
}

/// An edit whose stored form is not as it was written: it is neither sent nor deleted until the user drops it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedEdit {
    /// Its row in the ledger.
    pub row: i64,
    /// If it can still be read.
    pub id: Option<EditId>,
    /// What it seems to be.
    pub words: String,
}

/// The answers that every family gives for each of its kinds. None has a default.
trait EditFamily {
    fn row(&self) -> EditRow<'_>;

    /// The edits that undo this one; empty if it cannot be undone.
    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit>;

    /// The fields that it writes, with their values before and after it: by the API's names, as text.
    fn values(&self) -> [Entries; 2];

    /// Shows the edit on the contact itself; the overlay shows edits of its tasks, notes and appointments.
    fn apply(&self, contact: &mut Contact);
}

/// Everything the program knows about one kind of edit.
struct EditRow<'a> {
    /// `Completed`
    past: &'static str,
    /// `complete`
    verb: &'static str,
    /// `"Call back"`
    object: String,
    counted: CountedAs,
    writes: Writes<'a>,
    /// The scope that the token needs.
    scope: Scope,
    /// It sends messages or starts automations: it is never repeated and cannot be undone.
    once: bool,
    /// It changes a value that the contact list shows.
    listed: bool,
}

impl EditRow<'_> {
    /// An edit of the contact itself that can be repeated and undone, and that the list does not show.
    fn of_contact(past: &'static str, verb: &'static str, object: String) -> Self {
        Self {
            past,
            verb,
            object,
            counted: CountedAs::PerContact,
            writes: Writes::Contact,
            scope: Scope::ContactsWrite,
            once: false,
            listed: false,
        }
    }
}

/// How to describe several edits of one kind together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedAs {
    /// `Completed 3 tasks`
    Tasks,
    /// `Deleted 3 contacts`
    Contacts,
    /// `Added tag vip for 3 contacts`
    PerContact,
}

/// The record that an edit writes.
enum Writes<'a> {
    /// The contact itself.
    Contact,
    /// A new record, which may replace a deleted one with this id.
    New { replaces: Option<&'a str> },
    /// An existing record; it has no id until the server answers the edit that creates it.
    Record(Option<&'a str>),
}

/// An edit that the server has, or may have.
struct SentEdit<'a> {
    id: EditId,
    contact: &'a ContactId,
    /// The server's state after it.
    receipt: Option<&'a Receipt>,
}

impl SentEdit<'_> {
    /// A single edit of the same contact that undoes it.
    fn back(&self, what: impl Into<EditKind>) -> Vec<Edit> {
        vec![Edit::new(self.contact.clone(), what)]
    }
}

impl Edit {
    pub fn new(contact: ContactId, what: impl Into<EditKind>) -> Self {
        Self { contact, what: what.into() }
    }

    fn row(&self) -> EditRow<'_> {
        self.what.family().row()
    }

    /// The scope that the token needs.
    pub fn scope(&self) -> Scope {
        self.row().scope
    }

    /// Whether it sends messages or starts automations: it is never repeated and cannot be undone.
    pub fn is_once(&self) -> bool {
        self.row().once
    }

    /// How to describe several edits of its kind together.
    pub fn counted(&self) -> CountedAs {
        self.row().counted
    }

    /// Whether it changes a value that the contact list shows.
    pub fn is_listed(&self) -> bool {
        self.row().listed
    }

    /// Whether it creates a record.
    pub fn makes_record(&self) -> bool {
        matches!(self.row().writes, Writes::New { .. })
    }

    /// Whether it creates its contact.
    pub fn makes_contact(&self) -> bool {
        matches!(self.what, EditKind::Contact(ContactEdit::Create { .. }))
    }

    /// Whether it deletes its contact.
    pub fn deletes_contact(&self) -> bool {
        matches!(self.what, EditKind::Contact(ContactEdit::Delete { .. }))
    }

    /// The deleted contact that this edit re-creates.
    pub fn replaced_contact(&self) -> Option<&ContactId> {
        match &self.what {
            EditKind::Contact(ContactEdit::Create { replaces, .. }) => replaces.as_ref(),
            EditKind::Contact(ContactEdit::Patch { .. } | ContactEdit::Delete { .. })
            | EditKind::Tag(_)
            | EditKind::Follower(_)
            | EditKind::Business(_)
            | EditKind::Automation(_)
            | EditKind::Task(_)
            | EditKind::Note(_)
            | EditKind::Appointment(_) => None,
        }
    }

    /// The id of the deleted record that this edit re-creates.
    pub fn replaces(&self) -> Option<&str> {
        match self.row().writes {
            Writes::New { replaces } => replaces,
            Writes::Contact | Writes::Record(_) => None,
        }
    }

    /// The id of the record that it writes, if it has one before the server answers.
    pub fn record(&self) -> Option<&str> {
        match self.row().writes {
            Writes::Contact => Some(self.contact.as_str()),
            Writes::Record(id) => id,
            Writes::New { .. } => None,
        }
    }

    /// The edits that undo this one; `id` is its own id and `receipt` the server's state after it.
    ///
    /// Empty if it cannot be undone because it sent messages. A deleted record is re-created with a new id, because the
    /// API cannot restore it; a contact comes back with its fields, tags, tasks and notes.
    #[must_use]
    pub fn inverse(&self, id: EditId, receipt: Option<&Receipt>) -> Vec<Self> {
        self.what.family().inverse(&SentEdit { id, contact: &self.contact, receipt })
    }

    /// The fields that it changes: the API's name of each, its value before, its value after.
    pub fn changes(&self) -> Vec<[String; 3]> {
        let [before, mut after] = self.what.family().values();
        let mut changes: Vec<[String; 3]> = Vec::new();
        for (field, was) in before {
            let becomes = after.iter().position(|(name, _)| *name == field).map(|at| after.remove(at).1);
            changes.push([field, was, becomes.unwrap_or_default()]);
        }
        changes.extend(after.into_iter().map(|(field, becomes)| [field, String::new(), becomes]));
        changes
    }

    /// Shows the edit on its contact.
    pub fn apply(&self, contact: &mut Contact) {
        self.what.family().apply(contact);
    }

    /// What it will do, for errors and plans: `complete "Call back"`. Clean the text before drawing it.
    pub fn intent(&self) -> String {
        let EditRow { verb, object, .. } = self.row();
        format!("{verb} {object}")
    }

    /// What it did, for toasts and the history: `Completed "Call back"`. Clean the text before drawing it.
    pub fn describe(&self) -> String {
        let EditRow { past, object, .. } = self.row();
        format!("{past} {object}")
    }

    /// What several of its kind did: `Added tags vip, fair for 500 contacts`.
    pub fn describe_many(&self, count: usize) -> String {
        let EditRow { past, object, counted, .. } = self.row();
        match counted {
            CountedAs::Tasks => format!("{past} {}", super::counted(count, "task")),
            CountedAs::Contacts => format!("{past} {}", super::counted(count, "contact")),
            CountedAs::PerContact => format!("{past} {object} for {}", super::counted(count, "contact")),
        }
    }
}

fn add_all<T: Clone + PartialEq>(onto: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !onto.contains(one) {
            onto.push(one.clone());
        }
    }
}

#[cfg(test)]
mod tests;
