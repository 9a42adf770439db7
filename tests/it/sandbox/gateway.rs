//! Tokens, versions, routes, the limit and its headers.

use super::*;

async fn plain(stage: &Stage, token: Option<&str>, version: Option<&str>, path: &str) -> (u16, Value) {
    let mut request = stage.client.get(stage.url(path));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(version) = version {
        request = request.header("Version", version);
    }
    read(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn tokens_and_versions_are_refused_in_the_gateways_words() {
    let stage = stage(quick()).await;
    let path = format!("/contacts/{}", stage.first_id().await);
    let token = stage.running.token();
    for (token, version, status, message) in [
        (None, Some("2021-07-28"), 401, "Invalid JWT"),
        (Some("pit-wrong"), Some("2021-07-28"), 401, "Invalid JWT"),
        (Some(token), None, 401, "version header was not found."),
        (Some(token), Some("1999-01-01"), 401, "version header is invalid"),
    ] {
        let (got, body) = plain(&stage, token, version, &path).await;
        assert_eq!((got, body["message"].as_str()), (status, Some(message)));
    }
    for version in ["2021-04-15", "2021-07-28", "2023-02-21", "v3"] {
        assert_eq!(plain(&stage, Some(token), Some(version), &path).await.0, 200, "{version}");
    }
    stage.control(Method::POST, "/__sandbox/switches", json!({"bad-version": "400"})).await;
    assert_eq!(plain(&stage, Some(token), Some("1999-01-01"), &path).await.0, 400);
}

#[tokio::test]
async fn the_read_only_token_reads_everything_and_writes_nothing() {
    let stage = stage(quick()).await;
    let (id, token) = (stage.first_id().await, stage.running.read_only_token());
    let location = stage.running.location_id();
    for path in [
        format!("/contacts/{id}"),
        format!("/contacts/{id}/tasks"),
        format!("/locations/{location}"),
        format!("/locations/{location}/customFields"),
        format!("/users/?locationId={location}"),
    ] {
        assert_eq!(plain(&stage, Some(token), Some("2021-07-28"), &path).await.0, 200, "{path}");
    }
    let body = json!({"body": "not allowed"});
    let request = stage.client.post(stage.url(&format!("/contacts/{id}/notes"))).bearer_auth(token).json(&body);
    let (status, body) = read(request.header("Version", "2021-07-28").send().await.expect("an answer")).await;
    assert_eq!((status, &body["message"]), (401, &json!("The token is not authorized for this scope.")));
}

#[tokio::test]
async fn unknown_routes_ids_and_locations_are_told_apart() {
    let stage = stage(quick()).await;
    let (status, body) = stage.call(Method::GET, "/contacts/a/b/c", None).await;
    assert_eq!((status, &body["message"]), (404, &json!("Cannot GET /contacts/a/b/c")));
    let missing = "/contacts/ocQHyuzHvysMo5N5VsXc";
    let (status, body) = stage.call(Method::GET, missing, None).await;
    assert_eq!((status, &body["message"]), (400, &json!("Contact with id ocQHyuzHvysMo5N5VsXc not found")));
    let (status, body) = stage.search(json!({"locationId": "ve9EPM428h8vShlRW1KT"})).await;
    assert_eq!((status, &body["message"]), (403, &json!("The token does not have access to this location.")));
    stage.control(Method::POST, "/__sandbox/switches", json!({"unknown-id": "404"})).await;
    assert_eq!(stage.call(Method::GET, missing, None).await.0, 404);
}

#[tokio::test]
async fn the_limit_is_counted_told_and_enforced() {
    let rate_limit = "3/400ms".parse().expect("a limit");
    let stage = stage(SandboxOptions { rate_limit, ..quick() }).await;
    let path = format!("/locations/{}", stage.running.location_id());
    let mut remaining = Vec::new();
    for _ in 0..4 {
        let answer = stage.try_send(Method::GET, &path, None).await.expect("an answer");
        let header = |name: &str| answer.headers()[name].to_str().expect("digits").to_owned();
        assert_eq!(
            (header("x-ratelimit-max"), header("x-ratelimit-interval-milliseconds")),
            ("3".into(), "400".into())
        );
        assert_eq!(header("x-ratelimit-limit-daily"), "200000");
        assert!(!answer.headers().contains_key("retry-after"));
        remaining.push((answer.status().as_u16(), header("x-ratelimit-remaining")));
    }
    let expected = [(200, "2"), (200, "1"), (200, "0"), (429, "0")].map(|(status, left)| (status, left.to_owned()));
    assert_eq!(remaining, expected);
    stage.control(Method::POST, "/__sandbox/switches", json!({"retry-after": "1", "rate-body": "empty"})).await;
    let answer = stage.try_send(Method::GET, &path, None).await.expect("an answer");
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(read(answer).await, (429, json!("")));
    tokio::time::sleep(Duration::from_millis(420)).await; // the limit's own interval, not a wait for the server
    assert_eq!(stage.call(Method::GET, &path, None).await.0, 200);
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask() {
    let stage = stage(quick()).await;
    let body = json!({"locationId": stage.running.location_id(), "pageLimit": 50}).to_string();
    let raw = Client::builder().no_proxy().no_gzip().build().expect("a client");
    let request = raw.post(stage.url("/contacts/search")).bearer_auth(stage.running.token()).body(body);
    let request = request.header("Version", "v3").header("Content-Type", "application/json");
    let answer = request.header("Accept-Encoding", "gzip").send().await.expect("an answer");
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert!(answer.bytes().await.expect("a body").starts_with(&[0x1f, 0x8b]));
}

#[tokio::test]
async fn every_request_is_listed_in_order_without_its_token() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    stage.control(Method::DELETE, "/__sandbox/requests", Value::Null).await;
    stage.get(&format!("/contacts/{id}/notes?x=1")).await;
    stage.call(Method::POST, &format!("/contacts/{id}/notes"), Some(json!({"body": "hello"}))).await;
    let list = stage.control(Method::GET, "/__sandbox/requests", Value::Null).await;
    let told: Vec<_> =
        list.as_array().expect("a list").iter().map(|e| (&e["method"], &e["status"], &e["query"])).collect();
    assert_eq!(told, [(&json!("GET"), &json!(200), &json!("x=1")), (&json!("POST"), &json!(201), &json!(""))]);
    assert_eq!(list[1]["body"], json!({"body": "hello"}));
    assert!(!list.to_string().contains(stage.running.token()));
}

#[tokio::test]
async fn a_taken_port_and_an_unknown_zone_are_said_plainly() {
    let stage = stage(quick()).await;
    let port = stage.running.base_url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let error = start(SandboxOptions { port, ..quick() }).await.expect_err("the port is taken");
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}: the port is taken")), "{error}");
    let error = start(SandboxOptions { time_zone: "Mars/Olympus".into(), ..quick() }).await.expect_err("no such zone");
    assert!(error.to_string().contains("Mars/Olympus"), "{error}");
}

#[tokio::test]
async fn stopping_closes_what_is_open_and_frees_the_port() {
    let Stage { running, client } = stage(quick()).await;
    let url = format!("{}/__sandbox/state", running.base_url());
    assert!(client.get(&url).send().await.is_ok());
    let port: u16 = running.base_url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    running.stop().await;
    assert!(client.get(&url).send().await.is_err());
    let again = start(SandboxOptions { port, ..quick() }).await.expect("the port is free again");
    assert!(client.get(&url).send().await.is_ok());
    drop(again);
    for _ in 0..200 {
        if client.get(&url).send().await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("a dropped server still answers");
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_slow_answer() {
    let stage = stage(SandboxOptions { latency: Duration::from_secs(600), ..quick() }).await;
    let path = format!("/locations/{}", stage.running.location_id());
    let asked = stage.client.get(stage.url(&path)).send();
    let Stage { running, client } = stage;
    let url = format!("{}/__sandbox/requests", running.base_url());
    let stop = async {
        while read(client.get(&url).send().await.expect("an answer")).await.1 == json!([]) {
            tokio::task::yield_now().await;
        }
        running.stop().await;
    };
    let (answer, ()) = tokio::time::timeout(crate::support::PATIENCE, futures_util::future::join(asked, stop))
        .await
        .expect("stopping takes no longer than closing the connections");
    assert!(answer.is_err());
}

#[tokio::test]
async fn the_ready_line_is_the_documented_json() {
    let Stage { running, .. } = stage(quick()).await;
    let line = running.ready_line();
    assert!(line.starts_with(r#"{"base_url":"http://127.0.0.1:"#) && !line.contains('\n'), "{line}");
    let json: Value = serde_json::from_str(&line).expect("one line of JSON");
    assert_eq!((&json["contacts"], json["token"].as_str()), (&json!(300), Some(running.token())));
    assert!(running.token().starts_with("pit-") && running.read_only_token().starts_with("pit-"));
    assert_eq!(running.location_id().len(), 20);
}
