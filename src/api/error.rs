//! Classifies failed calls.

use std::time::Duration;

use crate::domain::{ContactId, Scope};
use crate::http::{HttpReply, TransportError};

use super::Idempotency;

/// A call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// It certainly had no effect, and the cause may pass.
    #[error("{why}")]
    Retry { cause: Passing, after: Option<Duration>, why: String },
    /// A write that may or may not have taken effect.
    #[error("{why}")]
    Unclear { doubt: Doubt, why: String },
    /// The server understood and refused.
    #[error("the server said: {message} ({status})")]
    Reject { status: u16, message: String },
    /// Another contact already has this e-mail or phone, and the location forbids duplicates.
    #[error("{message}")]
    Duplicate { message: String, existing: Option<ContactId>, field: Option<String> },
    /// There is no such record.
    #[error("not found: {message}")]
    NotFound { message: String },
    /// The token is not accepted.
    #[error("{message}")]
    SignedOut { message: String },
    /// The token is valid but lacks this scope.
    #[error("the token lacks the scope {scope}")]
    MissingScope { scope: Scope },
    /// The token is an agency's, but a location's is needed.
    #[error("this is a token of the agency, but contacts belong to a sub-account")]
    AgencyToken { message: String },
    /// The token is for another location.
    #[error("{message}")]
    WrongLocation { message: String },
    /// Not sent, because the program runs read-only.
    #[error("read-only: this needs {scope}")]
    ReadOnly { scope: Scope },
    /// The answer to a read cannot be understood.
    #[error("cannot read the server's answer: {why}")]
    Garbled { why: String },
}

/// Causes that pass with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// 429.
    Throttled,
    /// 5xx.
    Server,
    /// No connection, a lost one, or no answer in time.
    Network,
}

/// Why nobody knows whether a write took effect: what may still come of it depends on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The server failed, and has ended with it (500, 503).
    Failed,
    /// A success that cannot be read.
    Unreadable,
    /// The connection was lost, here or behind a gateway (502).
    Cut,
    /// No answer in time, from the server or from a gateway (504): it may still be at work.
    Silent,
}

/// Classifies a transport error for a call of this kind.
pub(super) fn of_transport(error: &TransportError, kind: Idempotency) -> ApiError {
    let why = sentence(error);
    let doubt = match error {
        TransportError::Unreachable(_) => None,
        TransportError::TimedOut { .. } => Some(Doubt::Silent),
        TransportError::Broken(_) => Some(Doubt::Cut),
        TransportError::TooLarge { .. } => Some(Doubt::Unreadable),
    };
    match doubt.filter(|_| kind != Idempotency::Safe) {
        Some(doubt) => ApiError::Unclear { doubt, why },
        // The same would come again, and the network is well.
        None if matches!(error, TransportError::TooLarge { .. }) => ApiError::Garbled { why },
        None => ApiError::Retry { cause: Passing::Network, after: None, why },
    }
}

/// An error with its root cause: the messages in between ("error sending request", "client error") say nothing useful.
fn sentence(error: &TransportError) -> String {
    let root = std::iter::successors(std::error::Error::source(error), |cause| cause.source()).last();
    match (error, root) {
        (TransportError::Unreachable(_), Some(root)) => format!("cannot reach the server: {root}"),
        (TransportError::Broken(_), Some(root)) => format!("connection lost: {root}"),
        (other, _) => other.to_string(),
    }
}

/// Classifies an answer whose status is not 2xx.
pub(super) fn of_reply(reply: &HttpReply, kind: Idempotency, scope: Scope, pause: Option<Duration>) -> ApiError {
    let message = message(&reply.body);
    match reply.status {
        429 => {
            let why = "the API's rate limit is used up".to_owned();
            ApiError::Retry { cause: Passing::Throttled, after: pause, why }
        }
        408 | 500.. if kind == Idempotency::Safe => {
            ApiError::Retry { cause: Passing::Server, after: pause, why: server_trouble(reply.status, &message) }
        }
        status @ (408 | 500..) => {
            let doubt = match status {
                408 | 504 | 522 | 524 => Doubt::Silent,
                502 | 520 | 521 | 523 => Doubt::Cut,
                _ => Doubt::Failed,
            };
            ApiError::Unclear { doubt, why: server_trouble(status, &message) }
        }
        401 if is_of_agency(&message) => ApiError::AgencyToken { message },
        401 if message.contains("scope") => ApiError::MissingScope { scope },
        401 => ApiError::SignedOut { message: format!("the token was not accepted: {message}") },
        403 => ApiError::WrongLocation { message },
        404 => ApiError::NotFound { message },
        // For an unknown id the server answers 400 with these words (seven clients agree), not 404.
        400 if message.contains("not found") => ApiError::NotFound { message },
        // 1xx never gets here, and redirects are not followed.
        300..=399 => ApiError::Garbled { why: format!("the server redirected the request ({})", reply.status) },
        status => match duplicate(&reply.body).filter(|_| status == 400) {
            Some((existing, field)) => ApiError::Duplicate { message, existing: Some(existing), field },
            None => ApiError::Reject { status, message },
        },
    }
}

