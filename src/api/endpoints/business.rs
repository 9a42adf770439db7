//! Businesses and their contacts.

use serde_json::json;

use crate::api::{Received, wire};
use crate::domain::{BusinessId, Contact, ContactId, LocationId, Named};

use super::operations;

operations! {
    /// `GET /businesses/?locationId=…`
    GetBusinesses { location: LocationId, limit: u32, skip: u32 }
    Get "/businesses/" () BusinessesReadonly Safe "m b"
    with |list, call| call
        .query("locationId", list.location.as_str())
        .query("limit", list.limit.to_string())
        .query("skip", list.skip.to_string()),
    -> Vec<Named<BusinessId>> = |_own, body| wire::businesses(body);

    /// `GET /contacts/business/{businessId}`: limit and skip are text. Answers the total number.
    GetBusinessContacts { location: LocationId, business: BusinessId, limit: u32, skip: u32 }
    Get "/contacts/business/{}" (business) ContactsReadonly Safe "api"
    with |list, call| call
        .query("locationId", list.location.as_str())
        .query("limit", list.limit.to_string())
        .query("skip", list.skip.to_string()),
    -> (Vec<Received<Contact>>, u64) = |_own, body| wire::members(body);

    /// `POST /contacts/bulk/business`: without a business, removes the contacts from theirs. Answers the changed contacts.
    AssignBusiness { location: LocationId, contacts: Vec<ContactId>, business: Option<BusinessId> }
    Post "/contacts/bulk/business" () ContactsWrite Natural "m b"
    with |assign, call| call.body(json!({
        "locationId": assign.location, "ids": assign.contacts, "businessId": assign.business,
    })),
    -> Vec<ContactId> = |_own, body| wire::taken(body);
}
