//! A contact as the location stores it.

use super::{BusinessId, ContactId, CustomFieldId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A person or company in the sub-account.
///
/// Text is as the server sent it: clean it before you draw, copy or print it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company: Option<String>,
    pub email: Option<String>,
    /// E.164, as the server stores it.
    pub phone: Option<String>,
    pub additional_emails: Vec<String>,
    pub additional_phones: Vec<String>,
    pub address1: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: Option<String>,
    /// ISO 3166 code.
    pub country: Option<String>,
    pub website: Option<String>,
    /// IANA name of the contact's own time zone.
    pub time_zone: Option<String>,
    pub date_of_birth: Option<String>,
    pub source: Option<String>,
    pub owner: Option<UserId>,
    #[serde(default)]
    pub business: Option<BusinessId>,
    pub tags: Vec<String>,
    pub followers: Vec<UserId>,
    pub dnd: Dnd,
    pub custom: Vec<CustomValue>,
    pub added: Option<Timestamp>,
    /// The API has no other sign that a contact changed.
    pub updated: Option<Timestamp>,
}

/// "Do not disturb": for all channels, or for each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dnd {
    pub all: bool,
    /// Channel name as the server spells it (`SMS`, `Email`, …) and whether messages there are blocked.
    ///
    /// `None` if the answer left it out, as search rows always do.
    pub channels: Option<Vec<(String, bool)>>,
}

/// A custom field's value: text, number, list or file map, kept as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomValue {
    pub id: CustomFieldId,
    pub value: serde_json::Value,
}

impl Contact {
    /// A contact of whom only the id is known.
    pub fn unknown(id: ContactId) -> Self {
        Self {
            id,
            first_name: None,
            last_name: None,
            company: None,
            email: None,
            phone: None,
            additional_emails: Vec::new(),
            additional_phones: Vec::new(),
            address1: None,
            city: None,
            state: None,
            postal_code: None,
            country: None,
            website: None,
            time_zone: None,
            date_of_birth: None,
            source: None,
            owner: None,
            business: None,
            tags: Vec::new(),
            followers: Vec::new(),
            dnd: Dnd::default(),
            custom: Vec::new(),
            added: None,
            updated: None,
        }
    }

    /// The name to show: "First Last", or else the company, the e-mail or the phone; empty if there is none.
    pub fn name(&self) -> String {
        let parts = [&self.first_name, &self.last_name];
        let parts: Vec<&str> =
            parts.into_iter().flatten().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
        if !parts.is_empty() {
            return parts.join(" ");
        }
        [&self.company, &self.email, &self.phone]
            .into_iter()
            .flatten()
            .find(|text| !text.trim().is_empty())
            .map(|text| text.trim().to_owned())
            .unwrap_or_default()
    }
}
