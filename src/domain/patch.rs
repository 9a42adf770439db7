//! What is to become of a contact, field by field: only what is named is changed.

use std::collections::BTreeMap;

use super::{AppointmentStatus, CalendarId, CustomFieldId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A field of a contact that can be written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ContactField {
    FirstName,
    LastName,
    Email,
    Phone,
    /// Only a new contact can be given one: an update refuses it.
    CompanyName,
    Address1,
    City,
    State,
    PostalCode,
    /// An ISO code of two letters.
    Country,
    Website,
    TimeZone,
    /// `1990-05-17`
    DateOfBirth,
    Source,
    /// A user's id.
    Owner,
}

impl ContactField {
    pub const ALL: [Self; 15] = [
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Phone,
        Self::CompanyName,
        Self::Address1,
        Self::City,
        Self::State,
        Self::PostalCode,
        Self::Country,
        Self::Website,
        Self::TimeZone,
        Self::DateOfBirth,
        Self::Source,
        Self::Owner,
    ];

    /// The API's name of the field.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::CompanyName => "companyName",
            Self::Address1 => "address1",
            Self::City => "city",
            Self::State => "state",
            Self::PostalCode => "postalCode",
            Self::Country => "country",
            Self::Website => "website",
            Self::TimeZone => "timezone",
            Self::DateOfBirth => "dateOfBirth",
            Self::Source => "source",
            Self::Owner => "assignedTo",
        }
    }

    /// Whether an existing contact can be given another value.
    pub fn can_be_updated(self) -> bool {
        self != Self::CompanyName
    }

    /// Whether it can be emptied by writing null; postal code and country are emptied by an empty text.
    pub fn takes_null(self) -> bool {
        !matches!(self, Self::PostalCode | Self::Country)
    }
}

/// Values for a new contact, or changes of an existing one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContactPatch {
    /// `None` empties the field.
    pub fields: BTreeMap<ContactField, Option<String>>,
    pub dnd: Option<bool>,
    /// Channel (`SMS`, `Email`, `Call`, …) and whether it is off limits.
    pub channels: BTreeMap<String, bool>,
    /// Null empties a custom field.
    pub custom: BTreeMap<CustomFieldId, serde_json::Value>,
    /// For a new contact alone: in an update they would replace all tags, so tags have their own operations.
    pub tags: Vec<String>,
}

/// Values for a new task, or changes of an existing one: what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskPatch {
    pub title: Option<String>,
    pub body: Option<String>,
    pub due: Option<Timestamp>,
    pub completed: Option<bool>,
    /// `Some(None)` takes the assignment away.
    pub assigned_to: Option<Option<UserId>>,
}

/// Values for a new note, or changes of an existing one: what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NotePatch {
    pub body: Option<String>,
    pub title: Option<String>,
    pub pinned: Option<bool>,
    pub author: Option<UserId>,
}

/// Values for a new appointment, or changes of an existing one: what is `None` stays. Its contact never changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AppointmentPatch {
    pub calendar: Option<CalendarId>,
    pub title: Option<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub status: Option<AppointmentStatus>,
    pub assigned_to: Option<UserId>,
    pub address: Option<String>,
    /// Whether the contact hears of it; `None` leaves that to the calendar.
    pub notify: Option<bool>,
    /// Book it whether or not the calendar has the time free.
    pub anyway: bool,
}
