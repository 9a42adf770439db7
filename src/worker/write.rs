//! What a failed call means for a write: one verdict that edits and merges share. Knows neither.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::api::{ApiError, Passing};

use crate::worker::shared::WorkerShared;

/// A rejected token is tried again this often: it may have been fixed.
const SIGNED_OUT: Duration = Duration::from_secs(60);
/// A full disk may have room again this soon.
pub(super) const LOCAL: Duration = Duration::from_secs(10);
/// After an unclear answer, the first check of the server's data.
pub(super) const FIRST_LOOK: Duration = Duration::from_millis(300);

/// What a failed call means.
#[derive(Debug)]
pub(super) enum CallVerdict {
    /// It certainly had no effect, and may be retried.
    Later { why: String, wait: Option<Duration>, waits_for: WaitsFor },
    /// The request was sent; its effect is unknown.
    Unclear { why: String },
    /// The server has decided: it would give the same answer again.
    Final(ApiError),
}

/// What lets a waiting write continue, besides time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitsFor {
    /// Nothing else.
    Time,
    /// The network.
    Network,
    /// A token that the server accepts.
    Token,
}

impl From<ApiError> for CallVerdict {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Retry { cause, after, why } => {
                let waits_for = if cause == Passing::Network { WaitsFor::Network } else { WaitsFor::Time };
                Self::Later { why, wait: after, waits_for }
            }
            ApiError::Unclear { why } => Self::Unclear { why },
            // Usually a proxy's bad moment; if it persists, the waits grow.
            ApiError::Garbled { why } => Self::Later { why, wait: None, waits_for: WaitsFor::Time },
            // The user's edits wait for a token that works.
            ApiError::SignedOut { .. } | ApiError::AgencyToken { .. } | ApiError::WrongLocation { .. } => {
                Self::Later { why: error.to_string(), wait: Some(SIGNED_OUT), waits_for: WaitsFor::Token }
            }
            ApiError::Reject { .. }
            | ApiError::Duplicate { .. }
            | ApiError::NotFound { .. }
            | ApiError::MissingScope { .. }
            | ApiError::ReadOnly { .. } => Self::Final(error),
        }
    }
}

/// When a write sent at `at` can no longer take effect.
pub(super) fn too_late(shared: &WorkerShared, at: Timestamp) -> Timestamp {
    let timeout = SignedDuration::try_from(shared.client.write_timeout()).unwrap_or(SignedDuration::MAX);
    at.saturating_add(timeout).unwrap_or(Timestamp::MAX)
}
