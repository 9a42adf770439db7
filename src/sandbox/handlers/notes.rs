//! A contact's notes.

use serde_json::{Map, Value, json};

use super::contact_position;
use crate::sandbox::{
    belongings::NoteRecord,
    body::{self, Property, PropertyKind, optional, required},
    call::{Answered, IncomingCall, created, ok},
    refusal::Refusal,
    state::LocationState,
    webhook::{EventKind, WebhookEvent},
};

const CREATE: &[Property] = &[
    required("body", PropertyKind::Text),
    optional("userId", PropertyKind::Text),
    optional("title", PropertyKind::Text),
    optional("color", PropertyKind::Text),
    optional("pinned", PropertyKind::Boolean),
];
/// The description marks the body as optional here.
const UPDATE: &[Property] = &[
    optional("body", PropertyKind::Text),
    optional("userId", PropertyKind::Text),
    optional("title", PropertyKind::Text),
    optional("color", PropertyKind::Text),
    optional("pinned", PropertyKind::Boolean),
];

pub(in crate::sandbox) fn list(state: &mut LocationState, id: &str) -> Answered {
    let index = contact_position(state, id)?;
    let plain = !state.switches.html_notes;
    let notes: Value = state.belongings(index).notes.iter().map(|note| note.json(id, plain)).collect();
    ok(json!({"notes": notes}))
}

pub(in crate::sandbox) fn get(state: &mut LocationState, id: &str, note: &str) -> Answered {
    let (index, at) = find(state, id, note)?;
    ok(json!({"note": state.belongings(index).notes[at].json(id, !state.switches.html_notes)}))
}

pub(in crate::sandbox) fn create(state: &mut LocationState, call: &IncomingCall, id: &str) -> Answered {
    let body = body::check(CREATE, &call.body()?)?;
    let index = contact_position(state, id)?;
    let mut note = NoteRecord {
        id: state.new_id("note", index),
        body: String::new(),
        title: None,
        color: None,
        pinned: false,
        user: None,
        added: state.clock.now_ms(),
        rich: false,
    };
    apply(&mut note, &body);
    let answer = note.json(id, false);
    state.tell(WebhookEvent::note(EventKind::NoteCreate, &note, id, false));
    state.belongings_mut(index).notes.insert(0, note);
    created(json!({"note": answer}))
}

pub(in crate::sandbox) fn update(state: &mut LocationState, call: &IncomingCall, id: &str, note: &str) -> Answered {
    let body = body::check(UPDATE, &call.body()?)?;
    let (index, at) = find(state, id, note)?;
    let plain = !state.switches.html_notes;
    let note = &mut state.belongings_mut(index).notes[at];
    apply(note, &body);
    let note = note.clone();
    state.tell(WebhookEvent::note(EventKind::NoteUpdate, &note, id, plain));
    ok(json!({"note": note.json(id, plain)}))
}

pub(in crate::sandbox) fn delete(state: &mut LocationState, id: &str, note: &str) -> Answered {
    let (index, at) = find(state, id, note)?;
    let gone = state.belongings_mut(index).notes.remove(at);
    state.tell(WebhookEvent::note(EventKind::NoteDelete, &gone, id, !state.switches.html_notes));
    ok(json!({"succeded": true}))
}

fn find(state: &LocationState, id: &str, note: &str) -> Result<(u32, usize), Refusal> {
    let index = contact_position(state, id)?;
    let at = state.belongings(index).notes.iter().position(|own| own.id == note);
    at.map(|at| (index, at)).ok_or_else(|| Refusal::unknown(state.switches.unknown_id, "Note", note))
}

fn apply(note: &mut NoteRecord, body: &Map<String, Value>) {
    if let Some(text) = body::text(body, "body") {
        (note.body, note.rich) = (text, false);
    }
    let filled = |name| body::text(body, name).map(|text| Some(text).filter(|text| !text.is_empty()));
    note.title = filled("title").unwrap_or(note.title.take());
    note.color = filled("color").unwrap_or(note.color.take());
    note.user = filled("userId").unwrap_or(note.user.take());
    note.pinned = body.get("pinned").and_then(Value::as_bool).unwrap_or(note.pinned);
}
