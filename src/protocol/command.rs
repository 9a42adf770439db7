//! What the dashboard or a command asks of the worker.

use crate::domain::{ContactId, Direction, Edit, EditId, GroupId, MergeId, MergePlan, NoteId, TaskId, UserId};

use super::{BulkAction, BulkGroup, Catalogue, ContactPair, DraftKey, InView, MergeDeed, RawCall, TaskFilter, Ticket};

/// An instruction. Edits are answered by [`super::EditEvent`]s, requests by [`super::Event::Answer`].
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Put edits that were made together into the outbox. The draft in which they were typed goes in the same step, so
    /// that a kill leaves the draft or the edits, never both.
    Apply { ticket: Ticket, edits: Vec<Edit>, draft: Option<DraftKey> },
    /// Undo this dashboard's latest group, or redo the one undone last: edits that have not started are withdrawn, and
    /// for the others the inverse is queued.
    Reverse { ticket: Ticket, direction: Direction },
    /// Undo one group, or the latest one that a command made. Answered like [`Command::Reverse`].
    TakeBack { ticket: Ticket, group: Option<GroupId> },
    /// Work out what this would change on these contacts; answered by [`super::Event::Planned`].
    Plan { ticket: Ticket, contacts: Vec<ContactId>, action: BulkAction },
    /// Stop a group: its edits that have not started leave the outbox.
    Cancel(GroupId),
    /// Keep the edit's values after someone else changed the same fields.
    Insist(EditId),
    /// List the names to choose from; answered by [`super::Event::Names`].
    Names(Catalogue),
    /// Retry edits now, whether they are waiting or have failed.
    Retry(Vec<EditId>),
    /// Discard edits that have failed, or are waiting and have not started.
    Discard(Vec<EditId>),
    /// What the screen shows now.
    InView(InView),
    /// Carry out these merges as one batch.
    Merge { ticket: Ticket, plans: Vec<MergePlan> },
    /// Dry run: what merging these groups would do, as far as the bulk rule covers them.
    DryRun { ticket: Ticket, groups: Vec<BulkGroup> },
    /// Steer merges that are in the journal.
    Merges { ticket: Ticket, merges: Vec<MergeId>, deed: MergeDeed },
    /// Remember that these are not the same person.
    Dismiss { ticket: Ticket, pairs: Vec<ContactPair> },
    /// Reopen the question whether these are the same person.
    Reopen { ticket: Ticket, pairs: Vec<ContactPair> },
    /// Which of the location's users is using this program; `None` forgets it.
    IAm(Option<UserId>),
    /// The server reported this change unasked.
    ChangeHint(ChangeHint),
    /// Check for changes now.
    Refresh,
    /// Pause syncing contacts, or resume it where it stopped; answered by [`super::Event::SyncHeld`]. A restart forgets
    /// the pause.
    HoldSync(bool),
    /// Whether the terminal has the focus; without it, the worker checks for changes less often.
    Focus(bool),
    /// Save a draft.
    SaveDraft { key: DraftKey, text: String },
    /// The user sent the draft or discarded it.
    DropDraft(DraftKey),
    /// Keep this for the next start: what the screen shows, in the screen's own format, and the contacts in sight.
    Remember { shown: String, in_sight: Vec<ContactId> },
    /// A headless request.
    Ask { ticket: Ticket, request: Request },
    /// Shut down: start no more work, let running writes finish, send [`super::Event::Stopped`].
    Stop,
}

/// What changed, according to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeHint {
    /// A contact, or a record that belongs to it.
    Contact(ContactId),
    /// A task; its contact was not named.
    Task(TaskId),
    /// Some record of a contact that was not named.
    Somebody,
}

/// A read for the headless commands. Each gets exactly one [`super::Event::Answer`].
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Bring the cache up to date: list everything the first time or when `full`, else fetch the changes.
    Sync { full: bool },
    /// A page of cached contacts in a stable order, after this one; an empty page means the end.
    Contacts { after: Option<ContactId>, limit: u32 },
    /// One contact, from the server, or from the cache if `offline`.
    Contact { id: ContactId, offline: bool },
    /// A contact's tasks.
    Tasks { contact: ContactId, offline: bool },
    /// Tasks of the whole location; offline, those of contacts that were viewed.
    LocationTasks { filter: TaskFilter, offline: bool },
    /// The task with this ID: looked up locally, then on the server; with `contact`, on the server at once.
    Task { id: TaskId, contact: Option<ContactId> },
    /// A contact's notes.
    Notes { contact: ContactId, offline: bool },
    /// One note; without its contact, only if it was seen before.
    Note { id: NoteId, contact: Option<ContactId> },
    /// A contact's appointments.
    Appointments { contact: ContactId, offline: bool },
    /// Nothing, except that [`super::Event::Location`] comes before the answer.
    Location,
    /// Every edit in the outbox.
    Outbox,
    /// The edits of the outbox that are damaged.
    Damaged,
    /// Delete the damaged edit in this row of the ledger.
    DropDamaged(i64),
    /// What this machine stores about a contact.
    Traces(ContactId),
    /// Erase what this machine stores about a contact; refused while an edit of it is waiting.
    Forget(ContactId),
    /// These contacts, complete and fresh, with everything that belongs to them.
    Members(Vec<ContactId>),
    /// The journal of merges.
    Merges,
    /// The not-a-duplicate decisions.
    Decisions,
    /// Groups of cached contacts that may be the same person, with the decisions applied.
    Duplicates,
    /// What a bulk change of these contacts would take.
    Plan { contacts: Vec<ContactId>, action: BulkAction },
    /// The edits that undoing a group would make; see [`Command::TakeBack`].
    Inverse(Option<GroupId>),
    /// The requests that these edits would send.
    Preview(Vec<Edit>),
    /// A raw request, sent once.
    Raw(RawCall),
}

impl Request {
    /// Whether it can be answered without the server.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Contacts { .. }
            | Self::Outbox
            | Self::Damaged
            | Self::DropDamaged(_)
            | Self::Preview(_)
            | Self::Plan { .. }
            | Self::Inverse(_)
            | Self::Traces(_)
            | Self::Forget(_)
            | Self::Merges
            | Self::Decisions
            | Self::Duplicates => true,
            Self::Contact { offline, .. }
            | Self::Tasks { offline, .. }
            | Self::LocationTasks { offline, .. }
            | Self::Notes { offline, .. }
            | Self::Appointments { offline, .. } => *offline,
            Self::Sync { .. }
            | Self::Location
            | Self::Members(_)
            | Self::Task { .. }
            | Self::Note { .. }
            | Self::Raw(_) => false,
        }
    }

    /// Whether the location's time zone and names help to read the answer.
    pub fn is_about_people(&self) -> bool {
        !self.is_local() && !matches!(self, Self::Raw(_))
    }
}
