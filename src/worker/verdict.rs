//! What a failed call means for a write: the one verdict that edits and merges share. Knows neither.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::api::{ApiError, Passing};

use crate::worker::shared::WorkerShared;

/// A token that is not accepted is tried again this often: somebody may have mended it.
const SIGNED_OUT: Duration = Duration::from_secs(60);
/// A disk that is full may have room again this soon.
pub(super) const LOCAL: Duration = Duration::from_secs(10);
/// After an unclear answer, the first look at what the server holds.
pub(super) const FIRST_LOOK: Duration = Duration::from_millis(300);

/// What a failed call means.
#[derive(Debug)]
pub(super) enum CallVerdict {
    /// It surely had no effect, and may be tried again.
    Later { why: String, wait: Option<Duration>, waits_for: WaitsFor },
    /// A request left; nobody knows what it did.
    Unclear { why: String },
    /// The server has decided: it would say the same again.
    Final(ApiError),
}

/// What lets something that waits go on, besides time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitsFor {
    /// Nothing else.
    Time,
    /// The network.
    Network,
    /// A token that is accepted.
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
            // Mostly a proxy's bad moment; where it stays, the waits grow.
            ApiError::Garbled { why } => Self::Later { why, wait: None, waits_for: WaitsFor::Time },
            // What the user did waits for a token that works.
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

/// From when on a write that left at `at` can no longer take effect.
pub(super) fn too_late(shared: &WorkerShared, at: Timestamp) -> Timestamp {
    let timeout = SignedDuration::try_from(shared.client.write_timeout()).unwrap_or(SignedDuration::MAX);
    at.saturating_add(timeout).unwrap_or(Timestamp::MAX)
}
