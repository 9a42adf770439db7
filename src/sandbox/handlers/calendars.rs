//! Calendars and their events (Version 2021-04-15): unlike the contact's own list, with offsets and writable.
//! An appointment never changes its contact.

use serde_json::{Map, Value, json};

use super::{contact_position, own_location};
use crate::sandbox::{
    belongings::{AppointmentRecord, Times},
    body::{self, Property, PropertyKind, optional, required},
    call::{Answered, IncomingCall, Success, ok},
    clock::iso,
    refusal::Refusal,
    state::LocationState,
    webhook::{EventKind, WebhookEvent},
    world::NamedRecord,
};

/// The properties of both writes.
const SHARED: &[Property] = &[
    optional("title", PropertyKind::Text),
    optional("meetingLocationType", PropertyKind::Text),
    optional("meetingLocationId", PropertyKind::Text),
    optional("overrideLocationConfig", PropertyKind::Boolean),
    optional("appointmentStatus", PropertyKind::Text),
    optional("assignedUserId", PropertyKind::Text),
    optional("description", PropertyKind::Text),
    optional("address", PropertyKind::Text),
    optional("ignoreDateRange", PropertyKind::Boolean),
    optional("toNotify", PropertyKind::Boolean),
    optional("ignoreFreeSlotValidation", PropertyKind::Boolean),
    optional("rrule", PropertyKind::Text),
    optional("endTime", PropertyKind::Date),
];
const NEW: &[Property] = &[
    required("calendarId", PropertyKind::Text),
    required("locationId", PropertyKind::Text),
    required("contactId", PropertyKind::Text),
    required("startTime", PropertyKind::Date),
];
const CHANGED: &[Property] = &[optional("calendarId", PropertyKind::Text), optional("startTime", PropertyKind::Date)];
const STATUSES: [&str; 6] = ["new", "confirmed", "cancelled", "showed", "noshow", "invalid"];
const HOUR: i64 = 3_600_000;
/// The largest page of notes.
const NOTES: usize = 20;

/// `GET /calendars/?locationId`
pub(in crate::sandbox) fn list(state: &mut LocationState, call: &IncomingCall) -> Answered {
    own_location(state, call.query.get("locationId").map(String::as_str).unwrap_or_default())?;
    let location = &state.world.location_id;
    let one = |one: &NamedRecord| {
        json!({
            "id": one.id, "name": one.name, "locationId": location, "isActive": true, "calendarType": "round_robin",
            "slotDuration": 30, "slotDurationUnit": "mins",
        })
    };
    ok(json!({"calendars": state.world.calendars.iter().map(one).collect::<Value>()}))
}

/// `GET /calendars/events?locationId&startTime&endTime` with one of `calendarId`, `userId` or `groupId`; times are
/// epoch milliseconds.
pub(in crate::sandbox) fn events(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let given = |name: &str| call.query.get(name).filter(|value| !value.is_empty());
    own_location(state, given("locationId").map(String::as_str).unwrap_or_default())?;
    let time = |name: &str| {
        let number = given(name).and_then(|text| text.parse::<i64>().ok());
        number.ok_or_else(|| Refusal::fields(vec![format!("{name} must be a number string")]))
    };
    let (from, to) = (time("startTime")?, time("endTime")?);
    let (calendar, user, group) = (given("calendarId"), given("userId"), given("groupId"));
    if calendar.is_none() && user.is_none() && group.is_none() {
        return Err(Refusal::fields(vec!["Either of userId, calendarId or groupId is required".into()]));
    }
    let fits = |one: &AppointmentRecord| {
        (from..=to).contains(&one.start)
            && calendar.is_none_or(|wanted| *wanted == one.calendar)
            && user.is_none_or(|wanted| one.user.as_ref() == Some(wanted))
    };
    let all = state.all_appointments();
    let world = &state.world;
    let found = all.iter().filter(|(_, one)| fits(one));
    ok(
        json!({"events": found.map(|(index, one)| one.json(world, &world.ids.id(*index), Times::Offset)).collect::<Value>()}),
    )
}

/// `GET /calendars/events/appointments/{eventId}`
pub(in crate::sandbox) fn get(state: &mut LocationState, event: &str) -> Answered {
    let (index, at) = find(state, event)?;
    let contact = state.world.ids.id(index);
    ok(json!({"event": state.belongings(index).appointments[at].json(&state.world, &contact, Times::Offset)}))
}

/// `POST /calendars/events/appointments`
pub(in crate::sandbox) fn create(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let body = body::check_all(&[SHARED, NEW], &call.body()?)?;
    own_location(state, &body::text(&body, "locationId").unwrap_or_default())?;
    let contact = body::text(&body, "contactId").unwrap_or_default();
    let index = contact_position(state, &contact)?;
    let now = state.clock.now_ms();
    let mut new = AppointmentRecord {
        id: state.new_id("appointment", index),
        calendar: String::new(),
        title: state.contact(index).full_name().unwrap_or_default(),
        status: "confirmed".to_owned(),
        user: None,
        notes: String::new(),
        address: String::new(),
        start: 0,
        end: 0,
        added: now,
        updated: now,
    };
    apply(state, &mut new, &body)?;
    let answer = written(state, &new, &contact);
    state.tell(WebhookEvent::appointment(EventKind::AppointmentCreate, &new, &state.world, &contact));
    state.belongings_mut(index).appointments.push(new);
    ok(answer)
}

