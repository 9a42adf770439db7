//! Reviewing duplicates and merging them.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{ContactId, Dismissal, Member, MergeId, MergePlan, MergeRecord};

use super::{Failure, Ticket};

/// Contacts under review, with everything that belongs to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// In the order they were asked for; one that is gone, or is not cached and cannot be fetched, is left out.
    pub members: Vec<Member>,
    /// When all of them were fetched; `None`: they are from the cache and may lack fields, so nothing can be merged yet.
    pub fetched_at: Option<Timestamp>,
    /// What the API can never move, for each member; known only where the scopes allow it.
    pub stays: Vec<Stays>,
    /// Why the newest fetch failed.
    pub failure: Option<Failure>,
}

/// How much of a contact cannot be moved to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stays {
    pub conversations: Option<u64>,
    pub opportunities: Option<u64>,
}

/// What the user wants a merge to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeDeed {
    /// Go on where it stopped or was paused.
    Resume,
    /// Go on, and leave the address that cannot be emptied with the loser.
    LeaveAddress,
    /// Go on, and delete the loser before the survivor takes its address.
    DeleteFirst,
    /// Hold it where it is.
    Pause,
    /// Everything back to what it was; from where it has come, if it is not done.
    Undo,
    /// Delete the losers that are set aside.
    Purge,
}

/// A group that may be merged without being looked at.
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
    /// Groups that it does not cover, with the name of somebody in them, and why.
    pub left_out: Vec<(Vec<ContactId>, String, String)>,
    /// Requests that all merges take, about.
    pub requests: usize,
    /// Notes and tasks that would be copied.
    pub notes: usize,
    pub tasks: usize,
    /// What could not be found out, and why.
    pub failure: Option<Failure>,
}

/// News of merges and of what people decided.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a message is moved once, and few are on their way at a time")]
pub enum MergeEvent {
    /// The whole journal, the oldest first: at the start.
    Journal(Vec<MergeRecord>),
    /// In the journal: from now on it is carried out, whatever happens. `ticket` when this port asked for them.
    Queued { ticket: Option<Ticket>, merges: Vec<MergeRecord> },
    /// It has come further, or has ended.
    Changed(MergeRecord),
    /// A command that was not taken; nothing was stored.
    Refused { ticket: Ticket, why: Failure, merge: Option<MergeId> },
    /// A dry run has looked at so many groups of all.
    DryRunning { ticket: Ticket, done: usize, total: usize },
    /// The answer to a [`super::Command::DryRun`].
    DryRun { ticket: Ticket, report: Arc<BulkReport> },
    /// What people said are not duplicates, whole; again when it changes.
    Decisions(Vec<Dismissal>),
}

/// A pair that is not, or after all may be, one person.
pub type ContactPair = (ContactId, ContactId);
