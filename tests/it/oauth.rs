//! Signing in by OAuth, walked through: the page, the code, the tokens, their rotation, agency and location.

use ghl_tui::auth::oauth::{self, App, OAuthError, OAuthTokens, UserType};
use ghl_tui::domain::{LocationId, Scope};
use ghl_tui::http::{BaseUrl, HttpClient};
use jiff::Timestamp;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret;
use serde_json::json;
use url::Url;

use crate::support::Server;

const SCOPES: [Scope; 2] = [Scope::ContactsReadonly, Scope::ContactsWrite];

pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) base: BaseUrl,
    pub(crate) client: HttpClient,
    pub(crate) app: App,
}

pub(crate) async fn stage() -> Stage {
    let server = Server::start().await;
    let base = BaseUrl::parse(server.running.base_url()).expect("an address");
    let app = App {
        client_id: "sandbox-app-client".to_owned(),
        client_secret: "sandbox-app-secret".to_owned().into(),
        redirect_uri: "https://example.com/back?from=ghl".to_owned(),
    };
    Stage { client: HttpClient::new(&base).expect("a client"), server, base, app }
}

impl Stage {
    /// Opens the page as a browser would, and returns its fields.
    async fn page(&self, scopes: &[Scope]) -> Vec<(String, String)> {
        let web = Url::parse(self.server.running.base_url()).expect("an address");
        let url = oauth::authorise_url(&web, &self.app, None, scopes, "state-1");
        let page = reqwest::get(url).await.expect("a page");
        assert_eq!(page.status(), 200);
        assert!(page.headers()["content-type"].to_str().expect("text").starts_with("text/html"));
        let page = page.text().await.expect("text");
        assert!(page.contains("contacts.readonly") && page.contains("Allow") && page.contains("Deny"), "{page}");
        let hidden = page.split("<input type=\"hidden\" name=\"").skip(1);
        hidden
            .map(|field| {
                let (name, rest) = field.split_once("\" value=\"").expect("a value");
                let value = rest.split('"').next().expect("its end").replace("&amp;", "&");
                (name.to_owned(), value)
            })
            .collect()
    }

    /// Decides on the page, where more scopes are asked for; the address that the browser is sent to.
    async fn decide(&self, owner: &str, decision: &str, more: &str) -> Url {
        let mut fields = self.page(&SCOPES).await;
        for (_name, scopes) in fields.iter_mut().filter(|(name, _)| name == "scope") {
            scopes.push_str(more);
        }
        fields.push(("owner".to_owned(), owner.to_owned()));
        fields.push(("decision".to_owned(), decision.to_owned()));
        let browser = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().expect("a browser");
        let url = format!("{}/v2/oauth/chooselocation", self.server.running.base_url());
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = browser.post(url).header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 302);
        Url::parse(answer.headers()["location"].to_str().expect("text")).expect("an address")
    }

    pub(crate) async fn code(&self, owner: &str) -> String {
        // What agencies have and locations do without.
        let back = self.decide(owner, "allow", " oauth.readonly oauth.write").await;
        assert!(back.as_str().starts_with("https://example.com/back?from=ghl&"), "{back}");
        let pair =
            |name: &str| back.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        assert_eq!(pair("state").as_deref(), Some("state-1"));
        pair("code").expect("a code")
    }

    pub(crate) async fn exchange(&self, code: &str, as_whom: UserType) -> Result<OAuthTokens, OAuthError> {
        oauth::exchange(&self.client, &self.base, &self.app, code, as_whom, Timestamp::now()).await
    }

    async fn refresh(&self, tokens: &OAuthTokens) -> Result<OAuthTokens, OAuthError> {
        let refresh = tokens.refresh.as_ref().expect("a refresh token");
        oauth::refresh(&self.client, &self.base, &self.app, refresh, Timestamp::now()).await
    }

    /// The status of a reading call with a token.
    async fn status(&self, tokens: &OAuthTokens, path: &str) -> u16 {
        let url = format!("{}{path}", self.server.running.base_url());
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = client.get(url).header("version", "2021-07-28").bearer_auth(tokens.access.expose_secret());
        request.send().await.expect("an answer").status().as_u16()
    }

    fn listing(&self) -> String {
        format!("/contacts/?locationId={}", self.server.running.location_id())
    }
}

