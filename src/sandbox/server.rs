//! The gateway in front of the endpoints: log, limit, faults, tokens, versions, and sending answers.
//! It must not know what an endpoint does.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State as Shared},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
    routing::{delete, get, post, put},
};
use serde_json::{Value, json};
use tower_http::compression::CompressionLayer;

use super::{
    agency::Agency,
    call::{Content, IncomingCall, Success},
    connection::ConnectionHandle,
    control,
    faults::{DropTime, Faults, Garbage, RequestFate, Spoil, StatusFault},
    grant::{Grant, Origin, Owner},
    handlers::{self, Route},
    ids::{hash, uuid_like},
    limit::{CallCounter, Standing},
    refusal::Refusal,
    request_log::RequestLog,
    switches::ErrorBody,
    webhook::Courier,
};

const LARGEST_BODY: usize = 2 * 1024 * 1024;
const VERSIONS: [&str; 4] = ["2021-04-15", "2021-07-28", "2023-02-21", "v3"];
const HTML: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

pub(super) struct SandboxServer {
    inside: Mutex<ServerState>,
    latency: Duration,
}

/// Everything a request may change, behind one lock that is never held over an await.
pub(super) struct ServerState {
    pub(super) agency: Agency,
    pub(super) faults: Faults,
    pub(super) log: RequestLog,
    pub(super) limiter: CallCounter,
    pub(super) courier: Arc<Courier>,
    /// Every token is refused, as if all had been revoked.
    pub(super) tokens_refused: bool,
    /// Requests whose effect is still to come, by their number in the log.
    late: BTreeMap<u64, IncomingCall>,
    traces: u64,
}

/// An answer on its way out.
struct OutgoingReply {
    status: u16,
    kind: &'static str,
    body: String,
    /// The body never ends.
    endless: bool,
    extra: Vec<(String, String)>,
}

impl SandboxServer {
    pub(super) fn new(agency: Agency, limiter: CallCounter, latency: Duration, courier: Arc<Courier>) -> Self {
        let faults = Faults::new(agency.seed());
        let inside = ServerState {
            agency,
            faults,
            log: RequestLog::default(),
            limiter,
            courier,
            tokens_refused: false,
            late: BTreeMap::new(),
            traces: 0,
        };
        Self { inside: Mutex::new(inside), latency }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, ServerState> {
        // A handler that panicked leaves every single value whole.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn router(server: Arc<SandboxServer>) -> Router {
    Router::new()
        .route("/__sandbox/faults", post(control::add_faults))
        .route("/__sandbox/faults", delete(control::clear_faults))
        .route("/__sandbox/late", post(control::take_late_effects))
        .route("/__sandbox/switches", post(control::set_switches))
        .route("/__sandbox/trouble", post(control::make_trouble))
        .route("/__sandbox/tokens", post(control::make_token))
        .route("/__sandbox/webhook-key", get(control::webhook_key))
        .route("/__sandbox/webhooks", get(control::webhooks))
        .route("/__sandbox/webhooks", post(control::send_webhooks))
        .route("/__sandbox/webhooks", put(control::redirect_webhooks))
        .route("/__sandbox/others", post(control::change_many))
        .route("/__sandbox/requests", get(control::requests))
        .route("/__sandbox/requests", delete(control::clear_requests))
        .route("/__sandbox/state", get(control::state))
        .fallback(gate)
        .layer(CompressionLayer::new().gzip(true))
        .with_state(server)
}

async fn gate(
    Shared(server): Shared<Arc<SandboxServer>>,
    ConnectInfo(line): ConnectInfo<ConnectionHandle>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_BODY).await;
    let call = IncomingCall::read(&parts.method, &parts.uri, &parts.headers, bytes.as_deref().unwrap_or_default());
    let (seq, standing, verdict) = server.lock().admit(&call);
    if let Some(late) = verdict.late {
        server.lock().late.insert(seq, call.clone());
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            tokio::time::sleep(late).await;
            server.lock().take_effect(|of| of == seq);
        });
    }
    let wait = server.latency + verdict.wait;
    if !wait.is_zero() {
        let under_way = UnderWay { server: &server, seq };
        tokio::time::sleep(wait).await;
        std::mem::forget(under_way);
    }
    let mut inside = server.lock();
    let cut = matches!(verdict.spoil, Some(Spoil::Drop(_)));
    let reply = if bytes.is_err() {
        inside.refused(Refusal::new(413, "request entity too large"), &[])
    } else if standing.refused {
        inside.rate_limited()
    } else {
        match verdict.spoil {
            Some(Spoil::Drop(when)) => {
                if when == DropTime::After {
                    inside.answer(&call);
                }
                inside.log.dropped(seq, if when == DropTime::Before { "before" } else { "after" });
                line.cut();
                OutgoingReply::empty(503)
            }
            Some(Spoil::Status(fault)) => {
                if fault.after {
                    inside.answer(&call);
                }
                inside.fault(&fault)
            }
            Some(Spoil::Garbage(kind)) => inside.answer(&call).spoilt(kind),
            None => inside.answer(&call),
        }
    };
    if !cut {
        inside.log.answered(seq, reply.status);
    }
    drop(inside);
    reply.send(&standing)
}

