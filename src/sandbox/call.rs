//! One request as the handlers see it, and their answers. It must not know what any of it means.

use std::collections::HashMap;

use axum::http::{HeaderMap, Method, Uri, header};
use serde_json::{Value, json};

use url::form_urlencoded;

use super::refusal::Refusal;

#[derive(Clone)]
pub(super) struct IncomingCall {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) raw_query: String,
    pub(super) query: HashMap<String, String>,
    /// The fields of a form-encoded body. Never logged: they hold secrets.
    pub(super) form: HashMap<String, String>,
    pub(super) token: Option<String>,
    pub(super) version: Option<String>,
    /// The Host header.
    pub(super) host: String,
    body: CallBody,
}

#[derive(Clone)]
enum CallBody {
    Absent,
    Json(Value),
    Broken(String),
}

/// A successful answer.
pub(super) struct Success {
    pub(super) status: u16,
    pub(super) content: Content,
}

/// The content of an answer.
pub(super) enum Content {
    /// An object.
    Json(Value),
    Html(String),
    /// A redirect to this address.
    Elsewhere(String),
}

pub(super) type Answered = Result<Success, Refusal>;

impl Success {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self { status, content: Content::Json(body) }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of every handler")]
pub(super) fn ok(body: Value) -> Answered {
    Ok(Success::json(200, body))
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of every handler")]
pub(super) fn page(status: u16, html: String) -> Answered {
    Ok(Success { status, content: Content::Html(html) })
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of every handler")]
pub(super) fn elsewhere(address: String) -> Answered {
    Ok(Success { status: 302, content: Content::Elsewhere(address) })
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of every handler")]
pub(super) fn created(body: Value) -> Answered {
    Ok(Success::json(201, body))
}

impl IncomingCall {
    pub(super) fn read(method: &Method, uri: &Uri, headers: &HeaderMap, bytes: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let raw_query = uri.query().unwrap_or_default().to_owned();
        let query = form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect();
        let is_json = header(header::CONTENT_TYPE.as_str()).is_some_and(|kind| kind.contains("json"));
        // The server ignores a body of another type.
        let body = match (bytes.is_empty() || !is_json, serde_json::from_slice(bytes)) {
            (true, _) => CallBody::Absent,
            (false, Ok(json)) => CallBody::Json(json),
            (false, Err(_)) => CallBody::Broken(String::from_utf8_lossy(bytes).into_owned()),
        };
        let is_form = header(header::CONTENT_TYPE.as_str()).is_some_and(|kind| kind.contains("x-www-form-urlencoded"));
        let form = if is_form { form_urlencoded::parse(bytes).into_owned().collect() } else { HashMap::new() };
        let token = header("authorization").and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned));
        Self {
            method: method.as_str().to_owned(),
            path: uri.path().to_owned(),
            raw_query,
            query,
            form,
            token,
            version: header("version"),
            host: header(header::HOST.as_str()).unwrap_or_default(),
            body,
        }
    }

    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|part| !part.is_empty()).collect()
    }

    pub(super) fn body(&self) -> Result<Value, Refusal> {
        match &self.body {
            CallBody::Absent => Ok(json!({})),
            CallBody::Json(value) => Ok(value.clone()),
            CallBody::Broken(text) => {
                let first: String = text.chars().take(1).collect();
                Err(Refusal::bad_request(format!("Unexpected token {first} in JSON at position 0")))
            }
        }
    }

    /// The body as received, for the request log.
    pub(super) fn logged_body(&self) -> Option<Value> {
        match &self.body {
            CallBody::Absent => None,
            CallBody::Json(value) => Some(value.clone()),
            CallBody::Broken(text) => Some(json!(text)),
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.query.get(name).and_then(|value| value.parse().ok())
    }
}
