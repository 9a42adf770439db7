//! Contacts: searching, reading.

use jiff::Timestamp;
use serde_json::json;
use serde_json::value::RawValue;

use crate::api::{Call, Endpoint, Idempotency, Listed, Received, wire};
use crate::domain::{Appointment, Contact, ContactId, LocationId, Scope};
use crate::http::Method;

/// `POST /contacts/search`, the only listing that goes past 10,000. It is an index that lags by seconds.
#[derive(Clone, Debug)]
pub struct SearchContacts {
    pub location: LocationId,
    /// 500 at most.
    pub page_limit: u32,
    /// From the last contact of the page before.
    pub search_after: Option<Box<RawValue>>,
    /// Only those changed at or after this, oldest change first; else all, in the order they were added.
    pub updated_since: Option<Timestamp>,
}

impl Endpoint for SearchContacts {
    const METHOD: Method = Method::Post;
    const SCOPE: Scope = Scope::ContactsReadonly;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    /// The rows, and how many contacts match in all.
    type Reply = (Vec<Listed>, u64);

    fn call(&self) -> Call {
        let order = if self.updated_since.is_some() { "dateUpdated" } else { "dateAdded" };
        let mut body = json!({
            "locationId": self.location,
            "pageLimit": self.page_limit,
            "sort": [{ "field": order, "direction": "asc" }],
        });
        if let Some(after) = &self.search_after {
            body["searchAfter"] = json!(after);
        }
        if let Some(since) = self.updated_since {
            // Dates are epoch milliseconds here and nowhere else.
            let range = json!({ "gte": since.as_millisecond() });
            body["filters"] = json!([{ "field": "dateUpdated", "operator": "range", "value": range }]);
        }
        Call::new("/contacts/search", &[]).body(body)
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::page(body)
    }
}

/// `GET /contacts/{id}`: the only full view.
#[derive(Clone, Debug)]
pub struct GetContact(pub ContactId);

impl Endpoint for GetContact {
    const METHOD: Method = Method::Get;
    const SCOPE: Scope = Scope::ContactsReadonly;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    type Reply = Received<Contact>;

    fn call(&self) -> Call {
        Call::new("/contacts/{}", &[self.0.as_str()])
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::contact(body)
    }
}

/// `GET /contacts/{id}/appointments`: not paged.
#[derive(Clone, Debug)]
pub struct GetAppointments(pub ContactId);

impl Endpoint for GetAppointments {
    const METHOD: Method = Method::Get;
    const SCOPE: Scope = Scope::ContactsReadonly;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    type Reply = Vec<Received<Appointment>>;

    fn call(&self) -> Call {
        Call::new("/contacts/{}/appointments", &[self.0.as_str()])
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::appointments(body, &self.0)
    }
}
