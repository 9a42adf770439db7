//! The client: one call is permit, token, request, answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, DATE, HeaderName, HeaderValue};
use tokio::sync::{mpsc, watch};
use url::Url;

use crate::auth::{Bearer, NotSignedIn, TokenBroker};
use crate::domain::{LocationId, Scope};
use crate::http::{self, BaseUrl, HttpReply, Method};

use super::journal::{Exchange, RequestJournal};
use super::{
    ApiError, Doubt, Endpoint, Idempotency, Limits, Operation, Passing, Urgency, VERSION, error,
    limit::{Limiter, Permit},
    wire,
};

/// Settings of a client.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    pub base: BaseUrl,
    pub location: LocationId,
    /// Refuse every call whose scope writes.
    pub read_only: bool,
    /// The time-out of a write; after it, the write is treated as unclear.
    pub write_timeout: Duration,
}

/// Calls the API for one location; cheap to clone.
#[derive(Clone, Debug)]
pub struct ApiClient {
    shared: Arc<ClientShared>,
}

#[derive(Debug)]
struct ClientShared {
    http: http::HttpClient,
    options: ClientOptions,
    broker: TokenBroker,
    limiter: Arc<Limiter>,
    journal: RequestJournal,
    /// The server's clock at its last answer, and when that was.
    server_clock: Mutex<Option<(Timestamp, Instant)>>,
}

/// Time-out of a read: pages of 500 contacts have taken seconds.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

impl ApiClient {
    /// Makes a client over `http`, which must have been built for `options.base`.
    pub fn new(options: ClientOptions, http: http::HttpClient, broker: TokenBroker) -> Self {
        Self {
            shared: Arc::new(ClientShared {
                http,
                options,
                broker,
                limiter: Arc::new(Limiter::new()),
                journal: RequestJournal::default(),
                server_clock: Mutex::default(),
            }),
        }
    }

    pub fn location(&self) -> &LocationId {
        &self.shared.options.location
    }

    /// When the token expires; `None`: never.
    pub fn token_expires_at(&self) -> Option<Timestamp> {
        self.shared.broker.expires_at()
    }

    pub fn write_timeout(&self) -> Duration {
        self.shared.options.write_timeout
    }

    /// The time by the server's clock, if it has told it.
    pub fn server_time(&self) -> Option<Timestamp> {
        let told = *self.shared.server_clock.lock().unwrap_or_else(PoisonError::into_inner);
        told.and_then(|(at, since)| at.checked_add(since.elapsed()).ok())
    }

    /// The rate limit after each answer.
    pub fn limits(&self) -> watch::Receiver<Limits> {
        self.shared.limiter.watch()
    }

    /// Subscribes to every request from now on, as it is answered; a new subscriber replaces the old one.
    pub fn exchanges(&self) -> mpsc::UnboundedReceiver<Exchange> {
        self.shared.journal.open()
    }

    /// Waits until a request may be sent immediately, for callers that must record the moment before it.
    pub async fn ready(&self, urgency: Urgency) -> Result<Permit, ApiError> {
        self.shared.broker.bearer(Timestamp::now()).await.map_err(not_signed_in)?;
        Ok(self.shared.limiter.permit(urgency).await)
    }

    /// Makes one call. Waits for the rate limit first; `urgency` says how much of it may be used.
    ///
    /// If the server no longer accepts the token, the client gets a newer one and repeats the call once: the first had no
    /// effect.
    pub async fn call<E: Endpoint>(&self, endpoint: &E, urgency: Urgency) -> Result<E::Reply, ApiError> {
        self.call_when(endpoint, urgency, None).await
    }

    /// [`ApiClient::call`] with a permit that is already granted.
    pub async fn call_ready<E: Endpoint>(&self, endpoint: &E, permit: Permit) -> Result<E::Reply, ApiError> {
        let urgency = permit.urgency;
        self.call_when(endpoint, urgency, Some(permit)).await
    }

    async fn call_when<E: Endpoint>(
        &self,
        endpoint: &E,
        urgency: Urgency,
        permit: Option<Permit>,
    ) -> Result<E::Reply, ApiError> {
        if E::SCOPE.writes() && self.shared.options.read_only {
            return Err(ApiError::ReadOnly { scope: E::SCOPE });
        }
        let call = endpoint.call();
        let mut url = self.shared.options.base.join(&call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let (kind, body) = (E::IDEMPOTENCY, call.body.as_ref().map(|body| http::RequestBody::Json(body.to_string())));
        let wanted = Unsigned { method: E::METHOD, url, version: E::VERSION, body, noted: call.body.as_ref(), kind };
        let (reply, pause) = self.send(&wanted, urgency, permit).await?;
        if !(200..300).contains(&reply.status) {
            return Err(error::of_reply(&reply, E::IDEMPOTENCY, E::SCOPE, pause));
        }
        wire::is_bounded(&reply.body).and_then(|()| endpoint.parse(&reply.body)).map_err(|cause| {
            let why = format!("{} {}: {cause}", E::METHOD.as_str(), call.path);
            // A success that cannot be read has had its effect anyway.
            if E::IDEMPOTENCY == Idempotency::Safe {
                ApiError::Garbled { why }
            } else {
                ApiError::Unclear { doubt: Doubt::Unreadable, why }
            }
        })
    }

    /// Sends a raw request once; returns status and body, whatever the status.
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        query: Option<&str>,
        json: Option<&serde_json::Value>,
        known: Option<Operation>,
        urgency: Urgency,
    ) -> Result<(u16, String), ApiError> {
        // An unknown operation counts as a write.
        let writes = known.is_none_or(|operation| operation.writes());
        if writes && self.shared.options.read_only {
            return Err(ApiError::ReadOnly { scope: Scope::ContactsWrite });
        }
        let mut url = self.shared.options.base.join(path);
        url.set_query(query);
        let kind = if writes { Idempotency::Once } else { Idempotency::Safe };
        let version = known.map_or(VERSION, |operation| operation.version);
        let signs_in = path.starts_with("/oauth/");
        let body = json.map(|json| match json {
            // Sign-in endpoints take a form, not JSON.
            serde_json::Value::Object(fields) if signs_in => http::RequestBody::Form(form(fields)),
            json => http::RequestBody::Json(json.to_string()),
        });
        // A form contains secrets.
        let noted = json.filter(|_| !signs_in);
        let (reply, _pause) = self.send(&Unsigned { method, url, version, body, noted, kind }, urgency, None).await?;
        Ok((reply.status, String::from_utf8_lossy(&reply.body).into_owned()))
    }

