//! Appointments: a contact's own list, and the calendar endpoints, which use an older `Version`.

use jiff::Timestamp;
use serde_json::json;

use crate::api::{Received, wire};
use crate::domain::{Appointment, AppointmentId, AppointmentPatch, CalendarId, ContactId, LocationId, Named, Note};

use super::operations;

operations! {
    /// `GET /contacts/{id}/appointments`: not paged, read-only, wall times without a zone.
    GetAppointments { contact: ContactId }
    Get "/contacts/{}/appointments" (contact) ContactsReadonly Safe "detail, appointments list"
    -> Vec<Received<Appointment>> = |own, body| wire::appointments(body, &own.contact);

    /// `GET /calendars/?locationId=…`
    GetCalendars { location: LocationId }
    Get "/calendars/" () CalendarsReadonly Safe version "2021-04-15" "3, n in appointments"
    with |list, call| call.query("locationId", list.location.as_str()),
    -> Vec<Named<CalendarId>> = |_own, body| wire::calendars(body);

    /// `GET /calendars/events`: the events of one calendar within a window.
    GetEvents { location: LocationId, calendar: CalendarId, from: Timestamp, to: Timestamp }
    Get "/calendars/events" () EventsReadonly Safe version "2021-04-15" "3"
    with |list, call| call
        .query("locationId", list.location.as_str())
        .query("calendarId", list.calendar.as_str())
        .query("startTime", list.from.as_millisecond().to_string())
        .query("endTime", list.to.as_millisecond().to_string()),
    -> Vec<Received<Appointment>> = |_own, body| wire::events(body);

    /// `GET /calendars/events/appointments/{eventId}`
    GetAppointment { appointment: AppointmentId }
    Get "/calendars/events/appointments/{}" (appointment) EventsReadonly Safe version "2021-04-15" "api"
    -> Received<Appointment> = |_own, body| wire::event(body);

    /// `POST /calendars/events/appointments`: calendar and start are required; a repeat books a second one.
    CreateAppointment { location: LocationId, contact: ContactId, appointment: AppointmentPatch }
    Post "/calendars/events/appointments" () EventsWrite Probe version "2021-04-15" "n in appointments"
    with |create, call| {
        let mut body = wire::appointment_body(&create.appointment);
        body.insert("locationId".to_owned(), json!(create.location));
        body.insert("contactId".to_owned(), json!(create.contact));
        call.body(body.into())
    },
    -> Received<Appointment> = |_own, body| wire::event(body);

    /// `PUT /calendars/events/appointments/{eventId}`: cannot change the contact.
    UpdateAppointment { appointment: AppointmentId, patch: AppointmentPatch }
    Put "/calendars/events/appointments/{}" (appointment) EventsWrite Natural version "2021-04-15" "e, c in appointments"
    with |update, call| call.body(wire::appointment_body(&update.patch).into()),
    -> Received<Appointment> = |_own, body| wire::event(body);

    /// `DELETE /calendars/events/{eventId}`
    DeleteEvent { appointment: AppointmentId }
    Delete "/calendars/events/{}" (appointment) EventsWrite Natural version "2021-04-15" "D in appointments"
    with |_delete, call| call.body(json!({})),
    -> () = |_own, _body| Ok(());

    /// `GET /calendars/appointments/{appointmentId}/notes`: at most 20 per page. Answers whether there are more.
    GetAppointmentNotes { appointment: AppointmentId, contact: ContactId, limit: u32, offset: u32 }
    Get "/calendars/appointments/{}/notes" (appointment) EventsReadonly Safe version "2021-04-15" "api"
    with |list, call| call.query("limit", list.limit.to_string()).query("offset", list.offset.to_string()),
    -> (Vec<Received<Note>>, bool) = |own, body| wire::appointment_notes(body, &own.contact);
}
