//! Tags and followers: they are sets, so a repeat does no harm.

use serde_json::json;

use crate::api::{BulkResult, wire};
use crate::domain::{ContactId, LocationId, UserId};

use super::operations;

operations! {
    /// `POST /contacts/{id}/tags`. Answers all tags of the contact.
    AddTags { contact: ContactId, tags: Vec<String> }
    Post "/contacts/{}/tags" (contact) ContactsWrite Natural "t, contacts tag"
    with |change, call| call.body(json!({ "tags": change.tags })),
    -> Vec<String> = |_own, body| wire::tags_of(body);

    /// `DELETE /contacts/{id}/tags`, with a body. Answers all tags of the contact.
    RemoveTags { contact: ContactId, tags: Vec<String> }
    Delete "/contacts/{}/tags" (contact) ContactsWrite Natural "t, T, contacts tag"
    with |change, call| call.body(json!({ "tags": change.tags })),
    -> Vec<String> = |_own, body| wire::tags_of(body);

    /// `POST /contacts/bulk/tags/update/add`: succeeds as a whole; each contact has its own result.
    AddTagsToMany { location: LocationId, contacts: Vec<ContactId>, tags: Vec<String> }
    Post "/contacts/bulk/tags/update/add" () ContactsWrite Natural "t, marked"
    with |change, call| call.body(json!({
        "contacts": change.contacts, "tags": change.tags, "locationId": change.location,
    })),
    -> Vec<BulkResult> = |_own, body| wire::bulk_tags(body);

    /// `POST /contacts/bulk/tags/update/remove`
    RemoveTagsFromMany { location: LocationId, contacts: Vec<ContactId>, tags: Vec<String> }
    Post "/contacts/bulk/tags/update/remove" () ContactsWrite Natural "T, marked"
    with |change, call| call.body(json!({
        "contacts": change.contacts, "tags": change.tags, "locationId": change.location,
    })),
    -> Vec<BulkResult> = |_own, body| wire::bulk_tags(body);

    /// `POST /contacts/{id}/followers`. Answers all followers of the contact.
    AddFollowers { contact: ContactId, users: Vec<UserId> }
    Post "/contacts/{}/followers" (contact) ContactsWrite Natural "m f"
    with |change, call| call.body(json!({ "followers": change.users })),
    -> Vec<UserId> = |_own, body| wire::followers(body);

    /// `DELETE /contacts/{id}/followers`, with a body. Answers all followers of the contact.
    RemoveFollowers { contact: ContactId, users: Vec<UserId> }
    Delete "/contacts/{}/followers" (contact) ContactsWrite Natural "m f"
    with |change, call| call.body(json!({ "followers": change.users })),
    -> Vec<UserId> = |_own, body| wire::followers(body);
}
