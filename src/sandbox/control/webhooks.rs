//! The control routes of webhooks: the public key, the receiver, the delivery report, and made-up events in bulk.

use std::sync::Arc;

use axum::{
    Json,
    extract::State as Shared,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use url::Url;

use super::{NO_LOCATION, done, place, wrong};
use crate::sandbox::{
    server::SandboxServer,
    state::LocationState,
    webhook::{EventKind, EventSubject, ROOM, WebhookEvent, receiver},
};

/// `GET /__sandbox/webhook-key`: the public key that verifies signatures, as PEM.
pub(in crate::sandbox) async fn webhook_key(Shared(server): Shared<Arc<SandboxServer>>) -> Response {
    let key = server.lock().courier.public_key();
    ([(header::CONTENT_TYPE, "application/x-pem-file")], key).into_response()
}

/// `GET /__sandbox/webhooks`
pub(in crate::sandbox) async fn webhooks(Shared(server): Shared<Arc<SandboxServer>>) -> Response {
    Json(server.lock().courier.report()).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiverBody {
    url: Option<String>,
}

/// `PUT /__sandbox/webhooks`: a receiver that needs the key first is not running yet when the server starts.
pub(in crate::sandbox) async fn redirect_webhooks(
    Shared(server): Shared<Arc<SandboxServer>>,
    body: String,
) -> Response {
    let wanted = match serde_json::from_str::<ReceiverBody>(&body) {
        Ok(wanted) => wanted,
        Err(error) => return wrong(error.to_string()),
    };
    let url = match wanted.url.map(|text| text.parse::<Url>()).transpose() {
        Ok(url) => url,
        Err(error) => return wrong(format!("url: {error}")),
    };
    match url.map(receiver).transpose() {
        Ok(url) => {
            server.lock().courier.redirect(url);
            done()
        }
        Err(error) => wrong(error.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoadBody {
    count: usize,
    #[serde(rename = "type", default = "contact_update")]
    kind: EventKind,
    location: Option<String>,
}

fn contact_update() -> EventKind {
    EventKind::ContactUpdate
}

/// `POST /__sandbox/webhooks`: many events at once, about existing things that did not change.
pub(in crate::sandbox) async fn send_webhooks(Shared(server): Shared<Arc<SandboxServer>>, body: String) -> Response {
    let load = match serde_json::from_str::<LoadBody>(&body) {
        Ok(load) => load,
        Err(error) => return wrong(error.to_string()),
    };
    if !(1..=ROOM).contains(&load.count) {
        return wrong(format!("count must be a number from 1 to {ROOM}, the length of the queue"));
    }
    let inside = server.lock();
    if !inside.courier.has_receiver() {
        return wrong("no webhook receiver; set a url first");
    }
    let Some(place) = place(&inside.agency, load.location.as_deref()) else { return wrong(NO_LOCATION) };
    let state = inside.agency.state(place);
    let events = made_up(state, load.kind, load.count);
    if events.is_empty() {
        return wrong("there is nothing to send events about");
    }
    for event in events.iter().cycle().take(load.count) {
        inside.courier.take(event.clone(), &state.world.location_id, state.clock.now_ms());
    }
    done()
}

/// One event for each of the first `count` things of its kind.
fn made_up(state: &LocationState, kind: EventKind, count: usize) -> Vec<WebhookEvent> {
    let id = |index| state.world.ids.id(index);
    let of = |index: u32| -> Vec<WebhookEvent> {
        match kind.subject() {
            EventSubject::Contact => vec![WebhookEvent::contact(kind, &state.contact(index))],
            EventSubject::Task => {
                let all = state.belongings(index).tasks;
                all.iter().map(|task| WebhookEvent::task(kind, task, &id(index))).collect()
            }
            EventSubject::Note => {
                let (all, plain) = (state.belongings(index).notes, !state.switches.html_notes);
                all.iter().map(|note| WebhookEvent::note(kind, note, &id(index), plain)).collect()
            }
            EventSubject::Appointment => {
                let all = state.belongings(index).appointments;
                all.iter().map(|one| WebhookEvent::appointment(kind, one, &state.world, &id(index))).collect()
            }
        }
    };
    state.living().flat_map(of).take(count).collect()
}
