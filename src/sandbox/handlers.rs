//! The routes: which exist, which scope each needs, and which handler answers. The gateway's policy (tokens, versions,
//! limits, faults) is elsewhere.

pub(super) mod appointments;
pub(super) mod automation;
pub(super) mod bulk;
pub(super) mod business;
pub(super) mod calendars;
pub(super) mod contacts;
pub(super) mod followers;
pub(super) mod location;
pub(super) mod notes;
pub(super) mod oauth;
pub(super) mod sales;
pub(super) mod search;
pub(super) mod tags;
pub(super) mod tasks;
mod write;

use super::{
    agency::Agency,
    call::{Answered, IncomingCall},
    grant::Grant,
    refusal::Refusal,
    state::LocationState,
};

/// The scopes of the read-only token: contacts and related data.
pub(super) const READ_ONLY: [&str; 6] = [
    "contacts.readonly",
    "locations.readonly",
    "locations/tasks.readonly",
    "locations/tags.readonly",
    "locations/customFields.readonly",
    "users.readonly",
];
const READ: &str = READ_ONLY[0];
const WRITE: &str = "contacts.write";

type Handler<'a> = Box<dyn FnOnce(&mut LocationState, &IncomingCall) -> Answered + 'a>;

/// A matched route, with the parts of the path that it needs, by the kind of token that it requires.
pub(super) enum Route<'a> {
    /// No token and no Version.
    Open(fn(&mut Agency, &IncomingCall) -> Answered),
    /// A location's token with this scope; that location answers.
    Location(&'static str, Handler<'a>),
    /// An app's token for the agency, with this scope.
    Agency(&'static str, fn(&mut Agency, &IncomingCall, &Grant) -> Answered),
}

#[expect(clippy::unnecessary_wraps, reason = "each arm of a route ends in it")]
fn to<'a>(
    scope: &'static str,
    answer: impl FnOnce(&mut LocationState, &IncomingCall) -> Answered + 'a,
) -> Option<Route<'a>> {
    Some(Route::Location(scope, Box::new(answer)))
}

fn oauth_route<'a>(method: &str, path: &[&str]) -> Option<Route<'a>> {
    match (method, path) {
        ("GET", ["v2", "oauth", "chooselocation"] | ["oauth", "chooselocation"]) => Some(Route::Open(oauth::choose)),
        ("POST", ["v2", "oauth", "chooselocation"]) => Some(Route::Open(oauth::decide)),
        ("POST", ["oauth", "token"]) => Some(Route::Open(oauth::token)),
        ("POST", ["oauth", "locationToken"]) => Some(Route::Agency("oauth.write", oauth::location_token)),
        ("GET", ["oauth", "installedLocations"]) => Some(Route::Agency("oauth.readonly", oauth::installed)),
        _ => None,
    }
}

