//! OAuth 2.0 in HighLevel's version: form-encoded, with a client secret, without PKCE.
//!
//! A refresh token works only once: save the new tokens before using them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{ACCEPT, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use crate::domain::{CompanyId, LocationId, Named, Scope, UserId};
use crate::http::{self, BaseUrl, Method, RequestBody, TransportError};

use super::bearer::{UnusableToken, header};

/// The user's own marketplace app.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    pub client_secret: SecretString,
    /// Exactly as it is registered.
    pub redirect_uri: String,
}

/// The owner of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserType {
    Location,
    /// The agency: its token cannot touch contacts, and is exchanged for a location's.
    Company,
}

/// The tokens from a sign-in or a refresh.
#[derive(Clone, Debug)]
pub struct OAuthTokens {
    pub access: SecretString,
    /// `None` for a location's token that came from an agency's.
    pub refresh: Option<SecretString>,
    pub expires_at: Timestamp,
    /// The scopes as the server names them, known to us or not.
    pub scopes: Vec<String>,
    pub user_type: UserType,
    pub location: Option<LocationId>,
    pub company: Option<CompanyId>,
    pub user: Option<UserId>,
}

/// Why there are no tokens. Never holds a token.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The server refused: the code or token was already used, or the app's secret is wrong.
    #[error("the sign-in was refused: {words} ({status})")]
    Refused { status: u16, words: String },
    #[error("cannot read the answer to the sign-in: {0}")]
    Garbled(#[from] serde_json::Error),
    #[error(transparent)]
    Unusable(#[from] UnusableToken),
}

/// The limit on waiting for tokens.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The page where the user authorizes the app; `web` is the marketplace's host, and `state` comes back unless the
/// server drops it. Private apps need their `version` id.
pub fn authorise_url(web: &Url, app: &App, version: Option<&str>, scopes: &[Scope], state: &str) -> Url {
    let mut url = web.clone();
    url.set_path("/v2/oauth/chooselocation");
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    url.query_pairs_mut()
        .clear()
        .append_pair("response_type", "code")
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", &app.redirect_uri)
        .append_pair("scope", &scopes.join(" "))
        .append_pair("state", state)
        .append_pair("loginWindowOpenMode", "self");
    if let Some(version) = version {
        url.query_pairs_mut().append_pair("version_id", version);
    }
    url
}

/// The app's id for the list of its locations: the first part of the client id.
pub fn app_id(client_id: &str) -> &str {
    client_id.split('-').next().unwrap_or(client_id)
}

/// The answer of the page, from the browser or pasted.
#[derive(Clone, Debug)]
pub struct Returned {
    pub code: SecretString,
    /// Whether our check word came back.
    pub checked: bool,
}

/// Why the answer does not sign in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReturned {
    #[error("the sign-in was not allowed ({why}); nothing was stored")]
    Denied {
        why: String,
        /// Whether our check word came back.
        checked: bool,
    },
    /// It belongs to someone else's sign-in, or an old one.
    #[error("this answer belongs to another sign-in (its check word is not ours); nothing was stored, start again")]
    WrongState,
    #[error("there is no code in it: paste the whole address of the page you ended on")]
    NoCode,
}

impl NotReturned {
    /// Whether this says nothing about our sign-in if only the listener heard it: anyone on this machine can ask there,
    /// and a browser asks for other addresses too, such as icons. The user's own answer may still come.
    pub fn may_be_anyones(&self) -> bool {
        match self {
            Self::Denied { checked, .. } => !checked,
            Self::WrongState | Self::NoCode => true,
        }
    }
}

