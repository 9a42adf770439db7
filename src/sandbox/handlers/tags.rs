//! `POST` and `DELETE /contacts/{id}/tags`: sets, answered with all tags of the contact.

use serde_json::json;

use super::contact_position;
use crate::sandbox::{
    body::{self, Property, PropertyKind, required},
    call::{Answered, IncomingCall, Success},
    contact::ContactRecord,
    refusal::Refusal,
    state::LocationState,
};

const TAGS: &[Property] = &[required("tags", PropertyKind::Texts)];

pub(in crate::sandbox) fn add(state: &mut LocationState, call: &IncomingCall, id: &str) -> Answered {
    change(state, call, id, 201, |contact, given| {
        for tag in given {
            if !contact.tags.contains(&tag) {
                contact.tags.push(tag);
            }
        }
    })
}

pub(in crate::sandbox) fn remove(state: &mut LocationState, call: &IncomingCall, id: &str) -> Answered {
    change(state, call, id, 200, |contact, given| {
        contact.tags.retain(|tag| !given.iter().any(|gone| gone.to_lowercase() == tag.to_lowercase()));
    })
}

fn change(
    state: &mut LocationState,
    call: &IncomingCall,
    id: &str,
    status: u16,
    edit: impl FnOnce(&mut ContactRecord, Vec<String>),
) -> Answered {
    let given = body::check(TAGS, &call.body()?)?;
    let given = folded(state, body::texts(&given, "tags"));
    if given.is_empty() {
        return Err(Refusal::fields(vec!["tags should not be empty".into()]));
    }
    let index = contact_position(state, id)?;
    let mut contact = ContactRecord::clone(&state.contact(index));
    let before = contact.tags.clone();
    edit(&mut contact, given);
    let tags = contact.tags.clone();
    if tags != before {
        state.change(index, contact);
    }
    Ok(Success::json(status, json!({"tags": tags})))
}

/// Tags as the server keeps them: trimmed, and in lower case unless the switch says otherwise.
pub(super) fn folded(state: &LocationState, tags: Vec<String>) -> Vec<String> {
    let one = |tag: String| if state.switches.lower_tags { tag.trim().to_lowercase() } else { tag.trim().to_owned() };
    let mut out: Vec<String> = Vec::new();
    for tag in tags.into_iter().map(one).filter(|tag| !tag.is_empty()) {
        if !out.contains(&tag) {
            out.push(tag);
        }
    }
    out
}
