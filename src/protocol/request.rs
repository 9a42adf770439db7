//! One request as the activity screen shows it.

use jiff::Timestamp;

use super::Verb;

/// A request with its answer. Bodies are cut off and headers are left out, so there is no token in it.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestRecord {
    pub at: Timestamp,
    pub verb: Verb,
    /// Scheme, host, path and query.
    pub url: String,
    /// From the first slash on, with the query.
    pub path: String,
    pub version: &'static str,
    /// `None` when no answer came.
    pub status: Option<u16>,
    pub millis: u64,
    /// Which attempt at the same request this was.
    pub tries: u32,
    /// The server's own ID of the request.
    pub trace: Option<String>,
    pub sent: Option<String>,
    /// The answer, or why there is none.
    pub received: String,
    /// It changes what the server holds.
    pub writes: bool,
}