/// The server's words for an agency's private token and for its OAuth token; the latter mention a scope too.
fn is_of_agency(message: &str) -> bool {
    message.contains("user type mismatch") || message.contains("authClass")
}

/// Whether a newer token may help: a missing scope, a missing `Version` and an agency's token get a 401 too.
pub(super) fn is_stale_token(reply: &HttpReply) -> bool {
    if reply.status != 401 {
        return false;
    }
    let message = message(&reply.body);
    let speaks_of = |word: &str| message.to_lowercase().contains(word);
    !is_of_agency(&message) && !speaks_of("scope") && (speaks_of("jwt") || speaks_of("token"))
}

/// The conflicting contact, and the field that it shares.
fn duplicate(body: &[u8]) -> Option<(ContactId, Option<String>)> {
    let json = serde_json::from_slice::<serde_json::Value>(body).ok()?;
    let id = json["meta"]["contactId"].as_str().filter(|id| !id.is_empty())?;
    Some((ContactId::new(id), json["meta"]["matchingField"].as_str().map(str::to_owned)))
}

fn server_trouble(status: u16, message: &str) -> String {
    if message.is_empty() { format!("server error ({status})") } else { format!("server error ({status}): {message}") }
}

/// The server's own words: `message` of the JSON body, a string or a list; nothing for HTML or an empty body.
fn message(body: &[u8]) -> String {
    const LONGEST: usize = 300;
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(body) else { return String::new() };
    let words = ["message", "error_description", "error", "msg"].iter().find_map(|key| match &json[key] {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Array(list) => {
            Some(list.iter().filter_map(|item| item.as_str()).collect::<Vec<_>>().join("; "))
        }
        _ => None,
    });
    words.unwrap_or_default().chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> HttpReply {
        HttpReply { status, headers: reqwest::header::HeaderMap::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn an_answer_that_is_too_large_is_no_fault_of_the_network() {
        let error = TransportError::TooLarge { limit: 32 << 20 };
        assert!(matches!(of_transport(&error, Idempotency::Safe), ApiError::Garbled { .. }));
        let unclear = of_transport(&error, Idempotency::Once);
        assert!(matches!(unclear, ApiError::Unclear { doubt: Doubt::Unreadable, .. }), "{unclear:?}");
    }

    #[test]
    fn answers_are_told_apart() {
        let scope = Scope::ContactsWrite;
        let of = |status, body: &str, kind| of_reply(&reply(status, body), kind, scope, None);
        assert_eq!(
            of(401, r#"{"message":"The token is not authorized for this scope."}"#, Idempotency::Natural),
            ApiError::MissingScope { scope }
        );
        assert!(matches!(of(401, r#"{"message":"Invalid JWT"}"#, Idempotency::Safe), ApiError::SignedOut { .. }));
        assert!(matches!(
            of(400, r#"{"message":"Contact with id x not found"}"#, Idempotency::Safe),
            ApiError::NotFound { .. }
        ));
        assert!(matches!(of(400, r#"{"message":"no"}"#, Idempotency::Safe), ApiError::Reject { status: 400, .. }));
        for (status, expected) in [(500, Doubt::Failed), (502, Doubt::Cut), (504, Doubt::Silent), (408, Doubt::Silent)]
        {
            let told = of(status, "<html>", Idempotency::Probe);
            assert!(matches!(told, ApiError::Unclear { doubt, .. } if doubt == expected), "{told:?}");
        }
        assert!(matches!(of(502, "", Idempotency::Safe), ApiError::Retry { cause: Passing::Server, .. }));
        assert!(matches!(of(429, "", Idempotency::Probe), ApiError::Retry { cause: Passing::Throttled, .. }));
    }

    #[test]
    fn a_list_of_messages_is_joined() {
        assert_eq!(message(br#"{"message":["a should exist","b too"]}"#), "a should exist; b too");
        assert_eq!(message(b"<html>"), "");
    }
}
