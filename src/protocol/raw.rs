//! Raw requests, as the user wrote them.

use std::fmt;

/// The verbs of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

/// One request, as the user wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct RawCall {
    pub verb: Verb,
    /// From the first slash on, without the query; percent-encoded where needed.
    pub path: String,
    /// The part after the question mark.
    pub query: Option<String>,
    pub body: Option<serde_json::Value>,
}

/// A request that an edit would send.
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
