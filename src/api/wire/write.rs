//! The bodies of writes. The server is strict: an unknown property is a 422.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::domain::{AppointmentPatch, CalendarId, ContactField, ContactPatch, NotePatch, TaskPatch, UserId};

/// `2020-10-25T11:00:00Z`: updates with milliseconds have been refused.
fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The common part of a create, an upsert and an update of a contact; `new` means one of the first two.
pub(in crate::api) fn contact_body(patch: &ContactPatch, new: bool) -> Map<String, Value> {
    let mut body = Map::new();
    for (field, value) in &patch.fields {
        if !new && !field.can_be_updated() {
            continue;
        }
        let value = match value {
            Some(text) => json!(text),
            None if takes_null(*field, new) => Value::Null,
            None => json!(""),
        };
        body.insert(field.name().to_owned(), value);
    }
    if let Some(dnd) = patch.dnd {
        body.insert("dnd".to_owned(), json!(dnd));
    }
    if !patch.channels.is_empty() {
        let status = |off: bool| json!({ "status": if off { "active" } else { "inactive" } });
        let channels = patch.channels.iter().map(|(channel, off)| (channel.clone(), status(*off)));
        body.insert("dndSettings".to_owned(), Value::Object(channels.collect()));
    }
    if !patch.custom.is_empty() {
        // Written as `field_value`, read as `value`; an empty text clears the field.
        let written = |value: &Value| if value.is_null() { json!("") } else { value.clone() };
        let fields = patch.custom.iter().map(|(id, value)| json!({ "id": id, "field_value": written(value) }));
        body.insert("customFields".to_owned(), fields.collect());
    }
    if new && !patch.tags.is_empty() {
        body.insert("tags".to_owned(), json!(patch.tags));
    }
    body
}

/// A create is stricter about null than an update.
fn takes_null(field: ContactField, new: bool) -> bool {
    field.takes_null() && !(new && matches!(field, ContactField::Source | ContactField::Owner))
}

pub(in crate::api) fn task_body(patch: &TaskPatch) -> Value {
    let mut body = Map::new();
    put(&mut body, "title", patch.title.as_deref());
    put(&mut body, "body", patch.body.as_deref());
    put(&mut body, "dueDate", patch.due.map(seconds).as_deref());
    if let Some(completed) = patch.completed {
        body.insert("completed".to_owned(), json!(completed));
    }
    if let Some(user) = &patch.assigned_to {
        let id = user.as_ref().map_or("", UserId::as_str);
        body.insert("assignedTo".to_owned(), json!(id));
    }
    Value::Object(body)
}

pub(in crate::api) fn note_body(patch: &NotePatch) -> Value {
    let mut body = Map::new();
    put(&mut body, "body", patch.body.as_deref());
    put(&mut body, "title", patch.title.as_deref());
    put(&mut body, "userId", patch.author.as_ref().map(UserId::as_str));
    if let Some(pinned) = patch.pinned {
        body.insert("pinned".to_owned(), json!(pinned));
    }
    Value::Object(body)
}

pub(in crate::api) fn appointment_body(patch: &AppointmentPatch) -> Map<String, Value> {
    let mut body = Map::new();
    put(&mut body, "calendarId", patch.calendar.as_ref().map(CalendarId::as_str));
    put(&mut body, "title", patch.title.as_deref());
    put(&mut body, "startTime", patch.start.map(seconds).as_deref());
    put(&mut body, "endTime", patch.end.map(seconds).as_deref());
    let status = patch.status.as_ref().map(|status| match status.label() {
        "no-show" => "noshow",
        label => label,
    });
    put(&mut body, "appointmentStatus", status);
    put(&mut body, "assignedUserId", patch.assigned_to.as_ref().map(UserId::as_str));
    put(&mut body, "address", patch.address.as_deref());
    if let Some(notify) = patch.notify {
        body.insert("toNotify".to_owned(), json!(notify));
    }
    if patch.anyway {
        body.insert("ignoreFreeSlotValidation".to_owned(), json!(true));
        body.insert("ignoreDateRange".to_owned(), json!(true));
    }
    body
}

fn put(body: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        body.insert(name.to_owned(), json!(value));
    }
}
