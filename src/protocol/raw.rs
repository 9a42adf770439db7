//! Requests in the user's own words.

use std::fmt;

/// The verbs of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

/// One request as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct RawCall {
    pub verb: Verb,
    /// From the first slash on, without the query; percent-encoded where it must be.
    pub path: String,
    /// What stands behind the question mark.
    pub query: Option<String>,
    pub body: Option<serde_json::Value>,
}

/// A request that an edit would be.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub verb: Verb,
    pub path: String,
    pub body: Option<serde_json::Value>,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        })
    }
}
