//! The location itself, its tags, custom fields and users.

use crate::api::{Call, Endpoint, Idempotency, wire};
use crate::domain::{CustomField, LocationId, Scope, User};
use crate::http::Method;

macro_rules! reading {
    ($($(#[$doc:meta])* $name:ident, $scope:ident, $path:literal, $reply:ty, $parse:path;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub LocationId);

        impl Endpoint for $name {
            const METHOD: Method = Method::Get;
            const SCOPE: Scope = Scope::$scope;
            const IDEMPOTENCY: Idempotency = Idempotency::Safe;
            type Reply = $reply;

            fn call(&self) -> Call {
                Call::new($path, &[self.0.as_str()])
            }

            fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
                $parse(body)
            }
        }
    )*};
}

reading! {
    /// `GET /locations/{id}`: its name and zone.
    GetLocation, LocationsReadonly, "/locations/{}", (String, Option<String>), wire::location;
    /// `GET /locations/{id}/tags`
    GetTags, LocationTagsReadonly, "/locations/{}/tags", Vec<String>, wire::tags;
    /// `GET /locations/{id}/customFields`
    GetCustomFields, LocationCustomFieldsReadonly, "/locations/{}/customFields", Vec<CustomField>, wire::custom_fields;
}

/// `GET /users/?locationId=…`
#[derive(Clone, Debug)]
pub struct GetUsers(pub LocationId);

impl Endpoint for GetUsers {
    const METHOD: Method = Method::Get;
    const SCOPE: Scope = Scope::UsersReadonly;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    type Reply = Vec<User>;

    fn call(&self) -> Call {
        Call::new("/users/", &[]).query("locationId", self.0.as_str())
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::users(body)
    }
}
