//! Signing in as a browser and an app do it: the page, the code, the tokens, and what each may open.

use reqwest::redirect::Policy;

use super::*;

const REDIRECT: &str = "https://example.com/back";
const SCOPES: &str = "contacts.readonly locations.readonly oauth.readonly oauth.write";

fn asked(more: &[(&str, &str)]) -> String {
    let fields = [
        ("response_type", "code"),
        ("client_id", "sandbox-app-client"),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPES),
        ("state", "state-1"),
    ];
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).extend_pairs(more).finish()
}

impl Stage {
    async fn post_form(&self, path: &str, token: Option<&str>, form: String) -> Response {
        let browser = Client::builder().no_proxy().redirect(Policy::none()).build().expect("a browser");
        let request = browser.post(self.url(path)).header("Version", "2021-07-28").body(form);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        request.send().await.expect("an answer")
    }

    /// Where the browser is sent after Allow.
    async fn allow(&self, owner: &str, more: &[(&str, &str)]) -> url::Url {
        let decided = [&[("owner", owner), ("decision", "allow")], more].concat();
        let answer = self.post_form("/v2/oauth/chooselocation", None, asked(&decided)).await;
        assert_eq!(answer.status(), 302);
        url::Url::parse(answer.headers()["location"].to_str().expect("text")).expect("an address")
    }

    async fn exchange(&self, grant: &str, name: &str, value: &str) -> (u16, Value) {
        let fields = [
            ("client_id", "sandbox-app-client"),
            ("client_secret", "sandbox-app-secret"),
            ("grant_type", grant),
            (name, value),
        ];
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        read(self.post_form("/oauth/token", None, form).await).await
    }

