//! The orders of a listing and their cursors. A contact without the value comes last, whatever the direction;
//! equal values are told apart by position.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::Row;
use crate::sandbox::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Field {
    FirstName,
    LastName,
    BusinessName,
    DateAdded,
    DateUpdated,
    Email,
    Dnd,
    Source,
}

/// At most two fields, each with whether it runs downwards.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::sandbox) struct Sort(Vec<(Field, bool)>);

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Key {
    Missing,
    Number(i64),
    Text(Box<str>),
}

/// The same without owning the text: sorting a million rows must not copy them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Borrowed<'a> {
    Missing,
    Number(i64),
    Text(&'a str),
}

impl Default for Sort {
    fn default() -> Self {
        Self(vec![(Field::DateAdded, true)])
    }
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "firstNameLowerCase" => Self::FirstName,
            "lastNameLowerCase" => Self::LastName,
            "businessName" => Self::BusinessName,
            "dateAdded" => Self::DateAdded,
            "dateUpdated" => Self::DateUpdated,
            "email" => Self::Email,
            "dnd" => Self::Dnd,
            "source" => Self::Source,
            _ => return None,
        })
    }

    fn of(self, row: &Row) -> Borrowed<'_> {
        match self {
            Self::DateAdded => Borrowed::Number(row.added),
            Self::DateUpdated => Borrowed::Number(row.updated),
            Self::Dnd => Borrowed::Number(i64::from(row.dnd)),
            Self::FirstName => row.first.as_deref().into(),
            Self::LastName => row.last.as_deref().into(),
            Self::BusinessName => row.company.as_deref().into(),
            Self::Email => row.email.as_deref().into(),
            Self::Source => row.source.as_deref().into(),
        }
    }
}

impl<'a> From<Option<&'a str>> for Borrowed<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }
}

impl Borrowed<'_> {
    fn compare(self, other: Self, down: bool) -> Ordering {
        match (self, other) {
            (Self::Missing, Self::Missing) => Ordering::Equal,
            (Self::Missing, _) => Ordering::Greater,
            (_, Self::Missing) => Ordering::Less,
            (a, b) if down => b.cmp(&a),
            (a, b) => a.cmp(&b),
        }
    }
}

impl Key {
    fn borrowed(&self) -> Borrowed<'_> {
        match self {
            Self::Missing => Borrowed::Missing,
            Self::Number(number) => Borrowed::Number(*number),
            Self::Text(text) => Borrowed::Text(text),
        }
    }
}

impl Sort {
    /// `[{"field": …, "direction": "asc" | "desc"}, …]`; the error is the sentence to answer.
    pub(in crate::sandbox) fn read(list: &[Value]) -> Result<Self, String> {
        if list.len() > 2 {
            return Err("sort must contain no more than 2 elements".into());
        }
        let mut fields = Vec::new();
        for entry in list {
            let name = entry["field"].as_str().unwrap_or_default();
            let field = Field::named(name).ok_or_else(|| format!("Invalid sort field {name}"))?;
            let down = match entry["direction"].as_str() {
                Some("asc") => false,
                Some("desc") | None => true,
                Some(other) => return Err(format!("Invalid sort direction {other}")),
            };
            fields.push((field, down));
        }
        Ok(if fields.is_empty() { Self::default() } else { Self(fields) })
    }

    pub(super) fn compare(&self, a: (&Row, u32), b: (&Row, u32)) -> Ordering {
        let by_field = |(field, down): &(Field, bool)| field.of(a.0).compare(field.of(b.0), *down);
        self.0.iter().map(by_field).find(|order| order.is_ne()).unwrap_or_else(|| a.1.cmp(&b.1))
    }

    pub(super) fn keys(&self, row: &Row) -> Vec<Key> {
        let own = |(field, _): &(Field, bool)| match field.of(row) {
            Borrowed::Missing => Key::Missing,
            Borrowed::Number(number) => Key::Number(number),
            Borrowed::Text(text) => Key::Text(text.into()),
        };
        self.0.iter().map(own).collect()
    }

    pub(super) fn compare_keys(&self, a: &[Key], a_index: u32, b: &[Key], b_index: u32) -> Ordering {
        let pairs = self.0.iter().zip(a.iter().zip(b));
        let by_field = |((_, down), (a, b)): (&(Field, bool), (&Key, &Key))| a.borrowed().compare(b.borrowed(), *down);
        pairs.map(by_field).find(|order| order.is_ne()).unwrap_or_else(|| a_index.cmp(&b_index))
    }

    /// The values of the order's fields, then the id.
    pub(super) fn cursor(&self, row: &Row, id: &str) -> Vec<Value> {
        let value = |key| match key {
            Key::Missing => Value::Null,
            Key::Number(number) => json!(number),
            Key::Text(text) => json!(text),
        };
        self.keys(row).into_iter().map(value).chain([json!(id)]).collect()
    }

    pub(super) fn read_cursor(&self, cursor: &[Value], world: &World) -> Option<(Vec<Key>, u32)> {
        let (id, values) = cursor.split_last()?;
        let index = world.ids.index(id.as_str()?)?;
        if values.len() != self.0.len() {
            return None;
        }
        let key = |value: &Value| match value {
            Value::Null => Some(Key::Missing),
            Value::Number(number) => number.as_i64().map(Key::Number),
            Value::String(text) => Some(Key::Text(text.as_str().into())),
            _ => None,
        };
        Some((values.iter().map(key).collect::<Option<_>>()?, index))
    }
}
