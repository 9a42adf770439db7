//! Signing in, held against the official description: what the client sends, what the sandbox answers.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::Request};
use ghl_tui::auth::oauth::{self, UserType};
use ghl_tui::domain::{CompanyId, LocationId};
use ghl_tui::http::{BaseUrl, HttpClient};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::description::{Description, folder};
use crate::oauth::{company_of, stage};

/// Method, path, query and form of a request.
type Seen = (String, String, Vec<(String, String)>, Vec<(String, String)>);
type Heard = Arc<Mutex<Vec<Seen>>>;

fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

async fn hear(State(heard): State<Heard>, request: Request<axum::body::Body>) -> String {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 1 << 16).await.expect("a small body");
    let (path, query) = (parts.uri.path().to_owned(), pairs(parts.uri.query().unwrap_or_default()));
    let form = pairs(std::str::from_utf8(&body).expect("text"));
    heard.lock().expect("a lock").push((parts.method.to_string(), path, query, form));
    json!({ "access_token": "a", "expires_in": 1, "locations": [] }).to_string()
}

#[tokio::test]
async fn what_is_sent_keeps_to_the_description() {
    let Some(folder) = folder() else { return };
    let description = Description::read(&folder);
    let heard = Heard::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let app = Router::new().fallback(hear).with_state(heard.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let (base, now) = (BaseUrl::parse(&base).expect("an address"), Timestamp::now());
    let client = HttpClient::new(&base).expect("a client");
    let app = stage().await.app;
    let (secret, company) = (SecretString::from("token"), CompanyId::new("company"));
    oauth::exchange(&client, &base, &app, "code", UserType::Location, now).await.expect("tokens");
    oauth::refresh(&client, &base, &app, &secret, now).await.expect("tokens");
    let location = LocationId::new("location");
    oauth::location_token(&client, &base, &secret, &company, &location, now).await.expect("tokens");
    oauth::installed_locations(&client, &base, &secret, &company, "app").await.expect("a list");
    let heard = heard.lock().expect("a lock").clone();
    assert_eq!(heard.len(), 4);
    for (method, path, query, form) in heard {
        let described = description.find(&method, &path).unwrap_or_else(|| panic!("{method} {path}"));
        let mut wrong = described.request(&query, "2021-07-28", None);
        if method == "POST" {
            wrong.extend(described.form(&form));
        }
        assert_eq!(wrong, [""; 0], "{method} {path}");
    }
}

#[tokio::test]
async fn what_the_sandbox_answers_keeps_to_the_description() {
    let Some(folder) = folder() else { return };
    let description = Description::read(&folder);
    let stage = stage().await;
    let (base, client) = (stage.server.running.base_url().to_owned(), reqwest::Client::new());
    let company = company_of(&stage).await;
    let code = stage.code(company.as_str()).await;
    let form =
        |fields: &[(&str, &str)]| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let post = |path: &str, token: Option<String>, form: String| {
        let request = client.post(format!("{base}{path}")).header("version", "2021-07-28").body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        token.map_or(request.try_clone().expect("a plain body"), |token| request.bearer_auth(token))
    };
    let asked = [
        ("client_id", stage.app.client_id.as_str()),
        ("client_secret", "sandbox-app-secret"),
        ("grant_type", "authorization_code"),
        ("code", &code),
    ];
    let answer = post("/oauth/token", None, form(&asked)).send().await.expect("an answer");
    let mut tokens: Value = answer.json().await.expect("JSON");
    let agency = tokens["access_token"].as_str().expect("a token").to_owned();
    let location = stage.server.running.location_id();
    let asked = [("companyId", company.as_str()), ("locationId", location)];
    let answer = post("/oauth/locationToken", Some(agency.clone()), form(&asked)).send().await.expect("an answer");
    let mut of_location: Value = answer.json().await.expect("JSON");
    let url = format!("{base}/oauth/installedLocations?companyId={company}&appId=app");
    let request = client.get(url).header("version", "2021-07-28").bearer_auth(agency);
    let mut installed: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    // The description's schema of a location's token leaves its company and user type out; clients read both.
    for value in [&mut tokens, &mut of_location, &mut installed] {
        value.as_object_mut().expect("an object").remove("traceId");
    }
    for name in ["companyId", "userType"] {
        of_location.as_object_mut().expect("an object").remove(name);
    }
    for (method, path, body) in [
        ("POST", "/oauth/token", tokens),
        ("POST", "/oauth/locationToken", of_location),
        ("GET", "/oauth/installedLocations", installed),
    ] {
        // The status of a location's token was seen to be 201, where the description has 200: the body is what counts.
        let wrong = description.find(method, path).expect("described").answer(200, &body);
        assert_eq!(wrong, [""; 0], "{method} {path}");
    }
}