    /// The tokens of whom this id stands for.
    async fn sign_in(&self, owner: &str) -> Value {
        let back = self.allow(owner, &[]).await;
        let code = pair(&back, "code").expect("a code");
        let (status, tokens) = self.exchange("authorization_code", "code", &code).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    async fn company(&self) -> String {
        let location = self.get(&format!("/locations/{}", self.running.location_id())).await;
        location["location"]["companyId"].as_str().expect("an id").to_owned()
    }

    async fn location_token(&self, agency: &str, company: &str, location: &str) -> (u16, Value) {
        let fields = [("companyId", company), ("locationId", location)];
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        read(self.post_form("/oauth/locationToken", Some(agency), form).await).await
    }

    async fn reads(&self, tokens: &Value, location: &str) -> u16 {
        let token = tokens["access_token"].as_str().expect("a token");
        self.call_as(token, Method::GET, &format!("/locations/{location}"), None).await.0
    }
}

fn pair(url: &url::Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn the_page_offers_both_locations_and_the_agency() {
    let stage = stage(quick()).await;
    let page = stage.client.get(stage.url(&format!("/v2/oauth/chooselocation?{}", asked(&[])))).send().await;
    let page = page.expect("an answer").text().await.expect("a page");
    let company = stage.company().await;
    let owners = [stage.running.location_id(), stage.running.other_location_id(), &company];
    let offered: Vec<&str> =
        page.split("name=\"owner\" value=\"").skip(1).filter_map(|at| at.split('"').next()).collect();
    assert_eq!(offered, owners, "{page}");
    assert!(page.contains("Bayview Dental (location)") && page.contains("Prospect Park Dental (location)"), "{page}");
    assert_eq!(page.matches(" checked>").count(), 1, "one is chosen already");
    let form = asked(&[("owner", "ve9EPM428h8vShlRW1KT"), ("decision", "allow")]);
    assert_eq!(stage.post_form("/v2/oauth/chooselocation", None, form).await.status(), 400, "nobody's id");
}

#[tokio::test]
async fn a_sign_in_opens_the_chosen_location_only_and_stays_there() {
    let stage = stage(quick()).await;
    let (here, there) = (stage.running.location_id(), stage.running.other_location_id());
    for (mine, foreign) in [(here, there), (there, here)] {
        let tokens = stage.sign_in(mine).await;
        assert_eq!((&tokens["userType"], &tokens["locationId"]), (&json!("Location"), &json!(mine)));
        let refresh = tokens["refresh_token"].as_str().expect("a token");
        let (status, rotated) = stage.exchange("refresh_token", "refresh_token", refresh).await;
        assert_eq!((status, &rotated["locationId"]), (200, &json!(mine)));
        for tokens in [&tokens, &rotated] {
            assert_eq!((stage.reads(tokens, mine).await, stage.reads(tokens, foreign).await), (200, 403));
        }
    }
}

#[tokio::test]
async fn an_agency_lists_both_locations_and_gets_a_token_for_each() {
    let stage = stage(quick()).await;
    let (here, there) = (stage.running.location_id(), stage.running.other_location_id());
    let company = stage.company().await;
    let tokens = stage.sign_in(&company).await;
    assert_eq!((&tokens["userType"], tokens.get("locationId")), (&json!("Company"), None));
    let agency = tokens["access_token"].as_str().expect("a token");
    let listing = format!("/oauth/installedLocations?companyId={company}&appId=app");
    let installed = async || stage.call_as(agency, Method::GET, &listing, None).await.1;
    let list = installed().await;
    let seen: Vec<(&Value, &Value)> =
        list["locations"].as_array().expect("a list").iter().map(|one| (&one["_id"], &one["name"])).collect();
    assert_eq!(seen, [(&json!(here), &json!("Bayview Dental")), (&json!(there), &json!("Prospect Park Dental"))]);
    assert_eq!(list["count"], json!(2));
    for (mine, foreign) in [(here, there), (there, here)] {
        let (status, of_location) = stage.location_token(agency, &company, mine).await;
        assert_eq!((status, of_location.get("refresh_token")), (201, None), "{of_location}");
        assert_eq!((stage.reads(&of_location, mine).await, stage.reads(&of_location, foreign).await), (200, 403));
    }
    for (company, location) in [(&*company, "ve9EPM428h8vShlRW1KT"), ("otherCompany", there)] {
        let (status, said) = stage.location_token(agency, company, location).await;
        assert_eq!((status, said["message"].as_str()), (403, Some("The token does not have access to this location.")));
    }
    stage.control(Method::POST, "/__sandbox/trouble", json!({"location": "gone"})).await;
    assert_eq!(installed().await["locations"][0]["_id"], json!(there));
    assert_eq!(stage.location_token(agency, &company, here).await.0, 403);
    assert_eq!(stage.location_token(agency, &company, there).await.0, 201);
}

#[tokio::test]
async fn the_limit_is_of_the_app_in_a_location_not_of_each_token() {
    let stage = stage(SandboxOptions { rate_limit: "4/3600s".parse().expect("a limit"), ..quick() }).await;
    let (here, there) = (stage.running.location_id(), stage.running.other_location_id());
    let first = stage.sign_in(here).await;
    let refresh = first["refresh_token"].as_str().expect("a token");
    let (_, second) = stage.exchange("refresh_token", "refresh_token", refresh).await;
    let elsewhere = stage.sign_in(there).await;
    for tokens in [&first, &second, &first, &second] {
        assert_eq!(stage.reads(tokens, here).await, 200);
    }
    assert_eq!(stage.reads(&first, here).await, 429);
    assert_eq!(stage.reads(&second, here).await, 429, "a new token is no new account");
    assert_eq!(stage.reads(&elsewhere, there).await, 200, "the other location has its own account");
    assert_eq!(stage.call(Method::GET, &format!("/locations/{here}"), None).await.0, 200, "and so has a private token");
}

#[tokio::test]
async fn tokens_of_an_app_are_refused_in_its_words() {
    let stage = stage(quick()).await;
    let (here, company) = (stage.running.location_id().to_owned(), stage.company().await);
    let (of_location, of_agency) = (stage.sign_in(&here).await, stage.sign_in(&company).await);
    let token = |tokens: &Value| tokens["access_token"].as_str().expect("a token").to_owned();
    let class = "This authClass type is not allowed to access this scope.";
    let told = async |tokens: &Value, path: &str| {
        let (status, body) = stage.call_as(&token(tokens), Method::GET, path, None).await;
        (status, body["message"].as_str().unwrap_or_default().to_owned())
    };
    let (status, said) = told(&of_agency, &format!("/locations/{here}")).await;
    assert!(status == 401 && said.starts_with(class), "{said}");
    let (status, said) = told(&of_location, &format!("/oauth/installedLocations?companyId={company}&appId=app")).await;
    assert!(status == 401 && said.starts_with(class), "{said}");
    let (status, said) = told(&of_location, &format!("/locations/{here}/tags")).await;
    assert_eq!((status, &*said), (401, "The token is not authorized for this scope."));
    stage.control(Method::POST, "/__sandbox/trouble", json!({"revoke": token(&of_location)})).await;
    assert_eq!(told(&of_location, &format!("/locations/{here}")).await, (401, "Invalid JWT".to_owned()));
    stage.control(Method::POST, "/__sandbox/trouble", json!({"oauth": "expired"})).await;
    assert_eq!(told(&of_agency, &format!("/locations/{here}")).await, (401, "Invalid JWT".to_owned()));
}

#[tokio::test]
async fn an_access_token_lives_as_long_as_the_switch_says() {
    let stage = stage(quick()).await;
    let here = stage.running.location_id();
    let before = stage.sign_in(here).await;
    assert_eq!(before["expires_in"], json!(86_399));
    stage.control(Method::POST, "/__sandbox/switches", json!({"access-lifetime": "5s"})).await;
    let short = stage.sign_in(here).await;
    assert_eq!((&short["expires_in"], stage.reads(&short, here).await), (&json!(5), 200));
    let company = stage.company().await;
    let agency = stage.sign_in(&company).await;
    let agency = agency["access_token"].as_str().expect("a token");
    assert_eq!(stage.location_token(agency, &company, here).await.1["expires_in"], json!(5));
    stage.control(Method::POST, "/__sandbox/trouble", json!({"skew_ms": 6_000})).await;
    assert_eq!((stage.reads(&short, here).await, stage.reads(&before, here).await), (401, 200), "from then on");
    let refresh = short["refresh_token"].as_str().expect("a token");
    let (status, rotated) = stage.exchange("refresh_token", "refresh_token", refresh).await;
    assert_eq!((status, stage.reads(&rotated, here).await), (200, 200), "what has run out can be refreshed");
}

#[tokio::test]
async fn the_page_may_keep_the_state_to_itself_and_ask_for_a_version() {
    let stage = stage(quick()).await;
    let here = stage.running.location_id();
    assert_eq!(pair(&stage.allow(here, &[]).await, "state").as_deref(), Some("state-1"));
    stage.control(Method::POST, "/__sandbox/switches", json!({"oauth-state": "drop"})).await;
    let back = stage.allow(here, &[]).await;
    assert!(pair(&back, "state").is_none() && pair(&back, "code").is_some(), "{back}");

    stage.control(Method::POST, "/__sandbox/switches", json!({"version-id": "required"})).await;
    let page = async |more: &[(&str, &str)]| {
        let url = stage.url(&format!("/v2/oauth/chooselocation?{}", asked(more)));
        read(stage.client.get(url).send().await.expect("an answer")).await
    };
    for more in [&[][..], &[("version_id", "")]] {
        let (status, said) = page(more).await;
        assert!(status == 400 && said.to_string().contains("error.noversionid"), "{said}");
    }
    let form = asked(&[("owner", here), ("decision", "allow")]);
    assert_eq!(stage.post_form("/v2/oauth/chooselocation", None, form).await.status(), 400);
    let version = [("version_id", "65f0c1")];
    let (status, said) = page(&version).await;
    assert!(status == 200 && said.to_string().contains("65f0c1"), "it travels through the form: {said}");
    assert!(pair(&stage.allow(here, &version).await, "code").is_some());
}