/// A request that waits for its answer. If its caller hangs up meanwhile, this is dropped: nothing was done, and the
/// log says so.
struct UnderWay<'a> {
    server: &'a SandboxServer,
    seq: u64,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.server.lock().log.dropped(self.seq, "before");
    }
}

impl ServerState {
    /// Logs the request, counts it, and looks up its faults.
    fn admit(&mut self, call: &IncomingCall) -> (u64, Standing, RequestFate) {
        let seq = self.log.arrived(call, self.agency.now_ms());
        let payer = call.token.as_deref().and_then(|token| Some(self.grant(token)?.payer(token)));
        let standing = self.limiter.take(payer, Instant::now());
        // A refused call does not use up a fault.
        let verdict =
            if standing.refused { RequestFate::default() } else { self.faults.verdict(&call.method, &call.path) };
        (seq, standing, verdict)
    }

    fn answer(&mut self, call: &IncomingCall) -> OutgoingReply {
        let outcome = self.outcome(call);
        self.pass_on_news();
        match outcome {
            Ok(Success { status, content: Content::Json(body) }) => self.json(status, body, &[]),
            Ok(Success { status, content: Content::Html(page) }) => {
                OutgoingReply { kind: "text/html; charset=utf-8", body: page, ..OutgoingReply::empty(status) }
            }
            Ok(Success { status, content: Content::Elsewhere(address) }) => {
                OutgoingReply { extra: vec![("location".to_owned(), address)], ..OutgoingReply::empty(status) }
            }
            Err(refusal) => self.refused(refusal, &[]),
        }
    }

    /// Carries out requests that were answered long ago.
    pub(super) fn take_effect(&mut self, is_due: impl Fn(u64) -> bool) {
        let (due, late) = std::mem::take(&mut self.late).into_iter().partition(|(seq, _)| is_due(*seq));
        self.late = late;
        for call in BTreeMap::into_values(due) {
            self.answer(&call);
        }
    }

    /// Under the same lock as the change, so that events go out in the order of the changes.
    pub(super) fn pass_on_news(&mut self) {
        let now = self.agency.now_ms();
        for (location, event) in self.agency.take_news() {
            self.courier.take(event, &location, now);
        }
    }

    fn outcome(&mut self, call: &IncomingCall) -> Result<Success, Refusal> {
        let segments = call.segments();
        let no_route = || Refusal::no_route(&call.method, &call.path);
        match handlers::route(&call.method, &segments).ok_or_else(no_route)? {
            Route::Open(answer) => answer(&mut self.agency, call),
            Route::Location(scope, answer) => {
                let grant = self.admitted(call)?;
                let Owner::Location(place) = grant.owner else { return Err(wrong_owner(&grant)) };
                scoped(&grant, scope)?;
                if self.agency.is_gone(place) {
                    return Err(Refusal::location());
                }
                answer(self.agency.state_mut(place), call)
            }
            Route::Agency(scope, answer) => {
                let grant = self.admitted(call)?;
                if (grant.owner, grant.origin) != (Owner::Company, Origin::App) {
                    return Err(wrong_owner(&grant));
                }
                scoped(&grant, scope)?;
                answer(&mut self.agency, call, &grant)
            }
        }
    }

    /// Checks the token and the Version.
    fn admitted(&self, call: &IncomingCall) -> Result<Grant, Refusal> {
        let grant = call.token.as_deref().and_then(|token| self.grant(token)).ok_or_else(Refusal::bad_token)?;
        match call.version.as_deref() {
            None => Err(Refusal::gateway(401, "version header was not found.")),
            Some(version) if VERSIONS.contains(&version) => Ok(grant),
            Some(version) => Err(self.bad_version(version)),
        }
    }

    fn grant(&self, token: &str) -> Option<Grant> {
        if self.tokens_refused { None } else { self.agency.grant(token) }
    }

