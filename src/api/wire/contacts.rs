//! Contacts on the wire: in full, as a search row, or as an entry of a listing.

use jiff::Timestamp;
use serde::{Deserialize, de};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::Received;
use crate::domain::{BusinessId, Contact, ContactId, CustomFieldId, CustomValue, Dnd, UserId};

use super::{List, addresses, all, day, filled, instant, received};

/// A contact as a search row.
#[derive(Clone, Debug)]
pub struct Listed {
    pub contact: Received<Contact>,
    /// Whether the row had names in their original spelling; otherwise they are in lower case.
    pub plain_names: bool,
    /// The cursor of the next page, to send back unchanged.
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
    business_id: Option<String>,
    tags: Option<List<String>>,
    followers: Option<List<String>>,
    dnd: Option<bool>,
    dnd_settings: Option<serde_json::Map<String, Value>>,
    custom_fields: Option<List<WireCustomValue>>,
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
            business: filled(wire.business_id).map(BusinessId::new),
            tags: wire.tags.unwrap_or_default().0,
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

/// One contact in its envelope.
pub(in crate::api) fn contact(body: &[u8]) -> Result<Received<Contact>, serde_json::Error> {
    received(field!(body, "contact": Box<RawValue>)?, |wire: WireContact| wire.into())
}

/// One full contact in its envelope: an absent field was never set.
pub(in crate::api) fn whole_contact(body: &[u8]) -> Result<Received<Contact>, serde_json::Error> {
    let mut received = contact(body)?;
    received.value.dnd.channels.get_or_insert_default();
    Ok(received)
}

/// A page of a search, and the total number of matches.
pub(in crate::api) fn page(body: &[u8]) -> Result<(Vec<Listed>, u64), serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        contacts: List<Box<RawValue>>,
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

/// The contact with an e-mail or phone, if any.
pub(in crate::api) fn duplicate(body: &[u8]) -> Result<Option<Received<Contact>>, serde_json::Error> {
    let found = field!(body, "contact": Option<Box<RawValue>>)?;
    found.map(|raw| received(raw, |wire: WireContact| wire.into())).transpose()
}

/// Whether an upsert created the contact, and the contact.
pub(in crate::api) fn upserted(body: &[u8]) -> Result<(bool, Received<Contact>), serde_json::Error> {
    Ok((field!(body, "new": Option<bool>)?.unwrap_or(false), contact(body)?))
}

/// A page of the older listing.
#[derive(Clone, Debug)]
pub struct ContactPage {
    pub contacts: Vec<Received<Contact>>,
    pub total: u64,
    /// The cursor of the next page: `startAfter` and `startAfterId`.
    pub next: Option<(i64, ContactId)>,
}

pub(in crate::api) fn entries(body: &[u8]) -> Result<ContactPage, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Meta {
        total: u64,
        start_after: Option<i64>,
        start_after_id: Option<String>,
    }
    #[derive(Deserialize)]
    struct Envelope {
        contacts: List<Box<RawValue>>,
        meta: Meta,
    }
    let Envelope { contacts, meta } = serde_json::from_slice(body)?;
    let contacts = all(contacts, |wire: WireContact| wire.into())?;
    let next = meta.start_after.zip(filled(meta.start_after_id).map(ContactId::new));
    Ok(ContactPage { contacts, total: meta.total, next })
}

/// The contacts of a business, and their total number.
pub(in crate::api) fn members(body: &[u8]) -> Result<(Vec<Received<Contact>>, u64), serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope {
        contacts: List<Box<RawValue>>,
        count: u64,
    }
    let Envelope { contacts, count } = serde_json::from_slice(body)?;
    Ok((all(contacts, |wire: WireContact| wire.into())?, count))
}

/// All tags of a contact after one was added or removed.
pub(in crate::api) fn tags_of(body: &[u8]) -> Result<Vec<String>, serde_json::Error> {
    Ok(field!(body, "tags": List<String>)?.0)
}

/// All followers of a contact after one was added or removed.
pub(in crate::api) fn followers(body: &[u8]) -> Result<Vec<UserId>, serde_json::Error> {
    Ok(field!(body, "followers": List<String>)?.into_iter().map(UserId::new).collect())
}

/// The result of a bulk change for one contact.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkResult {
    pub contact: ContactId,
    /// The server's words, if it refused.
    pub refused: Option<String>,
    /// All tags now, if the server sent them.
    pub now: Option<Vec<String>>,
    /// The tags that were added or removed.
    pub changed: Option<Vec<String>>,
}

/// The result of a bulk change of tags for each contact.
pub(in crate::api) fn bulk_tags(body: &[u8]) -> Result<Vec<BulkResult>, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct One {
        contact_id: String,
        message: Option<String>,
        #[serde(rename = "type")]
        kind: String,
        old_tags: Option<List<String>>,
        tags_added: Option<List<String>>,
        tags_removed: Option<List<String>>,
    }
    let result = |one: One| {
        let refused = (one.kind == "error").then(|| one.message.unwrap_or_default());
        let (added, removed) = (one.tags_added.unwrap_or_default().0, one.tags_removed.unwrap_or_default().0);
        let now = one.old_tags.as_ref().map(|old| {
            let kept = old.0.iter().filter(|tag| !removed.contains(tag) && !added.contains(tag));
            kept.chain(&added).cloned().collect()
        });
        let changed = one.old_tags.map(|_told| if removed.is_empty() { added } else { removed });
        BulkResult { contact: ContactId::new(one.contact_id), refused, now, changed }
    };
    Ok(field!(body, "responses": List<One>)?.into_iter().map(result).collect())
}

/// The contacts that a bulk change accepted.
pub(in crate::api) fn taken(body: &[u8]) -> Result<Vec<ContactId>, serde_json::Error> {
    Ok(field!(body, "ids": List<String>)?.into_iter().map(ContactId::new).collect())
}

/// The total of an answer that counts its records.
pub(in crate::api) fn total(body: &[u8]) -> Result<u64, serde_json::Error> {
    #[derive(Deserialize)]
    struct Meta {
        total: u64,
    }
    #[derive(Deserialize)]
    struct Envelope {
        total: Option<u64>,
        meta: Option<Meta>,
    }
    let Envelope { total, meta } = serde_json::from_slice(body)?;
    total.or(meta.map(|meta| meta.total)).ok_or_else(|| de::Error::custom("the answer has no count"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_contact_that_names_no_channel_has_none_blocked() {
        for body in [r#"{"contact":{"id":"c","dndSettings":null}}"#, r#"{"contact":{"id":"c"}}"#] {
            assert_eq!(contact(body.as_bytes()).expect("readable").value.dnd.channels, None);
            assert_eq!(whole_contact(body.as_bytes()).expect("readable").value.dnd.channels, Some(Vec::new()));
        }
    }
}
