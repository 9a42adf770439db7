//! The server's JSON, read into the domain's types.
//!
//! Fields we do not know are passed over (the raw text keeps them); a field of the wrong type is an error,
//! never a silent default. Absent and null are the same.

use jiff::{Timestamp, civil};
use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::{
    Appointment, AppointmentId, AppointmentStatus, Contact, ContactId, CustomField, CustomFieldId, CustomValue, Dnd,
    Moment, Note, NoteId, Task, TaskId, User, UserId,
};

use super::Received;

/// A contact as a search lists it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub contact: Received<Contact>,
    /// Whether the row carried names as people write them; else they are in lower case.
    pub plain_names: bool,
    /// Where the next page begins, to be sent back as it is.
    pub search_after: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireContact {
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    first_name_lower_case: Option<String>,
    last_name_lower_case: Option<String>,
    company_name: Option<String>,
    business_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    #[serde(default, deserialize_with = "addresses")]
    additional_emails: Vec<String>,
    #[serde(default, deserialize_with = "addresses")]
    additional_phones: Vec<String>,
    address1: Option<String>,
    /// Search rows say `address`.
    address: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    website: Option<String>,
    timezone: Option<String>,
    #[serde(default, deserialize_with = "day")]
    date_of_birth: Option<String>,
    source: Option<String>,
    assigned_to: Option<String>,
    tags: Option<Vec<String>>,
    followers: Option<Vec<String>>,
    dnd: Option<bool>,
    dnd_settings: Option<serde_json::Map<String, Value>>,
    custom_fields: Option<Vec<WireCustomValue>>,
    #[serde(default, deserialize_with = "instant")]
    date_added: Option<Timestamp>,
    #[serde(default, deserialize_with = "instant")]
    date_updated: Option<Timestamp>,
    search_after: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WireCustomValue {
    id: String,
    #[serde(default, alias = "fieldValue", alias = "field_value")]
    value: Value,
}

impl From<WireContact> for Contact {
    fn from(wire: WireContact) -> Self {
        Self {
            id: ContactId::new(wire.id),
            first_name: filled(wire.first_name.or(wire.first_name_lower_case)),
            last_name: filled(wire.last_name.or(wire.last_name_lower_case)),
            company: filled(wire.company_name).or(filled(wire.business_name)),
            email: filled(wire.email),
            phone: filled(wire.phone),
            additional_emails: wire.additional_emails,
            additional_phones: wire.additional_phones,
            address1: filled(wire.address1).or(filled(wire.address)),
            city: filled(wire.city),
            state: filled(wire.state),
            postal_code: filled(wire.postal_code),
            country: filled(wire.country),
            website: filled(wire.website),
            time_zone: filled(wire.timezone),
            date_of_birth: filled(wire.date_of_birth),
            source: filled(wire.source),
            owner: filled(wire.assigned_to).map(UserId::new),
            tags: wire.tags.unwrap_or_default(),
            followers: wire.followers.unwrap_or_default().into_iter().map(UserId::new).collect(),
            dnd: Dnd { all: wire.dnd.unwrap_or(false), channels: wire.dnd_settings.map(channels) },
            custom: wire
                .custom_fields
                .unwrap_or_default()
                .into_iter()
                .map(|field| CustomValue { id: CustomFieldId::new(field.id), value: field.value })
                .collect(),
            added: wire.date_added,
            updated: wire.date_updated,
        }
    }
}

/// A channel is off unless its status says `inactive` ("do not disturb is not active here").
fn channels(settings: serde_json::Map<String, Value>) -> Vec<(String, bool)> {
    settings
        .into_iter()
        .filter_map(|(channel, setting)| {
            let status = setting.get("status")?.as_str()?;
            Some((channel, status != "inactive"))
        })
        .collect()
}

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
    title: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    start_time: Option<Moment>,
    #[serde(default, deserialize_with = "moment")]
    end_time: Option<Moment>,
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
            title: filled(self.title),
            start: self.start_time,
            end: self.end_time,
            status: AppointmentStatus::parse(&status),
            assigned_to: filled(self.assigned_user_id).map(UserId::new),
            address: filled(self.address),
        }
    }
}

/// One contact, inside its envelope.
pub(super) fn contact(body: &[u8]) -> Result<Received<Contact>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        contact: Box<RawValue>,
    }
    received(serde_json::from_slice::<Envelope>(body)?.contact, |wire: WireContact| wire.into())
}

/// A page of a search and how many contacts match in all.
pub(super) fn page(body: &[u8]) -> Result<(Vec<Listed>, u64), serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        contacts: Vec<Box<RawValue>>,
        total: u64,
    }
    let envelope: Envelope = serde_json::from_slice(body)?;
    let rows = envelope.contacts.into_iter().map(|raw| {
        let mut wire: WireContact = serde_json::from_str(raw.get())?;
        let plain_names = wire.first_name.is_some() || wire.last_name.is_some();
        let search_after = wire.search_after.take();
        Ok(Listed { contact: Received { value: wire.into(), raw }, plain_names, search_after })
    });
    Ok((rows.collect::<Result<_, serde_json::Error>>()?, envelope.total))
}

