//! One contact as the server stores it, and its answers: the full view of a GET, and the rows of search and listing.
//! It must not know where contacts come from or how they change.

use serde_json::{Map, Value, json};

use super::clock::iso;

#[derive(Clone, Debug, Default)]
pub(super) struct ContactRecord {
    pub(super) id: String,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) company: Option<String>,
    pub(super) business: Option<String>,
    pub(super) address: Option<String>,
    pub(super) city: Option<String>,
    pub(super) state: Option<String>,
    pub(super) country: Option<String>,
    pub(super) postal_code: Option<String>,
    pub(super) website: Option<String>,
    pub(super) timezone: Option<String>,
    pub(super) gender: Option<String>,
    pub(super) kind: String,
    pub(super) source: Option<String>,
    pub(super) assigned_to: Option<String>,
    pub(super) date_of_birth: Option<String>,
    pub(super) dnd: bool,
    /// `{"SMS": {"status": "active", …}, …}`; null when never set.
    pub(super) dnd_settings: Value,
    pub(super) inbound_dnd_settings: Value,
    pub(super) tags: Vec<String>,
    /// Field id and value.
    pub(super) custom: Vec<(String, Value)>,
    pub(super) more_emails: Vec<String>,
    pub(super) more_phones: Vec<String>,
    pub(super) followers: Vec<String>,
    pub(super) attribution: Value,
    pub(super) added: i64,
    pub(super) updated: i64,
    pub(super) last_activity: i64,
}

impl ContactRecord {
    pub(super) fn full_name(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.first, &self.last].into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    pub(super) fn custom_json(&self) -> Value {
        self.custom.iter().map(|(id, value)| json!({"id": id, "value": value})).collect()
    }

    /// The answer to a GET; unset fields are left out.
    pub(super) fn full(&self, location: &str) -> Value {
        let mut out = Map::new();
        self.shared(location, &mut out);
        let lower = |text: &Option<String>| json!(text.as_ref().map(|t| t.to_lowercase()));
        let name = self.full_name();
        out.insert("name".into(), json!(name));
        out.insert("fullNameLowerCase".into(), lower(&name));
        out.insert("firstName".into(), json!(self.first));
        out.insert("lastName".into(), json!(self.last));
        out.insert("emailLowerCase".into(), lower(&self.email));
        out.insert("address1".into(), json!(self.address));
        out.insert("businessId".into(), json!(self.business));
        out.insert("gender".into(), json!(self.gender));
        out.insert("dndSettings".into(), self.dnd_settings.clone());
        out.insert("inboundDndSettings".into(), self.inbound_dnd_settings.clone());
        out.insert("lastActivity".into(), json!(iso(self.last_activity)));
        out.insert("attributionSource".into(), self.attribution.clone());
        out.insert("lastAttributionSource".into(), self.attribution.clone());
        out.retain(|_, value| !value.is_null());
        Value::Object(out)
    }

    /// A row of the search index: no dndSettings, `address` for address1, null for unset fields.
    pub(super) fn row(&self, location: &str, plain_names: bool, cursor: Vec<Value>) -> Value {
        let mut out = Map::new();
        self.shared(location, &mut out);
        out.insert("address".into(), json!(self.address));
        out.insert("businessName".into(), json!(self.company));
        out.insert("businessId".into(), json!(self.business));
        out.insert("phoneLabel".into(), Value::Null);
        out.insert("validEmail".into(), Value::Null);
        out.insert("opportunities".into(), json!([]));
        if plain_names {
            out.insert("firstName".into(), json!(self.first));
            out.insert("lastName".into(), json!(self.last));
            out.insert("contactName".into(), json!(self.full_name()));
        }
        out.insert("searchAfter".into(), Value::Array(cursor));
        Value::Object(out)
    }

    /// An entry of the older listing: plain names, address1, no dndSettings.
    pub(super) fn listed(&self, location: &str) -> Value {
        let mut out = Map::new();
        self.shared(location, &mut out);
        out.insert("contactName".into(), json!(self.full_name()));
        out.insert("firstName".into(), json!(self.first));
        out.insert("lastName".into(), json!(self.last));
        out.insert("address1".into(), json!(self.address));
        Value::Object(out)
    }

    fn shared(&self, location: &str, out: &mut Map<String, Value>) {
        let lower = |text: &Option<String>| json!(text.as_ref().map(|t| t.to_lowercase()));
        let fields = [
            ("id", json!(self.id)),
            ("locationId", json!(location)),
            ("firstNameLowerCase", lower(&self.first)),
            ("lastNameLowerCase", lower(&self.last)),
            ("email", json!(self.email)),
            ("phone", json!(self.phone)),
            ("companyName", json!(self.company)),
            ("city", json!(self.city)),
            ("state", json!(self.state)),
            ("country", json!(self.country)),
            ("postalCode", json!(self.postal_code)),
            ("website", json!(self.website)),
            ("timezone", json!(self.timezone)),
            ("type", json!(self.kind)),
            ("source", json!(self.source)),
            ("assignedTo", json!(self.assigned_to)),
            ("dateOfBirth", json!(self.date_of_birth)),
            ("dnd", json!(self.dnd)),
            ("tags", json!(self.tags)),
            ("customFields", self.custom_json()),
            ("additionalEmails", json!(self.more_emails)),
            ("additionalPhones", json!(self.more_phones)),
            ("followers", json!(self.followers)),
            ("dateAdded", json!(iso(self.added))),
            ("dateUpdated", json!(iso(self.updated))),
        ];
        out.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    }
}
