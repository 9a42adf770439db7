//! Signing in: the page that asks, and the endpoints that hand out tokens.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::sandbox::{
    agency::Agency,
    call::{Answered, IncomingCall, Success, elsewhere, ok, page},
    grant::Grant,
    oauth::CLIENT_ID,
    refusal::Refusal,
    switches::Switches,
    world::World,
};

/// The parameters of the page; all of them pass through the form.
const ASKED: [&str; 7] =
    ["response_type", "client_id", "redirect_uri", "scope", "state", "version_id", "loginWindowOpenMode"];

/// `GET /v2/oauth/chooselocation`: choose a location (or the agency), then Allow or Deny.
pub(in crate::sandbox) fn choose(agency: &mut Agency, call: &IncomingCall) -> Answered {
    if let Err(problem) = readable(&call.query, agency.switches()) {
        return refused(problem);
    }
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
    page(
        200,
        shell(&format!(
            r#"<h1>Choose where the app may work</h1>
<p>This is the sandbox of ghl-tui: nothing here reaches HighLevel.</p>
<form method="post" action="/v2/oauth/chooselocation">{hidden}
{}<p>It asks for:</p><ul>{scopes}</ul>
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></form>"#,
            owners(agency)
        )),
    )
}

/// The locations and the agency, to choose from; the first one is chosen.
fn owners(agency: &Agency) -> String {
    let worlds: Vec<_> = agency.places().map(|place| &agency.state(place).world).collect();
    let names: Vec<&str> = worlds.iter().map(|world| world.practice.name.as_str()).collect();
    let locations = worlds.iter().map(|world| (&*world.location_id, format!("{} (location)", world.practice.name)));
    let company = (agency.company_id(), format!("The agency of {}", names.join(" and ")));
    let mut checked = " checked";
    locations.chain([company]).fold(String::new(), |mut list, (id, name)| {
        let name = escaped(&name);
        let _ =
            writeln!(list, r#"<p><label><input type="radio" name="owner" value="{id}"{checked}> {name}</label></p>"#);
        checked = "";
        list
    })
}

/// The answer of the page's form: back to the app, with a code or without.
pub(in crate::sandbox) fn decide(agency: &mut Agency, call: &IncomingCall) -> Answered {
    if let Err(problem) = readable(&call.form, agency.switches()) {
        return refused(problem);
    }
    let given = |name: &str| call.form.get(name).map(String::as_str).unwrap_or_default();
    let redirect = given("redirect_uri");
    let mut back = form_urlencoded::Serializer::new(String::new());
    if given("decision") == "allow" {
        let Some(owner) = agency.owner(given("owner")) else { return refused("noLocationFound") };
        let scopes = given("scope").split_whitespace().map(str::to_owned).collect();
        let now = agency.now_ms();
        back.append_pair("code", &agency.grants.code(owner, scopes, redirect, now));
    } else {
        back.append_pair("error", "access_denied");
    }
    if agency.switches().oauth_state && !given("state").is_empty() {
        back.append_pair("state", given("state"));
    }
    let joint = if redirect.contains('?') { '&' } else { '?' };
    elsewhere(format!("{redirect}{joint}{}", back.finish()))
}

/// `POST /oauth/token`, form-encoded.
pub(in crate::sandbox) fn token(agency: &mut Agency, call: &IncomingCall) -> Answered {
    let (now, switches) = (agency.now_ms(), agency.switches().clone());
    ok(agency.grants.token(&call.form, &switches, now)?)
}

/// `POST /oauth/locationToken`, form-encoded: an agency's token becomes one of a location.
pub(in crate::sandbox) fn location_token(agency: &mut Agency, call: &IncomingCall, grant: &Grant) -> Answered {
    let given = |name: &str| call.form.get(name).map(String::as_str).unwrap_or_default();
    filled(["companyId", "locationId"], given)?;
    let place = agency.place(given("locationId")).filter(|_| given("companyId") == agency.company_id());
    let place = place.ok_or_else(Refusal::location)?;
    let (now, switches) = (agency.now_ms(), agency.switches().clone());
    // Seen live: 201.
    Ok(Success::json(201, agency.grants.for_location(place, grant, &switches, now)))
}

/// `GET /oauth/installedLocations?companyId&appId`
pub(in crate::sandbox) fn installed(agency: &mut Agency, call: &IncomingCall, _grant: &Grant) -> Answered {
    let given = |name: &str| call.query.get(name).map(String::as_str).unwrap_or_default();
    filled(["companyId", "appId"], given)?;
    if given("companyId") != agency.company_id() {
        return Err(Refusal::location());
    }
    let one = |world: &World| {
        json!({
            "_id": world.location_id, "name": world.practice.name, "address": world.practice.address,
            "isInstalled": true,
        })
    };
    let locations: Vec<Value> = agency.places().map(|place| one(&agency.state(place).world)).collect();
    ok(json!({"count": locations.len(), "locations": locations, "installToFutureLocations": false}))
}

fn filled<'a>(names: [&str; 2], given: impl Fn(&str) -> &'a str) -> Result<(), Refusal> {
    let empty = names.into_iter().filter(|name| given(name).is_empty());
    let wrong: Vec<String> = empty.map(|name| format!("{name} should not be empty")).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::fields(wrong)) }
}

fn refused(problem: &str) -> Answered {
    page(400, shell(&format!("<h1>error.{problem}</h1>")))
}

/// Why an app's request is refused, with the error names that the real page shows.
fn readable(given: &HashMap<String, String>, switches: &Switches) -> Result<(), &'static str> {
    let is = |name: &str| given.get(name).is_some_and(|value| !value.is_empty());
    match () {
        () if given.get("client_id").map(String::as_str) != Some(CLIENT_ID) => Err("noAppFound"),
        () if given.get("response_type").map(String::as_str) != Some("code") => Err("invalidResponseType"),
        () if switches.needs_version_id && !is("version_id") => Err("noversionid"),
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
