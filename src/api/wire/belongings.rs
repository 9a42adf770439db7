//! The records of a contact on the wire: tasks, notes, appointments.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de;
use serde_json::value::RawValue;

use crate::api::Received;
use crate::domain::{
    Appointment, AppointmentId, AppointmentStatus, AppointmentTime, CalendarId, ContactId, Note, NoteId, Task, TaskId,
    UserId,
};

use super::{List, all, filled, instant, moment, received};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTask {
    #[serde(alias = "_id")]
    id: String,
    contact_id: Option<String>,
    title: Option<String>,
    body: Option<String>,
    #[serde(default, deserialize_with = "instant")]
    due_date: Option<Timestamp>,
    completed: Option<bool>,
    assigned_to: Option<String>,
}

impl WireTask {
    fn of(self, contact: &ContactId) -> Task {
        Task {
            id: TaskId::new(self.id),
            contact: filled(self.contact_id).map_or_else(|| contact.clone(), ContactId::new),
            title: self.title.unwrap_or_default(),
            body: filled(self.body),
            due: self.due_date,
            completed: self.completed.unwrap_or(false),
            assigned_to: filled(self.assigned_to).map(UserId::new),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireNote {
    id: String,
    contact_id: Option<String>,
    title: Option<String>,
    body: Option<String>,
    user_id: Option<String>,
    #[serde(default, deserialize_with = "instant")]
    date_added: Option<Timestamp>,
    pinned: Option<bool>,
}

impl WireNote {
    fn of(self, contact: &ContactId) -> Note {
        Note {
            id: NoteId::new(self.id),
            contact: filled(self.contact_id).map_or_else(|| contact.clone(), ContactId::new),
            title: filled(self.title),
            body: self.body.unwrap_or_default(),
            author: filled(self.user_id).map(UserId::new),
            added: self.date_added,
            pinned: self.pinned.unwrap_or(false),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAppointment {
    id: String,
    contact_id: Option<String>,
    calendar_id: Option<String>,
    title: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    start_time: Option<AppointmentTime>,
    #[serde(default, deserialize_with = "moment")]
    end_time: Option<AppointmentTime>,
    appointment_status: Option<String>,
    status: Option<String>,
    assigned_user_id: Option<String>,
    address: Option<String>,
}

impl WireAppointment {
    fn of(self, contact: &ContactId) -> Appointment {
        let status = filled(self.appointment_status).or(filled(self.status)).unwrap_or_default();
        Appointment {
            id: AppointmentId::new(self.id),
            contact: filled(self.contact_id).map_or_else(|| contact.clone(), ContactId::new),
            calendar: filled(self.calendar_id).map(CalendarId::new),
            title: filled(self.title),
            start: self.start_time,
            end: self.end_time,
            status: AppointmentStatus::parse(&status),
            assigned_to: filled(self.assigned_user_id).map(UserId::new),
            address: filled(self.address),
        }
    }
}

pub(in crate::api) fn tasks(body: &[u8], contact: &ContactId) -> Result<Vec<Received<Task>>, serde_json::Error> {
    all(field!(body, "tasks": List<Box<RawValue>>)?, |wire: WireTask| wire.of(contact))
}

/// Tasks of the whole location: documented as a list of lists; each task must name its contact.
pub(in crate::api) fn location_tasks(body: &[u8]) -> Result<Vec<Received<Task>>, serde_json::Error> {
    let mut raws = Vec::new();
    for item in field!(body, "tasks": List<Box<RawValue>>)? {
        if item.get().starts_with('[') {
            raws.extend(serde_json::from_str::<List<Box<RawValue>>>(item.get())?);
        } else {
            raws.push(item);
        }
    }
    let unnamed = ContactId::new("");
    let tasks = all(raws, |wire: WireTask| wire.of(&unnamed))?;
    if tasks.iter().any(|task| task.value.contact == unnamed) {
        return Err(de::Error::custom("a task names no contact"));
    }
    Ok(tasks)
}

/// One task; some answers leave the envelope out.
pub(in crate::api) fn task(body: &[u8], contact: &ContactId) -> Result<Received<Task>, serde_json::Error> {
    let raw = match field!(body, "task": Option<Box<RawValue>>)? {
        Some(inner) => inner,
        None => serde_json::from_slice(body)?,
    };
    received(raw, |wire: WireTask| wire.of(contact))
}

pub(in crate::api) fn notes(body: &[u8], contact: &ContactId) -> Result<Vec<Received<Note>>, serde_json::Error> {
    all(field!(body, "notes": List<Box<RawValue>>)?, |wire: WireNote| wire.of(contact))
}

pub(in crate::api) fn note(body: &[u8], contact: &ContactId) -> Result<Received<Note>, serde_json::Error> {
    received(field!(body, "note": Box<RawValue>)?, |wire: WireNote| wire.of(contact))
}

pub(in crate::api) fn appointments(
    body: &[u8],
    contact: &ContactId,
) -> Result<Vec<Received<Appointment>>, serde_json::Error> {
    all(field!(body, "events": List<Box<RawValue>>)?, |wire: WireAppointment| wire.of(contact))
}

/// A calendar's events with a contact. Blocked slots and events synced from another calendar have none.
pub(in crate::api) fn events(body: &[u8]) -> Result<Vec<Received<Appointment>>, serde_json::Error> {
    let mut events = appointments(body, &ContactId::new(""))?;
    events.retain(|event| !event.value.contact.as_str().is_empty());
    Ok(events)
}

/// One appointment, in an envelope or without one.
pub(in crate::api) fn event(body: &[u8]) -> Result<Received<Appointment>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(alias = "appointment")]
        event: Option<Box<RawValue>>,
    }
    let raw = match serde_json::from_slice::<Envelope>(body)?.event {
        Some(inner) => inner,
        None => serde_json::from_slice(body)?,
    };
    named(received(raw, |wire: WireAppointment| wire.of(&ContactId::new("")))?)
}

fn named(event: Received<Appointment>) -> Result<Received<Appointment>, serde_json::Error> {
    if event.value.contact.as_str().is_empty() {
        return Err(de::Error::custom("an appointment names no contact"));
    }
    Ok(event)
}

/// Notes of an appointment, and whether there are more.
pub(in crate::api) fn appointment_notes(
    body: &[u8],
    contact: &ContactId,
) -> Result<(Vec<Received<Note>>, bool), serde_json::Error> {
    let more = field!(body, "hasMore": Option<bool>)?.unwrap_or(false);
    Ok((notes(body, contact)?, more))
}
