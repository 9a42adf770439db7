//! Merging contacts that are the same person: the decisions, the steps and the progress.
//!
//! The API has no merge, so we do it step by step: copy the losers' data to the survivor, read it back, then archive the
//! losers, or delete them if the user says so. Data only; the rules are in `dedupe::merge`.

mod journal;
mod rules;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    Appointment, AppointmentEdit, AppointmentId, AppointmentPatch, AppointmentStatus, Contact, ContactEdit,
    ContactField, ContactId, ContactPatch, CustomFieldId, Edit, FollowerEdit, Note, NoteEdit, NoteId, NotePatch,
    TagEdit, Target, Task, TaskEdit, TaskId, TaskPatch, UserId, count::named,
};

pub use journal::{
    Dismissal, JournalStep, MergeId, MergePhase, MergeProgress, MergeRecord, Obstacle, StepReply, StepState, print,
};
pub use rules::{Keep, MergeRules, NameRule, SurvivorRule, ValueRule};

/// A contact with its tasks, notes and appointments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// From a GET, because search rows lack fields.
    pub contact: Contact,
    pub tasks: Vec<Task>,
    pub notes: Vec<Note>,
    pub appointments: Vec<Appointment>,
}

impl Member {
    /// Upcoming appointments; wall times are read in `zone`, the location's.
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

/// A part of a contact that a merge decides on.
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

/// How the survivor gets a loser's address if the location forbids duplicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AddressWay {
    /// Clear it on the loser first, and check that.
    #[default]
    ClearFirst,
    /// Leave it with the loser; the survivor does not get it.
    LeaveIt,
    /// Delete the loser first; an undo re-creates it with a new id.
    DeleteFirst,
}

/// A value that does not fit on the survivor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// `phone`, `company`
    pub label: String,
    pub value: String,
    /// The contact that has it.
    pub of: ContactId,
}

/// All decisions about one merge, with the contacts as they were at the review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergePlan {
    pub survivor: ContactId,
    /// In review order.
    pub losers: Vec<ContactId>,
    /// The members as reviewed, survivor first: if one has changed since, the merge stops.
    pub seen: Vec<Contact>,
    /// The survivor's new values, only those that change.
    pub patch: ContactPatch,
    pub add_tags: Vec<String>,
    pub add_followers: Vec<UserId>,
    pub leftovers: Vec<Leftover>,
    pub keep: Keep,
    /// The tag that marks archived losers, if the user wants one.
    pub tag: Option<String>,
    /// Set losers to "do not disturb".
    pub silence: bool,
    /// Book the losers' upcoming appointments again for the survivor, and cancel the originals.
    pub move_appointments: bool,
    /// Delete losers right away instead of archiving them.
    pub delete: bool,
    pub address: AddressWay,
    /// The probability that they are the same person, if a scan found them.
    pub score: Option<f64>,
}

impl MergePlan {
    /// All members, survivor first.
    pub fn members(&self) -> impl Iterator<Item = &ContactId> {
        std::iter::once(&self.survivor).chain(&self.losers)
    }

    /// A member as reviewed.
    pub fn seen(&self, id: &ContactId) -> Option<&Contact> {
        self.seen.iter().find(|contact| contact.id == *id)
    }

    /// The survivor's name as reviewed.
    pub fn name(&self) -> String {
        self.seen(&self.survivor).map(Contact::name).unwrap_or_default()
    }
}

/// One step: a write, or a check that reads back.
///
/// After a crash, steps that are safe to repeat are repeated. A step that creates a record puts a mark in its text, so
/// that the record can be found afterwards; an appointment has no mark and is found by title and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MergeOp {
    /// Changes fields. Each must have its value from `from`, or already the new one. With `release` they are addresses,
    /// which must be gone afterwards.
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
    /// Only if its [`print()`] is still this one; 0 means that the print is unknown.
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
    /// Reads the survivor back and checks its values, tags, followers and every copy.
    Check {
        contact: ContactId,
        patch: ContactPatch,
        tags: Vec<String>,
        followers: Vec<UserId>,
    },
    /// For good.
    DeleteContact {
        contact: ContactId,
    },
    /// Re-creates a deleted contact with a new id; later steps that name the old id mean the new one.
    MakeContact {
        was: ContactId,
        patch: ContactPatch,
    },
}

