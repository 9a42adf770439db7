//! The routes under `/__sandbox`, which no real server has: faults, switches, the request log, the true state.

mod help;
mod others;
mod tokens;
mod webhooks;

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

pub use self::help::CONTROL_HELP;
pub(super) use self::{
    others::change_many,
    tokens::make_token,
    webhooks::{redirect_webhooks, send_webhooks, webhook_key, webhooks},
};
use super::{
    agency::{Agency, WhichLocation},
    belongings::Times,
    faults::FaultsBody,
    server::{SandboxServer, ServerState},
    state::LocationState,
};

const NO_LOCATION: &str = "location must be main, other or the id of one of them";

fn wrong(message: impl Into<Value>) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": message.into()}))).into_response()
}

fn done() -> Response {
    Json(json!({"ok": true})).into_response()
}

pub(super) async fn add_faults(Shared(server): Shared<Arc<SandboxServer>>, body: String) -> Response {
    match serde_json::from_str::<FaultsBody>(&body) {
        Ok(body) => {
            server.lock().faults.add(body.rules);
            done()
        }
        Err(error) => wrong(error.to_string()),
    }
}

pub(super) async fn clear_faults(Shared(server): Shared<Arc<SandboxServer>>) -> Response {
    server.lock().faults.clear();
    done()
}

pub(super) async fn take_late_effects(Shared(server): Shared<Arc<SandboxServer>>) -> Response {
    server.lock().take_effect(|_seq| true);
    done()
}

pub(super) async fn set_switches(Shared(server): Shared<Arc<SandboxServer>>, body: String) -> Response {
    let Ok(Value::Object(given)) = serde_json::from_str(&body) else {
        return wrong("expected an object of names and values");
    };
    let mut inside = server.lock();
    // All or nothing: a half-applied request would mislead a test.
    let mut switches = inside.agency.switches().clone();
    for (name, value) in &given {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let Err(error) = switches.set(name, &text) {
            return wrong(error.to_string());
        }
    }
    inside.agency.set_switches(&switches);
    done()
}

/// Faults that do not belong to single requests.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TroubleBody {
    tokens: Option<TokenTrouble>,
    location: Option<Presence>,
    skew_ms: Option<i64>,
    oauth: Option<GrantEnd>,
    revoke: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum GrantEnd {
    Expired,
    Revoked,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum TokenTrouble {
    Refused,
    Accepted,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Presence {
    Gone,
    There,
}

pub(super) async fn make_trouble(Shared(server): Shared<Arc<SandboxServer>>, body: String) -> Response {
    let trouble: TroubleBody = match serde_json::from_str(&body) {
        Ok(trouble) => trouble,
        Err(error) => return wrong(error.to_string()),
    };
    let mut inside = server.lock();
    if trouble.revoke.is_some_and(|token| !inside.agency.revoke(&token)) {
        return wrong("revoke names an invalid token");
    }
    if let Some(tokens) = trouble.tokens {
        inside.tokens_refused = tokens == TokenTrouble::Refused;
    }
    if let Some(location) = trouble.location {
        inside.agency.main_gone = location == Presence::Gone;
    }
    match trouble.oauth {
        Some(GrantEnd::Expired) => inside.agency.grants.expire(),
        Some(GrantEnd::Revoked) => inside.agency.grants.revoke(),
        None => {}
    }
    if let Some(skew) = trouble.skew_ms {
        inside.agency.set_skew(skew);
    }
    done()
}

pub(super) async fn requests(Shared(server): Shared<Arc<SandboxServer>>) -> Response {
    Json(server.lock().log.list()).into_response()
}

pub(super) async fn clear_requests(Shared(server): Shared<Arc<SandboxServer>>) -> Response {
    server.lock().log.clear();
    done()
}

#[derive(Deserialize)]
pub(super) struct StateWanted {
    location: Option<String>,
    contact: Option<String>,
}

pub(super) async fn state(Shared(server): Shared<Arc<SandboxServer>>, Query(wanted): Query<StateWanted>) -> Response {
    let inside = server.lock();
    let Some(place) = place(&inside.agency, wanted.location.as_deref()) else { return wrong(NO_LOCATION) };
    let state = inside.agency.state(place);
    let Some(id) = wanted.contact else { return Json(everything(&inside, state)).into_response() };
    let index = state.world.ids.index(&id);
    if let Some(index) = index.filter(|_| state.position(&id).is_some()) {
        return Json(one(state, index)).into_response();
    }
    let deleted = index.is_some_and(|index| state.is_deleted(index));
    let body = json!({"error": "no such contact", "id": id, "deleted": deleted});
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

/// A location by `main`, `other` or its id; `None` means the main one.
fn place(agency: &Agency, name: Option<&str>) -> Option<WhichLocation> {
    let is = |place: &WhichLocation| name == Some(&*agency.state(*place).world.location_id);
    match name {
        None | Some("main") => Some(WhichLocation::Main),
        Some("other") => Some(WhichLocation::Other),
        Some(_) => [WhichLocation::Main, WhichLocation::Other].into_iter().find(is),
    }
}

fn everything(inside: &ServerState, state: &LocationState) -> Value {
    let positions = state.changed_positions();
    let (deleted, changed): (Vec<u32>, Vec<u32>) = positions.into_iter().partition(|index| state.is_deleted(*index));
    let deleted: Value = deleted.into_iter().map(|index| state.world.ids.id(index)).collect();
    let changed: Value = changed.into_iter().map(|index| one(state, index)).collect();
    json!({
        "contacts": state.contacts(), "requests": inside.log.received(), "faults": inside.faults.left(),
        "now": super::clock::iso(state.clock.now_ms()), "changed": changed, "deleted": deleted,
    })
}

fn one(state: &LocationState, index: u32) -> Value {
    let (id, belongings) = (state.world.ids.id(index), state.belongings(index));
    json!({
        "contact": state.contact(index).full(&state.world.location_id),
        "tasks": belongings.tasks.iter().map(|task| task.json(&id, "id")).collect::<Value>(),
        "notes": belongings.notes.iter().map(|note| note.json(&id, false)).collect::<Value>(),
        "appointments": belongings.appointments.iter().map(|one| one.json(&state.world, &id, Times::Wall)).collect::<Value>(),
        "started": belongings.started, "running": belongings.running,
    })
}
