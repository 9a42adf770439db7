//! Records that a merge counts because the API cannot move them.

use crate::api::wire;
use crate::domain::{ContactId, LocationId};

use super::operations;

operations! {
    /// `GET /opportunities/search`: how many a contact has. The parameters are snake case; camel case is a 422.
    CountOpportunities { location: LocationId, contact: ContactId }
    Get "/opportunities/search" () OpportunitiesReadonly Safe "api"
    with |count, call| call
        .query("location_id", count.location.as_str())
        .query("contact_id", count.contact.as_str())
        .query("limit", "1"),
    -> u64 = |_own, body| wire::total(body);

    /// `GET /conversations/search`: how many a contact has.
    CountConversations { location: LocationId, contact: ContactId }
    Get "/conversations/search" () ConversationsReadonly Safe version "2021-04-15" "api"
    with |count, call| call
        .query("locationId", count.location.as_str())
        .query("contactId", count.contact.as_str())
        .query("limit", "1"),
    -> u64 = |_own, body| wire::total(body);
}
