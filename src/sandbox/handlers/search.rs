//! `POST /contacts/search`: reads and checks the body, asks the index.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::own_location;
use crate::sandbox::{
    body::{self, Kind, Property, optional, required},
    call::{Call, Outcome, ok},
    refusal::Refusal,
    search::{Filter, From, Query, Sort},
    state::State,
};

const SEARCH: &[Property] = &[
    required("locationId", Kind::Text),
    required("pageLimit", Kind::Number),
    optional("page", Kind::Number),
    optional("searchAfter", Kind::List),
    optional("query", Kind::Text),
    optional("filters", Kind::List),
    optional("sort", Kind::List),
];
const LARGEST_PAGE: u64 = 500;
/// Only a cursor leads past this many records.
const WINDOW: u64 = 10_000;
const LONGEST_QUERY: usize = 75;

pub(in crate::sandbox) fn search(state: &mut State, call: &Call) -> Outcome {
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

fn read(state: &State, body: &Map<String, Value>) -> Result<Query, Refusal> {
    let list = |name: &str| body.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let limit = whole(body, "pageLimit", LARGEST_PAGE)?.unwrap_or(LARGEST_PAGE);
    let text = body::text(body, "query").unwrap_or_default();
    if text.chars().count() > LONGEST_QUERY {
        return Err(Refusal::fields(vec![format!(
            "query must be shorter than or equal to {LONGEST_QUERY} characters"
        )]));
    }
    Ok(Query {
        text,
        filter: Filter::read(&list("filters"), &state.world).map_err(Refusal::bad_request)?,
        sort: Sort::read(&list("sort")).map_err(Refusal::bad_request)?,
        from: from(body, list("searchAfter"), limit)?,
        limit: usize::try_from(limit).expect("at most 500"),
    })
}

fn from(body: &Map<String, Value>, cursor: Vec<Value>, limit: u64) -> Result<From, Refusal> {
    let page = whole(body, "page", u64::MAX)?;
    match (page, cursor.is_empty()) {
        (Some(_), false) => Err(Refusal::bad_request("page and searchAfter cannot be used together")),
        (None, false) => Ok(From::After(cursor)),
        (None, true) => Ok(From::Start),
        (Some(page), true) if page.saturating_mul(limit) > WINDOW => {
            Err(Refusal::bad_request("Only the first 10000 records can be fetched by page, use searchAfter"))
        }
        (Some(page), true) => Ok(From::Skip(usize::try_from((page - 1) * limit).unwrap_or(usize::MAX))),
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
