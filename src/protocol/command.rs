//! What the dashboard or a command asks of the worker.

use crate::domain::{ContactId, Direction, Edit, EditId, GroupId, MergeId, MergePlan, NoteId, TaskId, UserId};

use super::{BulkAction, BulkGroup, Catalogue, ContactPair, DraftKey, InView, MergeDeed, RawCall, TaskFilter, Ticket};

/// An instruction. Edits are answered by [`super::EditEvent`]s, requests by [`super::Event::Answer`].
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Put edits that are made at once into the outbox.
    Apply { ticket: Ticket, edits: Vec<Edit> },
    /// Take the newest group of this dashboard back, or do again what was taken back last: what has not started is
    /// withdrawn, for the rest the inverse is queued behind it.
    Reverse { ticket: Ticket, direction: Direction },
    /// Take one group back, or without one the newest that a command made. Answered as [`Command::Reverse`] is.
    TakeBack { ticket: Ticket, group: Option<GroupId> },
    /// What would have to be done to these contacts; answered by [`super::Event::Planned`].
    Plan { ticket: Ticket, contacts: Vec<ContactId>, action: BulkAction },
    /// Stop a group: what has not started leaves the outbox.
    Cancel(GroupId),
    /// Keep the edit's values where somebody else changed the same fields.
    Insist(EditId),
    /// Tell the names that can be chosen from; answered by [`super::Event::Names`].
    Names(Catalogue),
    /// Try edits again now, whether they wait or have failed.
    Retry(Vec<EditId>),
    /// Forget edits that have failed, or wait and have not started.
    Discard(Vec<EditId>),
    /// This is what the screen looks at now.
    InView(InView),
    /// Carry out these merges, as one batch.
    Merge { ticket: Ticket, plans: Vec<MergePlan> },
    /// What merging these groups would do, as far as the rule for many at once covers them.
    DryRun { ticket: Ticket, groups: Vec<BulkGroup> },
    /// What is to become of merges that are in the journal.
    Merges { ticket: Ticket, merges: Vec<MergeId>, deed: MergeDeed },
    /// These are not the same person; remembered.
    Dismiss { ticket: Ticket, pairs: Vec<ContactPair> },
    /// It is an open question again whether these are.
    Reopen { ticket: Ticket, pairs: Vec<ContactPair> },
    /// Which of the location's users the user of this program is; `None` forgets it.
    IAm(Option<UserId>),
    /// The server told that this has changed, without being asked.
    ChangeHint(ChangeHint),
    /// Look for changes now.
    Refresh,
    /// Hold the fetching of contacts, or let it go on where it stopped; answered by [`super::Event::SyncHeld`]. It is
    /// forgotten with this run.
    HoldSync(bool),
    /// Whether the terminal has the focus; changes are looked for less often without it.
    Focus(bool),
    /// Keep what is being typed.
    SaveDraft { key: DraftKey, text: String },
    /// The draft was sent or thrown away by the user.
    DropDraft(DraftKey),
    /// Keep this for the next start: what the screen shows, in words of its own, and the contacts that are in sight.
    Remember { shown: String, in_sight: Vec<ContactId> },
    /// A headless request.
    Ask { ticket: Ticket, request: Request },
    /// Finish: stop starting work, let writes under way end, say [`super::Event::Stopped`].
    Stop,
}

/// What the server told has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeHint {
    /// A contact, or something that belongs to it.
    Contact(ContactId),
    /// A task, whose contact it did not name.
    Task(TaskId),
    /// Something of somebody whom it did not name.
    Somebody,
}

/// Something to be read, for the headless commands. Each gets exactly one [`super::Event::Answer`].
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Bring the cache up to date: the whole listing the first time or when `full`, else the changes.
    Sync { full: bool },
    /// A page of cached contacts in a stable order, after this one; an empty page is the end.
    Contacts { after: Option<ContactId>, limit: u32 },
    /// One contact, from the server, or from the cache when `offline`.
    Contact { id: ContactId, offline: bool },
    /// A contact's tasks.
    Tasks { contact: ContactId, offline: bool },
    /// Tasks of the whole location; offline, those of the contacts that were looked at.
    LocationTasks { filter: TaskFilter, offline: bool },
    /// The task with this id: looked up locally, then at the server; with `contact`, there at once.
    Task { id: TaskId, contact: Option<ContactId> },
    /// A contact's notes.
    Notes { contact: ContactId, offline: bool },
    /// One note; without its contact, only where it was seen before.
    Note { id: NoteId, contact: Option<ContactId> },
    /// A contact's appointments.
    Appointments { contact: ContactId, offline: bool },
    /// Nothing but that [`super::Event::Location`] has been told before the answer.
    Location,
    /// Every edit in the outbox.
    Outbox,
    /// What this machine holds of a contact.
    Traces(ContactId),
    /// Erase what this machine holds of a contact; refused while an edit of it waits.
    Forget(ContactId),
    /// These contacts, whole and fresh, with everything that belongs to them.
    Members(Vec<ContactId>),
    /// The journal of merges.
    Merges,
    /// What people said are not duplicates.
    Decisions,
    /// Groups of cached contacts that may be one person, decisions minded.
    Duplicates,
    /// What a change of these contacts would take.
    Plan { contacts: Vec<ContactId>, action: BulkAction },
    /// The edits that taking a group back would be; see [`Command::TakeBack`].
    Inverse(Option<GroupId>),
    /// The requests that edits would be.
    Preview(Vec<Edit>),
    /// A request in the user's own words, sent once.
    Raw(RawCall),
}

impl Request {
    /// Whether it is answered without the server.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Contacts { .. }
            | Self::Outbox
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

    /// Whether the location's zone and names help to understand the answer.
    pub fn is_about_people(&self) -> bool {
        !self.is_local() && !matches!(self, Self::Raw(_))
    }
}
