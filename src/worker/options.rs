//! What a worker is given: its files, its client, and its intervals.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::api;
use crate::domain::{Access, MergeRules, UserId};
use crate::store::{Cache, DashboardSession, Folder, Ledger};

/// What a worker works with.
#[derive(Debug)]
pub struct WorkerOptions {
    pub client: api::ApiClient,
    pub ledger: Ledger,
    pub cache: Cache,
    pub folder: Folder,
    pub access: Access,
    /// Who signed in, if the server said so; otherwise the user says it once.
    pub user: Option<UserId>,
    pub pace: Pace,
    /// The session of a dashboard, whose edits can be undone; a command has none.
    pub session: Option<DashboardSession>,
    /// What a merge keeps by default.
    pub merge_rules: MergeRules,
    pub clock: Clock,
}

/// Tells the time of day.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock for tests.
    pub fn of(tell: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    /// The machine's.
    fn default() -> Self {
        Self::of(Timestamp::now)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// Intervals and delays.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Keep the contacts current without being asked; a headless command asks.
    pub background: bool,
    /// Check for changes this often while the terminal has the focus.
    pub poll_focused: Duration,
    pub poll_unfocused: Duration,
    /// If the server counts fewer contacts than we have, ask again after this: longer than its index usually lags.
    pub recount: Duration,
    /// How long the cursor must rest on a contact before anything is fetched.
    pub dwell: Duration,
    /// And how long before the full contact is fetched as well.
    pub rest: Duration,
    /// And how long before anything is prefetched.
    pub idle: Duration,
    /// Details younger than this are not fetched again when the cursor comes back.
    pub details_fresh: Duration,
    /// Scan for duplicates in the background.
    pub scan: bool,
    /// How often a process that does not lead checks what the leader did.
    pub follow: Duration,
    /// Contacts per page; the API's maximum.
    pub page: u32,
    /// How far the search may lag: after this, a contact that it does not show was not created.
    pub index_lag: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            background: true,
            poll_focused: Duration::from_secs(15),
            poll_unfocused: Duration::from_secs(60),
            recount: Duration::from_secs(5),
            dwell: Duration::from_millis(180),
            rest: Duration::from_secs(1),
            idle: Duration::from_millis(2_500),
            details_fresh: Duration::from_secs(30),
            scan: true,
            follow: Duration::from_secs(1),
            page: 500,
            index_lag: Duration::from_secs(30),
        }
    }
}

impl Pace {
    /// For a command that runs once.
    pub fn headless() -> Self {
        Self { background: false, scan: false, follow: Duration::from_millis(200), ..Self::default() }
    }
}
