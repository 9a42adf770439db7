//! Many contacts in one call: tags added or removed, with a result for each contact.

use serde_json::{Value, json};

use super::{own_location, tags};
use crate::sandbox::{
    body::{self, Property, PropertyKind, optional, required},
    call::{Answered, IncomingCall, created},
    contact::ContactRecord,
    refusal::Refusal,
    state::LocationState,
};

const TAGS: &[Property] = &[
    required("contacts", PropertyKind::Texts),
    required("tags", PropertyKind::Texts),
    required("locationId", PropertyKind::Text),
    optional("removeAllTags", PropertyKind::Boolean),
];

/// `POST /contacts/bulk/tags/update/{type}` with add or remove; the whole succeeds even when single contacts do not.
pub(in crate::sandbox) fn update_tags(state: &mut LocationState, call: &IncomingCall, kind: &str) -> Answered {
    let body = body::check(TAGS, &call.body()?)?;
    own_location(state, &body::text(&body, "locationId").unwrap_or_default())?;
    let given = tags::folded(state, body::texts(&body, "tags"));
    let all = body.get("removeAllTags").and_then(Value::as_bool).unwrap_or(false);
    let edit = |old: &[String]| -> Vec<String> {
        match kind {
            "add" => old.iter().chain(given.iter().filter(|tag| !old.contains(tag))).cloned().collect(),
            _ if all => vec![],
            _ => old.iter().filter(|tag| !given.contains(tag)).cloned().collect(),
        }
    };
    if !matches!(kind, "add" | "remove") {
        return Err(Refusal::fields(vec!["type must be one of the following values: add, remove".into()]));
    }
    let responses: Vec<Value> = body::texts(&body, "contacts").iter().map(|id| one(state, id, &edit)).collect();
    let errors = responses.iter().filter(|response| response["type"] == "error").count();
    created(json!({"succeded": true, "errorCount": errors, "responses": responses}))
}

fn one(state: &mut LocationState, id: &str, edit: &dyn Fn(&[String]) -> Vec<String>) -> Value {
    let Some(index) = state.position(id) else {
        let deleted = state.world.ids.index(id).is_some_and(|index| state.is_deleted(index));
        let message = if deleted { "contact is deleted" } else { "contact id is not a valid firebase id" };
        return json!({"contactId": id, "message": message, "type": "error"});
    };
    let mut contact = ContactRecord::clone(&state.contact(index));
    let (old, new) = (contact.tags.clone(), edit(&contact.tags));
    let only_in = |a: &[String], b: &[String]| a.iter().filter(|tag| !b.contains(tag)).cloned().collect::<Vec<_>>();
    if new != old {
        contact.tags.clone_from(&new);
        state.change(index, contact);
    }
    json!({
        "contactId": id, "message": "Tags updated", "type": "success",
        "oldTags": old, "tagsAdded": only_in(&new, &old), "tagsRemoved": only_in(&old, &new),
    })
}
