//! Signing in: the page that asks, and the endpoints that hand out tokens.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::json;
use url::form_urlencoded;

use crate::sandbox::{
    call::{Answer, Call, Outcome, elsewhere, ok, page},
    oauth::{CLIENT_ID, Class, Grant},
    refusal::Refusal,
    state::State,
};

/// What the page is asked for; all of it travels through the form.
const ASKED: [&str; 7] =
    ["response_type", "client_id", "redirect_uri", "scope", "state", "version_id", "loginWindowOpenMode"];

/// `GET /v2/oauth/chooselocation`: choose a location (or the agency), then Allow or Deny.
pub(in crate::sandbox) fn choose(state: &mut State, call: &Call) -> Outcome {
    if let Err(problem) = readable(&call.query) {
        return page(400, shell(&format!("<h1>error.{problem}</h1>")));
    }
    let name = escaped(&state.world.practice.name);
    let scopes: String = call.query.get("scope").map(String::as_str).unwrap_or_default().split_whitespace().fold(
        String::new(),
        |mut list, scope| {
            let _ = write!(list, "<li><code>{}</code></li>", escaped(scope));
            list
        },
    );
    let hidden = ASKED.iter().filter_map(|field| Some((field, call.query.get(*field)?))).fold(
        String::new(),
        |mut fields, (field, value)| {
            let _ = write!(fields, r#"<input type="hidden" name="{field}" value="{}">"#, escaped(value));
            fields
        },
    );
    let (location, company) = (&state.world.location_id, &state.world.company_id);
    page(
        200,
        shell(&format!(
            r#"<h1>Choose where the app may work</h1>
<p>This is the sandbox of ghl-tui: nothing here reaches HighLevel.</p>
<form method="post" action="/v2/oauth/chooselocation">{hidden}
<p><label><input type="radio" name="owner" value="{location}" checked> {name} (location)</label></p>
<p><label><input type="radio" name="owner" value="{company}"> The agency of {name}</label></p>
<p>It asks for:</p><ul>{scopes}</ul>
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></form>"#
        )),
    )
}

/// The answer of the page's form: back to the app, with a code or without.
pub(in crate::sandbox) fn decide(state: &mut State, call: &Call) -> Outcome {
    if let Err(problem) = readable(&call.form) {
        return page(400, shell(&format!("<h1>error.{problem}</h1>")));
    }
    let given = |name: &str| call.form.get(name).map(String::as_str).unwrap_or_default();
    let redirect = given("redirect_uri");
    let mut back = form_urlencoded::Serializer::new(String::new());
    if given("decision") == "allow" {
        let class = if given("owner") == state.world.company_id { Class::Company } else { Class::Location };
        let scopes = given("scope").split_whitespace().map(str::to_owned).collect();
        let (grant, now) = (Grant { class, scopes: Some(scopes) }, state.clock.now_ms());
        back.append_pair("code", &state.grants.code(&state.world, grant, redirect, now));
    } else {
        back.append_pair("error", "access_denied");
    }
    if !given("state").is_empty() {
        back.append_pair("state", given("state"));
    }
    let joint = if redirect.contains('?') { '&' } else { '?' };
    elsewhere(format!("{redirect}{joint}{}", back.finish()))
}

/// `POST /oauth/token`, form-encoded.
pub(in crate::sandbox) fn token(state: &mut State, call: &Call) -> Outcome {
    let now = state.clock.now_ms();
    ok(state.grants.token(&state.world, &call.form, state.switches.code_lifetime, now)?)
}

/// `POST /oauth/locationToken`, form-encoded: an agency's token becomes one of a location.
pub(in crate::sandbox) fn location_token(state: &mut State, call: &Call, grant: &Grant) -> Outcome {
    let given = |name: &str| call.form.get(name).map(String::as_str).unwrap_or_default();
    let empty = ["companyId", "locationId"].into_iter().filter(|name| given(name).is_empty());
    let wrong: Vec<String> = empty.map(|name| format!("{name} should not be empty")).collect();
    if !wrong.is_empty() {
        return Err(Refusal::fields(wrong));
    }
    if given("companyId") != state.world.company_id || given("locationId") != state.world.location_id {
        return Err(Refusal::location());
    }
    let now = state.clock.now_ms();
    // Seen live: 201.
    Ok(Answer::json(201, state.grants.for_location(&state.world, grant, now)))
}

/// `GET /oauth/installedLocations?companyId&appId`
pub(in crate::sandbox) fn installed(state: &mut State, call: &Call) -> Outcome {
    let given = |name: &str| call.query.get(name).map(String::as_str).unwrap_or_default();
    let empty = ["companyId", "appId"].into_iter().filter(|name| given(name).is_empty());
    let wrong: Vec<String> = empty.map(|name| format!("{name} should not be empty")).collect();
    if !wrong.is_empty() {
        return Err(Refusal::fields(wrong));
    }
    if given("companyId") != state.world.company_id {
        return Err(Refusal::location());
    }
    let business = &state.world.practice;
    let location = json!({
        "_id": state.world.location_id, "name": business.name, "address": business.address, "isInstalled": true,
    });
    ok(json!({"locations": [location], "count": 1, "installToFutureLocations": false}))
}

/// What is wrong with what an app asks for, in the names that the real page shows.
fn readable(given: &HashMap<String, String>) -> Result<(), &'static str> {
    let is = |name: &str| given.get(name).is_some_and(|value| !value.is_empty());
    match () {
        () if given.get("client_id").map(String::as_str) != Some(CLIENT_ID) => Err("noAppFound"),
        () if given.get("response_type").map(String::as_str) != Some("code") => Err("invalidResponseType"),
        () if !is("redirect_uri") => Err("noRedirectUri"),
        () if !is("scope") => Err("noScope"),
        () => Ok(()),
    }
}

fn shell(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Allow access</title>\
         <style>body{{font:16px system-ui;max-width:36em;margin:3em auto;padding:0 1em}}button{{font:inherit;padding:.4em 1.2em}}</style>\
         </head><body>{body}</body></html>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
