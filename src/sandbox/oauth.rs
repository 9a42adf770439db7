//! OAuth 2.0 as HighLevel has it: a page to choose a location, codes, tokens that rotate, agency and location.
//! It owns what was granted; it must not know which endpoint asks.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{
    ids::{hash, id, uuid_like},
    refusal::Refusal,
    world::World,
};

/// The one app that this server knows.
pub(super) const CLIENT_ID: &str = "sandbox-app-client";
pub(super) const CLIENT_SECRET: &str = "sandbox-app-secret";
/// Seconds that an access token is good for.
const ACCESS_SECONDS: i64 = 86_399;
/// A used refresh token gives the same answer again for so long, for those who refreshed at the same time.
const GRACE_MS: i64 = 30_000;

/// Whom a token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Location,
    Company,
}

/// What a token may do.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) class: Class,
    /// `None`: everything, as a private token with all scopes.
    pub(super) scopes: Option<Vec<String>>,
}

impl Grant {
    pub(super) fn allows(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|granted| granted == scope))
    }
}

#[derive(Clone, Debug)]
struct Code {
    grant: Grant,
    redirect: String,
    made: i64,
}

#[derive(Clone, Debug)]
struct Access {
    grant: Grant,
    expires: i64,
}

#[derive(Clone, Debug)]
struct Refresh {
    grant: Grant,
    /// When it was first used, and what was answered.
    used: Option<(i64, Value)>,
}

/// Everything that was granted since the start.
#[derive(Debug, Default)]
pub(super) struct Grants {
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    issued: u64,
}

/// A refusal in OAuth's own form.
fn unauthorised(words: &str) -> Refusal {
    Refusal { status: 401, body: json!({"error": "UnAuthorized!", "error_description": words}) }
}

impl Grants {
    /// What an access token may do, while it is good.
    pub(super) fn of(&self, token: &str, now: i64) -> Option<Grant> {
        self.access.get(token).filter(|access| access.expires > now).map(|access| access.grant.clone())
    }

    /// Makes every access token expire now.
    pub(super) fn expire(&mut self) {
        self.access.clear();
    }

    /// Takes everything back: nobody is signed in any more.
    pub(super) fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.codes.clear();
    }

    /// A code for what the person at the page allowed.
    pub(super) fn code(&mut self, world: &World, grant: Grant, redirect: &str, now: i64) -> String {
        let code = self.draw(world, "code");
        self.codes.insert(code.clone(), Code { grant, redirect: redirect.to_owned(), made: now });
        code
    }

    /// `POST /oauth/token`. The code is looked at before the client, as the real one does.
    pub(super) fn token(
        &mut self,
        world: &World,
        form: &HashMap<String, String>,
        lifetime: Duration,
        now: i64,
    ) -> Result<Value, Refusal> {
        const KNOWN: [&str; 7] =
            ["client_id", "client_secret", "grant_type", "code", "refresh_token", "user_type", "redirect_uri"];
        let mut wrong: Vec<String> = form
            .keys()
            .filter(|name| !KNOWN.contains(&name.as_str()))
            .map(|name| format!("property {name} should not exist"))
            .collect();
        let given = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
        for name in ["client_id", "client_secret", "grant_type"] {
            if given(name).is_none() {
                wrong.push(format!("{name} should not be empty"));
            }
        }
        if !wrong.is_empty() {
            return Err(Refusal::fields(wrong));
        }
        match given("grant_type") {
            Some("authorization_code") => {
                let lifetime = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
                let code = given("code").unwrap_or_default();
                let found = self.codes.get(code).filter(|code| now - code.made <= lifetime).cloned();
                let Some(found) = found else { return Err(unauthorised("Authorization code not found")) };
                client(form)?;
                if given("redirect_uri").is_some_and(|redirect| redirect != found.redirect) {
                    return Err(unauthorised("redirect_uri does not match"));
                }
                self.codes.remove(code);
                Ok(self.issue(world, &found.grant, now))
            }
            Some("refresh_token") => self.rotate(world, given("refresh_token").unwrap_or_default(), form, now),
            _ => Err(Refusal::fields(vec!["grant_type must be authorization_code or refresh_token".into()])),
        }
    }

    /// Each refresh token is good once; within the grace a second use gives the same tokens.
    fn rotate(
        &mut self,
        world: &World,
        token: &str,
        form: &HashMap<String, String>,
        now: i64,
    ) -> Result<Value, Refusal> {
        let known = self.refresh.get(token).cloned();
        let Some(known) = known else { return Err(unauthorised("This refresh token is invalid")) };
        client(form)?;
        match known.used {
            Some((at, answer)) if now - at <= GRACE_MS => Ok(answer),
            Some(_) => Err(unauthorised("This refresh token is invalid")),
            None => {
                let answer = self.issue(world, &known.grant, now);
                self.refresh.insert(token.to_owned(), Refresh { used: Some((now, answer.clone())), ..known });
                Ok(answer)
            }
        }
    }

    fn issue(&mut self, world: &World, grant: &Grant, now: i64) -> Value {
        let refresh = self.draw(world, "refresh token");
        self.refresh.insert(refresh.clone(), Refresh { grant: grant.clone(), used: None });
        let mut answer = self.access_token(world, grant, now);
        answer["refresh_token"] = json!(refresh);
        answer["isBulkInstallation"] = json!(false);
        answer
    }

    /// `POST /oauth/locationToken`: for a token of the agency; it cannot be refreshed.
    pub(super) fn for_location(&mut self, world: &World, grant: &Grant, now: i64) -> Value {
        self.access_token(world, &Grant { class: Class::Location, scopes: grant.scopes.clone() }, now)
    }

    fn access_token(&mut self, world: &World, grant: &Grant, now: i64) -> Value {
        let of_location = grant.class == Class::Location;
        let class = if of_location { "Location" } else { "Company" };
        let owner = if of_location { &world.location_id } else { &world.company_id };
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = part(json!({"alg": "RS256", "typ": "JWT"}));
        let claims = part(json!({"authClass": class, "authClassId": owner, "exp": now / 1_000 + ACCESS_SECONDS}));
        let token = format!("{head}.{claims}.{}", self.draw(world, "access token").replace('-', ""));
        let expires = now + ACCESS_SECONDS * 1_000;
        self.access.insert(token.clone(), Access { grant: grant.clone(), expires });
        let mut answer = json!({
            "access_token": token, "token_type": "Bearer", "expires_in": ACCESS_SECONDS,
            "scope": grant.scopes.clone().unwrap_or_default().join(" "), "userType": class,
            "companyId": world.company_id, "userId": id(world.seed, "user", 0, 0),
        });
        if of_location {
            answer["locationId"] = json!(world.location_id);
        }
        answer
    }

    fn draw(&mut self, world: &World, purpose: &str) -> String {
        self.issued += 1;
        uuid_like(hash(world.seed, purpose, self.issued, 0), hash(world.seed, purpose, self.issued, 1))
    }
}

fn client(form: &HashMap<String, String>) -> Result<(), Refusal> {
    let is = |name: &str, value: &str| form.get(name).is_some_and(|given| given == value);
    let right = is("client_id", CLIENT_ID) && is("client_secret", CLIENT_SECRET);
    if right { Ok(()) } else { Err(unauthorised("Invalid client credentials")) }
}
