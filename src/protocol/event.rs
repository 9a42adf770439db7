//! What the worker reports.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    Access, Appointment, Clash, Contact, ContactId, DamagedEdit, Direction, Dismissal, Edit, EditId, GroupId, Label,
    Location, Member, MergeRecord, Note, Pending, Receipt, Task, UserId,
};
use crate::query::{CustomValues, Roster};
use crate::text::RichText;

use super::{
    Catalogue, Choice, Compared, DraftKey, Duplicates, Failure, LocationAppointments, MergeEvent, OpenTasks, Planned,
    Preview, RequestRecord, SyncState, Ticket,
};

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The location's name, time zone, users and fields, as far as known; again when more is known.
    Location(Arc<Location>),
    /// May we write?
    Access(Access),
    /// Which of the location's users is using this program, if known.
    Me(Option<UserId>),
    /// The pending edits and drafts found in the ledger at start; sent before anything else.
    Resumed {
        pending: Vec<Pending>,
        drafts: Vec<(DraftKey, String)>,
        /// What the last [`super::Command::Remember`] stored.
        shown: Option<String>,
    },
    /// The ledger holds this draft as it was sent last, or holds it no longer.
    DraftSaved(DraftKey),
    /// What the user has to know about the ledger: it was deleted, it was empty, or some of it cannot be read.
    Ledger(Failure),
    /// The contacts that were in sight when the dashboard closed, while all are being loaded, and how many there are.
    Opening { roster: Arc<Roster>, total: u64 },
    /// All contacts; cheap to clone. Sent again, coalesced, as they change.
    Roster(Arc<Roster>),
    /// Contacts that may be the same person; sent again as they change.
    Duplicates(Arc<Duplicates>),
    /// Values of the custom fields that were asked for; sent again as they change.
    Values(Arc<CustomValues>),
    /// The open tasks of the whole location: from the cache first, then as they are read and changed.
    OpenTasks(OpenTasks),
    /// The appointments of the whole location: from the cache first, then as they are read and changed.
    LocationAppointments(LocationAppointments),
    /// How current the cache is.
    Sync(SyncState),
    /// Whether the user paused syncing contacts. Edits and what the user views continue.
    SyncHeld(bool),
    /// What belongs to a contact: from the cache first, then fresh.
    Details(Arc<Details>),
    /// What the cache has for contacts around the cursor.
    Neighbours(Vec<Arc<Details>>),
    /// News of an edit.
    Edit(EditEvent),
    /// Contacts under review: from the cache first, then fresh.
    Compared(Arc<Compared>),
    /// News of merges.
    Merge(MergeEvent),
    /// What the next undo and the next redo of this dashboard would affect.
    Reversible { undo: Option<Reversible>, redo: Option<Reversible> },
    /// The answer to a [`super::Command::Plan`].
    Planned { ticket: Ticket, planned: Planned },
    /// The answer to a [`super::Command::Names`].
    Names { catalogue: Catalogue, result: Result<Vec<Choice>, Failure> },
    /// A request was answered, or failed.
    Request(Arc<RequestRecord>),
    /// The server's rate limit after the latest answer.
    Gauge(Gauge),
    /// Something the user must know and may act on; work continues.
    Trouble(Failure),
    /// The answer to a [`super::Command::Ask`].
    Answer { ticket: Ticket, result: Result<Answer, Failure> },
    /// The worker has ended: the last event.
    Stopped,
}

/// A contact with what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Details {
    pub contact: Contact,
    pub tasks: Vec<Task>,
    pub notes: Vec<NoteView>,
    pub appointments: Vec<Appointment>,
    /// When tasks, notes and appointments were fetched; `None`: never, only the contact is known.
    pub fetched_at: Option<Timestamp>,
    /// Why the latest fetch failed; the data here is older.
    pub failure: Option<Failure>,
}

/// A note ready to show.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteView {
    pub note: Note,
    /// The body as clean styled text, without HTML.
    pub text: RichText,
}

