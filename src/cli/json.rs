//! Output for programs: one object per line, with the API's field names and null for absent values.
//!
//! Characters that could harm a terminal or break a line reader are escaped, so a line that lands on a terminal
//! does no harm and still parses to the original.

use std::io;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::domain::{
    Appointment, AppointmentStatus, AppointmentTime, Contact, ContactId, CustomValue, DamagedEdit, Dnd, EditId, Note,
    Pending, Progress, Task, UserId,
};

use super::line::is_hostile;

/// The value as one line, without the line end.
pub(super) fn line<T: Serialize>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut line = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut line, Escaping))?;
    Ok(line)
}

/// The value over several lines, without the last line end.
pub(super) fn pretty(value: &serde_json::Value) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, Indented(PrettyFormatter::new())))?;
    Ok(text)
}

/// The layout for people, with the same escapes.
struct Indented(PrettyFormatter<'static>);

/// Passes calls on to the inner layout.
macro_rules! as_inner {
    ($($call:ident($($name:ident: $type:ty)?);)*) => {$(
        fn $call<W: io::Write + ?Sized>(&mut self, writer: &mut W $(, $name: $type)?) -> io::Result<()> {
            self.0.$call(writer $(, $name)?)
        }
    )*};
}

impl Formatter for Indented {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        Escaping.write_string_fragment(writer, fragment)
    }

    as_inner! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }
}

/// `serde_json`'s own layout, with more escaped than the C0 controls that JSON demands.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(is_hostile) {
            let hostile = rest[at..].chars().next().expect("find gave the place of a character");
            writer.write_all(&rest.as_bytes()[..at])?;
            // JSON counts in UTF-16: outside the basic plane a character is two escapes.
            for unit in hostile.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + hostile.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContactLine<'a> {
    id: &'a ContactId,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    company_name: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    additional_emails: &'a [String],
    additional_phones: &'a [String],
    address1: Option<&'a str>,
    city: Option<&'a str>,
    state: Option<&'a str>,
    postal_code: Option<&'a str>,
    country: Option<&'a str>,
    website: Option<&'a str>,
    timezone: Option<&'a str>,
    date_of_birth: Option<&'a str>,
    source: Option<&'a str>,
    assigned_to: Option<&'a UserId>,
    tags: &'a [String],
    followers: &'a [UserId],
    dnd: bool,
    dnd_settings: Option<DndSettings<'a>>,
    custom_fields: &'a [CustomValue],
    date_added: Option<Timestamp>,
    date_updated: Option<Timestamp>,
}

impl<'a> From<&'a Contact> for ContactLine<'a> {
    fn from(contact: &'a Contact) -> Self {
        let Dnd { all, channels } = &contact.dnd;
        Self {
            id: &contact.id,
            first_name: contact.first_name.as_deref(),
            last_name: contact.last_name.as_deref(),
            company_name: contact.company.as_deref(),
            email: contact.email.as_deref(),
            phone: contact.phone.as_deref(),
            additional_emails: &contact.additional_emails,
            additional_phones: &contact.additional_phones,
            address1: contact.address1.as_deref(),
            city: contact.city.as_deref(),
            state: contact.state.as_deref(),
            postal_code: contact.postal_code.as_deref(),
            country: contact.country.as_deref(),
            website: contact.website.as_deref(),
            timezone: contact.time_zone.as_deref(),
            date_of_birth: contact.date_of_birth.as_deref(),
            source: contact.source.as_deref(),
            assigned_to: contact.owner.as_ref(),
            tags: &contact.tags,
            followers: &contact.followers,
            dnd: *all,
            dnd_settings: channels.as_deref().map(DndSettings),
            custom_fields: &contact.custom,
            date_added: contact.added,
            date_updated: contact.updated,
        }
    }
}

/// Channels nested as in the API: `{"SMS":{"status":"active"}}` means that text messages are off.
struct DndSettings<'a>(&'a [(String, bool)]);

impl Serialize for DndSettings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Channel {
            status: &'static str,
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, off) in self.0 {
            map.serialize_entry(name, &Channel { status: if *off { "active" } else { "inactive" } })?;
        }
        map.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskJson<'a> {
    id: &'a str,
    contact_id: &'a ContactId,
    title: &'a str,
    body: Option<&'a str>,
    due_date: Option<Timestamp>,
    completed: bool,
    assigned_to: Option<&'a UserId>,
}