/// Reads the address that the browser was sent back to, or a bare code copied out of it.
pub fn returned(text: &str, state: &str) -> Result<Returned, NotReturned> {
    let text = text.trim();
    let query = match Url::parse(text) {
        Ok(url) => url.query().unwrap_or_default().to_owned(),
        // A path with its query, as the listener sees it, or just the query.
        Err(_no_address) => text.split_once('?').map_or(text, |(_path, query)| query).to_owned(),
    };
    let field = |name: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    if field("state").is_some_and(|given| given != state) {
        return Err(NotReturned::WrongState);
    }
    if let Some(error) = field("error") {
        let (why, checked) = (field("error_description").unwrap_or(error), field("state").is_some());
        return Err(NotReturned::Denied { why, checked });
    }
    let bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c));
    let code = field("code").or_else(|| bare.then(|| text.to_owned())).ok_or(NotReturned::NoCode)?;
    Ok(Returned { code: code.into(), checked: field("state").is_some() })
}

/// A random check word.
pub fn new_state() -> String {
    use ring::rand::SecureRandom as _;
    let mut bytes = [0; 16];
    ring::rand::SystemRandom::new().fill(&mut bytes).expect("the system has random numbers");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `POST /oauth/token` with the code that came back to the redirect address.
pub async fn exchange(
    client: &http::HttpClient,
    base: &BaseUrl,
    app: &App,
    code: &str,
    as_whom: UserType,
    now: Timestamp,
) -> Result<OAuthTokens, OAuthError> {
    let user_type = match as_whom {
        UserType::Location => "Location",
        UserType::Company => "Company",
    };
    let form = [("grant_type", "authorization_code"), ("code", code), ("user_type", user_type)];
    let form = form.into_iter().chain([("redirect_uri", app.redirect_uri.as_str())]);
    token(client, base, app, form, now).await
}

/// `POST /oauth/token` with a refresh token, which works only once; for 30 s, parallel refreshes get the same answer.
pub async fn refresh(
    client: &http::HttpClient,
    base: &BaseUrl,
    app: &App,
    refresh_token: &SecretString,
    now: Timestamp,
) -> Result<OAuthTokens, OAuthError> {
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
    token(client, base, app, form.into_iter(), now).await
}

/// `POST /oauth/locationToken`: exchanges an agency's token for a location's.
pub async fn location_token(
    client: &http::HttpClient,
    base: &BaseUrl,
    agency: &SecretString,
    company: &CompanyId,
    location: &LocationId,
    now: Timestamp,
) -> Result<OAuthTokens, OAuthError> {
    let form = [("companyId", company.as_str()), ("locationId", location.as_str())];
    let request = http::HttpRequest {
        method: Method::Post,
        url: base.join("/oauth/locationToken"),
        headers: headers(Some(agency))?,
        body: Some(encoded(form.into_iter())),
        timeout: TIMEOUT,
    };
    tokens(&sent(client, request).await?, now)
}

/// `GET /oauth/installedLocations`: the locations where the agency's app is installed.
pub async fn installed_locations(
    client: &http::HttpClient,
    base: &BaseUrl,
    agency: &SecretString,
    company: &CompanyId,
    app_id: &str,
) -> Result<Vec<Named<LocationId>>, OAuthError> {
    #[derive(Deserialize)]
    struct One {
        #[serde(rename = "_id")]
        id: String,
        name: Option<String>,
    }
    #[derive(Deserialize)]
    struct Envelope {
        locations: Vec<One>,
    }
    let mut url = base.join("/oauth/installedLocations");
    url.query_pairs_mut().append_pair("companyId", company.as_str()).append_pair("appId", app_id);
    let headers = headers(Some(agency))?;
    let request = http::HttpRequest { method: Method::Get, url, headers, body: None, timeout: TIMEOUT };
    let envelope: Envelope = serde_json::from_slice(&sent(client, request).await?)?;
    let named = |one: One| Named { id: LocationId::new(one.id), name: one.name.unwrap_or_default() };
    Ok(envelope.locations.into_iter().map(named).collect())
}

async fn token<'a>(
    client: &http::HttpClient,
    base: &BaseUrl,
    app: &'a App,
    form: impl Iterator<Item = (&'a str, &'a str)>,
    now: Timestamp,
) -> Result<OAuthTokens, OAuthError> {
    let app = [("client_id", app.client_id.as_str()), ("client_secret", app.client_secret.expose_secret())];
    let request = http::HttpRequest {
        method: Method::Post,
        url: base.join("/oauth/token"),
        headers: headers(None)?,
        body: Some(encoded(app.into_iter().chain(form))),
        timeout: TIMEOUT,
    };
    tokens(&sent(client, request).await?, now)
}

