//! What a job tells the coordinator about shared data. Knows no job.

use tokio::task;

use crate::domain::{Appointment, Contact, ContactId, MergeId, MergePhase, MergeRecord, Obstacle, Task};

/// An event that the coordinator, and perhaps other jobs, must know about.
#[derive(Debug)]
pub(super) enum Notice {
    /// Contacts changed in the cache.
    Changed { upserts: Vec<Contact>, removed: Vec<ContactId> },
    /// The cache was emptied: everything must be listed again.
    CacheLost,
    /// The tasks of these contacts were found by a search.
    TasksSearched(Vec<ContactId>),
    /// All tasks and appointments of a contact were fetched.
    BelongingsOf(ContactId, Vec<Task>, Vec<Appointment>),
    /// The server answers again, and accepts the token.
    Online,
    /// Merges were erased from the journal.
    Erased,
    /// A merge has progressed.
    Merging(Box<MergeRecord>),
    /// An undo or a purge could not begin: the merge is unchanged.
    MergeRefused(MergeId, MergePhase, Obstacle),
    /// The job of a merge has ended.
    MergeOver(MergeId, task::Id),
}

/// Carries a notice to the coordinator, in order with the reports of jobs.
pub(super) struct Notify(Box<dyn Fn(Notice) + Send + Sync>);

impl Notify {
    pub(super) fn new(tell: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self(Box::new(tell))
    }

    pub(super) fn tell(&self, notice: Notice) {
        (self.0)(notice);
    }
}

impl std::fmt::Debug for Notify {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notify")
    }
}
