//! Private tokens made to order, and each way the gateway refuses one.

use super::*;

impl Stage {
    async fn order(&self, order: Value) -> String {
        let made = self.control(Method::POST, "/__sandbox/tokens", order).await;
        let token = made["token"].as_str().expect("a token").to_owned();
        assert!(token.starts_with("pit-") && token.len() == self.running.token().len(), "{token}");
        token
    }

    /// Status and message of a call.
    async fn told(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> (u16, String) {
        let (status, body) = self.call_as(token, method, path, body).await;
        (status, body["message"].as_str().unwrap_or_default().to_owned())
    }
}

fn refusal(status: u16, message: &str) -> (u16, String) {
    (status, message.to_owned())
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_no_more() {
    let stage = stage(quick()).await;
    let (here, id) = (stage.running.location_id().to_owned(), stage.first_id().await);
    let contact = format!("/contacts/{id}");
    let location = format!("/locations/{here}");
    let (read, note) = (format!("{contact}/notes"), Some(json!({"body": "x"})));
    let no_scope = refusal(401, "The token is not authorized for this scope.");
    for (scopes, reads, writes, looks) in [
        (json!({"scopes": ["contacts.readonly"]}), true, false, false),
        (json!({"scopes": ["contacts.write"]}), false, true, false),
        (json!({"scopes": ["locations.readonly"]}), false, false, true),
        (json!({"scopes": []}), false, false, false),
        (json!({}), true, true, true),
    ] {
        let token = stage.order(scopes.clone()).await;
        for (allowed, method, path, body) in [
            (reads, Method::GET, &contact, None),
            (writes, Method::POST, &read, note.clone()),
            (looks, Method::GET, &location, None),
        ] {
            let told = stage.told(&token, method, path, body).await;
            assert!(if allowed { told.0 < 300 } else { told == no_scope }, "{scopes} on {path}: {told:?}");
        }
    }
}

#[tokio::test]
async fn a_token_is_for_one_location_or_for_the_agency() {
    let stage = stage(quick()).await;
    let (here, there) = (stage.running.location_id(), stage.running.other_location_id());
    let (at_home, abroad) = (format!("/locations/{here}"), format!("/locations/{there}"));
    let foreign = refusal(403, "The token does not have access to this location.");
    let company = stage.get(&at_home).await["location"]["companyId"].clone();
    for (location, opens, closed) in [
        ("main", &at_home, &abroad),
        ("other", &abroad, &at_home),
        (there, &abroad, &at_home),
        (here, &at_home, &abroad),
    ] {
        let token = stage.order(json!({"location": location})).await;
        assert_eq!(stage.told(&token, Method::GET, opens, None).await.0, 200, "{location}");
        assert_eq!(stage.told(&token, Method::GET, closed, None).await, foreign, "{location}");
    }
    let made = stage.control(Method::POST, "/__sandbox/tokens", json!({"location": "other"})).await;
    assert_eq!(made["location_id"], json!(there));
    let made = stage.control(Method::POST, "/__sandbox/tokens", json!({"class": "company"})).await;
    assert_eq!(made["company_id"], company);

    // The agency's own token opens no location, whatever its scopes, and can be exchanged for none.
    let agency = made["token"].as_str().expect("a token");
    let mismatch = refusal(401, "Token's user type mismatch!");
    let search = json!({"locationId": here, "pageLimit": 1});
    assert_eq!(stage.told(agency, Method::GET, &at_home, None).await, mismatch);
    assert_eq!(stage.told(agency, Method::POST, "/contacts/search", Some(search)).await, mismatch);
    for (token, method, path) in [
        (agency, Method::POST, "/oauth/locationToken".to_owned()),
        (stage.running.token(), Method::POST, "/oauth/locationToken".to_owned()),
        (
            agency,
            Method::GET,
            format!("/oauth/installedLocations?companyId={}&appId=app", company.as_str().expect("an id")),
        ),
    ] {
        assert_eq!(stage.told(token, method, &path, None).await, mismatch, "{path}");
    }
}

#[tokio::test]
async fn a_token_ends_when_its_time_is_over_or_it_is_taken_back() {
    let stage = stage(quick()).await;
    let path = format!("/locations/{}", stage.running.location_id());
    let dead = refusal(401, "Invalid JWT");
    let (short, long) = (stage.order(json!({"lifetime": "5s"})).await, stage.order(json!({})).await);
    assert_eq!(stage.told(&short, Method::GET, &path, None).await.0, 200);
    stage.control(Method::POST, "/__sandbox/trouble", json!({"skew_ms": 6_000})).await;
    assert_eq!(stage.told(&short, Method::GET, &path, None).await, dead);
    assert_eq!(stage.told(&long, Method::GET, &path, None).await.0, 200);
    stage.control(Method::POST, "/__sandbox/trouble", json!({"revoke": long})).await;
    assert_eq!(stage.told(&long, Method::GET, &path, None).await, dead);
    assert_eq!(stage.call(Method::GET, &path, None).await.0, 200, "one, not all");
    stage.control(Method::POST, "/__sandbox/trouble", json!({"revoke": stage.running.token()})).await;
    assert_eq!(stage.told(stage.running.token(), Method::GET, &path, None).await, dead, "those of the start as well");
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_told_why() {
    let stage = stage(quick()).await;
    for (path, body, words) in [
        ("tokens", json!({"location": "elsewhere"}), "main, other or the id"),
        ("tokens", json!({"class": "company", "location": "main"}), "no location"),
        ("tokens", json!({"class": "user"}), "unknown variant"),
        ("tokens", json!({"lifetime": "soon"}), "a time such as 5s"),
        ("tokens", json!({"scope": "contacts.readonly"}), "unknown field"),
        ("trouble", json!({"revoke": "pit-unknown"}), "an invalid token"),
    ] {
        let request = stage.client.post(stage.url(&format!("/__sandbox/{path}"))).body(body.to_string());
        let (status, said) = read(request.send().await.expect("an answer")).await;
        assert!(status == 400 && said["error"].as_str().is_some_and(|error| error.contains(words)), "{body}: {said}");
    }
    let bare = stage.client.post(stage.url("/__sandbox/tokens")).send().await.expect("an answer");
    assert_eq!(read(bare).await.0, 200, "everything may be left out");
}