impl MergeOp {
    /// The edit that sends the same requests; a check only reads.
    pub fn edit(self, plan: &MergePlan) -> Option<Edit> {
        let seen = |id: &ContactId| plan.seen(id).cloned().unwrap_or_else(|| Contact::unknown(id.clone()));
        Some(match self {
            Self::Patch { contact, patch, .. } => {
                let held = seen(&contact);
                Edit::new(contact, ContactEdit::Patch { name: held.name(), before: patch.current(&held), after: patch })
            }
            Self::AddTags { contact, tags } => Edit::new(contact, TagEdit::Add { tags }),
            Self::RemoveTags { contact, tags } => Edit::new(contact, TagEdit::Remove { tags }),
            Self::AddFollowers { contact, users } => Edit::new(contact, FollowerEdit::Add { users }),
            Self::RemoveFollowers { contact, users } => Edit::new(contact, FollowerEdit::Remove { users }),
            Self::MakeNote { contact, note, .. } => Edit::new(contact, NoteEdit::Add { note, replaces: None }),
            Self::MakeTask { contact, task, .. } => Edit::new(contact, TaskEdit::Add { task, replaces: None }),
            Self::MakeAppointment { contact, appointment } => {
                Edit::new(contact, AppointmentEdit::Add { appointment, replaces: None })
            }
            Self::DeleteNote { contact, note, .. } => {
                Edit::new(contact, NoteEdit::Delete { note: Target::Known(note), was: NotePatch::default() })
            }
            Self::DeleteTask { contact, task, .. } => {
                Edit::new(contact, TaskEdit::Delete { task: Target::Known(task), was: TaskPatch::default() })
            }
            Self::DeleteAppointment { contact, appointment } => Edit::new(
                contact,
                AppointmentEdit::Delete { appointment: Target::Known(appointment), was: AppointmentPatch::default() },
            ),
            Self::DeleteContact { contact } => {
                let name = seen(&contact).name();
                Edit::new(contact, ContactEdit::Delete { name })
            }
            Self::MakeContact { was, patch } => {
                Edit::new(ContactId::of_group(), ContactEdit::Create { patch, replaces: Some(was) })
            }
            Self::Check { .. } => return None,
        })
    }

    /// The contact of this step; the old id if the step re-creates it.
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

    /// In words, for the journal and for errors.
    pub fn describe(&self) -> String {
        match self {
            Self::Patch { patch, release: true, .. } => format!("clear the loser's {}", patch.labels().join(", ")),
            Self::Patch { patch, .. } => format!("set {}", patch.labels().join(", ")),
            Self::AddTags { tags, .. } => format!("add {}", named("tag", tags)),
            Self::RemoveTags { tags, .. } => format!("remove {}", named("tag", tags)),
            Self::AddFollowers { .. } => "add followers".to_owned(),
            Self::RemoveFollowers { .. } => "remove followers".to_owned(),
            Self::MakeNote { .. } => "add a note".to_owned(),
            Self::MakeTask { task, .. } => format!("add the task \"{}\"", task.title.as_deref().unwrap_or_default()),
            Self::MakeAppointment { appointment, .. } => {
                format!("book the appointment \"{}\"", appointment.title.as_deref().unwrap_or_default())
            }
            Self::DeleteNote { .. } => "delete a note".to_owned(),
            Self::DeleteTask { .. } => "delete a task".to_owned(),
            Self::DeleteAppointment { .. } => "cancel an appointment".to_owned(),
            Self::Check { .. } => "check the survivor".to_owned(),
            Self::DeleteContact { .. } => "delete the loser".to_owned(),
            Self::MakeContact { .. } => "re-create the contact".to_owned(),
        }
    }

    /// The mark of the record that the step creates: it stays the same even if the wording changes.
    pub fn mark(&self) -> Option<&str> {
        match self {
            Self::MakeNote { mark, .. } | Self::MakeTask { mark, .. } => Some(mark),
            _ => None,
        }
    }

    /// Whether the step cannot be undone.
    pub fn is_irreversible(&self) -> bool {
        matches!(self, Self::DeleteContact { .. })
    }
}
