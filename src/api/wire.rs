//! Reads the server's JSON into the domain's types, and makes the bodies of writes.
//!
//! Unknown fields are ignored (the raw text keeps them); a field of the wrong type is an error, never a silent
//! default. Absent and null mean the same.

/// One field of an answer, the only one that matters there.
macro_rules! field {
    ($body:expr, $name:literal: $type:ty) => {{
        #[derive(Deserialize)]
        struct Envelope {
            #[serde(rename = $name)]
            field: $type,
        }
        serde_json::from_slice::<Envelope>($body).map(|envelope| envelope.field)
    }};
}

mod belongings;
mod contacts;
mod location;
mod write;

use std::fmt;
use std::marker::PhantomData;

use jiff::{Timestamp, civil};
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::AppointmentTime;

use super::Received;

pub(super) use belongings::*;
pub(super) use contacts::*;
pub use contacts::{BulkResult, ContactPage, Listed};
pub use location::LocationHead;
pub(super) use location::*;
pub(super) use write::*;

/// No list of the API is this long: a page has 500 records at most, and nobody gives a contact ten thousand tasks.
const LONGEST_LIST: usize = 10_000;
/// No answer has this many values: a page of 500 contacts with hundreds of custom fields each has some 300,000. A value
/// takes up to 100 bytes once it is read, two or three in the answer.
const MOST_VALUES: usize = 1_000_000;

/// A list of an answer. Reading stops with an error after [`LONGEST_LIST`] entries: an answer of a few hundred
/// kilobytes, unpacked and read, could fill the memory.
#[derive(Debug)]
pub(super) struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<List<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            if list.len() == LONGEST_LIST {
                return Err(de::Error::custom(format_args!("a list of more than {LONGEST_LIST} entries")));
            }
            list.push(entry);
        }
        Ok(List(list))
    }
}

/// Refuses an answer with more values than any that the API gives. Each value but the first of a list follows a comma,
/// so commas are counted; those within texts hardly matter.
pub(super) fn is_bounded(body: &[u8]) -> Result<(), serde_json::Error> {
    if memchr::memchr_iter(b',', body).count() < MOST_VALUES {
        return Ok(());
    }
    Err(de::Error::custom(format_args!("the answer holds more than {MOST_VALUES} values")))
}

pub(super) fn received<W: de::DeserializeOwned, T>(
    raw: Box<RawValue>,
    read: impl FnOnce(W) -> T,
) -> Result<Received<T>, serde_json::Error> {
    Ok(Received { value: read(serde_json::from_str(raw.get())?), raw })
}

pub(super) fn all<W: de::DeserializeOwned, T>(
    raws: impl IntoIterator<Item = Box<RawValue>>,
    read: impl Fn(W) -> T,
) -> Result<Vec<Received<T>>, serde_json::Error> {
    raws.into_iter().map(|raw| received(raw, &read)).collect()
}

/// Several answers use empty text for "none".
pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// An instant as ISO 8601, or as milliseconds since 1970.
pub(super) fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
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
pub(super) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<AppointmentTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)?.filter(|text| !text.is_empty()) else { return Ok(None) };
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Some(AppointmentTime::Instant(at)));
    }
    text.parse::<civil::DateTime>().map(|wall| Some(AppointmentTime::Wall(wall))).map_err(de::Error::custom)
}

/// A day, written as text ("1990-05-17") or as ISO midnight.
pub(super) fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.map(|text| match text.split_once('T') {
        Some((day, _midnight)) => day.to_owned(),
        None => text,
    }))
}

/// Additional addresses: text, or objects that hold it under `email` or `phone`.
pub(super) fn addresses<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Text(String),
        Email { email: String },
        Phone { phone: String },
    }
    let list = Option::<List<Form>>::deserialize(from)?.unwrap_or_default();
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
    use crate::domain::{AppointmentStatus, ContactId};

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
        assert!(rows[0].contact.raw.get().contains("unknown"), "unknown fields are kept");
    }

    #[test]
    fn an_endless_list_is_refused_before_it_fills_the_memory() {
        let of = |count: usize, one: &str| vec![one; count].join(",");
        let rows = |count| format!(r#"{{"contacts":[{}],"total":1}}"#, of(count, r#"{"id":"a"}"#));
        assert_eq!(page(rows(LONGEST_LIST).as_bytes()).expect("readable").0.len(), LONGEST_LIST);
        let tags = format!(r#"{{"contact":{{"id":"a","tags":[{}]}}}}"#, of(LONGEST_LIST + 1, r#""""#));
        let emails = format!(r#"{{"contact":{{"id":"a","additionalEmails":[{}]}}}}"#, of(LONGEST_LIST + 1, r#""""#));
        let nested = format!(r#"{{"tasks":[[{}]]}}"#, of(LONGEST_LIST + 1, "{}"));
        let refused = [
            page(rows(LONGEST_LIST + 1).as_bytes()).map(drop),
            contact(tags.as_bytes()).map(drop),
            contact(emails.as_bytes()).map(drop),
            location_tasks(nested.as_bytes()).map(drop),
        ];
        for refused in refused {
            let why = refused.expect_err("too long").to_string();
            assert!(why.contains("more than 10000 entries"), "{why}");
        }
        assert!(is_bounded(&b",".repeat(MOST_VALUES - 1)).is_ok());
        let why = is_bounded(&b",".repeat(MOST_VALUES)).expect_err("too many").to_string();
        assert!(why.contains("1000000 values"), "{why}");
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
        assert_eq!(appointment.start, Some(AppointmentTime::Wall(civil::datetime(2021, 7, 16, 11, 0, 0, 0))));
        assert!(matches!(appointment.end, Some(AppointmentTime::Instant(_))));
        assert_eq!(appointment.status, AppointmentStatus::NoShow);
    }
}