pub(super) fn tasks(body: &[u8], contact: &ContactId) -> Result<Vec<Received<Task>>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        tasks: Vec<Box<RawValue>>,
    }
    all(serde_json::from_slice::<Envelope>(body)?.tasks, |wire: WireTask| wire.of(contact))
}

/// Tasks of the whole location: the description has a list of lists, where each must name its contact.
pub(super) fn location_tasks(body: &[u8]) -> Result<Vec<Received<Task>>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        tasks: Vec<Box<RawValue>>,
    }
    let mut raws = Vec::new();
    for item in serde_json::from_slice::<Envelope>(body)?.tasks {
        if item.get().starts_with('[') {
            raws.extend(serde_json::from_str::<Vec<Box<RawValue>>>(item.get())?);
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
pub(super) fn task(body: &[u8], contact: &ContactId) -> Result<Received<Task>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        task: Option<Box<RawValue>>,
    }
    let raw = match serde_json::from_slice::<Envelope>(body)?.task {
        Some(inner) => inner,
        None => serde_json::from_slice(body)?,
    };
    received(raw, |wire: WireTask| wire.of(contact))
}

pub(super) fn notes(body: &[u8], contact: &ContactId) -> Result<Vec<Received<Note>>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        notes: Vec<Box<RawValue>>,
    }
    all(serde_json::from_slice::<Envelope>(body)?.notes, |wire: WireNote| wire.of(contact))
}

pub(super) fn note(body: &[u8], contact: &ContactId) -> Result<Received<Note>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        note: Box<RawValue>,
    }
    received(serde_json::from_slice::<Envelope>(body)?.note, |wire: WireNote| wire.of(contact))
}

pub(super) fn appointments(body: &[u8], contact: &ContactId) -> Result<Vec<Received<Appointment>>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        events: Vec<Box<RawValue>>,
    }
    all(serde_json::from_slice::<Envelope>(body)?.events, |wire: WireAppointment| wire.of(contact))
}

/// A location's name and zone.
pub(super) fn location(body: &[u8]) -> Result<(String, Option<String>), serde_json::Error> {
    #[derive(Deserialize)]
    struct Inner {
        name: Option<String>,
        timezone: Option<String>,
    }
    #[derive(Deserialize)]
    struct Envelope {
        location: Inner,
    }
    let inner = serde_json::from_slice::<Envelope>(body)?.location;
    Ok((inner.name.unwrap_or_default(), filled(inner.timezone)))
}

pub(super) fn tags(body: &[u8]) -> Result<Vec<String>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Tag {
        name: String,
    }
    #[derive(Deserialize)]
    struct Envelope {
        tags: Vec<Tag>,
    }
    Ok(serde_json::from_slice::<Envelope>(body)?.tags.into_iter().map(|tag| tag.name).collect())
}

pub(super) fn custom_fields(body: &[u8]) -> Result<Vec<CustomField>, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Field {
        id: String,
        name: Option<String>,
        #[serde(rename = "fieldKey")]
        key: Option<String>,
        data_type: Option<String>,
        picklist_options: Option<Vec<Value>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Envelope {
        custom_fields: Vec<Field>,
    }
    let fields = serde_json::from_slice::<Envelope>(body)?.custom_fields;
    Ok(fields
        .into_iter()
        .map(|field| CustomField {
            id: CustomFieldId::new(field.id),
            name: field.name.unwrap_or_default(),
            key: field.key,
            data_type: field.data_type,
            options: field
                .picklist_options
                .unwrap_or_default()
                .iter()
                .filter_map(|option| option.as_str().map(str::to_owned))
                .collect(),
        })
        .collect())
}

pub(super) fn users(body: &[u8]) -> Result<Vec<User>, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct WireUser {
        id: String,
        name: Option<String>,
        first_name: Option<String>,
        last_name: Option<String>,
    }
    #[derive(Deserialize)]
    struct Envelope {
        users: Vec<WireUser>,
    }
    let users = serde_json::from_slice::<Envelope>(body)?.users;
    Ok(users
        .into_iter()
        .map(|user| {
            let parts: Vec<String> = [user.first_name, user.last_name].into_iter().filter_map(filled).collect();
            User { id: UserId::new(user.id), name: filled(user.name).unwrap_or_else(|| parts.join(" ")) }
        })
        .collect())
}

fn received<W: de::DeserializeOwned, T>(
    raw: Box<RawValue>,
    read: impl FnOnce(W) -> T,
) -> Result<Received<T>, serde_json::Error> {
    Ok(Received { value: read(serde_json::from_str(raw.get())?), raw })
}

