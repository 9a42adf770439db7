//! What a worker is given: its files, its client, and how often it does what.

use std::time::Duration;

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
    /// Who signed in, where the server said so; else the user says it once.
    pub user: Option<UserId>,
    pub pace: Pace,
    /// The place of a dashboard, whose edits can be taken back; a command has none.
    pub session: Option<DashboardSession>,
    /// What a merge keeps where nobody says otherwise.
    pub merge_rules: MergeRules,
}

/// How often and how soon.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Keep the contacts fresh without being asked; a headless command asks itself.
    pub background: bool,
    /// Look for changes this often while the terminal has the focus.
    pub poll_focused: Duration,
    pub poll_unfocused: Duration,
    /// Where the server counts fewer contacts than there are, it is asked again after this: longer than its index is
    /// usually behind.
    pub recount: Duration,
    /// The cursor rests on a contact for so long before anything is fetched.
    pub dwell: Duration,
    /// And for so long before the full contact is fetched as well.
    pub rest: Duration,
    /// And for so long before anything is fetched ahead.
    pub idle: Duration,
    /// Details younger than this are not fetched again when the cursor comes back.
    pub details_fresh: Duration,
    /// Look for duplicates in the background.
    pub scan: bool,
    /// How often a process that does not lead looks for what the leader did.
    pub follow: Duration,
    /// Contacts a page; the API's maximum.
    pub page: u32,
    /// The search may be so far behind: after that, a contact that it does not show was not made.
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
