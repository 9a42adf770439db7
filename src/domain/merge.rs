//! Merging contacts that are one person: what was decided, what is to be done step by step, what has become of it.
//!
//! The API has no merge, so it is done by hand: what the losers have is copied to the survivor and read back, and then
//! the losers are set aside, or deleted when the user says so. Data only; the rules are in `dedupe::merge`.

mod journal;
mod rules;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    Appointment, AppointmentId, AppointmentPatch, AppointmentStatus, Contact, ContactField, ContactId, ContactPatch,
    CustomFieldId, Note, NoteId, NotePatch, Task, TaskId, TaskPatch, UserId,
};

pub use journal::{
    Dismissal, JournalStep, MergeId, MergePhase, MergeProgress, MergeRecord, Obstacle, StepReply, StepState, print,
};
pub use rules::{Keep, MergeRules, NameRule, SurvivorRule, ValueRule};

/// A contact with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// From a GET: a row of a search lacks fields.
    pub contact: Contact,
    pub tasks: Vec<Task>,
    pub notes: Vec<Note>,
    pub appointments: Vec<Appointment>,
}

impl Member {
    /// Appointments that are still to come, by the clock and the zone of the location.
    pub fn coming(&self, now: Timestamp, zone: &TimeZone) -> impl Iterator<Item = &Appointment> {
        let off = |status: &AppointmentStatus| {
            matches!(status, AppointmentStatus::Cancelled | AppointmentStatus::Invalid | AppointmentStatus::NoShow)
        };
        let later = move |one: &&Appointment| {
            !off(&one.status) && one.start.and_then(|start| start.instant(zone)).is_some_and(|start| start > now)
        };
        self.appointments.iter().filter(later)
    }
}

/// Something of a contact that a merge decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MergeField {
    Field(ContactField),
    Custom(CustomFieldId),
    /// "Do not disturb" on every channel.
    Dnd,
    /// "Do not disturb" on one channel, as the server spells it.
    Channel(String),
    Tags,
    Followers,
}

/// How the survivor gets an address that a loser has, where the location forbids duplicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AddressWay {
    /// The loser's is emptied first, and that is checked.
    #[default]
    ClearFirst,
    /// It stays with the loser, and the survivor goes without.
    LeaveIt,
    /// The loser is deleted first; an undo makes it anew under another id.
    DeleteFirst,
}

/// A value that has no place on the survivor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// `phone`, `company`
    pub label: String,
    pub value: String,
    /// Who has it.
    pub of: ContactId,
}

/// Everything that was decided about one merge, with the contacts as they were when it was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergePlan {
    pub survivor: ContactId,
    /// In the order of the review.
    pub losers: Vec<ContactId>,
    /// The members as they were reviewed, survivor first: whoever has changed since stops the merge.
    pub seen: Vec<Contact>,
    /// The survivor's values as they shall be, of those alone that change.
    pub patch: ContactPatch,
    pub add_tags: Vec<String>,
    pub add_followers: Vec<UserId>,
    pub leftovers: Vec<Leftover>,
    pub keep: Keep,
    /// The tag that says that a loser is set aside; none where the user wants none.
    pub tag: Option<String>,
    /// Losers are set to "do not disturb".
    pub silence: bool,
    /// Future appointments of the losers are made anew on the survivor, and cancelled on the loser.
    pub move_appointments: bool,
    /// Losers are deleted at once instead of being set aside.
    pub delete: bool,
    pub address: AddressWay,
    /// How likely they are one person, where a scan said so.
    pub score: Option<f64>,
}

impl MergePlan {
    /// Everybody in it, survivor first.
    pub fn members(&self) -> impl Iterator<Item = &ContactId> {
        std::iter::once(&self.survivor).chain(&self.losers)
    }

    /// A member as it was reviewed.
    pub fn seen(&self, id: &ContactId) -> Option<&Contact> {
        self.seen.iter().find(|contact| contact.id == *id)
    }

    /// What the survivor is called, as it was reviewed.
    pub fn name(&self) -> String {
        self.seen(&self.survivor).map(Contact::name).unwrap_or_default()
    }
}

