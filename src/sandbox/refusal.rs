//! All refusals, in HighLevel's own words as far as they are known.

use serde_json::{Value, json};

/// An answer that is not a success.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Refusal {
    pub(super) fn new(status: u16, message: impl Into<Value>) -> Self {
        let error = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            413 => "Payload Too Large",
            422 => "Unprocessable Entity",
            429 => "Too Many Requests",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        };
        Self { status, body: json!({"message": message.into(), "error": error, "statusCode": status}) }
    }

    /// Bodies that break the rules of their fields: one sentence for each.
    pub(super) fn fields(messages: Vec<String>) -> Self {
        Self::new(422, messages)
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message.into())
    }

    /// The gateway answers 401 and 403, without an `error`.
    pub(super) fn gateway(status: u16, message: &str) -> Self {
        Self { status, body: json!({"statusCode": status, "message": message}) }
    }

    pub(super) fn bad_token() -> Self {
        Self::gateway(401, "Invalid JWT")
    }

    pub(super) fn scope() -> Self {
        Self::gateway(401, "The token is not authorized for this scope.")
    }

    /// An app's agency token where a location token is needed, or the other way round.
    pub(super) fn class() -> Self {
        Self::gateway(
            401,
            "This authClass type is not allowed to access this scope. Please use the token of the other user type.",
        )
    }

    /// The same for a private token.
    pub(super) fn user_type() -> Self {
        Self::gateway(401, "Token's user type mismatch!")
    }

    pub(super) fn location() -> Self {
        Self::gateway(403, "The token does not have access to this location.")
    }

    pub(super) fn unknown(status: u16, what: &str, id: &str) -> Self {
        Self::new(status, format!("{what} with id {id} not found"))
    }

    pub(super) fn no_route(method: &str, path: &str) -> Self {
        Self::new(404, format!("Cannot {method} {path}"))
    }
}
