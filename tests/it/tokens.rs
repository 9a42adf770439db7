//! Staying signed in: one refresh for all who need it, saved before it is used, and an end that is an end.

use std::sync::Arc;

use ghl_tui::api::{ApiClient, ApiError, ClientOptions, Passing, Urgency, endpoints::GetContact, endpoints::GetTags};
use ghl_tui::auth::oauth::{self, UserType};
use ghl_tui::auth::{Credentials, NotSignedIn, Profile, ProfileKind, Renewing, TokenBroker, Vault};
use ghl_tui::domain::{ContactId, LocationId, Scope};
use ghl_tui::http;
use ghl_tui::protocol::Request;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use serde_json::json;
use tempfile::TempDir;

use crate::oauth::{Stage, company_of, stage};
use crate::support::{Rig, Setup};

/// Somebody who is signed in by an app, with what lies in the vault.
struct Signed {
    stage: Stage,
    folder: TempDir,
    profile: Profile,
}

impl Signed {
    async fn in_to_a_location() -> Self {
        let stage = stage().await;
        let code = stage.code(stage.server.running.location_id()).await;
        let tokens = stage.exchange(&code, UserType::Location).await.expect("tokens");
        let kind =
            ProfileKind::OAuth { client_id: stage.app.client_id.clone(), redirect_uri: stage.app.redirect_uri.clone() };
        let signed = Self::new(stage, kind);
        let secret = signed.stage.app.client_secret.clone();
        signed.keep(&signed.profile.key(), Credentials::of_tokens(tokens, Some(secret)));
        signed
    }

    async fn in_by_the_agency() -> Self {
        let stage = stage().await;
        let company = company_of(&stage).await;
        let code = stage.code(company.as_str()).await;
        let agency = stage.exchange(&code, UserType::Company).await.expect("tokens");
        let (client_id, redirect_uri) = (stage.app.client_id.clone(), stage.app.redirect_uri.clone());
        let kind = ProfileKind::Agency { client_id, redirect_uri, company: company.clone() };
        let signed = Self::new(stage, kind);
        let Stage { client, base, app, .. } = &signed.stage;
        let location = &signed.profile.location;
        let tokens = oauth::location_token(client, base, &agency.access, &company, location, Timestamp::now()).await;
        let agency_key = signed.profile.agency_key().expect("an agency's profile");
        signed.keep(&agency_key, Credentials::of_tokens(agency, Some(app.client_secret.clone())));
        signed.keep(&signed.profile.key(), Credentials::of_tokens(tokens.expect("tokens"), None));
        signed
    }

    fn new(stage: Stage, kind: ProfileKind) -> Self {
        let profile = Profile {
            name: "Acme".parse().expect("a name"),
            location: LocationId::new(stage.server.running.location_id()),
            location_name: "Acme Dental".to_owned(),
            base_url: stage.server.running.base_url().to_owned(),
            web_host: None,
            kind,
            user: None,
        };
        Self { stage, folder: TempDir::new().expect("a folder"), profile }
    }

    fn vault(&self) -> Vault {
        Vault::in_folder(self.folder.path())
    }

    fn keep(&self, key: &ghl_tui::auth::VaultKey, held: Credentials) {
        self.vault().put(key, held).expect("kept");
    }

    fn held(&self) -> Credentials {
        self.vault().get(&self.profile.key()).expect("read").expect("it is there")
    }

    /// A broker as another process would have one.
    fn broker(&self) -> TokenBroker {
        let (vault, profile) = (self.vault(), self.profile.clone());
        let (http, base) = (self.stage.client.clone(), self.stage.base.clone());
        TokenBroker::of_profile(Renewing { vault, profile, http, base }).expect("signed in")
    }

    fn client(&self) -> Arc<ApiClient> {
        let options = ClientOptions {
            base: self.stage.base.clone(),
            location: self.profile.location.clone(),
            read_only: false,
            write_timeout: std::time::Duration::from_secs(10),
        };
        let http = http::HttpClient::new(&self.stage.base).expect("a client");
        Arc::new(ApiClient::new(options, http, self.broker()))
    }

    async fn expire(&self) {
        self.stage.server.post("/__sandbox/trouble", json!({ "oauth": "expired" })).await;
    }