pub(super) fn route<'a>(method: &str, path: &'a [&'a str]) -> Option<Route<'a>> {
    match path {
        ["contacts", rest @ ..] => contact_route(method, rest),
        ["oauth", ..] | ["v2", "oauth", ..] => oauth_route(method, path),
        ["locations", location, rest @ ..] => location_route(method, location, rest),
        ["users"] if method == "GET" => to("users.readonly", location::users),
        ["users", "search"] if method == "GET" => to("users.readonly", location::search_users),
        ["businesses"] if method == "GET" => to("businesses.readonly", business::list),
        ["campaigns"] if method == "GET" => to("campaigns.readonly", automation::campaigns),
        ["workflows"] if method == "GET" => to("workflows.readonly", automation::workflows),
        ["calendars", rest @ ..] => calendar_route(method, rest),
        ["opportunities", "search"] if method == "GET" => to("opportunities.readonly", sales::opportunities),
        ["conversations", "search"] if method == "GET" => to("conversations.readonly", sales::conversations),
        _ => None,
    }
}

fn contact_route<'a>(method: &str, path: &'a [&'a str]) -> Option<Route<'a>> {
    match (method, path) {
        ("POST", []) => to(WRITE, contacts::create),
        ("GET", []) => to(READ, search::list),
        ("POST", ["upsert"]) => to(WRITE, contacts::upsert),
        ("POST", ["bulk", "tags", "update", kind]) => {
            to(WRITE, move |state, call| bulk::update_tags(state, call, kind))
        }
        ("POST", ["bulk", "business"]) => to(WRITE, business::assign),
        ("GET", ["business", business]) => to(READ, move |state, call| business::members(state, call, business)),
        ("POST", ["search"]) => to(READ, search::search),
        ("GET", ["search", "duplicate"]) => to(READ, contacts::duplicate),
        ("GET", [id]) => to(READ, move |state, _| contacts::get(state, id)),
        ("PUT", [id]) => to(WRITE, move |state, call| contacts::update(state, call, id)),
        ("DELETE", [id]) => to(WRITE, move |state, _| contacts::delete(state, id)),
        ("POST", [id, "tags"]) => to(WRITE, move |state, call| tags::add(state, call, id)),
        ("DELETE", [id, "tags"]) => to(WRITE, move |state, call| tags::remove(state, call, id)),
        ("POST", [id, "followers"]) => to(WRITE, move |state, call| followers::add(state, call, id)),
        ("DELETE", [id, "followers"]) => to(WRITE, move |state, call| followers::remove(state, call, id)),
        ("GET", [id, "appointments"]) => to(READ, move |state, _| appointments::list(state, id)),
        ("DELETE", [id, "campaigns", "removeAll"]) => to(WRITE, move |state, _| automation::stop_campaigns(state, id)),
        ("POST", [id, "campaigns", campaign]) => {
            to(WRITE, move |state, call| automation::start_campaign(state, call, id, campaign))
        }
        ("DELETE", [id, "campaigns", campaign]) => {
            to(WRITE, move |state, _| automation::stop_campaign(state, id, campaign))
        }
        ("POST", [id, "workflow", workflow]) => {
            to(WRITE, move |state, call| automation::start_workflow(state, call, id, workflow))
        }
        ("DELETE", [id, "workflow", workflow]) => {
            to(WRITE, move |state, call| automation::stop_workflow(state, call, id, workflow))
        }
        (_, [id, "tasks", rest @ ..]) => task_route(method, id, rest),
        (_, [id, "notes", rest @ ..]) => note_route(method, id, rest),
        _ => None,
    }
}

fn task_route<'a>(method: &str, id: &'a str, path: &'a [&'a str]) -> Option<Route<'a>> {
    match (method, path) {
        ("GET", []) => to(READ, move |state, _| tasks::list(state, id)),
        ("POST", []) => to(WRITE, move |state, call| tasks::create(state, call, id)),
        ("GET", [task]) => to(READ, move |state, _| tasks::get(state, id, task)),
        ("PUT", [task]) => to(WRITE, move |state, call| tasks::update(state, call, id, task)),
        ("PUT", [task, "completed"]) => to(WRITE, move |state, call| tasks::complete(state, call, id, task)),
        ("DELETE", [task]) => to(WRITE, move |state, _| tasks::delete(state, id, task)),
        _ => None,
    }
}

fn note_route<'a>(method: &str, id: &'a str, path: &'a [&'a str]) -> Option<Route<'a>> {
    match (method, path) {
        ("GET", []) => to(READ, move |state, _| notes::list(state, id)),
        ("POST", []) => to(WRITE, move |state, call| notes::create(state, call, id)),
        ("GET", [note]) => to(READ, move |state, _| notes::get(state, id, note)),
        ("PUT", [note]) => to(WRITE, move |state, call| notes::update(state, call, id, note)),
        ("DELETE", [note]) => to(WRITE, move |state, _| notes::delete(state, id, note)),
        _ => None,
    }
}

fn calendar_route<'a>(method: &str, path: &'a [&'a str]) -> Option<Route<'a>> {
    const EVENTS: &str = "calendars/events.readonly";
    const WRITE_EVENTS: &str = "calendars/events.write";
    match (method, path) {
        ("GET", []) => to("calendars.readonly", calendars::list),
        ("GET", ["events"]) => to(EVENTS, calendars::events),
        ("GET", ["events", "appointments", event]) => to(EVENTS, move |state, _| calendars::get(state, event)),
        ("POST", ["events", "appointments"]) => to(WRITE_EVENTS, calendars::create),
        ("PUT", ["events", "appointments", event]) => {
            to(WRITE_EVENTS, move |state, call| calendars::update(state, call, event))
        }
        ("DELETE", ["events", event]) => to(WRITE_EVENTS, move |state, call| calendars::delete(state, call, event)),
        ("GET", ["appointments", event, "notes"]) => {
            to(EVENTS, move |state, call| calendars::notes(state, call, event))
        }
        _ => None,
    }
}

fn location_route<'a>(method: &str, id: &'a str, path: &'a [&'a str]) -> Option<Route<'a>> {
    match (method, path) {
        ("GET", []) => to("locations.readonly", move |state, _| location::get(state, id)),
        ("GET", ["tags"]) => to("locations/tags.readonly", move |state, _| location::tags(state, id)),
        ("GET", ["customFields"]) => {
            to("locations/customFields.readonly", move |state, call| location::fields(state, call, id))
        }
        ("POST", ["tasks", "search"]) => {
            to("locations/tasks.readonly", move |state, call| tasks::search(state, call, id))
        }
        _ => None,
    }
}

fn contact_position(state: &LocationState, id: &str) -> Result<u32, Refusal> {
    state.position(id).ok_or_else(|| Refusal::unknown(state.switches.unknown_id, "Contact", id))
}

fn own_location(state: &LocationState, id: &str) -> Result<(), Refusal> {
    if id == state.world.location_id { Ok(()) } else { Err(Refusal::location()) }
}
