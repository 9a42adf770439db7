//! The description that every operation of the API must give.

use serde_json::value::RawValue;

use crate::domain::Scope;
use crate::http::Method;

/// One operation.
pub trait Endpoint {
    const METHOD: Method;
    /// The path, with `{}` for each id.
    const PATH: &'static str;
    /// The scope that the token needs; read-only mode checks it before any request.
    const SCOPE: Scope;
    const IDEMPOTENCY: Idempotency;
    /// The documented `Version` header of the path.
    const VERSION: &'static str = super::VERSION;
    type Reply;

    /// Path, query and body of this call.
    fn call(&self) -> Call;

    /// Parses an answer with status 2xx.
    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error>;
}

/// The variable part of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    /// Percent-encoded, starting with a slash.
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<serde_json::Value>,
}

impl Call {
    /// A call of this path; each `{}` takes the next id, percent-encoded because ids are server text.
    pub fn new(template: &str, ids: &[&str]) -> Self {
        let mut path = String::with_capacity(template.len() + 24 * ids.len());
        let mut ids = ids.iter();
        for (index, part) in template.split("{}").enumerate() {
            if index > 0 {
                let id = ids.next().copied().unwrap_or_default();
                path.extend(url::form_urlencoded::byte_serialize(id.as_bytes()).map(|piece| {
                    // In form encoding, plus means a space only in a query.
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

/// Whether a request may be repeated when its effect is unclear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// It only reads data.
    Safe,
    /// Repeating it changes nothing more.
    Natural,
    /// Read back first: a repeat would make a second record or fire automations again.
    Probe,
    /// Never repeat it: it sends messages, and nothing can be read back.
    Once,
}

impl Idempotency {
    /// One word for the list of operations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Natural => "natural",
            Self::Probe => "probe",
            Self::Once => "once",
        }
    }
}

/// An operation without its parameters, for the list of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    pub method: Method,
    pub path: &'static str,
    /// `None`: the app's secret is enough.
    pub scope: Option<Scope>,
    pub idempotency: Idempotency,
    pub version: &'static str,
    /// What the program uses it for.
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

    /// Whether a path without its query belongs to this operation; a trailing slash does not matter.
    fn admits(&self, path: &str) -> bool {
        let parts = |path: &'static str| path.split('/').filter(|part| !part.is_empty());
        let mut given = path.split('/').filter(|part| !part.is_empty());
        let all = parts(self.path).all(|part| given.next().is_some_and(|other| part == "{}" || part == other));
        all && given.next().is_none()
    }

    /// The known operation with this method and path; fixed words win over ids.
    pub(super) fn find(all: &[Self], method: Method, path: &str) -> Option<Self> {
        let fits = all.iter().filter(|one| one.method == method && one.admits(path));
        fits.min_by_key(|one| one.path.matches("{}").count()).copied()
    }
}

/// A value with the exact text it was read from, because a restore must include fields we do not know.
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
