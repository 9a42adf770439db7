//! `POST /__sandbox/tokens`: makes private tokens, as the settings page of the real service does.

use std::sync::Arc;

use axum::{
    Json,
    extract::State as Shared,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{NO_LOCATION, place, wrong};
use crate::sandbox::{
    clock::millis,
    grant::{Grant, Origin, Owner},
    server::SandboxServer,
    switches::duration,
};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct TokenOrder {
    /// `None`: every scope; an empty list: none.
    scopes: Option<Vec<String>>,
    #[serde(default)]
    class: TokenClass,
    location: Option<String>,
    lifetime: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum TokenClass {
    #[default]
    Location,
    Company,
}

pub(in crate::sandbox) async fn make_token(Shared(server): Shared<Arc<SandboxServer>>, body: String) -> Response {
    let order = if body.is_empty() { Ok(TokenOrder::default()) } else { serde_json::from_str::<TokenOrder>(&body) };
    let order = match order {
        Ok(order) => order,
        Err(error) => return wrong(error.to_string()),
    };
    if order.class == TokenClass::Company && order.location.is_some() {
        return wrong("a company token has no location");
    }
    let lifetime = match order.lifetime.as_deref().map(duration) {
        Some(None) => return wrong("lifetime must be a time such as 5s"),
        given => given.flatten(),
    };
    let mut inside = server.lock();
    let Some(place) = place(&inside.agency, order.location.as_deref()) else { return wrong(NO_LOCATION) };
    let (owner, id) = match order.class {
        TokenClass::Location => (Owner::Location(place), inside.agency.state(place).world.location_id.clone()),
        TokenClass::Company => (Owner::Company, inside.agency.company_id().to_owned()),
    };
    let expires = lifetime.map(|time| inside.agency.now_ms().saturating_add(millis(time)));
    let token = inside.agency.private.make(Grant { owner, origin: Origin::Private, scopes: order.scopes }, expires);
    let name = if order.class == TokenClass::Company { "company_id" } else { "location_id" };
    Json(json!({"token": token, name: id})).into_response()
}
