//! The journal of merges: which steps there are, which of them are done, and how each merge stands.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{AppointmentId, ContactId, GroupId, Note, NoteId, Task, TaskId, TaskPatch};

use super::{MergeOp, MergePlan};

/// A number that differs, as good as certainly, where the texts differ (FNV-1a, 64 bits: the same on every machine and in
/// every version, for it is kept).
pub fn print<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for text in texts {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

impl Note {
    /// Differs once the note says something else.
    pub fn print(&self) -> u64 {
        print([&*self.body, self.title.as_deref().unwrap_or_default()])
    }
}

impl Task {
    /// Differs once the task is another in any respect.
    pub fn print(&self) -> u64 {
        let entries = TaskPatch::of(self).entries();
        print(entries.iter().map(|(_, value)| value.as_str()))
    }
}

/// One merge: a UUID v7, so ids sort by the time they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MergeId(pub uuid::Uuid);

impl MergeId {
    /// Twelve characters that tell it from any other: short enough to stand in a note.
    pub fn short(self) -> String {
        let text = self.0.simple().to_string();
        text[text.len() - 12..].to_owned()
    }
}

impl fmt::Display for MergeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for MergeId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What is being done with the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergePhase {
    Merge,
    /// Everything back to what it was.
    Undo,
    /// Losers that were set aside are deleted.
    Purge,
}

/// How far the phase has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergeProgress {
    /// In line.
    Queued,
    Running,
    /// A passing fault: it goes on at `until`.
    Waiting {
        until: Timestamp,
        why: String,
    },
    /// The user holds it.
    Paused,
    /// Only the user can decide how it goes on: resume or undo. Nothing irreversible has been done.
    Stopped(Obstacle),
    /// Given up before anything was written.
    Refused(Obstacle),
    Done,
}

impl MergeProgress {
    /// Whether its members are held: no other merge may have them.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Done)
    }

    /// Whether it goes on by itself.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Queued | Self::Running | Self::Waiting { .. })
    }
}

/// What is in the way of a merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Obstacle {
    #[error("{name} has changed since the review: {}", .fields.join(", "))]
    Changed { contact: ContactId, name: String, fields: Vec<String> },
    #[error("{name} is no longer there")]
    Gone { contact: ContactId, name: String },
    #[error("the token lacks the scope {0}")]
    Scope(String),
    #[error("{name} has a coming appointment: {title}")]
    Appointment { contact: ContactId, name: String, title: String },
    /// The survivor cannot take an address, because the loser's cannot be emptied.
    #[error("{name} keeps its {field}, so the survivor cannot have it")]
    Address { contact: ContactId, name: String, field: String },
    /// Somebody who is in no merge has the address.
    #[error("another contact has the same {field}")]
    Taken { existing: Option<ContactId>, field: String },
    /// What was written is not there.
    #[error("read back, the survivor lacks {0}")]
    Missing(String),
    /// The server's own words.
    #[error("{step}: {why}")]
    Refused { step: String, why: String },
    /// What an undo would take back has been changed since.
    #[error("changed since the merge: {}", .0.join("; "))]
    MovedOn(Vec<String>),
    /// The ledger has no pre-images any more.
    #[error("what the contacts were has been wiped")]
    Wiped,
}

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    Pending,
    /// A request left at this time, and nobody knows yet what it did.
    Started {
        at: Timestamp,
    },
    Done,
}

/// What a step left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepReply {
    Nothing,
    /// With the [`print()`] of what it said, so that an undo sees whether somebody has changed it.
    Note {
        id: NoteId,
        print: u64,
    },
    Task {
        id: TaskId,
        print: u64,
    },
    Appointment(AppointmentId),
    Contact(ContactId),
    /// Of tags or followers those that were really added or removed.
    Changed(Vec<String>),
}

/// One step of a phase.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalStep {
    pub n: u32,
    pub op: MergeOp,
    pub state: StepState,
    pub reply: Option<StepReply>,
}

/// A merge as the journal has it.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeRecord {
    pub id: MergeId,
    /// Of this machine, counted from 1: what people call it by.
    pub number: i64,
    pub batch: GroupId,
    pub plan: MergePlan,
    pub phase: MergePhase,
    pub progress: MergeProgress,
    /// Of the phase.
    pub done: u32,
    pub steps: u32,
    pub made_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// `dateUpdated` of each loser once it was set aside: one that is newer says that it has moved on.
    pub left: Vec<(ContactId, Option<Timestamp>)>,
    /// When the losers were deleted.
    pub purged_at: Option<Timestamp>,
    /// Losers that an undo made anew: old id and new id.
    pub remade: Vec<(ContactId, ContactId)>,
    /// Pre-images are gone: it cannot be undone.
    pub wiped: bool,
}

impl MergeRecord {
    /// Losers are set aside: the merge can be undone or purged.
    pub fn is_archived(&self) -> bool {
        self.phase == MergePhase::Merge && self.progress == MergeProgress::Done && self.purged_at.is_none()
    }

    /// Whether an undo makes sense.
    pub fn can_be_undone(&self) -> bool {
        !self.wiped
            && match (self.phase, &self.progress) {
                (MergePhase::Merge, MergeProgress::Paused | MergeProgress::Stopped(_) | MergeProgress::Done)
                | (MergePhase::Undo, MergeProgress::Stopped(_))
                | (MergePhase::Purge, MergeProgress::Stopped(_) | MergeProgress::Done) => true,
                (MergePhase::Merge | MergePhase::Undo | MergePhase::Purge, _) => false,
            }
    }

    /// In one word, for `--json` and tables.
    pub fn word(&self) -> &'static str {
        match (self.phase, &self.progress) {
            (_, MergeProgress::Queued) => "queued",
            (_, MergeProgress::Waiting { .. }) => "waiting",
            (_, MergeProgress::Paused) => "paused",
            (_, MergeProgress::Stopped(_)) => "stopped",
            (_, MergeProgress::Refused(_)) => "refused",
            (MergePhase::Merge, MergeProgress::Running) => "merging",
            (MergePhase::Undo, MergeProgress::Running) => "undoing",
            (MergePhase::Purge, MergeProgress::Running) => "purging",
            (MergePhase::Merge, MergeProgress::Done) if self.purged_at.is_some() => "purged",
            (MergePhase::Merge, MergeProgress::Done) => "merged",
            (MergePhase::Undo, MergeProgress::Done) => "undone",
            (MergePhase::Purge, MergeProgress::Done) => "purged",
        }
    }
}

/// Two contacts that people said are not one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dismissal {
    /// The smaller id first.
    pub a: ContactId,
    pub b: ContactId,
    pub at: Timestamp,
    /// Fingerprints of both when it was said: once one of them differs, the question is open again.
    pub prints: [u64; 2],
}

impl Dismissal {
    /// The smaller id first, each with its own print.
    #[must_use]
    pub fn ordered(self) -> Self {
        if self.a <= self.b {
            return self;
        }
        let Self { a, b, at, prints: [print_a, print_b] } = self;
        Self { a: b, b: a, at, prints: [print_b, print_a] }
    }
}
