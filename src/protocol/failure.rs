//! What went wrong, in words for people.

/// Something went wrong: what, why, and what to do next, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Failure {
    pub kind: FailureKind,
    /// What was being done: `complete task "Call back"`.
    pub what: String,
    /// Why it failed, in the server's words if it gave any.
    pub why: String,
    /// What the user can do now; may be empty.
    pub next: String,
}

/// The kind of failure, for exit status and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Not signed in, or the token lacks a scope.
    Access,
    NotFound,
    /// The server understood and refused.
    Rejected,
    Network,
    /// Files, disk, database.
    Local,
    /// An answer that makes no sense.
    Garbled,
}
