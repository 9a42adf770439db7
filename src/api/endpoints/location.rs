//! The location itself, its tags, custom fields and users.

use crate::api::{LocationHead, wire};
use crate::domain::{CompanyId, CustomField, LocationId, User};

use super::operations;

operations! {
    /// `GET /locations/{id}`: its name, zone and country.
    GetLocation { location: LocationId }
    Get "/locations/{}" (location) LocationsReadonly Safe "header, dates"
    -> LocationHead = |_own, body| wire::location(body);

    /// `GET /locations/{id}/tags`
    GetTags { location: LocationId }
    Get "/locations/{}/tags" (location) LocationTagsReadonly Safe "tags"
    -> Vec<String> = |_own, body| wire::tags(body);

    /// `GET /locations/{id}/customFields`
    GetCustomFields { location: LocationId }
    Get "/locations/{}/customFields" (location) LocationCustomFieldsReadonly Safe "detail"
    -> Vec<CustomField> = |_own, body| wire::custom_fields(body);

    /// `GET /users/?locationId=…`: deprecated, but the only one that needs no company.
    GetUsers { location: LocationId }
    Get "/users/" () UsersReadonly Safe "owners, authors"
    with |list, call| call.query("locationId", list.location.as_str()),
    -> Vec<User> = |_own, body| wire::users(body);

    /// `GET /users/search?companyId=…`
    SearchUsers { company: CompanyId, location: LocationId, limit: u32, skip: u32 }
    Get "/users/search" () UsersReadonly Safe "api"
    with |search, call| call
        .query("companyId", search.company.as_str())
        .query("locationId", search.location.as_str())
        .query("limit", search.limit.to_string())
        .query("skip", search.skip.to_string()),
    -> Vec<User> = |_own, body| wire::users(body);
}