/// `PUT /calendars/events/appointments/{eventId}`
pub(in crate::sandbox) fn update(state: &mut LocationState, call: &IncomingCall, event: &str) -> Answered {
    let body = body::check_all(&[SHARED, CHANGED], &call.body()?)?;
    let (index, at) = find(state, event)?;
    let mut changed = state.belongings(index).appointments[at].clone();
    apply(state, &mut changed, &body)?;
    changed.updated = state.clock.now_ms();
    let contact = state.world.ids.id(index);
    let answer = written(state, &changed, &contact);
    state.tell(WebhookEvent::appointment(EventKind::AppointmentUpdate, &changed, &state.world, &contact));
    state.belongings_mut(index).appointments[at] = changed;
    ok(answer)
}

/// `DELETE /calendars/events/{eventId}`
pub(in crate::sandbox) fn delete(state: &mut LocationState, call: &IncomingCall, event: &str) -> Answered {
    body::check(&[], &call.body()?)?;
    let (index, at) = find(state, event)?;
    let gone = state.belongings_mut(index).appointments.remove(at);
    let contact = state.world.ids.id(index);
    state.tell(WebhookEvent::appointment(EventKind::AppointmentDelete, &gone, &state.world, &contact));
    Ok(Success::json(201, json!({"succeeded": true})))
}

/// `GET /calendars/appointments/{appointmentId}/notes?limit&offset`
pub(in crate::sandbox) fn notes(state: &mut LocationState, call: &IncomingCall, event: &str) -> Answered {
    let (index, at) = find(state, event)?;
    let limit = call.number("limit").filter(|limit| (1..=NOTES).contains(limit));
    let limit = limit.ok_or_else(|| Refusal::fields(vec![format!("limit must not be greater than {NOTES}")]))?;
    let offset = call.number("offset").ok_or_else(|| Refusal::fields(vec!["offset must be a number".into()]))?;
    let appointment = &state.belongings(index).appointments[at];
    let note = json!({
        "id": crate::sandbox::ids::id(state.world.seed, "appointment note", u64::from(index), u64::try_from(at).unwrap_or(0)),
        "body": appointment.notes, "userId": appointment.user.clone().unwrap_or_default(),
        "dateAdded": iso(appointment.added), "contactId": state.world.ids.id(index),
    });
    let all: Vec<Value> = if appointment.notes.is_empty() { vec![] } else { vec![note] };
    let more = all.len() > offset + limit;
    ok(json!({"notes": all.into_iter().skip(offset).take(limit).collect::<Value>(), "hasMore": more}))
}

fn find(state: &mut LocationState, event: &str) -> Result<(u32, usize), Refusal> {
    let found = state.all_appointments().iter().find(|(_, one)| one.id == event).map(|(index, _)| *index);
    let at = |index: u32| Some((index, state.belongings(index).appointments.iter().position(|one| one.id == event)?));
    found.and_then(at).ok_or_else(|| Refusal::unknown(state.switches.unknown_id, "Event", event))
}

fn apply(state: &LocationState, appointment: &mut AppointmentRecord, body: &Map<String, Value>) -> Result<(), Refusal> {
    if let Some(calendar) = body::text(body, "calendarId") {
        if !state.world.calendars.iter().any(|one| one.id == calendar) {
            return Err(Refusal::unknown(state.switches.unknown_id, "Calendar", &calendar));
        }
        appointment.calendar = calendar;
    }
    if let Some(status) = body::text(body, "appointmentStatus") {
        if !STATUSES.contains(&status.as_str()) {
            let all = STATUSES.join(", ");
            return Err(Refusal::fields(vec![format!("appointmentStatus must be one of the following values: {all}")]));
        }
        appointment.status = status;
    }
    let length = if appointment.end > appointment.start { appointment.end - appointment.start } else { HOUR };
    let time = |name: &str| body::text(body, name).and_then(|text| body::date_ms(&text));
    if let Some(start) = time("startTime") {
        (appointment.start, appointment.end) = (start, start + length);
    }
    if let Some(end) = time("endTime") {
        appointment.end = end;
    }
    if appointment.end <= appointment.start {
        return Err(Refusal::bad_request("endTime must be after startTime"));
    }
    for (name, place) in [("title", &mut appointment.title), ("address", &mut appointment.address)] {
        if let Some(text) = body::text(body, name) {
            *place = text;
        }
    }
    if let Some(user) = body::text(body, "assignedUserId") {
        appointment.user = Some(user).filter(|user| !user.is_empty());
    }
    Ok(())
}

/// The answer to a write, which has no envelope and fewer fields than a read.
fn written(state: &LocationState, appointment: &AppointmentRecord, contact: &str) -> Value {
    let world = &state.world;
    json!({
        "id": appointment.id, "calendarId": appointment.calendar, "locationId": world.location_id,
        "contactId": contact, "startTime": world.offset(appointment.start), "endTime": world.offset(appointment.end),
        "title": appointment.title, "appointmentStatus": appointment.status,
        "assignedUserId": appointment.user.clone().unwrap_or_default(), "address": appointment.address,
        "isRecurring": false,
    })
}