/// One step: one write, or one check by reading back.
///
/// What can be repeated without harm is repeated after a crash. What makes a record carries a mark in its text, so that
/// the record is found if it was made; an appointment has none and is found by title and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MergeOp {
    /// Changes fields, each of which must hold what it holds in `from`, or the new value already. Where `release` is set,
    /// they are addresses, and must be gone afterwards.
    Patch {
        contact: ContactId,
        from: ContactPatch,
        patch: ContactPatch,
        release: bool,
    },
    AddTags {
        contact: ContactId,
        tags: Vec<String>,
    },
    RemoveTags {
        contact: ContactId,
        tags: Vec<String>,
    },
    AddFollowers {
        contact: ContactId,
        users: Vec<UserId>,
    },
    RemoveFollowers {
        contact: ContactId,
        users: Vec<UserId>,
    },
    MakeNote {
        contact: ContactId,
        note: NotePatch,
        mark: String,
    },
    MakeTask {
        contact: ContactId,
        task: TaskPatch,
        mark: String,
    },
    MakeAppointment {
        contact: ContactId,
        appointment: AppointmentPatch,
    },
    /// Only while it says what it said, by its [`print()`]; 0 says that nobody has looked.
    DeleteNote {
        contact: ContactId,
        note: NoteId,
        print: u64,
    },
    DeleteTask {
        contact: ContactId,
        task: TaskId,
        print: u64,
    },
    DeleteAppointment {
        contact: ContactId,
        appointment: AppointmentId,
    },
    /// Reads the survivor back: its values, tags and followers, and every copy, must be there.
    Check {
        contact: ContactId,
        patch: ContactPatch,
        tags: Vec<String>,
        followers: Vec<UserId>,
    },
    /// For ever.
    DeleteContact {
        contact: ContactId,
    },
    /// A contact that was deleted comes back under another id; later steps that name the old id mean the new one.
    MakeContact {
        was: ContactId,
        patch: ContactPatch,
    },
}

impl MergeOp {
    /// The contact that it is about; of one made anew the old id.
    pub fn contact(&self) -> &ContactId {
        match self {
            Self::Patch { contact, .. }
            | Self::AddTags { contact, .. }
            | Self::RemoveTags { contact, .. }
            | Self::AddFollowers { contact, .. }
            | Self::RemoveFollowers { contact, .. }
            | Self::MakeNote { contact, .. }
            | Self::MakeTask { contact, .. }
            | Self::MakeAppointment { contact, .. }
            | Self::DeleteNote { contact, .. }
            | Self::DeleteTask { contact, .. }
            | Self::DeleteAppointment { contact, .. }
            | Self::Check { contact, .. }
            | Self::DeleteContact { contact }
            | Self::MakeContact { was: contact, .. } => contact,
        }
    }

    /// In words, for the journal and for what stopped.
    pub fn describe(&self) -> String {
        match self {
            Self::Patch { patch, release: true, .. } => format!("empty the loser's {}", patch.labels().join(", ")),
            Self::Patch { patch, .. } => format!("set {}", patch.labels().join(", ")),
            Self::AddTags { tags, .. } => format!("add the tags {}", tags.join(", ")),
            Self::RemoveTags { tags, .. } => format!("remove the tags {}", tags.join(", ")),
            Self::AddFollowers { .. } => "add followers".to_owned(),
            Self::RemoveFollowers { .. } => "remove followers".to_owned(),
            Self::MakeNote { .. } => "write a note".to_owned(),
            Self::MakeTask { task, .. } => format!("make the task \"{}\"", task.title.as_deref().unwrap_or_default()),
            Self::MakeAppointment { appointment, .. } => {
                format!("book the appointment \"{}\"", appointment.title.as_deref().unwrap_or_default())
            }
            Self::DeleteNote { .. } => "delete a note".to_owned(),
            Self::DeleteTask { .. } => "delete a task".to_owned(),
            Self::DeleteAppointment { .. } => "cancel an appointment".to_owned(),
            Self::Check { .. } => "read the survivor back".to_owned(),
            Self::DeleteContact { .. } => "delete the loser".to_owned(),
            Self::MakeContact { .. } => "make the contact anew".to_owned(),
        }
    }

    /// What tells that two steps make the same record, however it is worded by now.
    pub fn mark(&self) -> Option<&str> {
        match self {
            Self::MakeNote { mark, .. } | Self::MakeTask { mark, .. } => Some(mark),
            _ => None,
        }
    }

    /// Whether nothing can bring back what it takes away.
    pub fn is_irreversible(&self) -> bool {
        matches!(self, Self::DeleteContact { .. })
    }
}
