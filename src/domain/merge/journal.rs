//! The journal of merges: the steps of each merge, and its progress.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{AppointmentId, ContactId, GroupId, Note, NoteId, Task, TaskId, TaskPatch};

use super::{MergeOp, MergePlan};

/// A fingerprint: different texts almost certainly give different numbers. It is stored, so it must be the same on every
/// machine and in every version (FNV-1a, 64 bits).
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
    /// Changes when the title or the body changes.
    pub fn print(&self) -> u64 {
        print([&*self.body, self.title.as_deref().unwrap_or_default()])
    }
}

impl Task {
    /// Changes when any value of the task changes.
    pub fn print(&self) -> u64 {
        let entries = TaskPatch::of(self).entries();
        print(entries.iter().map(|(_, value)| value.as_str()))
    }
}

/// One merge: a UUID v7, so ids sort by creation time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MergeId(pub uuid::Uuid);

impl MergeId {
    /// The last twelve characters: unique enough, and short enough for a note.
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

/// What the program is doing with the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergePhase {
    Merge,
    /// Restore the members.
    Undo,
    /// Delete the archived losers.
    Purge,
}

/// The progress of the phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergeProgress {
    /// Waiting for its turn.
    Queued,
    Running,
    /// A temporary failure: retried at `until`.
    Waiting {
        until: Timestamp,
        why: String,
    },
    /// Paused by the user.
    Paused,
    /// The user must decide: resume or undo. Nothing irreversible has been done.
    Stopped(Obstacle),
    /// Refused before anything was written.
    Refused(Obstacle),
    Done,
}

impl MergeProgress {
    /// Whether it keeps its members locked, so that no other merge may use them.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Done)
    }

    /// Whether it continues without the user.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Queued | Self::Running | Self::Waiting { .. })
    }
}

/// Why a merge cannot continue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Obstacle {
    #[error("{name} has changed since the review: {}", .fields.join(", "))]
    Changed { contact: ContactId, name: String, fields: Vec<String> },
    #[error("{name} no longer exists")]
    Gone { contact: ContactId, name: String },
    #[error("the token lacks the scope {0}")]
    Scope(String),
    #[error("{name} has an upcoming appointment: {title}")]
    Appointment { contact: ContactId, name: String, title: String },
    /// The survivor cannot take an address, because the loser's cannot be cleared.
    #[error("{name} keeps its {field}, so the survivor cannot have it")]
    Address { contact: ContactId, name: String, field: String },
    /// A contact outside the merge has the address.
    #[error("another contact has the same {field}")]
    Taken { existing: Option<ContactId>, field: String },
    /// A written value is not on the survivor.
    #[error("after the merge the survivor lacks {0}")]
    Missing(String),
    /// `why` has the server's own words.
    #[error("{step}: {why}")]
    Refused { step: String, why: String },
    /// Someone has since changed a value that the undo would restore.
    #[error("changed since the merge: {}", .0.join("; "))]
    MovedOn(Vec<String>),
    /// The ledger no longer has the pre-images.
    #[error("the backup of the contacts has been wiped")]
    Wiped,
}

/// The progress of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    Pending,
    /// A request was sent at this time; its effect is not known yet.
    Started {
        at: Timestamp,
    },
    Done,
}

/// The result of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepReply {
    Nothing,
    /// With its [`print()`], so that an undo can tell whether someone has changed it.
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
    /// The tags or followers that the server really added or removed.
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

/// A merge as the journal stores it.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeRecord {
    pub id: MergeId,
    /// The number shown to people: counts from 1 on this machine.
    pub number: i64,
    pub batch: GroupId,
    pub plan: MergePlan,
    pub phase: MergePhase,
    pub progress: MergeProgress,
    /// Steps done in this phase.
    pub done: u32,
    /// All steps of this phase.
    pub steps: u32,
    pub made_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// `dateUpdated` of each loser when it was archived: a newer date means that someone has changed it since.
    pub left: Vec<(ContactId, Option<Timestamp>)>,
    /// When the losers were deleted, if they were.
    pub purged_at: Option<Timestamp>,
    /// Losers that an undo re-created: old id and new id.
    pub remade: Vec<(ContactId, ContactId)>,
    /// The pre-images are gone: the merge cannot be undone.
    pub wiped: bool,
}

impl MergeRecord {
    /// Whether its losers are archived.
    pub fn is_archived(&self) -> bool {
        self.phase == MergePhase::Merge && self.progress == MergeProgress::Done && self.purged_at.is_none()
    }

    /// Whether it can be undone.
    pub fn can_be_undone(&self) -> bool {
        !self.wiped
            && match (self.phase, &self.progress) {
                (MergePhase::Merge, MergeProgress::Paused | MergeProgress::Stopped(_) | MergeProgress::Done)
                | (MergePhase::Undo, MergeProgress::Stopped(_))
                | (MergePhase::Purge, MergeProgress::Stopped(_) | MergeProgress::Done) => true,
                (MergePhase::Merge | MergePhase::Undo | MergePhase::Purge, _) => false,
            }
    }

    /// The state in one word, for `--json` and tables.
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

/// A decision that two contacts are not the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dismissal {
    /// The smaller id first.
    pub a: ContactId,
    pub b: ContactId,
    pub at: Timestamp,
    /// Fingerprints of both at the decision: if one changes, the question is open again.
    pub prints: [u64; 2],
}

impl Dismissal {
    /// Puts the smaller id first, together with its print.
    #[must_use]
    pub fn ordered(self) -> Self {
        if self.a <= self.b {
            return self;
        }
        let Self { a, b, at, prints: [print_a, print_b] } = self;
        Self { a: b, b: a, at, prints: [print_b, print_a] }
    }
}
