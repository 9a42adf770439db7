//! What the worker tells.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    Access, Appointment, Clash, Contact, ContactId, Direction, Dismissal, Edit, EditId, GroupId, Label, Location,
    Member, MergeRecord, Note, Pending, Receipt, Task, UserId,
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
    /// The location's name, zone, users and fields, as far as known; again when more is known.
    Location(Arc<Location>),
    /// May we write?
    Access(Access),
    /// Which of the location's users the user of this program is, where that is known.
    Me(Option<UserId>),
    /// The pending edits and drafts found in the ledger at start, before anything else is drawn.
    Resumed {
        pending: Vec<Pending>,
        drafts: Vec<(DraftKey, String)>,
        /// What [`super::Command::Remember`] gave last.
        shown: Option<String>,
    },
    /// The contacts that were in sight when the dashboard was left, while all are being read: so many.
    Opening { roster: Arc<Roster>, total: u64 },
    /// The contacts, whole; cheap to clone. Sent again, coalesced, as they change.
    Roster(Arc<Roster>),
    /// Contacts that may be one person; again as they change.
    Duplicates(Arc<Duplicates>),
    /// Values of the custom fields that were asked for; again as they change.
    Values(Arc<CustomValues>),
    /// The open tasks of the whole location: first from the cache, then as they are read and changed.
    OpenTasks(OpenTasks),
    /// The appointments of the whole location: first from the cache, then as they are read and changed.
    LocationAppointments(LocationAppointments),
    /// How the cache stands to the server.
    Sync(SyncState),
    /// Whether the user holds the fetching of contacts. Edits and what is looked at go on.
    SyncHeld(bool),
    /// What belongs to a contact: first from the cache, then fresh.
    Details(Arc<Details>),
    /// What the cache holds of contacts around the cursor.
    Neighbours(Vec<Arc<Details>>),
    /// News of an edit.
    Edit(EditEvent),
    /// Contacts under review: first from the cache, then fresh.
    Compared(Arc<Compared>),
    /// News of merges.
    Merge(MergeEvent),
    /// What the next undo and the next redo of this dashboard would be about.
    Reversible { undo: Option<Label>, redo: Option<Label> },
    /// The answer to a [`super::Command::Plan`].
    Planned { ticket: Ticket, planned: Planned },
    /// The answer to a [`super::Command::Names`].
    Names { catalogue: Catalogue, result: Result<Vec<Choice>, Failure> },
    /// A request was answered, or was not.
    Request(Arc<RequestRecord>),
    /// The server's rate limit after the newest answer.
    Gauge(Gauge),
    /// Something the user must know and may act on; work goes on.
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
    /// When tasks, notes and appointments were fetched; `None`: never, what is here is only the contact.
    pub fetched_at: Option<Timestamp>,
    /// Why the newest fetch failed, while what is here is older.
    pub failure: Option<Failure>,
}

/// A note ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteView {
    pub note: Note,
    /// The body as clean styled text, HTML resolved.
    pub text: RichText,
}

/// News of edits, own or of another process on the same location.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a message is moved once, and few are on their way at a time")]
pub enum EditEvent {
    /// In the outbox: from now on they are never lost. `ticket` when this port asked for them.
    Queued { ticket: Option<Ticket>, group: Option<GroupId>, edits: Vec<(EditId, Edit)>, made_at: Timestamp },
    /// A command that was not taken; nothing was stored.
    Refused { ticket: Ticket, why: Refused },
    /// A request for it is under way.
    Sending(EditId),
    /// A passing fault: tried again at `until`.
    Waiting { id: EditId, until: Timestamp, why: String },
    /// Done with: it has left the overlay (a rejected one stays in the outbox, to retry or discard).
    Settled { id: EditId, edit: Edit, outcome: Outcome },
    /// A failed edit was put back in line.
    Requeued(EditId),
    /// Edits were forgotten.
    Discarded(Vec<EditId>),
    /// An undo found them not yet started and took them out of the outbox.
    Withdrawn(Vec<EditId>),
    /// A [`super::Command::Reverse`] was done; what it changed was told before.
    Reversed { ticket: Ticket, direction: Direction, label: Label, withdrawn: usize, queued: Vec<EditId> },
}

/// How an edit ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The server has it.
    Confirmed(Confirmed),
    /// The server refused, in its own words. `existing` is the contact that has the address already.
    Rejected { why: Failure, existing: Option<ContactId> },
    /// Somebody else changed the same fields.
    Clash(Vec<Clash>),
}

/// What the server holds after an edit; replaces the cached copy, so that nothing moves on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmed {
    pub receipt: Receipt,
    /// The body of a note, ready to be shown.
    pub text: Option<RichText>,
}

impl Confirmed {
    /// The note, where the edit left one.
    pub fn note(&self) -> Option<NoteView> {
        match (&self.receipt, &self.text) {
            (Receipt::Note(note), Some(text)) => Some(NoteView { note: note.clone(), text: text.clone() }),
            _ => None,
        }
    }
}

/// Why a command was not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// The token, or the user's own choice, forbids it: why.
    ReadOnly(Access, String),
    /// The ledger could not store it (disk full, …): nothing was promised.
    NotSaved(Failure),
    /// There is nothing to undo or to redo.
    NothingToReverse,
    /// It sent messages, or nothing is left to restore it from.
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

/// What this machine holds of one contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traces {
    /// The contact's name, where the cache knows it.
    pub name: Option<String>,
    /// Edits that could be taken back until they are erased, the newest first.
    pub history: Vec<Edit>,
    /// Edits that the server has not confirmed, and merges that are not done.
    pub waiting: usize,
    /// Merges that it took part in: they could be undone until then.
    pub merges: usize,
    pub drafts: usize,
    /// Writes in the user's own words.
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
    /// Whether a task is one of these.
    pub fn admits(&self, task: &Task) -> bool {
        self.completed.is_none_or(|completed| task.completed == completed)
            && self.assigned_to.as_ref().is_none_or(|user| task.assigned_to.as_ref() == Some(user))
            && self.contact.as_ref().is_none_or(|contact| task.contact == *contact)
    }
}

/// The answer to a [`super::Request`].
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The cache is fresh as of `at`.
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
    Previews(Vec<Preview>),
    Planned(Planned),
    Members(Vec<Member>),
    Merges(Vec<MergeRecord>),
    Decisions(Vec<Dismissal>),
    Duplicates(Duplicates),
    Traces(Traces),
    Forgotten,
    /// What the server said, whatever its status.
    Raw {
        status: u16,
        body: String,
    },
}
