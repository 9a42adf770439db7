//! One call: permit, token, request, answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue};
use tokio::sync::{mpsc, watch};
use url::Url;

use crate::auth::TokenBroker;
use crate::domain::{LocationId, Scope};
use crate::http::{self, BaseUrl, Method, Reply};

use super::journal::{Exchange, Journal};
use super::{ApiError, Call, Endpoint, Idempotency, Limits, Urgency, VERSION, error, limit::Limiter};

/// What a client needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    pub base: BaseUrl,
    pub location: LocationId,
    /// Refuse every call whose scope writes.
    pub read_only: bool,
    /// How long a write may take; after that nobody expects its effect any more.
    pub write_timeout: Duration,
}

/// Calls the API for one location; cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    http: http::Client,
    options: Options,
    broker: TokenBroker,
    limiter: Limiter,
    journal: Journal,
}

/// A page of 500 contacts has been seen to take seconds.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

impl Client {
    pub fn new(options: Options, broker: TokenBroker) -> Result<Self, http::BuildError> {
        let http = http::Client::new(&options.base)?;
        Ok(Self {
            shared: Arc::new(Shared { http, options, broker, limiter: Limiter::new(), journal: Journal::default() }),
        })
    }

    pub fn location(&self) -> &LocationId {
        &self.shared.options.location
    }

    pub fn write_timeout(&self) -> Duration {
        self.shared.options.write_timeout
    }

    /// The rate limit after each answer.
    pub fn limits(&self) -> watch::Receiver<Limits> {
        self.shared.limiter.watch()
    }

    /// Every request from now on, as it is answered; the newest receiver gets them.
    pub fn exchanges(&self) -> mpsc::UnboundedReceiver<Exchange> {
        self.shared.journal.open()
    }

    /// Makes one call, once. Waits for the rate limit first; `urgency` says how much of it may be used.
    pub async fn call<E: Endpoint>(&self, endpoint: &E, urgency: Urgency) -> Result<E::Reply, ApiError> {
        if E::SCOPE.writes() && self.shared.options.read_only {
            return Err(ApiError::ReadOnly { scope: E::SCOPE });
        }
        let call = endpoint.call();
        self.shared.limiter.permit(urgency).await;
        let began = Instant::now();
        let request = self.request::<E>(&call);
        let url = request.url.clone();
        let outcome = self.shared.http.send(request).await;
        log(E::METHOD, &call.path, &outcome, began.elapsed());
        self.shared.journal.note(E::METHOD, &url, E::VERSION, call.body.as_ref(), &outcome, began.elapsed());
        let reply = outcome.map_err(|failure| error::of_transport(&failure, E::IDEMPOTENCY))?;
        let pause = self.shared.limiter.learn(reply.status, &reply.headers);
        if !(200..300).contains(&reply.status) {
            return Err(error::of_reply(&reply, E::IDEMPOTENCY, E::SCOPE, pause));
        }
        endpoint.parse(&reply.body).map_err(|cause| {
            let why = format!("{} {}: {cause}", E::METHOD.as_str(), call.path);
            // A success that cannot be read has had its effect all the same.
            if E::IDEMPOTENCY == Idempotency::Safe { ApiError::Garbled { why } } else { ApiError::Unclear { why } }
        })
    }

    /// Sends a request in somebody's own words, once; answers status and body, whatever the status.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of a request")]
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        query: Option<&str>,
        body: Option<&serde_json::Value>,
        version: Option<&'static str>,
        writes: bool,
        urgency: Urgency,
    ) -> Result<(u16, String), ApiError> {
        if writes && self.shared.options.read_only {
            return Err(ApiError::ReadOnly { scope: Scope::ContactsWrite });
        }
        let mut url = self.shared.options.base.join(path);
        url.set_query(query);
        let kind = if writes { Idempotency::Once } else { Idempotency::Safe };
        self.shared.limiter.permit(urgency).await;
        let began = Instant::now();
        let mut request = self.dressed(method, url, version.unwrap_or(VERSION), body, kind);
        if path.starts_with("/oauth/")
            && let Some(serde_json::Value::Object(fields)) = body
        {
            request.body = Some(http::Body::Form(form(fields)));
        }
        let url = request.url.clone();
        let outcome = self.shared.http.send(request).await;
        log(method, path, &outcome, began.elapsed());
        // A form holds secrets.
        let sent = body.filter(|_| !path.starts_with("/oauth/"));
        self.shared.journal.note(method, &url, version.unwrap_or(VERSION), sent, &outcome, began.elapsed());
        let reply = outcome.map_err(|failure| error::of_transport(&failure, kind))?;
        self.shared.limiter.learn(reply.status, &reply.headers);
        Ok((reply.status, String::from_utf8_lossy(&reply.body).into_owned()))
    }

    fn request<E: Endpoint>(&self, call: &Call) -> http::Request {
        let mut url = self.shared.options.base.join(&call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        self.dressed(E::METHOD, url, E::VERSION, call.body.as_ref(), E::IDEMPOTENCY)
    }

    /// A request with the headers and the time-out that every one has.
    fn dressed(
        &self,
        method: Method,
        url: Url,
        version: &'static str,
        body: Option<&serde_json::Value>,
        kind: Idempotency,
    ) -> http::Request {
        let timeout = if kind == Idempotency::Safe { READ_TIMEOUT } else { self.shared.options.write_timeout };
        http::Request {
            method,
            url,
            headers: vec![
                (AUTHORIZATION, self.shared.broker.bearer()),
                (HeaderName::from_static("version"), HeaderValue::from_static(version)),
                // Without it some endpoints answer an empty 404.
                (ACCEPT, HeaderValue::from_static("application/json")),
            ],
            body: body.map(|body| http::Body::Json(body.to_string())),
            timeout,
        }
    }
}

/// The fields of an object as a form: signing in takes no JSON.
fn form(fields: &serde_json::Map<String, serde_json::Value>) -> String {
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    fields.iter().for_each(|(name, value)| {
        form.append_pair(name, &text(value));
    });
    form.finish()
}

/// One line a request: never a body, never a header.
fn log(method: Method, path: &str, outcome: &Result<Reply, http::TransportError>, took: Duration) {
    let (method, ms) = (method.as_str(), took.as_millis());
    match outcome {
        Ok(reply) => tracing::info!(method, path, status = reply.status, ms, "request"),
        Err(error) => tracing::warn!(method, path, %error, ms, "request failed"),
    }
}
