//! One contact: read, create, update, delete, and the search for a duplicate.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{contact_position, own_location, write};
use crate::sandbox::{
    body,
    call::{Answered, IncomingCall, Success, created, ok},
    contact::ContactRecord,
    refusal::Refusal,
    state::LocationState,
};

pub(in crate::sandbox) fn get(state: &mut LocationState, id: &str) -> Answered {
    let index = contact_position(state, id)?;
    ok(json!({"contact": state.contact(index).full(&state.world.location_id)}))
}

pub(in crate::sandbox) fn create(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let body = body::check_all(write::CREATE, &call.body()?)?;
    own_location(state, &body::text(&body, "locationId").unwrap_or_default())?;
    let mut contact = ContactRecord { kind: "lead".into(), ..ContactRecord::default() };
    write::apply(state, &mut contact, &body)?;
    if contact.full_name().is_none() && contact.email.is_none() && contact.phone.is_none() {
        return Err(Refusal::bad_request(
            "Pass at least one of these fields (email, phone, firstName, lastName, name)",
        ));
    }
    refuse_double(state, &contact, None)?;
    let contact = state.create(contact);
    if state.switches.create_422_creates {
        return Err(Refusal::new(422, "Contact could not be created"));
    }
    let mut answer = contact.full(&state.world.location_id);
    if let Some(answer) = answer.as_object_mut() {
        // The answer to a create has fewer fields than a read.
        answer.retain(|name, _| !["name", "timezone", "lastActivity"].contains(&name.as_str()));
    }
    created(json!({"contact": answer}))
}

/// Finds by the location's order. If e-mail and phone lead to two contacts, the first field wins and the other is
/// silently dropped.
pub(in crate::sandbox) fn upsert(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let mut body = body::check_all(write::UPSERT, &call.body()?)?;
    own_location(state, &body::text(&body, "locationId").unwrap_or_default())?;
    let fresh = body.remove("createNewIfDuplicateAllowed") == Some(json!(true)) && state.switches.allow_duplicates;
    let mut contact = ContactRecord { kind: "lead".into(), ..ContactRecord::default() };
    write::apply(state, &mut contact, &body)?;
    let lag = state.switches.index_lag;
    state.index.catch_up(Instant::now(), lag);
    let status = state.switches.upsert_status;
    let additional = || {
        let index = state.index.with_additional(contact.email.as_deref()?)?;
        (!state.is_deleted(index)).then_some((index, "additional email"))
    };
    let found = state.double_of(&contact, None).or_else(additional).filter(|_| !fresh);
    let Some((index, field)) = found else {
        let contact = state.create(contact).full(&state.world.location_id);
        return Ok(Success::json(status, json!({"new": true, "contact": contact})));
    };
    let mut found = ContactRecord::clone(&state.contact(index));
    if field == "additional email" {
        // It becomes the primary e-mail, and the old one is lost.
        found.more_emails.retain(|email| Some(email) != contact.email.as_ref());
    }
    let other = if field == "phone" {
        ("email", ContactRecord { email: contact.email, ..ContactRecord::default() })
    } else {
        ("phone", ContactRecord { phone: contact.phone, ..ContactRecord::default() })
    };
    if state.double_of(&other.1, Some(index)).is_some() {
        body.remove(other.0);
    }
    write::apply(state, &mut found, &body)?;
    state.change(index, found);
    Ok(Success::json(status, json!({"new": false, "contact": state.contact(index).full(&state.world.location_id)})))
}

pub(in crate::sandbox) fn update(state: &mut LocationState, call: &IncomingCall, id: &str) -> Answered {
    let body = body::check_all(write::UPDATE, &call.body()?)?;
    let index = contact_position(state, id)?;
    let mut contact = ContactRecord::clone(&state.contact(index));
    let before = (contact.email.clone(), contact.phone.clone());
    write::apply(state, &mut contact, &body)?;
    if (&contact.email, &contact.phone) != (&before.0, &before.1) {
        refuse_double(state, &addresses_changed(&contact, &before), Some(index))?;
    }
    state.change(index, contact);
    ok(json!({"succeded": true, "contact": state.contact(index).full(&state.world.location_id)}))
}

/// Only a new address can collide: existing duplicates may be edited.
fn addresses_changed(contact: &ContactRecord, before: &(Option<String>, Option<String>)) -> ContactRecord {
    ContactRecord {
        email: contact.email.clone().filter(|_| contact.email != before.0),
        phone: contact.phone.clone().filter(|_| contact.phone != before.1),
        ..ContactRecord::default()
    }
}

pub(in crate::sandbox) fn delete(state: &mut LocationState, id: &str) -> Answered {
    let index = contact_position(state, id)?;
    state.delete(index);
    ok(json!({"succeded": true}))
}

/// `GET /contacts/search/duplicate?locationId&email&number`: by the location's order, or e-mail first where duplicates
/// are allowed.
pub(in crate::sandbox) fn duplicate(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let given = |name: &str| call.query.get(name).filter(|value| !value.is_empty()).cloned();
    own_location(state, &given("locationId").unwrap_or_default())?;
    if let Some(name) = call.query.keys().find(|name| !["locationId", "email", "number"].contains(&name.as_str())) {
        return Err(Refusal::fields(vec![format!("property {name} should not exist")]));
    }
    let phone = given("number").map(|number| write::e164(&number));
    let wanted = ContactRecord { email: given("email"), phone, ..ContactRecord::default() };
    let lag = if state.switches.direct_duplicate_search { Duration::ZERO } else { state.switches.index_lag };
    state.index.catch_up(Instant::now(), lag);
    let by_index =
        |value: &Option<String>, field| value.as_ref().and_then(|v| state.index.seeded_with(field, v, &|_| false));
    let order: &[&str] =
        if state.switches.allow_duplicates { &["email", "phone"] } else { state.switches.duplicate_order };
    let found = order.iter().find_map(|field| match *field {
        "email" => by_index(&wanted.email, "email"),
        _ => by_index(&wanted.phone, "phone"),
    });
    let contact = found.filter(|index| !state.is_deleted(*index)).map(|index| state.contact(index));
    ok(json!({"contact": contact.map(|contact| contact.full(&state.world.location_id))}))
}

fn refuse_double(state: &mut LocationState, contact: &ContactRecord, except: Option<u32>) -> Result<(), Refusal> {
    if state.switches.allow_duplicates {
        return Ok(());
    }
    let lag = state.switches.index_lag;
    state.index.catch_up(Instant::now(), lag);
    let Some((other, field)) = state.double_of(contact, except) else { return Ok(()) };
    let other = state.contact(other);
    let meta: Map<String, Value> =
        [("contactId", json!(other.id)), ("contactName", json!(other.full_name())), ("matchingField", json!(field))]
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect();
    let message = "This location does not allow duplicated contacts.";
    Err(Refusal { status: 400, body: json!({"statusCode": 400, "message": message, "meta": meta}) })
}