/// News of edits, made here or by another process on the same location.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a message is moved once, and few are on their way at a time")]
pub enum EditEvent {
    /// In the outbox: from now on it cannot get lost. `ticket` if this port sent it.
    Queued { ticket: Option<Ticket>, group: Option<GroupId>, edits: Vec<(EditId, Edit)>, made_at: Timestamp },
    /// A command was refused; nothing was stored.
    Refused { ticket: Ticket, why: Refused },
    /// Its request is running.
    Sending(EditId),
    /// A temporary failure: it is retried at `until`. `signed_out`: in vain until the server accepts the token.
    Waiting { id: EditId, until: Timestamp, why: String, signed_out: bool },
    /// Settled: it has left the overlay (a rejected one stays in the outbox, to retry or discard).
    Settled { id: EditId, edit: Edit, outcome: Outcome },
    /// A failed edit was queued again.
    Requeued(EditId),
    /// Edits were discarded.
    Discarded(Vec<EditId>),
    /// An undo found that they had not started, and withdrew them from the outbox.
    Withdrawn(Vec<EditId>),
    /// A [`super::Command::Reverse`] is done; its changes were reported before.
    Reversed {
        ticket: Ticket,
        direction: Direction,
        /// The group that takes the other back.
        group: GroupId,
        label: Label,
        withdrawn: usize,
        queued: Vec<EditId>,
    },
}

/// How an edit ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The server saved it.
    Confirmed(Confirmed),
    /// The server refused, in its own words. `existing` is the contact that already has the address.
    Rejected { why: Failure, existing: Option<ContactId> },
    /// Someone else changed the same fields.
    Clash(Vec<Clash>),
}

/// What the server has after an edit; replaces the cached copy, so that nothing jumps on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmed {
    pub receipt: Receipt,
    /// The body of a note, ready to show.
    pub text: Option<RichText>,
}

impl Confirmed {
    /// The note, if the edit left one.
    pub fn note(&self) -> Option<NoteView> {
        match (&self.receipt, &self.text) {
            (Receipt::Note(note), Some(text)) => Some(NoteView { note: note.clone(), text: text.clone() }),
            _ => None,
        }
    }
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// The token, or a setting of the user, forbids it; the reason.
    ReadOnly(Access, String),
    /// The ledger could not store it (disk full, …): nothing was promised.
    NotSaved(Failure),
    /// Nothing to undo or redo.
    NothingToReverse,
    /// It sent messages, or there is no data to restore it from.
    Irreversible(Label),
}

/// The rate limit as the server's headers give it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauge {
    pub remaining: Option<u32>,
    pub max: Option<u32>,
    pub interval_ms: Option<u64>,
    pub daily_remaining: Option<u64>,
    /// Throttled (429) until then.
    pub paused_until: Option<Timestamp>,
}

/// What this machine stores about one contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traces {
    /// The contact's name, if the cache has it.
    pub name: Option<String>,
    /// Edits that can be undone until they are erased, the latest first.
    pub history: Vec<Edit>,
    /// Edits that the server has not confirmed, and merges that are not finished.
    pub waiting: usize,
    /// Merges it took part in; erasing makes them final.
    pub merges: usize,
    pub drafts: usize,
    /// Raw requests that wrote.
    pub raw: usize,
}

impl Traces {
    /// Whether there is nothing to erase.
    pub fn is_empty(&self) -> bool {
        let Self { name, history, waiting, merges, drafts, raw } = self;
        name.is_none() && history.is_empty() && *waiting + merges + drafts + raw == 0
    }
}

/// Which tasks of the location.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskFilter {
    /// `None`: open and completed.
    pub completed: Option<bool>,
    pub assigned_to: Option<UserId>,
    pub contact: Option<ContactId>,
}

impl TaskFilter {
    /// Whether this filter matches a task.
    pub fn admits(&self, task: &Task) -> bool {
        self.completed.is_none_or(|completed| task.completed == completed)
            && self.assigned_to.as_ref().is_none_or(|user| task.assigned_to.as_ref() == Some(user))
            && self.contact.as_ref().is_none_or(|contact| task.contact == *contact)
    }
}

/// The answer to a [`super::Request`].
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The cache is current as of `at`.
    Synced {
        at: Timestamp,
        contacts: u64,
    },
    Contacts(Vec<Contact>),
    Contact(Box<Contact>),
    Tasks(Vec<Task>),
    Task(Box<Task>),
    Notes(Vec<NoteView>),
    Note(Box<NoteView>),
    Appointments(Vec<Appointment>),
    Located,
    Outbox(Vec<Pending>),
    Damaged(Vec<DamagedEdit>),
    /// It is gone.
    Dropped,
    Previews(Vec<Preview>),
    Planned(Planned),
    Members(Vec<Member>),
    Merges(Vec<MergeRecord>),
    Decisions(Vec<Dismissal>),
    Duplicates(Duplicates),
    Traces(Traces),
    Forgotten,
    /// The server's answer, whatever its status.
    Raw {
        status: u16,
        body: String,
    },
}

/// A group that can be undone or redone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversible {
    pub group: GroupId,
    pub label: Label,
}
