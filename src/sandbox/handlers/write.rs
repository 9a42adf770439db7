//! Applies the body of a create or update to a contact: its properties, their formats, and the meaning of null.

use serde_json::{Map, Value, json};

use super::tags;
use crate::sandbox::{
    body::{self, Property, PropertyKind, nullable, optional, required},
    contact::ContactRecord,
    refusal::Refusal,
    state::LocationState,
    switches::Clears,
};

const CHANNELS: [&str; 6] = ["Call", "Email", "SMS", "WhatsApp", "GMB", "FB"];

/// The properties of every write of a contact.
const SHARED: &[Property] = &[
    nullable("firstName", PropertyKind::Text),
    nullable("lastName", PropertyKind::Text),
    nullable("name", PropertyKind::Text),
    nullable("email", PropertyKind::Text),
    nullable("phone", PropertyKind::Text),
    nullable("address1", PropertyKind::Text),
    nullable("city", PropertyKind::Text),
    nullable("state", PropertyKind::Text),
    optional("postalCode", PropertyKind::Text),
    nullable("website", PropertyKind::Text),
    nullable("timezone", PropertyKind::Text),
    optional("dnd", PropertyKind::Boolean),
    optional("dndSettings", PropertyKind::Object),
    optional("inboundDndSettings", PropertyKind::Object),
    optional("tags", PropertyKind::Texts),
    optional("customFields", PropertyKind::List),
    nullable("dateOfBirth", PropertyKind::Anything),
    optional("country", PropertyKind::Text),
];
/// The properties of a create or upsert only.
const NEW: &[Property] = &[
    required("locationId", PropertyKind::Text),
    optional("gender", PropertyKind::Text),
    optional("source", PropertyKind::Text),
    nullable("companyName", PropertyKind::Text),
    optional("assignedTo", PropertyKind::Text),
];

pub(super) const UPDATE: &[&[Property]] =
    &[SHARED, &[nullable("source", PropertyKind::Text), nullable("assignedTo", PropertyKind::Text)]];
pub(super) const CREATE: &[&[Property]] = &[SHARED, NEW];
pub(super) const UPSERT: &[&[Property]] =
    &[SHARED, NEW, &[optional("createNewIfDuplicateAllowed", PropertyKind::Boolean)]];

pub(super) fn apply(
    state: &LocationState,
    contact: &mut ContactRecord,
    body: &Map<String, Value>,
) -> Result<(), Refusal> {
    forms(body)?;
    full_name(contact, body);
    let places = [
        ("firstName", &mut contact.first),
        ("lastName", &mut contact.last),
        ("email", &mut contact.email),
        ("address1", &mut contact.address),
        ("city", &mut contact.city),
        ("state", &mut contact.state),
        ("postalCode", &mut contact.postal_code),
        ("website", &mut contact.website),
        ("timezone", &mut contact.timezone),
        ("source", &mut contact.source),
        ("country", &mut contact.country),
        ("companyName", &mut contact.company),
        ("assignedTo", &mut contact.assigned_to),
        ("gender", &mut contact.gender),
        ("phone", &mut contact.phone),
        ("dateOfBirth", &mut contact.date_of_birth),
    ];
    for (name, place) in places {
        let clears = match (state.switches.clears, name) {
            (Clears::Neither, "email" | "phone") => Clears::Neither,
            (Clears::Neither, _) => Clears::Null,
            (clears, _) => clears,
        };
        match body.get(name) {
            Some(Value::Null) if clears == Clears::Null => *place = None,
            Some(Value::String(text)) if text.is_empty() && clears == Clears::Neither => {}
            Some(Value::String(text)) if text.is_empty() => *place = None,
            Some(Value::String(text)) => {
                *place = Some(match name {
                    "phone" => e164(text),
                    "dateOfBirth" => text.chars().take(10).collect(),
                    _ => text.clone(),
                });
            }
            _ => {}
        }
    }
    if body.contains_key("tags") {
        contact.tags = tags::folded(state, body::texts(body, "tags"));
    }
    preferences(contact, body);
    custom_fields(state, contact, body)
}

/// `name` alone fills both names; given together with them it is ignored.
fn full_name(contact: &mut ContactRecord, body: &Map<String, Value>) {
    if let Some(name) = body::text(body, "name") {
        let (first, last) = name.trim().split_once(' ').unwrap_or((name.trim(), ""));
        contact.first = Some(first.to_owned()).filter(|text| !text.is_empty());
        contact.last = Some(last.trim().to_owned()).filter(|text| !text.is_empty());
    }
}

/// The required format of a string.
fn forms(body: &Map<String, Value>) -> Result<(), Refusal> {
    let mut wrong = Vec::new();
    let given = |name| body::text(body, name).filter(|text| !text.is_empty());
    let is_email = |text: &str| {
        text.split_once('@').is_some_and(|(a, b)| !a.is_empty() && b.contains('.') && !b.contains(['@', ' ']))
    };
    if given("email").is_some_and(|text| !is_email(&text)) {
        wrong.push("email must be an email".to_owned());
    }
    if given("country").is_some_and(|text| text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_uppercase())) {
        wrong.push("country must be a valid enum value".to_owned());
    }
    for (channel, setting) in body.get("dndSettings").and_then(Value::as_object).into_iter().flatten() {
        if !CHANNELS.contains(&channel.as_str()) {
            wrong.push(format!("dndSettings.property {channel} should not exist"));
        } else if !matches!(setting["status"].as_str(), Some("active" | "inactive" | "permanent")) {
            wrong.push(format!(
                "dndSettings.{channel}.status must be one of the following values: active, inactive, permanent"
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::fields(wrong)) }
}

fn preferences(contact: &mut ContactRecord, body: &Map<String, Value>) {
    if let Some(dnd) = body.get("dnd").and_then(Value::as_bool) {
        contact.dnd = dnd;
    }
    if let Some(given) = body.get("dndSettings").and_then(Value::as_object) {
        let mut all = contact.dnd_settings.as_object().cloned().unwrap_or_default();
        all.extend(given.clone());
        contact.dnd_settings = Value::Object(all);
    }
    if let Some(given) = body.get("inboundDndSettings") {
        contact.inbound_dnd_settings = given.clone();
    }
}

/// Written as `{id, key, field_value}`, stored by id; an unknown field is silently ignored.
fn custom_fields(state: &LocationState, contact: &mut ContactRecord, body: &Map<String, Value>) -> Result<(), Refusal> {
    for (n, given) in body.get("customFields").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let allowed = ["id", "key", "field_value"];
        let stranger = given.as_object().and_then(|map| map.keys().find(|name| !allowed.contains(&name.as_str())));
        if let Some(name) = stranger {
            return Err(Refusal::fields(vec![format!("customFields.{n}.property {name} should not exist")]));
        }
        let key = given["key"].as_str().map(|key| key.trim_start_matches("contact."));
        let found =
            state.world.fields.iter().find(|field| given["id"] == json!(field.id) || key == Some(&field.kind.key));
        let Some(field) = found else { continue };
        contact.custom.retain(|(id, _)| *id != field.id);
        let value = given["field_value"].clone();
        if !(value.is_null() || value == json!("") || value == json!([])) {
            contact.custom.push((field.id.clone(), value));
        }
    }
    Ok(())
}

/// `+1 888-888-8888` becomes `+18888888888`; without `+` the location's country applies.
pub(super) fn e164(typed: &str) -> String {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let whole = typed.trim_start().starts_with('+') || (digits.len() == 11 && digits.starts_with('1'));
    if whole { format!("+{digits}") } else { format!("+1{digits}") }
}
