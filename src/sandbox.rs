//! A server on loopback that speaks the HighLevel Contacts API: for the demo, for `ghl-tui sandbox`, for the tests.
//!
//! It names nothing else of this crate: it is a second, independent reading of the API, so that one mistake about the
//! wire cannot pass every test. Seeded people are pure functions of seed and position; only changes are stored.
//! Behaviour that nobody outside HighLevel knows for sure is a switch ([`Switches`]).
//!
//! The control routes under `/__sandbox` are described in [`CONTROL_HELP`].

mod agency;
mod belongings;
mod body;
mod call;
mod catalogue;
mod clock;
mod connection;
mod contact;
mod control;
mod faults;
mod grant;
mod handlers;
mod ids;
mod limit;
mod oauth;
mod people;
mod refusal;
mod request_log;
mod search;
mod server;
mod state;
mod switches;
mod tokens;
mod webhook;
mod world;

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use serde_json::json;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use self::{
    agency::{Agency, WhichLocation},
    clock::Clock,
    connection::{ConnectionHandle, CuttableListener},
    limit::CallCounter,
    server::SandboxServer,
    webhook::Courier,
    world::World,
};
pub use self::{
    control::CONTROL_HELP,
    limit::{RateLimit, RateLimitError},
    switches::{SwitchError, Switches},
    webhook::ReceiverError,
};

/// Options of a sandbox.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// 0 takes any free port.
    pub port: u16,
    /// How many contacts there are at the start.
    pub contacts: u32,
    pub seed: u64,
    /// The base of all seeded dates, and the start of the server's clock; `None` is now.
    pub now: Option<jiff::Timestamp>,
    pub rate_limit: RateLimit,
    /// The delay before each answer.
    pub latency: Duration,
    /// The location's IANA time zone.
    pub time_zone: String,
    pub switches: Switches,
    /// The webhook receiver for every change: an http or https address of this computer.
    pub webhook: Option<Url>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            port: 0,
            contacts: 1_500,
            seed: 1,
            now: None,
            rate_limit: RateLimit::default(),
            latency: Duration::ZERO,
            time_zone: "America/Los_Angeles".into(),
            switches: Switches::default(),
            webhook: None,
        }
    }
}

#[derive(Debug, Error)]
pub enum SandboxError {
    #[error("the sandbox cannot listen on 127.0.0.1:{port}: the port is taken; choose another or 0 for any")]
    PortTaken { port: u16, source: io::Error },
    #[error("the sandbox cannot listen on 127.0.0.1:{port}")]
    Listen { port: u16, source: io::Error },
    #[error("unknown time zone `{name}`")]
    TimeZone { name: String, source: jiff::Error },
    #[error(transparent)]
    Webhook(#[from] ReceiverError),
}

/// A running sandbox; dropping it stops the server and closes its connections.
#[derive(Debug)]
pub struct Running {
    base_url: String,
    location_id: String,
    token: String,
    read_only_token: String,
    other_location_id: String,
    other_token: String,
    contacts: u32,
    task: tokio::task::JoinHandle<()>,
    end: DropGuard,
}

/// Binds 127.0.0.1 and serves on the current tokio runtime.
pub async fn start(options: SandboxOptions) -> Result<Running, SandboxError> {
    let zone = TimeZone::get(&options.time_zone)
        .map_err(|source| SandboxError::TimeZone { name: options.time_zone.clone(), source })?;
    let receiver = options.webhook.map(webhook::receiver).transpose()?;
    let port = options.port;
    let listen = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => SandboxError::PortTaken { port, source },
        _ => SandboxError::Listen { port, source },
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;

    let clock = Clock::new(options.now);
    let world = Arc::new(World::new(options.seed, options.contacts, clock.start_ms(), zone, options.time_zone));
    let agency = Agency::new(Arc::clone(&world), clock, options.switches);
    let other = Arc::clone(&agency.state(WhichLocation::Other).world);
    let courier = Arc::new(Courier::new(options.seed, clock.start_ms(), receiver));
    let limiter = CallCounter::new(options.rate_limit);
    let server = Arc::new(SandboxServer::new(agency, limiter, options.latency, Arc::clone(&courier)));
    let service = server::router(server).into_make_service_with_connect_info::<ConnectionHandle>();
    let end = CancellationToken::new();
    let serving = axum::serve(CuttableListener::new(listener, end.clone()), service)
        .with_graceful_shutdown(end.clone().cancelled_owned());
    let deliveries = courier.run(end.clone());
    let task = tokio::spawn(async move {
        // Accepting never fails: the listener waits and tries again.
        let (_, ()) = tokio::join!(serving.into_future(), deliveries);
    });
    Ok(Running {
        base_url: format!("http://{address}"),
        location_id: world.location_id.clone(),
        token: world.token.clone(),
        read_only_token: world.read_only_token.clone(),
        other_location_id: other.location_id.clone(),
        other_token: other.token.clone(),
        contacts: world.size,
        task,
        end: end.drop_guard(),
    })
}

impl Running {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    pub fn location_id(&self) -> &str {
        &self.location_id
    }

    /// A private integration token with every scope.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A private integration token with read scopes only.
    pub fn read_only_token(&self) -> &str {
        &self.read_only_token
    }

    /// The agency's second location: smaller, with another name and time zone.
    pub fn other_location_id(&self) -> &str {
        &self.other_location_id
    }

    /// A private integration token with every scope, for the second location.
    pub fn other_token(&self) -> &str {
        &self.other_token
    }

    /// How many contacts there were at the start.
    pub fn contacts(&self) -> u32 {
        self.contacts
    }

    /// The line that `ghl-tui sandbox` prints once it accepts connections.
    pub fn ready_line(&self) -> String {
        let Self { base_url, location_id, token, read_only_token, contacts, .. } = self;
        // Written in the documented order, which a map of serde_json would not keep.
        format!(
            r#"{{"base_url":{},"location_id":{},"token":{},"read_only_token":{},"contacts":{contacts}}}"#,
            json!(base_url),
            json!(location_id),
            json!(token),
            json!(read_only_token)
        )
    }

    /// Stops accepting, closes every connection, and returns once the port is free.
    pub async fn stop(self) {
        let Self { task, end, .. } = self;
        drop(end);
        // Fails only if the task panicked or was cancelled; either way the port is free.
        let _ = task.await;
    }
}
