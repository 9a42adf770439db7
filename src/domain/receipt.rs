//! The server's state after an edit, and the conflicts between two versions of a record.

use super::{
    Appointment, AppointmentId, BusinessId, Contact, ContactId, Named, Note, NoteId, NotePatch, Task, TaskId,
    TaskPatch, UserId,
};
use serde::{Deserialize, Serialize};

/// The server's state after an edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Receipt {
    Contact(Box<Contact>),
    /// With its old content, so that it can be re-created.
    ContactGone {
        id: ContactId,
        was: Option<Box<Contact>>,
        tasks: Vec<Task>,
        notes: Vec<Note>,
    },
    /// All tags now, and the tags that the edit changed; `None` if the server did not say.
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
    /// The edit had no effect, or the server sent nothing back.
    Nothing,
}

impl Receipt {
    /// The id of the written record.
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

    /// The note's content, which may differ from the edit's.
    pub fn note_patch(&self) -> Option<NotePatch> {
        match self {
            Self::Note(note) => Some(NotePatch::of(note)),
            _ => None,
        }
    }
}

/// A conflict: the server's value of a field is not the one that the edit was based on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// The API's name of the field, or the id of a custom field.
    pub field: String,
    /// The value that the edit was based on.
    pub base: String,
    /// The value that the edit sets.
    pub ours: String,
    /// The server's value now.
    pub theirs: String,
}

/// The values of a patch by field, as text to compare and show.
pub type Entries = Vec<(String, String)>;

/// The fields that both the edit and someone else changed, to different values.
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