impl<'a> From<&'a Task> for TaskJson<'a> {
    fn from(task: &'a Task) -> Self {
        Self {
            id: task.id.as_str(),
            contact_id: &task.contact,
            title: &task.title,
            body: task.body.as_deref(),
            due_date: task.due,
            completed: task.completed,
            assigned_to: task.assigned_to.as_ref(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NoteJson<'a> {
    id: &'a str,
    contact_id: &'a ContactId,
    title: Option<&'a str>,
    body: &'a str,
    user_id: Option<&'a UserId>,
    date_added: Option<Timestamp>,
    pinned: bool,
}

impl<'a> From<&'a Note> for NoteJson<'a> {
    fn from(note: &'a Note) -> Self {
        Self {
            id: note.id.as_str(),
            contact_id: &note.contact,
            title: note.title.as_deref(),
            body: &note.body,
            user_id: note.author.as_ref(),
            date_added: note.added,
            pinned: note.pinned,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AppointmentJson<'a> {
    id: &'a str,
    contact_id: &'a ContactId,
    title: Option<&'a str>,
    /// With the location's offset, because the API's wall time alone is ambiguous.
    start_time: Option<String>,
    end_time: Option<String>,
    appointment_status: &'a str,
    assigned_user_id: Option<&'a UserId>,
    address: Option<&'a str>,
}

impl<'a> AppointmentJson<'a> {
    pub(super) fn new(appointment: &'a Appointment, zone: &TimeZone) -> Self {
        let time =
            |moment: Option<AppointmentTime>| moment.and_then(|moment| moment.instant(zone)).map(|at| stamp(at, zone));
        Self {
            id: appointment.id.as_str(),
            contact_id: &appointment.contact,
            title: appointment.title.as_deref(),
            start_time: time(appointment.start),
            end_time: time(appointment.end),
            appointment_status: match &appointment.status {
                // The API's spelling where ours differs.
                AppointmentStatus::NoShow => "noshow",
                other => other.label(),
            },
            assigned_user_id: appointment.assigned_to.as_ref(),
            address: appointment.address.as_deref(),
        }
    }
}

/// RFC 3339 with the zone's offset.
pub(super) fn stamp(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The state of an edit when the command ends.
#[derive(Clone, Debug, Serialize)]
pub(super) struct EditLine<'a> {
    /// `null` if nothing had to be sent.
    pub(super) edit: Option<EditId>,
    pub(super) state: &'static str,
    /// The id of the task or note, if it has one.
    pub(super) id: Option<&'a str>,
}

/// One entry of the outbox.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutboxLine<'a> {
    edit: Option<EditId>,
    state: &'static str,
    contact_id: &'a ContactId,
    what: String,
    made_at: Timestamp,
    retry_at: Option<Timestamp>,
    why: Option<&'a str>,
}

/// One entry of the outbox that is damaged.
#[derive(Serialize)]
pub(super) struct DamagedLine<'a> {
    edit: Option<EditId>,
    state: &'static str,
    row: i64,
    what: &'a str,
}

impl<'a> From<&'a DamagedEdit> for DamagedLine<'a> {
    fn from(damaged: &'a DamagedEdit) -> Self {
        let DamagedEdit { row, id, words } = damaged;
        Self { edit: *id, state: "damaged", row: *row, what: words }
    }
}

impl<'a> From<&'a Pending> for OutboxLine<'a> {
    fn from(pending: &'a Pending) -> Self {
        let (retry_at, why) = match &pending.progress {
            Progress::Saving | Progress::Queued | Progress::Sending => (None, None),
            Progress::Waiting { until, why } => (Some(*until), Some(why.as_str())),
            Progress::Failed { why } => (None, Some(why.as_str())),
            Progress::Clash(_) => (None, Some("conflict: someone else changed the same field")),
        };
        Self {
            edit: pending.id,
            state: progress(&pending.progress),
            contact_id: &pending.edit.contact,
            what: pending.edit.describe(),
            made_at: pending.made_at,
            retry_at,
            why,
        }
    }
}

/// The state of an edit, in one word.
pub(super) fn progress(progress: &Progress) -> &'static str {
    match progress {
        Progress::Saving => "saving",
        Progress::Queued => "queued",
        Progress::Sending => "sending",
        Progress::Waiting { .. } => "waiting",
        Progress::Failed { .. } => "rejected",
        Progress::Clash(_) => "conflict",
    }
}

#[cfg(test)]
mod tests;
