//! Campaigns and workflows: adding a contact starts them, and they send messages. Every start is stored, so that a test
//! can see a message go out twice.

use serde_json::{Value, json};

use super::{contact_position, own_location};
use crate::sandbox::{
    body::{self, Property, PropertyKind, optional},
    call::{Answered, IncomingCall, created, ok},
    clock::iso,
    refusal::Refusal,
    state::LocationState,
    world::NamedRecord,
};

const WORKFLOW: &[Property] = &[optional("eventStartTime", PropertyKind::Date)];

/// `GET /campaigns/?locationId&status`
pub(in crate::sandbox) fn campaigns(state: &mut LocationState, call: &IncomingCall) -> Answered {
    own_location(state, call.query.get("locationId").map(String::as_str).unwrap_or_default())?;
    let wanted = call.query.get("status").is_none_or(|status| status == "published");
    let location = &state.world.location_id;
    let one =
        |one: &NamedRecord| json!({"id": one.id, "name": one.name, "status": "published", "locationId": location});
    ok(json!({"campaigns": state.world.campaigns.iter().filter(|_| wanted).map(one).collect::<Value>()}))
}

/// `GET /workflows/?locationId`
pub(in crate::sandbox) fn workflows(state: &mut LocationState, call: &IncomingCall) -> Answered {
    own_location(state, call.query.get("locationId").map(String::as_str).unwrap_or_default())?;
    let (location, made) = (&state.world.location_id, iso(state.world.now - 300 * 86_400_000));
    let one = |one: &NamedRecord| {
        json!({
            "id": one.id, "name": one.name, "status": "published", "version": 1, "locationId": location,
            "createdAt": made, "updatedAt": made,
        })
    };
    ok(json!({"workflows": state.world.workflows.iter().map(one).collect::<Value>()}))
}

/// `POST /contacts/{id}/campaigns/{campaignId}`
pub(in crate::sandbox) fn start_campaign(
    state: &mut LocationState,
    call: &IncomingCall,
    id: &str,
    campaign: &str,
) -> Answered {
    body::check(&[], &call.body()?)?;
    start(state, id, campaign, "Campaign")?;
    created(json!({"succeded": true}))
}

/// `POST /contacts/{id}/workflow/{workflowId}`
pub(in crate::sandbox) fn start_workflow(
    state: &mut LocationState,
    call: &IncomingCall,
    id: &str,
    workflow: &str,
) -> Answered {
    body::check(WORKFLOW, &call.body()?)?;
    start(state, id, workflow, "Workflow")?;
    ok(json!({"succeded": true}))
}

/// `DELETE /contacts/{id}/campaigns/{campaignId}`
pub(in crate::sandbox) fn stop_campaign(state: &mut LocationState, id: &str, campaign: &str) -> Answered {
    stop(state, id, campaign, "Campaign")
}

/// `DELETE /contacts/{id}/workflow/{workflowId}`
pub(in crate::sandbox) fn stop_workflow(
    state: &mut LocationState,
    call: &IncomingCall,
    id: &str,
    workflow: &str,
) -> Answered {
    body::check(WORKFLOW, &call.body()?)?;
    stop(state, id, workflow, "Workflow")
}

/// `DELETE /contacts/{id}/campaigns/removeAll`
pub(in crate::sandbox) fn stop_campaigns(state: &mut LocationState, id: &str) -> Answered {
    let index = contact_position(state, id)?;
    let campaigns: Vec<String> = state.world.campaigns.iter().map(|one| one.id.clone()).collect();
    state.belongings_mut(index).running.retain(|one| !campaigns.contains(one));
    ok(json!({"succeded": true}))
}

fn start(state: &mut LocationState, id: &str, automation: &str, what: &str) -> Result<(), Refusal> {
    let index = known(state, id, automation, what)?;
    let belongings = state.belongings_mut(index);
    belongings.started.push(automation.to_owned());
    if !belongings.running.iter().any(|one| one == automation) {
        belongings.running.push(automation.to_owned());
    }
    Ok(())
}

fn stop(state: &mut LocationState, id: &str, automation: &str, what: &str) -> Answered {
    let index = known(state, id, automation, what)?;
    state.belongings_mut(index).running.retain(|one| one != automation);
    ok(json!({"succeded": true}))
}

fn known(state: &LocationState, id: &str, automation: &str, what: &str) -> Result<u32, Refusal> {
    let index = contact_position(state, id)?;
    let world = &state.world;
    let list = if what == "Campaign" { &world.campaigns } else { &world.workflows };
    let found = list.iter().any(|one| one.id == automation);
    if found { Ok(index) } else { Err(Refusal::unknown(state.switches.unknown_id, what, automation)) }
}
