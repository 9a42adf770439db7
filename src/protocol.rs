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
mod look;
mod merge;
mod port;
mod raw;
mod request;
mod sync;
mod tasks;

pub use agenda::LocationAppointments;
pub use bulk::{BulkAction, Catalogue, Choice, Planned};
pub use command::{Command, Heard, Request, Ticket};
pub use draft::DraftKey;
pub use duplicates::{DuplicateGroup, DuplicatePair, Duplicates, Scan};
pub use event::{
    Answer, Confirmed, Details, EditEvent, Event, Failure, FailureKind, Gauge, NoteView, Outcome, Refused, TaskFilter,
    Traces,
};
pub use look::{Comparison, Look, Prefetch};
pub use merge::{BulkGroup, BulkReport, Compared, ContactPair, MergeDeed, MergeEvent, Stays};
pub use port::{COMMANDS, EVENTS, Port, WorkerEnd, channel};
pub use raw::{Preview, RawCall, Verb};
pub use request::RequestRecord;
pub use sync::{Headway, SyncState};
pub use tasks::{LocationTasks, Reading};
