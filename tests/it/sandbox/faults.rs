//! Faults on demand.

use super::*;

async fn task_count(stage: &Stage, id: &str) -> usize {
    stage.truth(id).await["tasks"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_drop_closes_the_connection_with_or_without_the_effect() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    let path = format!("/contacts/{id}/tasks");
    let new = json!({"title": "x", "dueDate": "2020-10-25T11:00:00Z", "completed": false});
    let before = task_count(&stage, &id).await;
    for (when, effect) in [("before", 0), ("after", 1)] {
        stage.fault(json!({"method": "POST", "path": "/tasks", "action": {"drop": when}})).await;
        let error = stage.try_send(Method::POST, &path, Some(new.clone())).await.expect_err("no answer at all");
        assert!(error.is_request() && !error.is_timeout() && !error.is_decode(), "{error:?}");
        assert_eq!(task_count(&stage, &id).await, before + effect, "{when}");
    }
    assert_eq!(stage.call(Method::POST, &path, Some(new)).await.0, 201, "each rule was used up");
    let list = stage.control(Method::GET, "/__sandbox/requests", Value::Null).await;
    let told: Vec<_> = list
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|entry| Some((entry["dropped"].as_str()?, &entry["status"])))
        .collect();
    assert_eq!(told, [("before", &Value::Null), ("after", &Value::Null)]);
}

#[tokio::test]
async fn a_drop_sends_not_one_byte() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let stage = stage(quick()).await;
    stage.fault(json!({"action": {"drop": "before"}})).await;
    let address = stage.running.base_url().trim_start_matches("http://").to_owned();
    let mut wire = tokio::net::TcpStream::connect(&address).await.expect("a connection");
    let request = format!("GET /users/ HTTP/1.1\r\nHost: {address}\r\n\r\n");
    wire.write_all(request.as_bytes()).await.expect("room to write");
    let mut got = Vec::new();
    let _ = wire.read_to_end(&mut got).await; // an end or a reset, both are a closed connection
    assert!(got.is_empty(), "{:?}", String::from_utf8_lossy(&got));
}

#[tokio::test]
async fn answers_are_replaced_delayed_and_spoilt_on_demand() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    let path = format!("/contacts/{id}");
    let body = json!({"message": "busy"});
    stage
        .fault(json!({"path": "/contacts/", "action": {"status": 503, "body": body, "headers": {"Retry-After": "7"}}}))
        .await;
    let answer = stage.try_send(Method::GET, &path, None).await.expect("an answer");
    assert_eq!(answer.headers()["retry-after"], "7");
    let (status, body) = read(answer).await;
    assert_eq!((status, &body["message"]), (503, &json!("busy")));

    stage.control(Method::POST, "/__sandbox/switches", json!({"error-5xx": "html"})).await;
    stage.fault(json!({"method": "PUT", "action": {"status": 502, "after": true}})).await;
    let (status, body) = stage.call(Method::PUT, &path, Some(json!({"city": "Reno"}))).await;
    assert!(status == 502 && body.as_str().is_some_and(|text| text.starts_with("<html>")), "{body}");
    assert_eq!(stage.truth(&id).await["contact"]["city"], "Reno");

    stage.fault(json!({"times": 0, "action": {"latency_ms": 60}})).await;
    for (kind, starts) in [("json-truncated", "{\""), ("html", "<html>"), ("empty", "")] {
        stage.fault(json!({"action": {"garbage": kind}})).await;
        let started = std::time::Instant::now();
        let (status, body) = stage.call(Method::GET, &path, None).await;
        assert!(started.elapsed() >= Duration::from_millis(60));
        let text = body.as_str().expect("no JSON");
        assert!(status == 200 && text.starts_with(starts) && (kind != "empty" || text.is_empty()), "{text}");
    }
    stage.control(Method::DELETE, "/__sandbox/faults", Value::Null).await;
    assert_eq!(stage.control(Method::GET, "/__sandbox/state", Value::Null).await["faults"], json!(0));
}

#[tokio::test]
async fn wrong_rules_and_switches_are_refused_whole() {
    let stage = stage(quick()).await;
    for (path, body) in [
        ("/__sandbox/faults", json!({"rules": [{"action": {"explode": true}}]})),
        ("/__sandbox/faults", json!({"rules": [{"pth": "/x", "action": {"status": 500}}]})),
        ("/__sandbox/switches", json!({"plain-names": "off", "index-lag": "soon"})),
        ("/__sandbox/switches", json!({"nope": "on"})),
    ] {
        let answer = stage.client.post(stage.url(path)).body(body.to_string()).send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{body}");
    }
    let (_, page) = stage.search(json!({})).await;
    assert!(page["contacts"][0].get("firstName").is_some(), "nothing of a refused request was applied");
}

#[tokio::test]
async fn a_share_of_the_requests_is_spoilt_the_same_ones_for_the_same_seed() {
    let mut patterns = Vec::new();
    for _ in 0..2 {
        let stage = stage(quick()).await;
        let id = stage.first_id().await;
        stage.fault(json!({"path": "/contacts/", "times": 0, "share": 0.3, "action": {"status": 500}})).await;
        let mut pattern = Vec::new();
        for _ in 0..60 {
            pattern.push(stage.call(Method::GET, &format!("/contacts/{id}"), None).await.0);
        }
        patterns.push(pattern);
    }
    let spoilt = patterns[0].iter().filter(|status| **status == 500).count();
    assert!((8..30).contains(&spoilt), "{spoilt} of 60");
    assert_eq!(patterns[0], patterns[1]);
}

#[tokio::test]
async fn troubles_refuse_tokens_lose_the_location_and_set_the_clock() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    let path = format!("/contacts/{id}");
    for (trouble, status, words) in [
        (json!({"tokens": "refused"}), 401, "Invalid JWT"),
        (json!({"tokens": "accepted", "location": "gone"}), 403, "The token does not have access to this location."),
    ] {
        stage.control(Method::POST, "/__sandbox/trouble", trouble).await;
        let (got, body) = stage.call(Method::GET, &path, None).await;
        assert_eq!((got, &body["message"]), (status, &json!(words)));
    }
    stage.control(Method::POST, "/__sandbox/trouble", json!({"location": "there", "skew_ms": -86_400_000})).await;
    let (_, note) = stage.call(Method::POST, &format!("{path}/notes"), Some(json!({"body": "dated"}))).await;
    let at = note["note"]["dateAdded"].as_str().expect("a date");
    assert!(at.starts_with("2026-03-09"), "{at}");
}
