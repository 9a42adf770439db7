//! Reviewing duplicates and merging them.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{ContactId, Dismissal, Member, MergeId, MergePlan, MergeRecord};

use super::{Failure, Ticket};

/// Contacts under review, with everything that belongs to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// In the order they were asked for; contacts that are gone, or that are not cached and cannot be fetched, are left
    /// out.
    pub members: Vec<Member>,
    /// When all of them were fetched; `None`: they come from the cache and may lack fields, so they cannot be merged
    /// yet.
    pub fetched_at: Option<Timestamp>,
    /// What the API can never move, for each member; known only if the scopes allow it.
    pub stays: Vec<Stays>,
    /// Why the latest fetch failed.
    pub failure: Option<Failure>,
}

/// How many records of a contact cannot be moved to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stays {
    pub conversations: Option<u64>,
    pub opportunities: Option<u64>,
}

/// What the user wants a merge to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeDeed {
    /// Resume where it stopped or was paused.
    Resume,
    /// Continue, and leave the address that cannot be cleared with the loser.
    LeaveAddress,
    /// Continue, and delete the loser before the survivor takes its address.
    DeleteFirst,
    /// Pause it where it is.
    Pause,
    /// Restore everything; an unfinished merge is undone from where it is.
    Undo,
    /// Delete the archived losers.
    Purge,
}

/// A group that can be merged without review.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkGroup {
    pub members: Vec<ContactId>,
    pub score: f64,
}

/// What merging many groups would do; nothing has been sent yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BulkReport {
    /// One for each group that the rule covers.
    pub plans: Vec<MergePlan>,
    /// Groups that it does not cover, each with the name of a member, and why.
    pub left_out: Vec<(Vec<ContactId>, String, String)>,
    /// About how many requests all merges take.
    pub requests: usize,
    /// Notes and tasks that would be copied.
    pub notes: usize,
    pub tasks: usize,
    /// What could not be determined, and why.
    pub failure: Option<Failure>,
}

/// News of merges and decisions.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a message is moved once, and few are on their way at a time")]
pub enum MergeEvent {
    /// The whole journal, the oldest first: sent at start.
    Journal(Vec<MergeRecord>),
    /// In the journal: from now on it will be carried out, whatever happens. `ticket` if this port sent it.
    Queued { ticket: Option<Ticket>, merges: Vec<MergeRecord> },
    /// It has progressed or ended.
    Changed(MergeRecord),
    /// A command was refused; nothing was stored.
    Refused { ticket: Ticket, why: Failure, merge: Option<MergeId> },
    /// How many of all groups a dry run has checked.
    DryRunning { ticket: Ticket, done: usize, total: usize },
    /// The answer to a [`super::Command::DryRun`].
    DryRun { ticket: Ticket, report: Arc<BulkReport> },
    /// All not-a-duplicate decisions; sent again when they change.
    Decisions(Vec<Dismissal>),
}

/// A pair that is not the same person, or may be after all.
pub type ContactPair = (ContactId, ContactId);
