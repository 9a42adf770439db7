//! The orders of a listing and their cursors. A contact without the value comes last in either direction; equal values
//! sort by position.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::IndexRow;
use crate::sandbox::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum SortField {
    FirstName,
    LastName,
    BusinessName,
    DateAdded,
    DateUpdated,
    Email,
    Dnd,
    Source,
}

/// At most two fields, each with whether it is descending.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::sandbox) struct SearchSort(Vec<(SortField, bool)>);

#[derive(Debug, PartialEq, Eq)]
pub(super) enum SortKey {
    Missing,
    Number(i64),
    Text(Box<str>),
}

/// The same with borrowed text: sorting a million rows must not copy it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SortKeyRef<'a> {
    Missing,
    Number(i64),
    Text(&'a str),
}

impl Default for SearchSort {
    fn default() -> Self {
        Self(vec![(SortField::DateAdded, true)])
    }
}

impl SortField {
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

    fn of(self, row: &IndexRow) -> SortKeyRef<'_> {
        match self {
            Self::DateAdded => SortKeyRef::Number(row.added),
            Self::DateUpdated => SortKeyRef::Number(row.updated),
            Self::Dnd => SortKeyRef::Number(i64::from(row.dnd)),
            Self::FirstName => row.first.as_deref().into(),
            Self::LastName => row.last.as_deref().into(),
            Self::BusinessName => row.company.as_deref().into(),
            Self::Email => row.email.as_deref().into(),
            Self::Source => row.source.as_deref().into(),
        }
    }
}

impl<'a> From<Option<&'a str>> for SortKeyRef<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }
}

impl SortKeyRef<'_> {
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

impl SortKey {
    fn borrowed(&self) -> SortKeyRef<'_> {
        match self {
            Self::Missing => SortKeyRef::Missing,
            Self::Number(number) => SortKeyRef::Number(*number),
            Self::Text(text) => SortKeyRef::Text(text),
        }
    }
}

impl SearchSort {
    /// `[{"field": …, "direction": "asc" | "desc"}, …]`; the error is the message to answer.
    pub(in crate::sandbox) fn read(list: &[Value]) -> Result<Self, String> {
        if list.len() > 2 {
            return Err("sort must contain no more than 2 elements".into());
        }
        let mut fields = Vec::new();
        for entry in list {
            let name = entry["field"].as_str().unwrap_or_default();
            let field = SortField::named(name).ok_or_else(|| format!("Invalid sort field {name}"))?;
            let down = match entry["direction"].as_str() {
                Some("asc") => false,
                Some("desc") | None => true,
                Some(other) => return Err(format!("Invalid sort direction {other}")),
            };
            fields.push((field, down));
        }
        Ok(if fields.is_empty() { Self::default() } else { Self(fields) })
    }

    pub(super) fn compare(&self, a: (&IndexRow, u32), b: (&IndexRow, u32)) -> Ordering {
        let by_field = |(field, down): &(SortField, bool)| field.of(a.0).compare(field.of(b.0), *down);
        self.0.iter().map(by_field).find(|order| order.is_ne()).unwrap_or_else(|| a.1.cmp(&b.1))
    }

    pub(super) fn keys(&self, row: &IndexRow) -> Vec<SortKey> {
        let own = |(field, _): &(SortField, bool)| match field.of(row) {
            SortKeyRef::Missing => SortKey::Missing,
            SortKeyRef::Number(number) => SortKey::Number(number),
            SortKeyRef::Text(text) => SortKey::Text(text.into()),
        };
        self.0.iter().map(own).collect()
    }

    pub(super) fn compare_keys(&self, a: &[SortKey], a_index: u32, b: &[SortKey], b_index: u32) -> Ordering {
        let pairs = self.0.iter().zip(a.iter().zip(b));
        let by_field =
            |((_, down), (a, b)): (&(SortField, bool), (&SortKey, &SortKey))| a.borrowed().compare(b.borrowed(), *down);
        pairs.map(by_field).find(|order| order.is_ne()).unwrap_or_else(|| a_index.cmp(&b_index))
    }

    /// The values of the order's fields, then the id.
    pub(super) fn cursor(&self, row: &IndexRow, id: &str) -> Vec<Value> {
        let value = |key| match key {
            SortKey::Missing => Value::Null,
            SortKey::Number(number) => json!(number),
            SortKey::Text(text) => json!(text),
        };
        self.keys(row).into_iter().map(value).chain([json!(id)]).collect()
    }

    pub(super) fn read_cursor(&self, cursor: &[Value], world: &World) -> Option<(Vec<SortKey>, u32)> {
        let (id, values) = cursor.split_last()?;
        let index = world.ids.index(id.as_str()?)?;
        if values.len() != self.0.len() {
            return None;
        }
        let key = |value: &Value| match value {
            Value::Null => Some(SortKey::Missing),
            Value::Number(number) => number.as_i64().map(SortKey::Number),
            Value::String(text) => Some(SortKey::Text(text.as_str().into())),
            _ => None,
        };
        Some((values.iter().map(key).collect::<Option<_>>()?, index))
    }
}
