//! The only words between the dashboard or a command and the worker.
//!
//! Every message is plain data: it can be compared, printed and logged. No secrets, no closures, no SQL
//! rows, no HTTP types, and no text that was not made for it: names and bodies are still the server's own
//! and must be cleaned before they are drawn, except [`NoteView::text`], which is clean.

mod agenda;
mod bulk;
mod command;
mod draft;
mod duplicates;
mod event;
mod failure;
mod in_view;
mod merge;
mod open_tasks;
mod port;
mod raw;
mod request;
mod sync;
mod ticket;

pub use agenda::LocationAppointments;
pub use bulk::{BulkAction, Catalogue, Choice, Planned};
pub use command::{ChangeHint, Command, Request};
pub use draft::DraftKey;
pub use duplicates::{DuplicateGroup, DuplicatePair, Duplicates, Scan};
pub use event::{
    Answer, Confirmed, Details, EditEvent, Event, Gauge, NoteView, Outcome, Refused, Reversible, TaskFilter, Traces,
};
pub use failure::{Failure, FailureKind};
pub use in_view::{Comparison, InView, Prefetch};
pub use merge::{BulkGroup, BulkReport, Compared, ContactPair, MergeDeed, MergeEvent, Stays};
pub use open_tasks::{OpenTasks, Reading};
pub use port::{COMMANDS, EVENTS, Port, WorkerEnd, channel};
pub use raw::{Preview, RawCall, Verb};
pub use request::RequestRecord;
pub use sync::{Headway, SyncState};
pub use ticket::Ticket;