    fn bad_version(&self, version: &str) -> Refusal {
        match self.agency.switches().bad_version {
            400 => Refusal::bad_request(format!("Invalid API version segment {version}")),
            status => Refusal::gateway(status, "version header is invalid"),
        }
    }

    fn json(&mut self, status: u16, mut body: Value, extra: &[(&str, String)]) -> OutgoingReply {
        self.traces += 1;
        let seed = self.agency.seed();
        if let Some(map) = body.as_object_mut() {
            let trace = uuid_like(hash(seed, "trace", self.traces, 0), hash(seed, "trace", self.traces, 1));
            map.insert("traceId".into(), json!(trace));
        }
        let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        OutgoingReply { status, kind: "application/json; charset=utf-8", body: body.to_string(), endless: false, extra }
    }

    fn refused(&mut self, refusal: Refusal, extra: &[(&str, String)]) -> OutgoingReply {
        self.json(refusal.status, refusal.body, extra)
    }

    fn rate_limited(&mut self) -> OutgoingReply {
        let after = self.agency.switches().retry_after.map(|seconds| ("retry-after", seconds.to_string()));
        let body = self.agency.switches().rate_body;
        self.error(429, "Too many requests, please try again later.", body, after.as_slice())
    }

    fn error(&mut self, status: u16, message: &str, body: ErrorBody, extra: &[(&str, String)]) -> OutgoingReply {
        let mut reply = self.refused(Refusal::new(status, message), extra);
        match body {
            ErrorBody::Json => {}
            ErrorBody::Html => (reply.kind, reply.body) = ("text/html", HTML.to_owned()),
            ErrorBody::Empty => (reply.kind, reply.body) = ("", String::new()),
        }
        reply
    }

    fn fault(&mut self, fault: &StatusFault) -> OutgoingReply {
        let mut reply = match (&fault.body, fault.status) {
            (Some(body), status) => self.json(status, body.clone(), &[]),
            (None, 429) => self.rate_limited(),
            (None, status) if status >= 500 => {
                let body = self.agency.switches().error_5xx;
                self.error(status, "Something went wrong", body, &[])
            }
            (None, status) => self.refused(Refusal::new(status, "Sandbox fault"), &[]),
        };
        for (name, value) in &fault.headers {
            reply.extra.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
        reply
    }
}

/// The refusal of a location's token where the agency's is needed, or the other way round.
fn wrong_owner(grant: &Grant) -> Refusal {
    match grant.origin {
        Origin::Private => Refusal::user_type(),
        Origin::App => Refusal::class(),
    }
}

fn scoped(grant: &Grant, scope: &str) -> Result<(), Refusal> {
    if grant.allows(scope) { Ok(()) } else { Err(Refusal::scope()) }
}

impl OutgoingReply {
    fn empty(status: u16) -> Self {
        Self { status, kind: "", body: String::new(), endless: false, extra: vec![] }
    }

    fn spoilt(mut self, kind: Garbage) -> Self {
        match kind {
            Garbage::JsonTruncated => {
                let half = (0..=self.body.len() / 2).rev().find(|at| self.body.is_char_boundary(*at));
                self.body.truncate(half.unwrap_or(0));
            }
            Garbage::Html => (self.kind, self.body) = ("text/html", HTML.to_owned()),
            Garbage::Empty => self.body.clear(),
            Garbage::WrongType => self.kind = "text/plain",
            Garbage::Endless => self.endless = true,
        }
        self
    }

    fn send(self, standing: &Standing) -> Response {
        let body = if self.endless { without_end(self.body) } else { Body::from(self.body) };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if !self.kind.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        }
        limits(headers, standing);
        for (name, value) in self.extra {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// A body that never ends: after its start one space at a time.
fn without_end(start: String) -> Body {
    let more = futures_util::stream::unfold(Some(start), |start| async {
        let piece = if let Some(start) = start {
            start
        } else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            " ".to_owned()
        };
        Some((Ok::<_, std::convert::Infallible>(piece), None))
    });
    Body::from_stream(more)
}

fn limits(headers: &mut HeaderMap, standing: &Standing) {
    let interval = u64::try_from(standing.interval.as_millis()).unwrap_or(u64::MAX);
    let all = [
        ("x-ratelimit-max", u64::from(standing.max)),
        ("x-ratelimit-remaining", u64::from(standing.remaining)),
        ("x-ratelimit-interval-milliseconds", interval),
        ("x-ratelimit-limit-daily", u64::from(standing.daily)),
        ("x-ratelimit-daily-remaining", u64::from(standing.daily_remaining)),
    ];
    for (name, value) in all {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}
