//! The content of events: the documented fields of the changed thing, with the gaps that were seen live.
//! It must not know how events are delivered.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::sandbox::{
    belongings::{AppointmentRecord, NoteRecord, TaskRecord, Times},
    clock::iso,
    contact::ContactRecord,
    world::World,
};

/// The kinds of events about this server's data. There is none for a task that is merely edited.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(in crate::sandbox) enum EventKind {
    ContactCreate,
    ContactUpdate,
    ContactDelete,
    ContactTagUpdate,
    ContactDndUpdate,
    TaskCreate,
    TaskComplete,
    TaskDelete,
    NoteCreate,
    NoteUpdate,
    NoteDelete,
    AppointmentCreate,
    AppointmentUpdate,
    AppointmentDelete,
}

/// The kind of thing that an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum EventSubject {
    Contact,
    Task,
    Note,
    Appointment,
}

impl EventKind {
    pub(in crate::sandbox) fn subject(self) -> EventSubject {
        match self {
            Self::ContactCreate
            | Self::ContactUpdate
            | Self::ContactDelete
            | Self::ContactTagUpdate
            | Self::ContactDndUpdate => EventSubject::Contact,
            Self::TaskCreate | Self::TaskComplete | Self::TaskDelete => EventSubject::Task,
            Self::NoteCreate | Self::NoteUpdate | Self::NoteDelete => EventSubject::Note,
            Self::AppointmentCreate | Self::AppointmentUpdate | Self::AppointmentDelete => EventSubject::Appointment,
        }
    }
}

/// One change, as the receiver sees it.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct WebhookEvent {
    pub(in crate::sandbox) kind: EventKind,
    /// The fields besides type and location.
    pub(in crate::sandbox) fields: Map<String, Value>,
}

impl WebhookEvent {
    pub(in crate::sandbox) fn contact(kind: EventKind, contact: &ContactRecord) -> Self {
        let mut fields = told(contact);
        fields.insert("tags".into(), json!(contact.tags));
        fields.insert("dnd".into(), json!(contact.dnd));
        if kind == EventKind::ContactDndUpdate {
            fields.insert("dndSettings".into(), contact.dnd_settings.clone());
            fields.insert("inboundDndSettings".into(), contact.inbound_dnd_settings.clone());
        }
        Self::of(kind, fields)
    }

    /// One event for each kind of change; none for fields without events, such as followers.
    pub(in crate::sandbox) fn between(before: &ContactRecord, after: &ContactRecord) -> Vec<Self> {
        let preferences = |one: &ContactRecord| (one.dnd, one.dnd_settings.clone(), one.inbound_dnd_settings.clone());
        let changed = [
            (EventKind::ContactUpdate, told(before) != told(after)),
            (EventKind::ContactTagUpdate, before.tags != after.tags),
            (EventKind::ContactDndUpdate, preferences(before) != preferences(after)),
        ];
        changed.into_iter().filter(|(_, changed)| *changed).map(|(kind, _)| Self::contact(kind, after)).collect()
    }

    /// The event for a new task lacks the contact and the body.
    pub(in crate::sandbox) fn task(kind: EventKind, task: &TaskRecord, contact: &str) -> Self {
        let mut fields = Map::new();
        fields.insert("id".into(), json!(task.id));
        fields.insert("title".into(), json!(task.title));
        fields.insert("assignedTo".into(), json!(task.assigned_to));
        fields.insert("dateAdded".into(), json!(iso(task.added)));
        fields.insert("dueDate".into(), json!(iso(task.due)));
        if kind != EventKind::TaskCreate {
            fields.insert("contactId".into(), json!(contact));
            fields.insert("body".into(), json!(task.body));
        }
        Self::of(kind, fields)
    }

    /// Title, colour, pin and author are left out.
    pub(in crate::sandbox) fn note(kind: EventKind, note: &NoteRecord, contact: &str, plain: bool) -> Self {
        const TOLD: [&str; 4] = ["id", "body", "contactId", "dateAdded"];
        Self::of(kind, only(&TOLD, note.json(contact, plain)))
    }