    /// How many requests for tokens the server has got since the last look.
    async fn refreshes(&self) -> usize {
        let all = self.stage.server.requests("POST", "/oauth/token").await.len();
        let url = format!("{}/__sandbox/requests", self.stage.server.running.base_url());
        reqwest::Client::new().delete(url).send().await.expect("an answer");
        all
    }
}

/// A call that fails with "not found" once the token is accepted.
async fn ask(client: &ApiClient) -> Result<(), ApiError> {
    match client.call(&GetContact { contact: ContactId::new("nobody") }, Urgency::User).await {
        Err(ApiError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
        Ok(_) => panic!("there is nobody of this id"),
    }
}

#[tokio::test]
async fn ten_requests_of_three_processes_make_one_refresh() {
    let signed = Signed::in_to_a_location().await;
    let before = signed.held();
    let clients = [signed.client(), signed.client(), signed.client()];
    for client in &clients {
        ask(client).await.expect("the token is fresh");
    }
    signed.refreshes().await;
    signed.expire().await;
    let calls = (0..30).map(|n| {
        let client = clients[n % clients.len()].clone();
        tokio::spawn(async move { ask(&client).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("it ends").expect("it is made once more with the new token");
    }
    assert_eq!(signed.refreshes().await, 1);
    let after = signed.held();
    assert_ne!(before.access.expose_secret(), after.access.expose_secret());
    assert_ne!(
        before.refresh.expect("a token").expose_secret(),
        after.refresh.expect("a token").expose_secret(),
        "the new refresh token is kept"
    );
    assert_eq!(after.generation, before.generation + 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_runs_out() {
    let signed = Signed::in_to_a_location().await;
    let worn = Timestamp::now() + SignedDuration::from_secs(60);
    signed.keep(&signed.profile.key(), Credentials { expires_at: Some(worn), ..signed.held() });
    let client = signed.client();
    signed.refreshes().await;
    ask(&client).await.expect("answered");
    assert_eq!(signed.stage.server.requests("GET", "/contacts/nobody").await.len(), 1, "no request was refused");
    assert_eq!(signed.refreshes().await, 1);
    assert!(client.token_expires_at().expect("known") > worn);

    // Without a network the old one serves as long as it is good.
    signed.keep(&signed.profile.key(), Credentials { expires_at: Some(worn), ..signed.held() });
    let client = signed.client();
    signed.stage.server.fault("POST", "/oauth/token", 0, json!({ "status": 503 })).await;
    ask(&client).await.expect("it is still good");
}

#[tokio::test]
async fn a_token_that_lives_for_seconds_serves_more_than_one_request() {
    let signed = Signed::in_to_a_location().await;
    signed.stage.server.post("/__sandbox/switches", json!({ "access-lifetime": "20s" })).await;
    let client = signed.client();
    signed.expire().await;
    signed.refreshes().await;
    for _ in 0..10 {
        ask(&client).await.expect("answered");
    }
    assert_eq!(signed.refreshes().await, 1);
}

#[tokio::test]
async fn what_a_newer_token_cannot_mend_asks_for_none() {
    let signed = Signed::in_to_a_location().await;
    let client = signed.client();
    signed.refreshes().await;
    let tags = client.call(&GetTags { location: signed.profile.location.clone() }, Urgency::User).await;
    assert_eq!(tags.expect_err("not granted"), ApiError::MissingScope { scope: Scope::LocationTagsReadonly });
    let body = json!({ "message": "Token's user type mismatch!" });
    signed.stage.server.fault("GET", "/contacts/nobody", 1, json!({ "status": 401, "body": body })).await;
    assert!(matches!(ask(&client).await, Err(ApiError::AgencyToken { .. })));
    let body = json!({ "message": "version header was not found." });
    signed.stage.server.fault("GET", "/contacts/nobody", 1, json!({ "status": 401, "body": body })).await;
    assert!(matches!(ask(&client).await, Err(ApiError::SignedOut { .. })));
    assert_eq!(signed.refreshes().await, 0);
}

#[tokio::test]
async fn an_end_is_remembered_until_somebody_signs_in_again() {
    let signed = Signed::in_to_a_location().await;
    let client = signed.client();
    signed.refreshes().await;
    signed.stage.server.post("/__sandbox/trouble", json!({ "oauth": "revoked" })).await;
    for _ in 0..5 {
        assert!(matches!(ask(&client).await, Err(ApiError::SignedOut { .. })));
    }
    assert_eq!(signed.refreshes().await, 1, "the server is not asked again and again");
    // In another window.
    let code = signed.stage.code(signed.profile.location.as_str()).await;
    let tokens = signed.stage.exchange(&code, UserType::Location).await.expect("tokens");
    let secret = signed.stage.app.client_secret.clone();
    signed.keep(&signed.profile.key(), Credentials::of_tokens(tokens, Some(secret)));
    ask(&client).await.expect("the new token is taken up");
    // A profile that was signed out while it was open.
    signed.vault().remove(&signed.profile.key()).expect("removed");
    signed.expire().await;
    assert!(matches!(ask(&client).await, Err(ApiError::SignedOut { .. })));
    let error = TokenBroker::of_profile(Renewing {
        vault: signed.vault(),
        profile: signed.profile.clone(),
        http: signed.stage.client.clone(),
        base: signed.stage.base.clone(),
    });
    assert!(matches!(error, Err(NotSignedIn::Ended(why)) if why.contains("Acme")));
}

#[tokio::test]
async fn a_refresh_that_fails_for_a_moment_is_tried_again() {
    let signed = Signed::in_to_a_location().await;
    let client = signed.client();
    signed.expire().await;
    for trouble in
        [json!({ "status": 503 }), json!({ "status": 429 }), json!({ "drop": "before" }), json!({ "garbage": "html" })]
    {
        signed.stage.server.fault("POST", "/oauth/token", 1, trouble.clone()).await;
        let error = ask(&client).await.expect_err("no token yet");
        assert!(matches!(error, ApiError::Retry { cause: Passing::Network, .. }), "{trouble}: {error:?}");
    }
    // The server kept what its last answer, which was spoilt, gave away: within its grace it says it again.
    ask(&client).await.expect("the trouble has passed");
}

#[tokio::test]
async fn an_answer_lost_after_the_refresh_is_asked_for_again_in_time() {
    let signed = Signed::in_to_a_location().await;
    let client = signed.client();
    signed.expire().await;
    signed.stage.server.fault("POST", "/oauth/token", 1, json!({ "drop": "after" })).await;
    assert!(ask(&client).await.is_err());
    ask(&client).await.expect("the used token is answered once more within its grace");
    signed.expire().await;
    ask(&client).await.expect("and what it gave can be renewed");
}

#[tokio::test]
async fn a_locations_token_is_got_anew_from_the_agencys() {
    let signed = Signed::in_by_the_agency().await;
    let client = signed.client();
    ask(&client).await.expect("the token is fresh");
    signed.refreshes().await;
    signed.expire().await;
    ask(&client).await.expect("both tokens were renewed");
    assert_eq!(signed.stage.server.requests("POST", "/oauth/locationToken").await.len(), 2, "refused once, then given");
    assert_eq!(signed.refreshes().await, 1);
    ask(&client).await.expect("and stay good");
    assert_eq!(signed.refreshes().await, 0);
}

#[tokio::test]
async fn a_sync_goes_on_when_the_token_runs_out_in_its_middle() {
    let signed = Signed::in_to_a_location().await;
    let pace = ghl_tui::worker::Pace { page: 5, ..Setup::default().pace };
    let setup = Setup { broker: Some(signed.broker()), pace, ..Setup::default() };
    let mut rig = Rig::start_with(&signed.stage.server, setup).await;
    signed.stage.server.fault("POST", "/contacts/search", 0, json!({ "latency_ms": 30 })).await;
    let ticket = rig.port.ticket();
    rig.send(ghl_tui::protocol::Command::Ask { ticket, request: Request::Sync { full: true } }).await;
    rig.wait("some pages", |event| match event {
        ghl_tui::protocol::Event::Sync(ghl_tui::protocol::SyncState::Listing(headway)) => {
            (headway.done >= 15).then_some(())
        }
        _ => None,
    })
    .await;
    signed.expire().await;
    rig.wait("the end of the sync", |event| match event {
        ghl_tui::protocol::Event::Answer { ticket: of, result } if *of == ticket => {
            Some(result.clone().expect("it goes on"))
        }
        _ => None,
    })
    .await;
    assert_eq!(rig.contacts().await.len(), 40);
}
