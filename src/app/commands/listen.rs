//! `ghl-tui listen`: receives webhooks and refreshes the records they name.
//!
//! It binds 127.0.0.1 only; the user's own tunnel brings the webhooks here. A webhook that is unsigned, old or
//! repeated is refused before anything is read from it.

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::api::webhook::{About, Distrust, Gate, SIGNATURE, WebhookNotice};
use crate::cli::ExitStatus;
use crate::cli::args::{Global, Listen};
use crate::protocol::{self, Command, Event, Port};
use crate::worker::Pace;

use super::note;
use crate::app::account::Accounts;
use crate::app::{AppError, interrupted, runtime, wire};

/// The largest webhook accepted, in bytes.
const LARGEST: usize = 1 << 20;
/// Webhooks on their way to the worker.
const WAITING: usize = 1024;
/// How often to report the counts while webhooks arrive.
const SAID: Duration = Duration::from_secs(2);

/// Why listening failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    #[error("cannot read the key {0}: {1}")]
    KeyFile(String, #[source] io::Error),
    #[error(transparent)]
    Key(#[from] crate::api::webhook::NoKey),
    #[error("cannot listen on 127.0.0.1:{0}: {1}; choose another port")]
    Port(u16, #[source] io::Error),
}

struct WebhookListener {
    gate: Mutex<Gate>,
    counts: Mutex<WebhookCounts>,
    tell: mpsc::Sender<WebhookNotice>,
    json: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct WebhookCounts {
    taken: u64,
    refused: u64,
}

pub(in crate::app) fn listen(options: &Global, listen: &Listen) -> Result<ExitStatus, AppError> {
    let folders = wire::folders(options)?;
    crate::app::start_log(&folders, options);
    let accounts = Accounts::find(&folders, options)?;
    accounts.notices.iter().for_each(|notice| note(&format!("ghl-tui: {notice}")));
    let account = accounts.need(options.profile.as_deref())?;
    let read = |path: &std::path::PathBuf| {
        std::fs::read_to_string(path).map_err(|error| ListenError::KeyFile(path.display().to_string(), error))
    };
    let key = listen.key.as_ref().map(read).transpose()?;
    let gate = Gate::new(key.as_deref(), account.location.clone()).map_err(ListenError::from)?;
    runtime()?.block_on(async {
        let folder = folders.location_dir(&account.location);
        let rules = accounts.config.merge.clone();
        let (port, _access) = wire::connect(&account, &folder, wire::access(options), Pace::headless(), rules)?;
        let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, listen.port);
        let listener = TcpListener::bind(address).await.map_err(|error| ListenError::Port(listen.port, error))?;
        let address = listener.local_addr().map_err(|error| ListenError::Port(listen.port, error))?;
        if options.json {
            print(&json!({ "listening": format!("http://{address}"), "location": account.location }));
        } else {
            note(&format!("Listening on http://{address} for webhooks of {}. Stop with Ctrl-C.", account.location));
        }
        let (tell, heard) = mpsc::channel(WAITING);
        let door =
            Arc::new(WebhookListener { gate: Mutex::new(gate), counts: Mutex::default(), tell, json: options.json });
        let router = Router::new()
            .route("/", post(take))
            .route("/{*path}", post(take))
            .layer(DefaultBodyLimit::max(LARGEST))
            .with_state(door.clone());
        let _serving = AbortOnDropHandle::new(tokio::spawn(async move {
            // `accept` errors are temporary.
            let _ = axum::serve(listener, router).await;
        }));
        pass_on(port, heard, &door).await;
        Ok(ExitStatus::Done)
    })
}

/// Passes webhooks to the worker until the user stops the program.
async fn pass_on(mut port: Port, mut heard: mpsc::Receiver<WebhookNotice>, door: &WebhookListener) {
    let interrupted = interrupted();
    tokio::pin!(interrupted);
    let mut said = WebhookCounts::default();
    let mut every = tokio::time::interval(SAID);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = &mut interrupted => break,
            Some(heard) = heard.recv() => {
                port.send(Command::ChangeHint(match heard.about {
                    About::Contact(contact) => protocol::ChangeHint::Contact(contact),
                    About::Task(task) => protocol::ChangeHint::Task(task),
                    About::Unknown => protocol::ChangeHint::Somebody,
                }))
                .await;
            }
            // The worker's events are not needed here, but it must not wait for room.
            event = port.next() => if event.is_none() { break },
            _ = every.tick() => {
                let counts = *door.counts.lock().unwrap_or_else(PoisonError::into_inner);
                if counts != said && !door.json {
                    note(&format!("{} accepted, {} refused", counts.taken, counts.refused));
                }
                said = counts;
            }
        }
    }
    port.send(Command::Stop).await;
    while !matches!(port.next().await, Some(Event::Stopped) | None) {}
}

async fn take(State(door): State<Arc<WebhookListener>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
    let admitted = {
        let mut gate = door.gate.lock().unwrap_or_else(PoisonError::into_inner);
        gate.admit(signature, &body, Timestamp::now())
    };
    let mut counts = door.counts.lock().unwrap_or_else(PoisonError::into_inner);
    match admitted {
        Ok(heard) => {
            counts.taken += 1;
            if door.json {
                let id = match &heard.about {
                    About::Contact(contact) => Some(contact.as_str()),
                    About::Task(_) | About::Unknown => None,
                };
                print(&json!({ "type": heard.kind, "contact": id }));
            }
            // If the worker cannot keep up, its next poll finds what is dropped here.
            let _ = door.tell.try_send(heard);
            (StatusCode::OK, String::new())
        }
        Err(why) => {
            counts.refused += 1;
            tracing::warn!(%why, "webhook refused");
            let status = match why {
                Distrust::Unsigned | Distrust::Forged => StatusCode::UNAUTHORIZED,
                Distrust::Elsewhere => StatusCode::FORBIDDEN,
                Distrust::Repeated => StatusCode::CONFLICT,
                Distrust::Unreadable | Distrust::Nameless | Distrust::Stale => StatusCode::BAD_REQUEST,
            };
            (status, why.to_string())
        }
    }
}

/// Prints one object and flushes it for readers that follow along.
fn print(line: &serde_json::Value) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