    /// The only event that is not flat.
    pub(in crate::sandbox) fn appointment(
        kind: EventKind,
        appointment: &AppointmentRecord,
        world: &World,
        contact: &str,
    ) -> Self {
        const TOLD: [&str; 14] = [
            "id",
            "address",
            "title",
            "calendarId",
            "contactId",
            "groupId",
            "appointmentStatus",
            "assignedUserId",
            "users",
            "notes",
            "startTime",
            "endTime",
            "dateAdded",
            "dateUpdated",
        ];
        let told = Value::Object(only(&TOLD, appointment.json(world, contact, Times::Offset)));
        Self::of(kind, Map::from_iter([("appointment".to_owned(), told)]))
    }

    fn of(kind: EventKind, mut fields: Map<String, Value>) -> Self {
        fields.retain(|_, value| !value.is_null());
        Self { kind, fields }
    }
}

/// The fields with these names.
fn only(names: &[&str], whole: Value) -> Map<String, Value> {
    let Value::Object(mut fields) = whole else { return Map::new() };
    fields.retain(|name, _| names.contains(&name.as_str()));
    fields
}

/// The fields of a contact that events report, except tags and preferences, which have events of their own.
fn told(contact: &ContactRecord) -> Map<String, Value> {
    // The order of custom fields is irrelevant.
    let mut custom: Vec<_> = contact.custom.iter().collect();
    custom.sort_by(|a, b| a.0.cmp(&b.0));
    let custom: Value = custom.into_iter().map(|(id, value)| json!({"id": id, "value": value})).collect();
    let born = contact.date_of_birth.as_ref().map(|day| format!("{day}T00:00:00.000Z"));
    let fields = [
        ("id", json!(contact.id)),
        ("address1", json!(contact.address)),
        ("city", json!(contact.city)),
        ("state", json!(contact.state)),
        ("postalCode", json!(contact.postal_code)),
        ("country", json!(contact.country)),
        ("companyName", json!(contact.company)),
        ("source", json!(contact.source)),
        ("dateAdded", json!(iso(contact.added))),
        ("dateOfBirth", json!(born)),
        ("email", json!(contact.email)),
        ("name", json!(contact.full_name())),
        ("firstName", json!(contact.first)),
        ("lastName", json!(contact.last)),
        ("phone", json!(contact.phone)),
        ("website", json!(contact.website)),
        ("assignedTo", json!(contact.assigned_to)),
        ("customFields", custom),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(before: &ContactRecord, edit: impl FnOnce(&mut ContactRecord)) -> Vec<EventKind> {
        let mut after = before.clone();
        edit(&mut after);
        WebhookEvent::between(before, &after).into_iter().map(|event| event.kind).collect()
    }

    #[test]
    fn a_change_of_a_contact_is_told_by_what_it_touches() {
        let custom = vec![("a".to_owned(), json!(1)), ("b".to_owned(), json!(2))];
        let before = ContactRecord { first: Some("Ada".into()), custom, ..ContactRecord::default() };
        assert_eq!(kinds(&before, |_| {}), []);
        assert_eq!(kinds(&before, |one| one.city = Some("Reno".into())), [EventKind::ContactUpdate]);
        assert_eq!(kinds(&before, |one| one.custom[0].1 = json!(3)), [EventKind::ContactUpdate]);
        assert_eq!(kinds(&before, |one| one.custom.reverse()), []);
        assert_eq!(kinds(&before, |one| one.tags.push("vip".into())), [EventKind::ContactTagUpdate]);
        assert_eq!(kinds(&before, |one| one.dnd = true), [EventKind::ContactDndUpdate]);
        assert_eq!(kinds(&before, |one| one.followers.push("u".into())), [], "nobody is told of followers");
        assert_eq!(kinds(&before, |one| one.updated += 1), []);
        let all = kinds(&before, |one| {
            one.first = None;
            one.tags.push("vip".into());
            one.dnd_settings = json!({"SMS": {"status": "active"}});
        });
        assert_eq!(all, [EventKind::ContactUpdate, EventKind::ContactTagUpdate, EventKind::ContactDndUpdate]);
    }
}