fn all<W: de::DeserializeOwned, T>(
    raws: Vec<Box<RawValue>>,
    read: impl Fn(W) -> T,
) -> Result<Vec<Received<T>>, serde_json::Error> {
    raws.into_iter().map(|raw| received(raw, &read)).collect()
}

/// Empty text is how several answers say "none".
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// An instant as ISO 8601, or as milliseconds since 1970.
fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Text(String),
        Milliseconds(i64),
    }
    match Option::<Form>::deserialize(from)? {
        None => Ok(None),
        Some(Form::Text(text)) if text.is_empty() => Ok(None),
        Some(Form::Text(text)) => text.parse().map(Some).map_err(de::Error::custom),
        Some(Form::Milliseconds(ms)) => Timestamp::from_millisecond(ms).map(Some).map_err(de::Error::custom),
    }
}

/// A time with an offset, or the location's wall time without one ("2021-07-16 11:00:00").
fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Moment>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)?.filter(|text| !text.is_empty()) else { return Ok(None) };
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Some(Moment::Instant(at)));
    }
    text.parse::<civil::DateTime>().map(|wall| Some(Moment::Wall(wall))).map_err(de::Error::custom)
}

/// A day as text ("1990-05-17") or as ISO midnight: the day alone.
fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.map(|text| match text.split_once('T') {
        Some((day, _midnight)) => day.to_owned(),
        None => text,
    }))
}

/// Additional addresses: text, or objects that hold it under `email` or `phone`.
fn addresses<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Text(String),
        Email { email: String },
        Phone { phone: String },
    }
    let list = Option::<Vec<Form>>::deserialize(from)?.unwrap_or_default();
    Ok(list
        .into_iter()
        .map(|form| match form {
            Form::Text(text) | Form::Email { email: text } | Form::Phone { phone: text } => text,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_row_and_a_full_contact_read_alike() {
        let body = br#"{"contacts":[{"id":"a","firstNameLowerCase":"ana","address":"1 Main St","tags":["vip"],
            "dateAdded":"2026-01-02T03:04:05.678Z","unknown":{"x":1},"searchAfter":[1770000000000,"a"]}],"total":1}"#;
        let (rows, total) = page(body).expect("readable");
        assert_eq!(total, 1);
        let contact = &rows[0].contact.value;
        assert_eq!(contact.first_name.as_deref(), Some("ana"));
        assert_eq!(contact.address1.as_deref(), Some("1 Main St"));
        assert!(!rows[0].plain_names);
        assert_eq!(contact.dnd.channels, None);
        assert_eq!(rows[0].search_after.as_ref().map(|raw| raw.get()), Some(r#"[1770000000000,"a"]"#));
        assert!(rows[0].contact.raw.get().contains("unknown"), "what we do not know is kept");
    }

    #[test]
    fn dnd_is_told_by_channel() {
        let body = br#"{"contact":{"id":"a","dnd":false,"dndSettings":{"SMS":{"status":"active","message":"m"},
            "Email":{"status":"inactive"},"Call":{"status":"permanent"}}}}"#;
        let mut channels = contact(body).expect("readable").value.dnd.channels.expect("told");
        channels.sort();
        assert_eq!(channels, [("Call".into(), true), ("Email".into(), false), ("SMS".into(), true)]);
    }

    #[test]
    fn a_task_is_read_with_and_without_envelope() {
        let contact = ContactId::new("c");
        for body in
            [r#"{"task":{"id":"t","title":"Call","completed":true}}"#, r#"{"_id":"t","title":"Call","completed":true}"#]
        {
            let task = task(body.as_bytes(), &contact).expect("readable").value;
            assert_eq!((task.id.as_str(), task.completed, &task.contact), ("t", true, &contact));
        }
    }

    #[test]
    fn wrong_types_are_errors_and_not_defaults() {
        let contact_id = ContactId::new("c");
        assert!(contact(br#"{"contact":{"id":"a","tags":"vip"}}"#).is_err());
        assert!(contact(br#"{"contact":{"id":7}}"#).is_err());
        assert!(task(br#"{"task":{"id":"t","completed":"yes"}}"#, &contact_id).is_err());
        assert!(tasks(br#"{"task":[]}"#, &contact_id).is_err());
        assert!(notes(b"[]", &contact_id).is_err());
        assert!(location_tasks(br#"{"tasks":[[{"id":"t"}]]}"#).is_err());
    }

    #[test]
    fn appointments_keep_wall_time_as_it_is() {
        let body = br#"{"events":[{"id":"e","startTime":"2021-07-16 11:00:00","endTime":"2021-07-16T12:00:00-07:00",
            "appointmentStatus":"noshow"}]}"#;
        let list = appointments(body, &ContactId::new("c")).expect("readable");
        let appointment = &list[0].value;
        assert_eq!(appointment.start, Some(Moment::Wall(civil::datetime(2021, 7, 16, 11, 0, 0, 0))));
        assert!(matches!(appointment.end, Some(Moment::Instant(_))));
        assert_eq!(appointment.status, AppointmentStatus::NoShow);
    }
}
