//! The location itself, its tags, custom fields and users.

use serde_json::{Value, json};

use super::own_location;
use crate::sandbox::{
    call::{Answered, IncomingCall, ok},
    refusal::Refusal,
    state::LocationState,
};

pub(in crate::sandbox) fn get(state: &mut LocationState, id: &str) -> Answered {
    own_location(state, id)?;
    ok(json!({"location": state.world.location(state.switches.allow_duplicates)}))
}

pub(in crate::sandbox) fn tags(state: &mut LocationState, id: &str) -> Answered {
    own_location(state, id)?;
    ok(json!({"tags": state.world.tags_json()}))
}

pub(in crate::sandbox) fn fields(state: &mut LocationState, call: &IncomingCall, id: &str) -> Answered {
    own_location(state, id)?;
    let contact = matches!(call.query.get("model").map(String::as_str), None | Some("contact" | "all"));
    ok(json!({"customFields": if contact { state.world.fields_json() } else { vec![] }}))
}

pub(in crate::sandbox) fn users(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let location = call.query.get("locationId").filter(|id| !id.is_empty());
    own_location(state, location.ok_or_else(|| Refusal::fields(vec!["locationId should not be empty".into()]))?)?;
    ok(json!({"users": state.world.users_json()}))
}

pub(in crate::sandbox) fn search_users(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let company = call.query.get("companyId").filter(|id| !id.is_empty());
    let company = company.ok_or_else(|| Refusal::fields(vec!["companyId should not be empty".into()]))?;
    if *company != state.world.company_id {
        return Err(Refusal::location());
    }
    if let Some(location) = call.query.get("locationId") {
        own_location(state, location)?;
    }
    let query = call.query.get("query").map(|query| query.to_lowercase()).unwrap_or_default();
    let fits = |user: &Value| {
        ["name", "email"]
            .iter()
            .any(|name| user[name].as_str().is_some_and(|text| text.to_lowercase().contains(&query)))
    };
    let found: Vec<Value> = state.world.users_json().into_iter().filter(fits).collect();
    let count = found.len();
    let page: Vec<Value> =
        found.into_iter().skip(call.number("skip").unwrap_or(0)).take(call.number("limit").unwrap_or(25)).collect();
    ok(json!({"users": page, "count": count}))
}