#[tokio::test]
async fn a_location_is_signed_in_and_its_tokens_rotate() {
    let stage = stage().await;
    let location = stage.server.running.location_id().to_owned();
    let code = stage.code(&location).await;
    let first = stage.exchange(&code, UserType::Location).await.expect("tokens");
    assert_eq!(
        (first.user_type, first.location.as_ref().map(LocationId::as_str)),
        (UserType::Location, Some(&*location))
    );
    assert_eq!(first.scopes, ["contacts.readonly", "contacts.write", "oauth.readonly", "oauth.write"]);
    let left = first.expires_at.duration_since(Timestamp::now()).as_secs();
    assert!((86_000..86_400).contains(&left), "{left}");
    assert_eq!(stage.status(&first, &stage.listing()).await, 200);
    // Not granted, so not allowed, and said as the real one says it.
    assert_eq!(stage.status(&first, &format!("/locations/{location}/tags")).await, 401);

    let error = stage.exchange(&code, UserType::Location).await.expect_err("a code is good once");
    assert_eq!(error.to_string(), "the sign-in was refused: Authorization code not found (401)");

    let second = stage.refresh(&first).await.expect("rotated");
    let again = stage.refresh(&first).await.expect("within the grace");
    assert_eq!(second.access.expose_secret(), again.access.expose_secret(), "those who refresh at once get the same");
    assert_ne!(second.access.expose_secret(), first.access.expose_secret());
    stage.server.post("/__sandbox/trouble", json!({ "skew_ms": 31_000 })).await;
    assert!(matches!(stage.refresh(&first).await, Err(OAuthError::Refused { status: 401, .. })), "used up");
    let third = stage.refresh(&second).await.expect("rotated again");
    assert_eq!(stage.status(&third, &stage.listing()).await, 200);

    stage.server.post("/__sandbox/trouble", json!({ "oauth": "expired" })).await;
    assert_eq!(stage.status(&third, &stage.listing()).await, 401);
    let fourth = stage.refresh(&third).await.expect("an expired token can be refreshed");
    stage.server.post("/__sandbox/trouble", json!({ "oauth": "revoked" })).await;
    assert!(stage.refresh(&fourth).await.is_err());
}

#[tokio::test]
async fn an_agency_exchanges_its_token_for_a_locations() {
    let stage = stage().await;
    let location = LocationId::new(stage.server.running.location_id());
    let company = company_of(&stage).await;
    let code = stage.code(company.as_str()).await;
    let agency = stage.exchange(&code, UserType::Company).await.expect("tokens");
    assert_eq!((agency.user_type, agency.location.is_some()), (UserType::Company, false));
    assert_eq!(stage.status(&agency, &stage.listing()).await, 401, "an agency cannot touch contacts");
    let installed =
        oauth::installed_locations(&stage.client, &stage.base, &agency.access, &company, "app").await.expect("a list");
    assert_eq!(installed[0].id, location);
    let tokens =
        oauth::location_token(&stage.client, &stage.base, &agency.access, &company, &location, Timestamp::now()).await;
    let tokens = tokens.expect("tokens");
    assert!(tokens.refresh.is_none(), "it cannot be refreshed");
    assert_eq!(stage.status(&tokens, &stage.listing()).await, 200);
}

/// The agency's id, as any member of the location can read it.
pub(crate) async fn company_of(stage: &Stage) -> ghl_tui::domain::CompanyId {
    let url = format!("{}/locations/{}", stage.server.running.base_url(), stage.server.running.location_id());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = client.get(url).header("version", "2021-07-28").bearer_auth(stage.server.running.token());
    let held: serde_json::Value = request.send().await.expect("an answer").json().await.expect("JSON");
    ghl_tui::domain::CompanyId::new(held["location"]["companyId"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_refusal_a_wrong_app_and_an_old_code_are_told() {
    let stage = stage().await;
    let location = stage.server.running.location_id().to_owned();
    let back = stage.decide(&location, "deny", "").await;
    assert!(back.query_pairs().any(|(name, value)| name == "error" && value == "access_denied"), "{back}");
    let code = stage.code(&location).await;
    let mut wrong = stage.app.clone();
    wrong.client_secret = "not-the-secret".to_owned().into();
    let now = Timestamp::now();
    let error = oauth::exchange(&stage.client, &stage.base, &wrong, &code, UserType::Location, now).await;
    let said = error.expect_err("refused").to_string();
    assert!(said.contains("Invalid client credentials") && !said.contains("not-the-secret"), "{said}");
    stage.server.post("/__sandbox/switches", json!({ "code-lifetime": "1s" })).await;
    stage.server.post("/__sandbox/trouble", json!({ "skew_ms": 5_000 })).await;
    assert!(stage.exchange(&code, UserType::Location).await.is_err(), "the code is too old");
    let unknown = App { client_id: "somebody-else".to_owned(), ..stage.app.clone() };
    let web = Url::parse(stage.server.running.base_url()).expect("an address");
    let page = reqwest::get(oauth::authorise_url(&web, &unknown, None, &SCOPES, "s")).await.expect("a page");
    assert_eq!(page.status(), 400);
    assert!(page.text().await.expect("text").contains("error.noAppFound"));
}

#[tokio::test]
async fn no_secret_is_listed_or_printed() {
    let stage = stage().await;
    let code = stage.code(stage.server.running.location_id()).await;
    let tokens = stage.exchange(&code, UserType::Location).await.expect("tokens");
    let listed = stage.server.get("/__sandbox/requests").await.to_string();
    for secret in ["sandbox-app-secret", &code, tokens.access.expose_secret()] {
        assert!(!listed.contains(secret), "the list of requests holds a secret");
        assert!(!format!("{tokens:?} {:?}", stage.app).contains(secret));
    }
}
