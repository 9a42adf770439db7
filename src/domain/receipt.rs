//! What the server holds after an edit, and how two versions of a record differ.

use super::{
    Appointment, AppointmentId, BusinessId, Contact, ContactId, Named, Note, NoteId, NotePatch, Task, TaskId,
    TaskPatch, UserId,
};
use serde::{Deserialize, Serialize};

/// What the server holds after an edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Receipt {
    Contact(Box<Contact>),
    /// With what it was, so that it can be made anew.
    ContactGone {
        id: ContactId,
        was: Option<Box<Contact>>,
        tasks: Vec<Task>,
        notes: Vec<Note>,
    },
    /// All tags now, and those that the edit changed, as far as the server told.
    Tags {
        now: Option<Vec<String>>,
        changed: Option<Vec<String>>,
    },
    /// All followers now.
    Followers(Vec<UserId>),
    Business(Option<Named<BusinessId>>),
    Task(Task),
    TaskGone {
        id: TaskId,
        was: Option<TaskPatch>,
    },
    Note(Note),
    NoteGone(NoteId),
    Appointment(Appointment),
    AppointmentGone(AppointmentId),
    /// There was nothing left to do, or nothing to show.
    Nothing,
}

impl Receipt {
    /// The id of the record that was written.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Contact(contact) => Some(contact.id.as_str()),
            Self::ContactGone { id, .. } => Some(id.as_str()),
            Self::Task(task) => Some(task.id.as_str()),
            Self::TaskGone { id, .. } => Some(id.as_str()),
            Self::Note(note) => Some(note.id.as_str()),
            Self::NoteGone(id) => Some(id.as_str()),
            Self::Appointment(appointment) => Some(appointment.id.as_str()),
            Self::AppointmentGone(id) => Some(id.as_str()),
            Self::Tags { .. } | Self::Followers(_) | Self::Business(_) | Self::Nothing => None,
        }
    }

    /// What a record that is gone said, for a note that may have been changed before it was deleted.
    pub fn note_patch(&self) -> Option<NotePatch> {
        match self {
            Self::Note(note) => Some(NotePatch::of(note)),
            _ => None,
        }
    }
}

/// A field that the server's copy has otherwise than an edit was made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// The API's name of the field, or the id of a custom field.
    pub field: String,
    /// The value that the edit was made on.
    pub base: String,
    /// The value that the edit gives it.
    pub ours: String,
    /// The value that the server holds now.
    pub theirs: String,
}

/// The values of a patch by field, as text: what can be compared and shown.
pub type Entries = Vec<(String, String)>;

/// The fields that an edit changes and somebody else has changed as well, to another value.
pub fn clashes(
    before: &[(String, String)],
    after: &[(String, String)],
    now: &[(String, String)],
    same: impl Fn(&str, &str, &str) -> bool,
) -> Vec<Clash> {
    let of = |entries: &[(String, String)], field: &str| {
        entries.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let clash = |(field, ours): &(String, String)| {
        let (base, theirs) = (of(before, field), of(now, field));
        let fine = same(field, &theirs, ours) || same(field, &theirs, &base);
        (!fine).then(|| Clash { field: field.clone(), base, ours: ours.clone(), theirs })
    };
    after.iter().filter_map(clash).collect()
}
