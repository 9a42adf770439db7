//! Opportunities and conversations, as far as a merge must count them: they can be read, but never moved.
//! Both are functions of seed and position.

use serde_json::{Value, json};

use super::own_location;
use crate::sandbox::{
    call::{Answered, IncomingCall, ok},
    clock::iso,
    ids::{hash, id},
    refusal::Refusal,
    state::LocationState,
};

/// How many people in a hundred have one.
const OPPORTUNITIES: u64 = 18;
const CONVERSATIONS: u64 = 55;
/// The default size of a page.
const PAGE: usize = 20;
const LARGEST: usize = 100;

/// `GET /opportunities/search?location_id&contact_id&limit&page`: in snake case, or 422.
pub(in crate::sandbox) fn opportunities(state: &mut LocationState, call: &IncomingCall) -> Answered {
    const KNOWN: [&str; 8] = ["location_id", "contact_id", "limit", "page", "q", "status", "pipeline_id", "order"];
    strictly(call, &KNOWN)?;
    own_location(state, call.query.get("location_id").map(String::as_str).unwrap_or_default())?;
    let limit = call.number("limit").unwrap_or(PAGE).clamp(1, LARGEST);
    let page = call.number("page").unwrap_or(1).max(1);
    let all: Vec<u32> = owners(state, call.query.get("contact_id"), "opportunity", OPPORTUNITIES);
    let shown = all.iter().skip((page - 1) * limit).take(limit);
    let found: Value = shown.map(|index| opportunity(state, *index)).collect();
    ok(json!({
        "opportunities": found,
        "meta": {"total": all.len(), "currentPage": page, "nextPage": (all.len() > page * limit).then_some(page + 1), "prevPage": null},
        "aggregations": {},
    }))
}

/// `GET /conversations/search?locationId&contactId&limit` (Version 2021-04-15)
pub(in crate::sandbox) fn conversations(state: &mut LocationState, call: &IncomingCall) -> Answered {
    const KNOWN: [&str; 8] =
        ["locationId", "contactId", "limit", "query", "status", "sort", "sortBy", "startAfterDate"];
    strictly(call, &KNOWN)?;
    own_location(state, call.query.get("locationId").map(String::as_str).unwrap_or_default())?;
    let limit = call.number("limit").unwrap_or(PAGE).clamp(1, LARGEST);
    let all = owners(state, call.query.get("contactId"), "conversation", CONVERSATIONS);
    let found: Value = all.iter().take(limit).map(|index| conversation(state, *index)).collect();
    ok(json!({"conversations": found, "total": all.len()}))
}

fn strictly(call: &IncomingCall, known: &[&str]) -> Result<(), Refusal> {
    let strangers = call.query.keys().filter(|name| !known.contains(&name.as_str()));
    let wrong: Vec<String> = strangers.map(|name| format!("property {name} should not exist")).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::fields(wrong)) }
}

/// Whether a contact has one; contacts created since the start have none.
fn owners(state: &LocationState, contact: Option<&String>, purpose: &str, percent: u64) -> Vec<u32> {
    let has = |index: &u32| {
        *index < state.world.size && hash(state.world.seed, purpose, u64::from(*index), 0) % 100 < percent
    };
    match contact {
        Some(id) => state.position(id).into_iter().filter(has).collect(),
        None => state.living().filter(has).collect(),
    }
}

fn opportunity(state: &LocationState, index: u32) -> Value {
    let (world, contact) = (&state.world, state.contact(index));
    let drawn = hash(world.seed, "opportunity", u64::from(index), 1);
    let reached = &world.stages[usize::try_from(drawn % world.stages.len() as u64).unwrap_or(0)];
    json!({
        "id": id(world.seed, "opportunity", u64::from(index), 2), "name": contact.full_name().unwrap_or_default(),
        "monetaryValue": drawn % 80 * 50, "pipelineId": id(world.seed, "pipeline", 0, 0), "pipelineStageId": reached.id,
        "assignedTo": contact.assigned_to, "status": if drawn.is_multiple_of(3) { "won" } else { "open" },
        "source": contact.source, "createdAt": iso(contact.added), "updatedAt": iso(contact.updated),
        "contactId": contact.id, "locationId": world.location_id,
    })
}

fn conversation(state: &LocationState, index: u32) -> Value {
    let (world, contact) = (&state.world, state.contact(index));
    json!({
        "id": id(world.seed, "conversation", u64::from(index), 2), "contactId": contact.id,
        "locationId": world.location_id, "fullName": contact.full_name(), "contactName": contact.full_name(),
        "email": contact.email, "phone": contact.phone, "unreadCount": 0, "type": "TYPE_PHONE",
        "lastMessageType": "TYPE_SMS", "lastMessageBody": "See you then!", "lastMessageDate": contact.updated,
        "dateAdded": contact.added, "dateUpdated": contact.updated,
    })
}
