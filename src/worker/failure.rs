//! Errors in plain words: what, why, what next.

use crate::api::ApiError;
use crate::protocol::{Failure, FailureKind};
use crate::store::StoreError;

/// What helps a user who is signed out. Edits waiting in the outbox are safe meanwhile.
const SIGN_IN_AGAIN: &str =
    "sign in again (ghl-tui login), or set a new GHL_API_KEY where it is used; your changes are kept";

/// An API error, with the action that failed.
pub fn words(what: &str, error: &ApiError) -> Failure {
    let (kind, next) = match error {
        ApiError::Retry { .. } | ApiError::Unclear { .. } => {
            (FailureKind::Network, "check the network; the program continues with its local copy and retries")
        }
        ApiError::Reject { .. } => (FailureKind::Rejected, ""),
        ApiError::Duplicate { .. } => (FailureKind::Rejected, "open the existing contact, or change the address"),
        ApiError::NotFound { .. } => (FailureKind::NotFound, "it may have been deleted on the server"),
        ApiError::SignedOut { .. } => (FailureKind::Access, SIGN_IN_AGAIN),
        ApiError::AgencyToken { .. } => (
            FailureKind::Access,
            "make the private integration in the sub-account, not in the agency, and sign in with its token",
        ),
        ApiError::MissingScope { .. } => {
            (FailureKind::Access, "add the scope to the private integration in the location's settings")
        }
        ApiError::WrongLocation { .. } => (
            FailureKind::Access,
            "the token belongs to another location: check the location's id (GHL_LOCATION_ID, or sign in again)",
        ),
        ApiError::ReadOnly { .. } => (FailureKind::Access, "start without --read-only to make changes"),
        ApiError::Garbled { .. } => {
            (FailureKind::Garbled, "check the server's address; if it is right, the API has changed")
        }
    };
    let why = match error {
        ApiError::Reject { message, status } if message.is_empty() => format!("the server refused ({status})"),
        ApiError::Duplicate { message, field: Some(field), .. } => {
            format!("{message} Another contact already has this {field}")
        }
        ApiError::Reject { message, .. } | ApiError::NotFound { message } if !message.is_empty() => message.clone(),
        other => other.to_string(),
    };
    Failure { kind, what: what.to_owned(), why, next: next.to_owned() }
}

/// A file that cannot be written or read.
pub fn local_failure(what: &str, error: &StoreError) -> Failure {
    let next = match error {
        StoreError::Full => "free some disk space and try again",
        StoreError::Rebuilt => "",
        StoreError::Replaced(_) => "quit, put the right file back as ledger.db, and start again",
        StoreError::Damaged(_) => "quit and start again: what can be saved is saved then",
        StoreError::Unwritable(_) => "make its folder writable for you",
        StoreError::Database(_) | StoreError::Record(_) | StoreError::Closed => "see the log file",
    };
    Failure { kind: FailureKind::Local, what: what.to_owned(), why: error.to_string(), next: next.to_owned() }
}
