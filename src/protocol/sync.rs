//! How the cache stands to the server, and how far a listing has come.

use jiff::Timestamp;

use super::Failure;

/// How the cache stands to the server.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncState {
    /// Nothing has been asked yet; the cache was last fresh at this time.
    Cached { at: Option<Timestamp> },
    /// The first or a full listing is under way.
    Listing(Headway),
    /// Up to date at this time.
    Fresh { at: Timestamp },
    /// The server cannot be reached; tried again at `retry_at`. The cache was last fresh at `at`.
    Offline { at: Option<Timestamp>, retry_at: Timestamp, why: String },
    /// Only a person can help: signed out, wrong location.
    Blocked { why: Failure },
}

/// How far a listing has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headway {
    /// Contacts that are here.
    pub done: u64,
    /// Contacts in all, as the server counts; never less than `done`.
    pub total: u64,
    /// Contacts a second over the last seconds, 0 while nothing comes; `None` while there is too little to tell by.
    pub rate: Option<u64>,
}

impl Headway {
    /// How many seconds it takes to the end at this rate; `None` where that is unknown.
    pub fn seconds_left(self) -> Option<u64> {
        let rate = self.rate.filter(|rate| *rate > 0)?;
        let left = self.total.saturating_sub(self.done);
        (left > 0).then(|| left.div_ceil(rate))
    }
}
