//! Errors in plain words: what, why, what next.

use crate::api::{ApiError, Doubt, Passing};
use crate::protocol::{Failure, FailureKind};
use crate::store::StoreError;

/// What helps a user who is signed out. Edits waiting in the outbox are safe meanwhile.
const SIGN_IN_AGAIN: &str =
    "sign in again (ghl-tui login), or set a new GHL_API_KEY where it is used; your changes are kept";

/// An API error, with the action that failed.
pub fn words(what: &str, error: &ApiError) -> Failure {
    let (kind, next) = match error {
        ApiError::Retry { cause: Passing::Network, .. }
        | ApiError::Unclear { doubt: Doubt::Cut | Doubt::Silent, .. } => {
            (FailureKind::Network, "check the network; the program continues with its local copy and retries")
        }
        ApiError::Retry { cause: Passing::Throttled, .. } => {
            (FailureKind::Network, "wait; other programs may be using the same limit")
        }
        ApiError::Retry { cause: Passing::Server, .. } | ApiError::Unclear { .. } => {
            (FailureKind::Network, "the server has trouble; the program continues with its local copy and retries")
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
        StoreError::Database(_) | StoreError::Record(_) | StoreError::BadRow | StoreError::Closed => "see the log file",
    };
    Failure { kind: FailureKind::Local, what: what.to_owned(), why: error.to_string(), next: next.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fault_of_the_network_is_called_one() {
        let retry = |cause| ApiError::Retry { cause, after: None, why: "why".to_owned() };
        let unclear = |doubt| ApiError::Unclear { doubt, why: "why".to_owned() };
        for (error, is_network) in [
            (retry(Passing::Network), true),
            (retry(Passing::Throttled), false),
            (retry(Passing::Server), false),
            (unclear(Doubt::Cut), true),
            (unclear(Doubt::Silent), true),
            (unclear(Doubt::Failed), false),
            (unclear(Doubt::Unreadable), false),
            (ApiError::Garbled { why: "why".to_owned() }, false),
        ] {
            let next = words("fetch contacts", &error).next;
            assert_eq!(next.contains("check the network"), is_network, "{error:?}: {next}");
            assert!(!next.is_empty(), "{error:?}");
        }
    }
}
