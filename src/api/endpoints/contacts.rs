//! Contacts: searching, reading, writing.

use jiff::Timestamp;
use serde_json::{json, value::RawValue};

use crate::api::{Call, ContactPage, Listed, Received, wire};
use crate::domain::{Contact, ContactId, ContactPatch, LocationId};

use super::operations;

/// A period: from a moment, inclusive, until another, exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TimeSpan {
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

operations! {
    /// `POST /contacts/search`: the only listing that goes past 10,000. Its index lags by seconds. Answers the rows, and
    /// the total number of matches.
    SearchContacts {
        location: LocationId,
        /// 500 at most.
        page_limit: u32,
        /// The cursor of the previous page's last contact.
        search_after: Option<Box<RawValue>>,
        /// Only contacts changed at or after this, oldest change first; otherwise all, in the order they were added.
        updated_since: Option<Timestamp>,
        /// Sort by newest change first instead.
        newest_first: bool,
        /// Only contacts added in this period.
        added: TimeSpan,
    }
    Post "/contacts/search" () ContactsReadonly Safe "listing, changes"
    with |search, call| searched(search, call),
    -> (Vec<Listed>, u64) = |_own, body| wire::page(body);

    /// `GET /contacts/search/duplicate`: the contact with this e-mail or phone, by the location's rules.
    FindDuplicate { location: LocationId, email: Option<String>, phone: Option<String> }
    Get "/contacts/search/duplicate" () ContactsReadonly Safe "before a new contact"
    with |wanted, call| {
        let call = call.query("locationId", wanted.location.as_str());
        let call = match &wanted.email { Some(email) => call.query("email", email), None => call };
        // The parameter is `number`, not `phone`.
        match &wanted.phone { Some(phone) => call.query("number", phone), None => call }
    },
    -> Option<Received<Contact>> = |_own, body| wire::duplicate(body);

    /// `GET /contacts/`: the older listing, at most 100 per page; deprecated, but still answered.
    ListContacts { location: LocationId, limit: u32, query: Option<String>, after: Option<(i64, ContactId)> }
    Get "/contacts/" () ContactsReadonly Safe "api"
    with |list, call| {
        let call = call.query("locationId", list.location.as_str()).query("limit", list.limit.to_string());
        let call = match &list.query { Some(query) => call.query("query", query), None => call };
        match &list.after {
            Some((at, id)) => call.query("startAfter", at.to_string()).query("startAfterId", id.as_str()),
            None => call,
        }
    },
    -> ContactPage = |_own, body| wire::entries(body);

    /// `POST /contacts/`: if duplicates are allowed, a repeat creates a second one.
    CreateContact { location: LocationId, patch: ContactPatch }
    Post "/contacts/" () ContactsWrite Probe "n, contacts create"
    with |create, call| written(call, &create.patch, Some(&create.location)),
    -> Received<Contact> = |_own, body| wire::whole_contact(body);

    /// `POST /contacts/upsert`: matches by e-mail and phone, in the location's order; may drop a field silently. Answers
    /// whether the contact is new.
    UpsertContact { location: LocationId, patch: ContactPatch }
    Post "/contacts/upsert" () ContactsWrite Probe "api"
    with |upsert, call| written(call, &upsert.patch, Some(&upsert.location)),
    -> (bool, Received<Contact>) = |_own, body| wire::upserted(body);

    /// `GET /contacts/{id}`: the only full view.
    GetContact { contact: ContactId }
    Get "/contacts/{}" (contact) ContactsReadonly Safe "detail"
    -> Received<Contact> = |_own, body| wire::whole_contact(body);

    /// `PUT /contacts/{id}`: changes only the named fields. Tags are never sent, because the server would replace them all.
    UpdateContact { contact: ContactId, patch: ContactPatch }
    Put "/contacts/{}" (contact) ContactsWrite Natural "e, A, contacts update"
    with |update, call| written(call, &update.patch, None),
    -> Received<Contact> = |_own, body| wire::contact(body);

    /// `DELETE /contacts/{id}`: permanent.
    DeleteContact { contact: ContactId }
    Delete "/contacts/{}" (contact) ContactsWrite Natural "D, contacts delete"
    -> () = |_own, _body| Ok(());
}

fn searched(search: &SearchContacts, call: Call) -> Call {
    let by_change = search.updated_since.is_some() || search.newest_first;
    let order = if by_change { "dateUpdated" } else { "dateAdded" };
    let direction = if search.newest_first { "desc" } else { "asc" };
    let mut body = json!({
        "locationId": search.location,
        "pageLimit": search.page_limit,
        "sort": [{ "field": order, "direction": direction }],
    });
    if let Some(after) = &search.search_after {
        body["searchAfter"] = json!(after);
    }
    // Dates are epoch milliseconds here and nowhere else.
    let within = |field: &str, span: TimeSpan| {
        let bounds = [("gte", span.from), ("lt", span.until)];
        let bounds: serde_json::Map<String, serde_json::Value> =
            bounds.into_iter().filter_map(|(name, at)| Some((name.to_owned(), json!(at?.as_millisecond())))).collect();
        (!bounds.is_empty()).then(|| json!({ "field": field, "operator": "range", "value": bounds }))
    };
    let updated = within("dateUpdated", TimeSpan { from: search.updated_since, until: None });
    let filters: Vec<serde_json::Value> = updated.into_iter().chain(within("dateAdded", search.added)).collect();
    if !filters.is_empty() {
        body["filters"] = filters.into();
    }
    call.body(body)
}

/// The location belongs in the body of requests that create contacts, and nowhere else.
fn written(call: Call, patch: &ContactPatch, location: Option<&LocationId>) -> Call {
    let mut body = wire::contact_body(patch, location.is_some());
    if let Some(location) = location {
        body.insert("locationId".to_owned(), json!(location));
    }
    call.body(body.into())
}
