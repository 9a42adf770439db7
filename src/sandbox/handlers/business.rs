//! Businesses: listing them and their contacts, and adding many contacts to one.

use serde_json::{Value, json};

use super::own_location;
use crate::sandbox::{
    body::{self, Property, PropertyKind, required, required_or_null},
    call::{Answered, IncomingCall, ok},
    clock::iso,
    contact::ContactRecord,
    refusal::Refusal,
    state::LocationState,
};

const ASSIGN: &[Property] = &[
    required("locationId", PropertyKind::Text),
    required("ids", PropertyKind::Texts),
    required_or_null("businessId", PropertyKind::Text),
];

/// `GET /businesses/?locationId&limit&skip`
pub(in crate::sandbox) fn list(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let world = &state.world;
    own_location(state, call.query.get("locationId").map(String::as_str).unwrap_or_default())?;
    let made = iso(world.now - 400 * 86_400_000);
    let all = world.businesses.iter().skip(call.number("skip").unwrap_or(0)).take(call.number("limit").unwrap_or(100));
    let one = |business: &crate::sandbox::world::NamedRecord| {
        json!({
            "id": business.id, "name": business.name, "locationId": world.location_id,
            "country": world.practice.country, "createdAt": made, "updatedAt": made,
        })
    };
    ok(json!({"businesses": all.map(one).collect::<Value>()}))
}

/// `GET /contacts/business/{businessId}?locationId&limit&skip&query`
pub(in crate::sandbox) fn members(state: &mut LocationState, call: &IncomingCall, business: &str) -> Answered {
    own_location(state, call.query.get("locationId").map(String::as_str).unwrap_or_default())?;
    known(state, business)?;
    let query = call.query.get("query").map(|query| query.to_lowercase()).unwrap_or_default();
    let fits = |contact: &ContactRecord| {
        contact.business.as_deref() == Some(business)
            && contact.full_name().unwrap_or_default().to_lowercase().contains(&query)
    };
    let found: Vec<_> = state.living().map(|index| state.contact(index)).filter(|contact| fits(contact)).collect();
    let page = found.iter().skip(call.number("skip").unwrap_or(0)).take(call.number("limit").unwrap_or(25));
    let contacts: Value = page.map(|contact| member(contact, &state.world.location_id)).collect();
    ok(json!({"contacts": contacts, "count": found.len()}))
}

/// `POST /contacts/bulk/business`: null removes the contacts from their business. Answers with the changed ones.
pub(in crate::sandbox) fn assign(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let body = body::check(ASSIGN, &call.body()?)?;
    own_location(state, &body::text(&body, "locationId").unwrap_or_default())?;
    let business = body::text(&body, "businessId");
    if let Some(business) = &business {
        known(state, business)?;
    }
    let mut changed = Vec::new();
    for id in body::texts(&body, "ids") {
        if let Some(index) = state.position(&id) {
            let mut contact = ContactRecord::clone(&state.contact(index));
            contact.business.clone_from(&business);
            state.change(index, contact);
            changed.push(id);
        }
    }
    ok(json!({"success": true, "ids": changed}))
}

fn known(state: &LocationState, business: &str) -> Result<(), Refusal> {
    let found = state.world.businesses.iter().any(|one| one.id == business);
    if found { Ok(()) } else { Err(Refusal::unknown(state.switches.unknown_id, "Business", business)) }
}

/// The few fields of this listing.
fn member(contact: &ContactRecord, location: &str) -> Value {
    let mut out = json!({
        "id": contact.id, "locationId": location, "email": contact.email, "timezone": contact.timezone,
        "country": contact.country, "source": contact.source, "dateAdded": iso(contact.added),
        "customFields": contact.custom_json(), "tags": contact.tags, "businessId": contact.business,
        "attributions": [], "followers": contact.followers,
    });
    if let Some(map) = out.as_object_mut() {
        map.retain(|_, value| !value.is_null());
    }
    out
}
