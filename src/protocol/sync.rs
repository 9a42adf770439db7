//! How current the cache is, and the progress of a listing.

use jiff::Timestamp;

use super::Failure;

/// How current the cache is.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncState {
    /// Nothing has been asked yet; the cache was last current at this time.
    Cached { at: Option<Timestamp> },
    /// The first or a full listing is running.
    Listing(Headway),
    /// Up to date at this time.
    Fresh { at: Timestamp },
    /// The server cannot be reached; retried at `retry_at`. The cache was last current at `at`.
    Offline { at: Option<Timestamp>, retry_at: Timestamp, why: String },
    /// Only the user can help: signed out, wrong location.
    Blocked { why: Failure },
}

/// The progress of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headway {
    /// Contacts that have arrived.
    pub done: u64,
    /// Contacts in all, by the server's count; never less than `done`.
    pub total: u64,
    /// Contacts a second over the last seconds, 0 while nothing arrives; `None` while there is too little data.
    pub rate: Option<u64>,
}

impl Headway {
    /// How many seconds remain at this rate; `None` if unknown.
    pub fn seconds_left(self) -> Option<u64> {
        let rate = self.rate.filter(|rate| *rate > 0)?;
        let left = self.total.saturating_sub(self.done);
        (left > 0).then(|| left.div_ceil(rate))
    }
}
