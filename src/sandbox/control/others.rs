//! Changes many contacts at once, as someone else might; a client must notice without being told.

use std::sync::Arc;

use axum::{
    Json,
    extract::State as Shared,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{NO_LOCATION, place, wrong};
use crate::sandbox::{contact::ContactRecord, server::SandboxServer, state::LocationState};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OthersBody {
    #[serde(default)]
    change: usize,
    #[serde(default)]
    delete: usize,
    #[serde(default)]
    add: usize,
    /// The seed for choosing contacts.
    seed: Option<u64>,
    location: Option<String>,
}

/// `POST /__sandbox/others`: answers with the ids.
pub(in crate::sandbox) async fn change_many(Shared(server): Shared<Arc<SandboxServer>>, body: String) -> Response {
    let wanted: OthersBody = match serde_json::from_str(&body) {
        Ok(wanted) => wanted,
        Err(error) => return wrong(error.to_string()),
    };
    let mut inside = server.lock();
    let Some(place) = place(&inside.agency, wanted.location.as_deref()) else { return wrong(NO_LOCATION) };
    let done = act(inside.agency.state_mut(place), &wanted);
    inside.pass_on_news();
    match done {
        Some(ids) => Json(ids).into_response(),
        None => wrong("there are not that many contacts"),
    }
}

fn act(state: &mut LocationState, wanted: &OthersBody) -> Option<Value> {
    let mut random = fastrand::Rng::with_seed(wanted.seed.unwrap_or(state.world.seed));
    let living: Vec<u32> = state.living().collect();
    let drawn = wanted.change.checked_add(wanted.delete).filter(|count| *count <= living.len())?;
    let drawn = random.choose_multiple(living, drawn);
    let (changed, deleted) = drawn.split_at(wanted.change);
    for index in changed {
        let mut contact = ContactRecord::clone(&state.contact(*index));
        contact.city = Some(format!("Elsewhere {}", random.u32(..)));
        state.change(*index, contact);
    }
    for index in deleted {
        state.delete(*index);
    }
    let ids = |list: &[u32]| -> Value { list.iter().map(|index| state.world.ids.id(*index)).collect() };
    let (changed, deleted) = (ids(changed), ids(deleted));
    let newcomer = |_| {
        let (first, last) = (Some("Newcomer".to_owned()), Some(random.u32(..).to_string()));
        state.create(ContactRecord { kind: "lead".into(), first, last, ..ContactRecord::default() }).id.clone()
    };
    let added: Value = (0..wanted.add).map(newcomer).collect();
    Some(json!({ "changed": changed, "deleted": deleted, "added": added }))
}