fn encoded<'a>(form: impl Iterator<Item = (&'a str, &'a str)>) -> RequestBody {
    RequestBody::Form(form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish())
}

fn headers(bearer: Option<&SecretString>) -> Result<Vec<(HeaderName, HeaderValue)>, UnusableToken> {
    let mut headers = vec![
        (ACCEPT, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("version"), HeaderValue::from_static("2021-07-28")),
    ];
    if let Some(token) = bearer {
        headers.push((reqwest::header::AUTHORIZATION, header(token)?));
    }
    Ok(headers)
}

async fn sent(client: &http::HttpClient, request: http::HttpRequest) -> Result<Vec<u8>, OAuthError> {
    let reply = client.send(request).await?;
    if (200..300).contains(&reply.status) {
        return Ok(reply.body);
    }
    let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let words = ["error_description", "message", "error"].iter().find_map(|name| said[name].as_str());
    Err(OAuthError::Refused { status: reply.status, words: words.unwrap_or("no reason given").to_owned() })
}

fn tokens(body: &[u8], now: Timestamp) -> Result<OAuthTokens, OAuthError> {
    #[derive(Deserialize)]
    struct Wire {
        access_token: String,
        refresh_token: Option<String>,
        expires_in: i64,
        scope: Option<String>,
        #[serde(rename = "userType")]
        user_type: Option<String>,
        #[serde(rename = "locationId")]
        location: Option<String>,
        #[serde(rename = "companyId")]
        company: Option<String>,
        #[serde(rename = "userId")]
        user: Option<String>,
    }
    let wire: Wire = serde_json::from_slice(body)?;
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(OAuthTokens {
        access: wire.access_token.into(),
        refresh: some(wire.refresh_token).map(SecretString::from),
        expires_at: now.saturating_add(SignedDuration::from_secs(wire.expires_in)).unwrap_or(Timestamp::MAX),
        scopes: wire.scope.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        user_type: if wire.user_type.as_deref() == Some("Company") { UserType::Company } else { UserType::Location },
        location: some(wire.location).map(LocationId::new),
        company: some(wire.company).map(CompanyId::new),
        user: some(wire.user).map(UserId::new),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_is_told_apart() {
        let read = |text: &str| {
            let read = returned(text, "s1");
            read.map(|back| (back.code.expose_secret().to_owned(), back.checked))
        };
        let code = |checked| Ok(("abc".to_owned(), checked));
        for (text, expected) in [
            ("https://example.com/cb?code=abc&state=s1", code(true)),
            (" http://127.0.0.1:8571/?x=1&state=s1&code=abc\n", code(true)),
            ("/cb?code=abc&state=s1", code(true)),
            ("https://example.com/cb?code=abc", code(false)),
            ("code=abc", code(false)),
            ("abc", code(false)),
            ("https://example.com/cb?code=abc&state=s2", Err(NotReturned::WrongState)),
            ("https://example.com/cb?error=access_denied&state=s2", Err(NotReturned::WrongState)),
            (
                "https://example.com/cb?error=access_denied&state=s1",
                Err(NotReturned::Denied { why: "access_denied".to_owned(), checked: true }),
            ),
            ("/cb?error=no", Err(NotReturned::Denied { why: "no".to_owned(), checked: false })),
            ("https://example.com/cb", Err(NotReturned::NoCode)),
            ("https://example.com/cb?code=&state=s1", Err(NotReturned::NoCode)),
            ("", Err(NotReturned::NoCode)),
            ("what now?", Err(NotReturned::NoCode)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_ne!(new_state(), new_state());
        assert_eq!(app_id("65a1b2-lxyz"), "65a1b2");
    }
}
