//! Two files per location: the ledger, which is never lost, and the cache, which can be rebuilt.
//!
//! Each is owned by one thread that runs closures in order, so no transaction is ever held across an await.
//! Knows nothing of HTTP or the screen.

mod cache;
mod db;
mod error;
mod folder;
mod ledger;
mod look;
mod maintenance;
mod sql;

pub use cache::{Cache, CachedAgenda, CachedContact, CachedDetails, Incoming, LOCATION, RawRecord};
pub use error::{OpenError, StoreError};
pub use folder::{DashboardSession, Folder, Leadership};
pub use ledger::{
    Draft, EndedEdit, HistoryOutcome, Image, LateLook, Ledger, LedgerNotice, LedgerTraces, MergeConflict, MergeEnd,
    OutboxRow, Reversal, Reversed, RowState, SentRequests, WriteKey,
};
pub use look::{cached_location, contacts_like};
pub use maintenance::{damaged, waiting, wipe_cache};

/// How the files are treated; the defaults are for use, the rest for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tuning {
    /// Stand-in for a full disk: the ledger may not grow beyond so many pages of 4 KiB.
    pub ledger_max_pages: Option<u32>,
}
