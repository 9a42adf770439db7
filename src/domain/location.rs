//! The sub-account, and its users, custom fields and tags.

use super::{CustomFieldId, LocationId, UserId};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A sub-account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    pub id: LocationId,
    pub name: String,
    /// IANA name, as the server sent it.
    pub time_zone: Option<String>,
    /// ISO code: phone numbers without a plus belong to this country.
    #[serde(default)]
    pub country: Option<String>,
    pub users: Vec<User>,
    pub custom_fields: Vec<CustomField>,
    pub tags: Vec<String>,
}

impl Location {
    /// A location of which only the id is known.
    pub fn unknown(id: LocationId) -> Self {
        Self {
            id,
            name: String::new(),
            time_zone: None,
            country: None,
            users: Vec::new(),
            custom_fields: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// The location's zone; UTC if it is unknown or invalid.
    pub fn zone(&self) -> TimeZone {
        self.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
    }

    pub fn user(&self, id: &UserId) -> Option<&User> {
        self.users.iter().find(|user| &user.id == id)
    }

    pub fn custom_field(&self, id: &CustomFieldId) -> Option<&CustomField> {
        self.custom_fields.iter().find(|field| &field.id == id)
    }
}

/// Someone who works in the location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub name: String,
}

/// The definition of a custom field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomField {
    pub id: CustomFieldId,
    pub name: String,
    /// `contact.x`
    pub key: Option<String>,
    /// The server's word: `TEXT`, `NUMERICAL`, `DATE`, …
    pub data_type: Option<String>,
    pub options: Vec<String>,
}

/// An id with its name, for picking a business, campaign, workflow or calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Named<I> {
    pub id: I,
    pub name: String,
}
