//! OAuth 2.0 as HighLevel implements it: codes, rotating tokens, agency and location.
//! It owns all grants; it must not know which endpoint asks.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{
    agency::WhichLocation,
    clock::millis,
    grant::{Grant, Origin, Owner},
    ids::{hash, id, uuid_like},
    refusal::Refusal,
    switches::Switches,
    world::World,
};

/// The only app that this server knows; a client id begins with the id of its app.
pub(super) const APP_ID: &str = "sandbox-app";
pub(super) const CLIENT_ID: &str = "sandbox-app-client";
pub(super) const CLIENT_SECRET: &str = "sandbox-app-secret";
/// For this long a used refresh token gives the same answer again, for clients that refresh at the same time.
const GRACE_MS: i64 = 30_000;

#[derive(Clone, Debug)]
struct AuthorisationCode {
    grant: Grant,
    redirect: String,
    made: i64,
}

#[derive(Clone, Debug)]
struct AccessGrant {
    grant: Grant,
    expires: i64,
}

#[derive(Clone, Debug)]
struct RefreshGrant {
    grant: Grant,
    /// The time of its first use, and the answer.
    used: Option<(i64, Value)>,
}

/// All grants since the start.
#[derive(Debug)]
pub(super) struct Grants {
    seed: u64,
    company: String,
    main: SignedInPlace,
    other: SignedInPlace,
    codes: HashMap<String, AuthorisationCode>,
    access: HashMap<String, AccessGrant>,
    refresh: HashMap<String, RefreshGrant>,
    issued: u64,
}

/// A location as answers name it.
#[derive(Debug)]
struct SignedInPlace {
    location: String,
    /// The user who signed in there.
    user: String,
}

impl SignedInPlace {
    fn of(world: &World) -> Self {
        Self { location: world.location_id.clone(), user: id(world.seed, "user", 0, 0) }
    }
}

/// A refusal in OAuth's own form.
fn unauthorised(words: &str) -> Refusal {
    Refusal { status: 401, body: json!({"error": "UnAuthorized!", "error_description": words}) }
}

impl Grants {
    pub(super) fn new(main: &World, other: &World) -> Self {
        Self {
            seed: main.seed,
            company: main.company_id.clone(),
            main: SignedInPlace::of(main),
            other: SignedInPlace::of(other),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            issued: 0,
        }
    }

    /// What an access token may do, while it is valid.
    pub(super) fn of(&self, token: &str, now: i64) -> Option<Grant> {
        self.access.get(token).filter(|access| access.expires > now).map(|access| access.grant.clone())
    }

    /// Makes every access token expire now.
    pub(super) fn expire(&mut self) {
        self.access.clear();
    }

    /// Revokes an access token. Returns whether it existed.
    pub(super) fn revoke_access(&mut self, token: &str) -> bool {
        self.access.remove(token).is_some()
    }

    /// Revokes everything: nobody is signed in any more.
    pub(super) fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.codes.clear();
    }

    /// A code for what the user allowed on the page.
    pub(super) fn code(&mut self, owner: Owner, scopes: Vec<String>, redirect: &str, now: i64) -> String {
        let grant = Grant { owner, origin: Origin::App, scopes: Some(scopes) };
        let code = self.draw("code");
        self.codes.insert(code.clone(), AuthorisationCode { grant, redirect: redirect.to_owned(), made: now });
        code
    }

    /// `POST /oauth/token`. The code is checked before the client, as on the real server.
    pub(super) fn token(
        &mut self,
        form: &HashMap<String, String>,
        switches: &Switches,
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
                let code = given("code").unwrap_or_default();
                let found =
                    self.codes.get(code).filter(|code| now - code.made <= millis(switches.code_lifetime)).cloned();
                let Some(found) = found else { return Err(unauthorised("Authorization code not found")) };
                client(form)?;
                if given("redirect_uri").is_some_and(|redirect| redirect != found.redirect) {
                    return Err(unauthorised("redirect_uri does not match"));
                }
                self.codes.remove(code);
                Ok(self.issue(&found.grant, switches, now))
            }
            Some("refresh_token") => self.rotate(given("refresh_token").unwrap_or_default(), form, switches, now),
            _ => Err(Refusal::fields(vec!["grant_type must be authorization_code or refresh_token".into()])),
        }
    }

    /// Each refresh token works once; within the grace period a second use gives the same tokens.
    fn rotate(
        &mut self,
        token: &str,
        form: &HashMap<String, String>,
        switches: &Switches,
        now: i64,
    ) -> Result<Value, Refusal> {
        let known = self.refresh.get(token).cloned();
        let Some(known) = known else { return Err(unauthorised("This refresh token is invalid")) };
        client(form)?;
        match known.used {
            Some((at, answer)) if now - at <= GRACE_MS => Ok(answer),
            Some(_) => Err(unauthorised("This refresh token is invalid")),
            None => {
                let answer = self.issue(&known.grant, switches, now);
                self.refresh.insert(token.to_owned(), RefreshGrant { used: Some((now, answer.clone())), ..known });
                Ok(answer)
            }
        }
    }

    fn issue(&mut self, grant: &Grant, switches: &Switches, now: i64) -> Value {
        let refresh = self.draw("refresh token");
        self.refresh.insert(refresh.clone(), RefreshGrant { grant: grant.clone(), used: None });
        let mut answer = self.access_token(grant, switches, now);
        answer["refresh_token"] = json!(refresh);
        answer["isBulkInstallation"] = json!(false);
        answer
    }

    /// `POST /oauth/locationToken`: for a token of the agency; it cannot be refreshed.
    pub(super) fn for_location(&mut self, place: WhichLocation, grant: &Grant, switches: &Switches, now: i64) -> Value {
        self.access_token(&Grant { owner: Owner::Location(place), ..grant.clone() }, switches, now)
    }

    fn access_token(&mut self, grant: &Grant, switches: &Switches, now: i64) -> Value {
        let random = self.draw("access token").replace('-', "");
        let (class, seat) = match grant.owner {
            Owner::Location(WhichLocation::Main) => ("Location", Some(&self.main)),
            Owner::Location(WhichLocation::Other) => ("Location", Some(&self.other)),
            Owner::Company => ("Company", None),
        };
        let owner = seat.map_or(&self.company, |seat| &seat.location);
        let expires = now.saturating_add(millis(switches.access_lifetime));
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = part(json!({"alg": "RS256", "typ": "JWT"}));
        let claims = part(json!({"authClass": class, "authClassId": owner, "exp": expires / 1_000}));
        let token = format!("{head}.{claims}.{random}");
        self.access.insert(token.clone(), AccessGrant { grant: grant.clone(), expires });
        let mut answer = json!({
            "access_token": token, "token_type": "Bearer", "expires_in": switches.access_lifetime.as_secs(),
            "scope": grant.scopes.clone().unwrap_or_default().join(" "), "userType": class,
            "companyId": self.company, "userId": seat.unwrap_or(&self.main).user,
        });
        if let Some(seat) = seat {
            answer["locationId"] = json!(seat.location);
        }
        answer
    }

    fn draw(&mut self, purpose: &str) -> String {
        self.issued += 1;
        uuid_like(hash(self.seed, purpose, self.issued, 0), hash(self.seed, purpose, self.issued, 1))
    }
}

fn client(form: &HashMap<String, String>) -> Result<(), Refusal> {
    let is = |name: &str, value: &str| form.get(name).is_some_and(|given| given == value);
    let right = is("client_id", CLIENT_ID) && is("client_secret", CLIENT_SECRET);
    if right { Ok(()) } else { Err(unauthorised("Invalid client credentials")) }
}
