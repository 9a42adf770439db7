//! `GET /contacts/{id}/appointments`: read-only here, local times without a zone.

use serde_json::{Value, json};

use super::contact_position;
use crate::sandbox::{
    belongings::Times,
    call::{Answered, ok},
    state::LocationState,
};

pub(in crate::sandbox) fn list(state: &mut LocationState, id: &str) -> Answered {
    let index = contact_position(state, id)?;
    let all = state.belongings(index).appointments;
    let events: Value = all.iter().map(|appointment| appointment.json(&state.world, id, Times::Wall)).collect();
    ok(json!({"events": events}))
}
