//! `POST /contacts/search`: reads and checks the body, asks the index.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::own_location;
use crate::sandbox::{
    body::{self, Property, PropertyKind, optional, required},
    call::{Answered, IncomingCall, ok},
    refusal::Refusal,
    search::{Filter, PageStart, SearchQuery, SearchSort},
    state::LocationState,
};

const SEARCH: &[Property] = &[
    required("locationId", PropertyKind::Text),
    required("pageLimit", PropertyKind::Number),
    optional("page", PropertyKind::Number),
    optional("searchAfter", PropertyKind::List),
    optional("query", PropertyKind::Text),
    optional("filters", PropertyKind::List),
    optional("sort", PropertyKind::List),
];
const LARGEST_PAGE: u64 = 500;
/// Beyond this many records only a cursor works.
const WINDOW: u64 = 10_000;
const LONGEST_QUERY: usize = 75;

pub(in crate::sandbox) fn search(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let body = body::check(SEARCH, &call.body()?)?;
    own_location(state, &body::text(&body, "locationId").unwrap_or_default())?;
    let query = read(state, &body)?;
    let lag = state.switches.index_lag;
    state.index.catch_up(Instant::now(), lag);
    let page = state.index.page(&query).ok_or_else(|| Refusal::bad_request("Invalid searchAfter"))?;
    let plain = state.switches.plain_names;
    let rows = page.contacts.into_iter().map(|(contact, cursor)| contact.row(&state.world.location_id, plain, cursor));
    ok(json!({"contacts": rows.collect::<Value>(), "total": page.total}))
}

/// `GET /contacts/`: the older listing, newest first, 20 to 100 a page, with its cursor in `meta`.
pub(in crate::sandbox) fn list(state: &mut LocationState, call: &IncomingCall) -> Answered {
    let given = |name: &str| call.query.get(name).filter(|value| !value.is_empty());
    let known = ["locationId", "query", "limit", "startAfterId", "startAfter"];
    if let Some(name) = call.query.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Refusal::fields(vec![format!("property {name} should not exist")]));
    }
    own_location(state, given("locationId").map_or("", String::as_str))?;
    let limit = given("limit").map_or(Some(20), |text| text.parse().ok()).filter(|limit| (1..=100).contains(limit));
    let limit = limit.ok_or_else(|| Refusal::fields(vec!["limit must not be greater than 100".into()]))?;
    let at = given("startAfter").and_then(|at| at.parse::<i64>().ok());
    let from = match (given("startAfterId"), at) {
        (Some(id), Some(at)) => PageStart::After(vec![json!(at), json!(id)]),
        _ => PageStart::Start,
    };
    let text = given("query").cloned().unwrap_or_default();
    let filter = Filter::read(&[], &state.world).map_err(Refusal::bad_request)?;
    let lag = state.switches.index_lag;
    state.index.catch_up(Instant::now(), lag);
    let query = SearchQuery { text, filter, sort: SearchSort::default(), from, limit };
    let page = state.index.page(&query).ok_or_else(|| Refusal::bad_request("Invalid startAfterId"))?;
    let last =
        page.contacts.last().filter(|_| page.contacts.len() == limit).map(|(last, _)| (last.id.clone(), last.added));
    let location = &state.world.location_id;
    let next = last.as_ref().map(|(id, at)| {
        // Our own address: a client that follows it must not send its token elsewhere.
        let host = &call.host;
        format!("http://{host}/contacts/?locationId={location}&limit={limit}&startAfter={at}&startAfterId={id}")
    });
    let contacts: Value = page.contacts.iter().map(|(contact, _)| contact.listed(location)).collect();
    ok(json!({"contacts": contacts, "meta": {
        "total": page.total, "nextPageUrl": next, "startAfterId": last.as_ref().map(|last| &last.0),
        "startAfter": last.as_ref().map(|last| last.1), "currentPage": 1, "nextPage": last.is_some().then_some(2), "prevPage": null,
    }}))
}

fn read(state: &LocationState, body: &Map<String, Value>) -> Result<SearchQuery, Refusal> {
    let list = |name: &str| body.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let limit = whole(body, "pageLimit", LARGEST_PAGE)?.unwrap_or(LARGEST_PAGE);
    let text = body::text(body, "query").unwrap_or_default();
    if text.chars().count() > LONGEST_QUERY {
        return Err(Refusal::fields(vec![format!(
            "query must be shorter than or equal to {LONGEST_QUERY} characters"
        )]));
    }
    Ok(SearchQuery {
        text,
        filter: Filter::read(&list("filters"), &state.world).map_err(Refusal::bad_request)?,
        sort: SearchSort::read(&list("sort")).map_err(Refusal::bad_request)?,
        from: from(body, list("searchAfter"), limit)?,
        limit: usize::try_from(limit).expect("at most 500"),
    })
}

fn from(body: &Map<String, Value>, cursor: Vec<Value>, limit: u64) -> Result<PageStart, Refusal> {
    let page = whole(body, "page", u64::MAX)?;
    match (page, cursor.is_empty()) {
        (Some(_), false) => Err(Refusal::bad_request("page and searchAfter cannot be used together")),
        (None, false) => Ok(PageStart::After(cursor)),
        (None, true) => Ok(PageStart::Start),
        (Some(page), true) if page.saturating_mul(limit) > WINDOW => {
            Err(Refusal::bad_request("Only the first 10000 records can be fetched by page, use searchAfter"))
        }
        (Some(page), true) => Ok(PageStart::Skip(usize::try_from((page - 1) * limit).unwrap_or(usize::MAX))),
    }
}

/// A whole number from 1 to `most`.
fn whole(body: &Map<String, Value>, name: &str, most: u64) -> Result<Option<u64>, Refusal> {
    let Some(value) = body.get(name) else { return Ok(None) };
    match value.as_u64() {
        Some(0) | None => Err(Refusal::fields(vec![format!("{name} must not be less than 1")])),
        Some(number) if number > most => Err(Refusal::fields(vec![format!("{name} must not be greater than {most}")])),
        Some(number) => Ok(Some(number)),
    }
}
