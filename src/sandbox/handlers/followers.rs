//! `POST` and `DELETE /contacts/{id}/followers`: a set of users, answered with all followers and the change.

use serde_json::json;

use super::contact_position;
use crate::sandbox::{
    body::{self, Property, PropertyKind, required},
    call::{Answered, IncomingCall, created, ok},
    contact::ContactRecord,
    refusal::Refusal,
    state::LocationState,
};

const FOLLOWERS: &[Property] = &[required("followers", PropertyKind::Texts)];

pub(in crate::sandbox) fn add(state: &mut LocationState, call: &IncomingCall, id: &str) -> Answered {
    let (index, given) = read(state, call, id)?;
    let mut contact = ContactRecord::clone(&state.contact(index));
    let added: Vec<String> = given.into_iter().filter(|user| !contact.followers.contains(user)).collect();
    contact.followers.extend(added.clone());
    let all = contact.followers.clone();
    if !added.is_empty() {
        state.change(index, contact);
    }
    created(json!({"followers": all, "followersAdded": added}))
}

pub(in crate::sandbox) fn remove(state: &mut LocationState, call: &IncomingCall, id: &str) -> Answered {
    let (index, given) = read(state, call, id)?;
    let mut contact = ContactRecord::clone(&state.contact(index));
    let (removed, kept): (Vec<_>, Vec<_>) =
        std::mem::take(&mut contact.followers).into_iter().partition(|user| given.contains(user));
    contact.followers.clone_from(&kept);
    if !removed.is_empty() {
        state.change(index, contact);
    }
    ok(json!({"followers": kept, "followersRemoved": removed}))
}

fn read(state: &LocationState, call: &IncomingCall, id: &str) -> Result<(u32, Vec<String>), Refusal> {
    let body = body::check(FOLLOWERS, &call.body()?)?;
    Ok((contact_position(state, id)?, body::texts(&body, "followers")))
}
