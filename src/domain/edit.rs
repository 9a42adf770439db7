//! An edit is what the user meant: a contact, what happens to it, the values it was made on and how to take it back.
//!
//! Each family of kinds has a file here with one row a kind ([`EditRow`]). Where a kind has no answer, the program does
//! not compile. Nothing here knows how an edit is sent: the worker has the endpoints.

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

use super::{Contact, ContactId, EditId, Receipt, Scope};
use serde::{Deserialize, Serialize};

/// One change the user asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The contact whose lane the edit runs in: edits of one contact keep their order. A contact that is being made
    /// goes by a [provisional](ContactId::provisional) id until the server has answered.
    pub contact: ContactId,
    pub what: EditKind,
}

macro_rules! families {
    ($($family:ident($edit:ident)),* $(,)?) => {
        /// What an edit does. Each family is an enum of its own, so that what concerns tasks alone names tasks alone.
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

/// What every family answers for each of its kinds. No answer has a default.
trait EditFamily {
    fn row(&self) -> EditRow<'_>;

    /// The edits that take this one back; none where it cannot be taken back.
    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit>;

    /// Shows the edit on the contact itself; what belongs to a contact is folded by the overlay.
    fn apply(&self, contact: &mut Contact);
}

/// What the program knows of one kind of edit, whoever asks.
struct EditRow<'a> {
    /// `Completed`
    past: &'static str,
    /// `complete`
    verb: &'static str,
    /// `"Call back"`
    object: String,
    counted: CountedAs,
    writes: Writes<'a>,
    /// What the token must be allowed.
    scope: Scope,
    /// It sends messages or starts automations: it is never repeated, and cannot be taken back.
    once: bool,
    /// It changes what the list of contacts shows.
    listed: bool,
}

/// How many edits of a kind are named at once.
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
    /// A new one, which may replace a deleted one with this id.
    New { replaces: Option<&'a str> },
    /// One that is there; without an id until the edit that makes it has been answered.
    Record(Option<&'a str>),
}

/// An edit that the server has, or may have.
struct SentEdit<'a> {
    id: EditId,
    contact: &'a ContactId,
    /// What the server held after it.
    receipt: Option<&'a Receipt>,
}

impl SentEdit<'_> {
    /// The one edit for the same contact that takes it back.
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

    /// What the token must be allowed.
    pub fn scope(&self) -> Scope {
        self.row().scope
    }

    /// Whether it sends messages or starts automations: it is never repeated, and cannot be taken back.
    pub fn is_once(&self) -> bool {
        self.row().once
    }

    /// How many edits of its kind are named at once.
    pub fn counted(&self) -> CountedAs {
        self.row().counted
    }

    /// Whether it changes what the list of contacts shows.
    pub fn is_listed(&self) -> bool {
        self.row().listed
    }

    /// Whether it makes its own contact.
    pub fn makes_contact(&self) -> bool {
        matches!(self.what, EditKind::Contact(ContactEdit::Create { .. }))
    }

    /// Whether it deletes its contact.
    pub fn deletes_contact(&self) -> bool {
        matches!(self.what, EditKind::Contact(ContactEdit::Delete { .. }))
    }

    /// The id of the deleted record that this edit re-creates.
    pub fn replaces(&self) -> Option<&str> {
        match self.row().writes {
            Writes::New { replaces } => replaces,
            Writes::Contact | Writes::Record(_) => None,
        }
    }

    /// The id of the record that it writes, where that has one before the server answers.
    pub fn record(&self) -> Option<&str> {
        match self.row().writes {
            Writes::Contact => Some(self.contact.as_str()),
            Writes::Record(id) => id,
            Writes::New { .. } => None,
        }
    }

    /// The edits that take this one back, where `id` is its own and `receipt` what the server held after it.
    ///
    /// None where it cannot be taken back: messages were sent. A deleted record is re-created with a new id, because
    /// the API cannot restore it; a contact comes back with its fields, tags, tasks and notes.
    #[must_use]
    pub fn inverse(&self, id: EditId, receipt: Option<&Receipt>) -> Vec<Self> {
        self.what.family().inverse(&SentEdit { id, contact: &self.contact, receipt })
    }

    /// Shows the edit on its contact.
    pub fn apply(&self, contact: &mut Contact) {
        self.what.family().apply(contact);
    }

    /// What it is about to do, as an error or a plan says it: `complete "Call back"`. Clean it before drawing.
    pub fn intent(&self) -> String {
        let EditRow { verb, object, .. } = self.row();
        format!("{verb} {object}")
    }

    /// Past tense, as a toast or the history says it: `Completed "Call back"`. Clean it before drawing.
    pub fn describe(&self) -> String {
        let EditRow { past, object, .. } = self.row();
        format!("{past} {object}")
    }

    /// Past tense for many at once: `Added tags vip, fair for 500 contacts`.
    pub fn describe_many(&self, count: usize) -> String {
        let EditRow { past, object, counted, .. } = self.row();
        match counted {
            CountedAs::Tasks => format!("{past} {count} tasks"),
            CountedAs::Contacts => format!("{past} {count} contacts"),
            CountedAs::PerContact => format!("{past} {object} for {count} contacts"),
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