    /// Sends a request; if the server no longer accepts the token, sends it once more with a newer one.
    async fn send(
        &self,
        wanted: &Unsigned<'_>,
        urgency: Urgency,
        mut permit: Option<Permit>,
    ) -> Result<(HttpReply, Option<Duration>), ApiError> {
        let mut bearer = self.shared.broker.bearer(Timestamp::now()).await.map_err(not_signed_in)?;
        let mut renewed = false;
        loop {
            let held = match permit.take() {
                Some(granted) => granted,
                None => self.shared.limiter.permit(urgency).await,
            };
            let (reply, pause) = self.send_once(wanted, &bearer).await?;
            drop(held);
            if renewed || !error::is_stale_token(&reply) {
                return Ok((reply, pause));
            }
            // There is no newer token: the server's answer stands.
            match self.shared.broker.renew(bearer.generation, Timestamp::now()).await {
                Ok(newer) => bearer = newer,
                Err(error @ NotSignedIn::Passing(_)) => return Err(not_signed_in(error)),
                Err(NotSignedIn::Ended(why)) => {
                    tracing::warn!(%why, "signed out");
                    return Ok((reply, pause));
                }
            }
            renewed = true;
        }
    }

    async fn send_once(
        &self,
        wanted: &Unsigned<'_>,
        bearer: &Bearer,
    ) -> Result<(HttpReply, Option<Duration>), ApiError> {
        let Unsigned { method, url, version, body, noted, kind } = wanted;
        let began = Instant::now();
        let timeout = if *kind == Idempotency::Safe { READ_TIMEOUT } else { self.shared.options.write_timeout };
        let request = http::HttpRequest {
            method: *method,
            url: url.clone(),
            headers: vec![
                (AUTHORIZATION, bearer.header.clone()),
                (HeaderName::from_static("version"), HeaderValue::from_static(version)),
                // Without this header some endpoints answer an empty 404.
                (ACCEPT, HeaderValue::from_static("application/json")),
            ],
            body: body.clone(),
            timeout,
        };
        let outcome = self.shared.http.send(request).await;
        log(*method, url.path(), &outcome, began.elapsed());
        self.shared.journal.note(*method, url, version, *noted, &outcome, began.elapsed());
        let reply = outcome.map_err(|failure| error::of_transport(&failure, *kind))?;
        let told = reply.headers.get(DATE).and_then(|date| date.to_str().ok());
        if let Some(at) = told.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) {
            let told = Some((at.timestamp(), Instant::now()));
            *self.shared.server_clock.lock().unwrap_or_else(PoisonError::into_inner) = told;
        }
        let pause = self.shared.limiter.learn(reply.status, &reply.headers);
        Ok((reply, pause))
    }
}

/// A request before it has a token.
struct Unsigned<'a> {
    method: Method,
    url: Url,
    version: &'static str,
    body: Option<http::RequestBody>,
    /// The part of the body that may be logged to the journal.
    noted: Option<&'a serde_json::Value>,
    kind: Idempotency,
}

fn not_signed_in(error: NotSignedIn) -> ApiError {
    match error {
        NotSignedIn::Ended(message) => ApiError::SignedOut { message },
        NotSignedIn::Passing(why) => ApiError::Retry { cause: Passing::Network, after: None, why },
    }
}

/// The fields of an object as a form, for the sign-in endpoints.
fn form(fields: &serde_json::Map<String, serde_json::Value>) -> String {
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    fields.iter().for_each(|(name, value)| {
        form.append_pair(name, &text(value));
    });
    form.finish()
}

/// Logs one line per request: never a body, never a header.
fn log(method: Method, path: &str, outcome: &Result<HttpReply, http::TransportError>, took: Duration) {
    let (method, ms) = (method.as_str(), took.as_millis());
    match outcome {
        Ok(reply) => tracing::info!(method, path, status = reply.status, ms, "request"),
        Err(error) => tracing::warn!(method, path, %error, ms, "request failed"),
    }
}
