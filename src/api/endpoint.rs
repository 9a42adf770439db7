//! What every operation of the API must say about itself.

use serde_json::value::RawValue;

use crate::domain::Scope;
use crate::http::Method;

/// One operation.
pub trait Endpoint {
    const METHOD: Method;
    /// Its path, with `{}` for each id.
    const PATH: &'static str;
    /// What the token must be allowed; read-only mode is a check on it before any request.
    const SCOPE: Scope;
    const IDEMPOTENCY: Idempotency;
    /// The documented Version of the path.
    const VERSION: &'static str = super::VERSION;
    type Reply;

    /// Path, query and body of this call.
    fn call(&self) -> Call;

    /// Reads an answer of status 2xx.
    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error>;
}

/// The variable part of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    /// Percent-encoded, from the first slash on.
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<serde_json::Value>,
}

impl Call {
    /// A call of this path; each `{}` takes the next id, percent-encoded: ids are the server's text.
    pub fn new(template: &str, ids: &[&str]) -> Self {
        let mut path = String::with_capacity(template.len() + 24 * ids.len());
        let mut ids = ids.iter();
        for (index, part) in template.split("{}").enumerate() {
            if index > 0 {
                let id = ids.next().copied().unwrap_or_default();
                path.extend(url::form_urlencoded::byte_serialize(id.as_bytes()).map(|piece| {
                    // The form encoding's plus is a space only in a query.
                    if piece == "+" { "%20" } else { piece }
                }));
            }
            path.push_str(part);
        }
        Self { path, ..Self::default() }
    }

    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn body(mut self, body: serde_json::Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// Whether a request may be repeated when nobody knows if it took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// It only reads.
    Safe,
    /// Repeating it changes nothing more.
    Natural,
    /// Read back first: a repeat makes a second one, or fires automations again.
    Probe,
    /// It sends messages, and nothing can be read back: never repeated.
    Once,
}

impl Idempotency {
    /// In one word, for the list of operations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Natural => "natural",
            Self::Probe => "probe",
            Self::Once => "once",
        }
    }
}

/// An operation without its values: what the list of operations shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    pub method: Method,
    pub path: &'static str,
    /// None: whoever knows the app's secret.
    pub scope: Option<Scope>,
    pub idempotency: Idempotency,
    pub version: &'static str,
    /// What this program does with it.
    pub used: &'static str,
}

impl Operation {
    pub(super) const fn of<E: Endpoint>(used: &'static str) -> Self {
        let (method, path, scope) = (E::METHOD, E::PATH, Some(E::SCOPE));
        Self { method, path, scope, idempotency: E::IDEMPOTENCY, version: E::VERSION, used }
    }

    /// Whether it changes anything.
    pub fn writes(&self) -> bool {
        self.scope.is_none_or(Scope::writes)
    }

    /// Whether a path, without its query, is one of this operation's; a slash at the end does not matter.
    fn admits(&self, path: &str) -> bool {
        let parts = |path: &'static str| path.split('/').filter(|part| !part.is_empty());
        let mut given = path.split('/').filter(|part| !part.is_empty());
        let all = parts(self.path).all(|part| given.next().is_some_and(|other| part == "{}" || part == other));
        all && given.next().is_none()
    }

    /// The operation that a method and a path mean, of all that are known; fixed words go before ids.
    pub(super) fn find(all: &[Self], method: Method, path: &str) -> Option<Self> {
        let fits = all.iter().filter(|one| one.method == method && one.admits(path));
        fits.min_by_key(|one| one.path.matches("{}").count()).copied()
    }
}

/// A value with the very text it was read from: a restore must give back fields we do not know.
#[derive(Clone, Debug)]
pub struct Received<T> {
    pub value: T,
    pub raw: Box<RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_cannot_leave_their_place_in_the_path() {
        let call = Call::new("/contacts/{}/tasks/{}", &["../../oauth", "a b?c#d+e"]);
        assert_eq!(call.path, "/contacts/..%2F..%2Foauth/tasks/a%20b%3Fc%23d%2Be");
    }
}
