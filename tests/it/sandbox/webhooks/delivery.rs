//! The way of an event: in order, again after a failure, given up, and ended with the server.

use std::time::Instant;

use tokio::net::TcpSocket;

use super::*;

async fn bodies(ear: &mut Ear, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(ear.next().await.json()["body"].as_str().expect("a note's body").to_owned());
    }
    all
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_before_what_follows() {
    let (stage, mut ear) = listened(quick()).await;
    let id = stage.first_id().await;
    ear.answer([Some(500), Some(302), Some(200)]);
    stage.note(&id, "first").await;
    stage.note(&id, "second").await;
    let tries = [ear.next().await, ear.next().await, ear.next().await];
    assert!(tries.iter().all(|heard| (&heard.body, &heard.signature) == (&tries[0].body, &tries[0].signature)));
    assert_eq!(bodies(&mut ear, 1).await, ["second"]);
    let report = stage.settled().await;
    assert_eq!((&report["delivered"], &report["refused"]), (&json!(2), &json!(0)));
    assert_eq!(report["last"].as_array().map(Vec::len), Some(2), "an event is one, however often it is sent");
}

#[tokio::test]
async fn an_event_that_nobody_takes_is_given_up() {
    let (stage, mut ear) = listened(quick()).await;
    let id = stage.first_id().await;
    ear.answer([Some(500), Some(404), Some(410), Some(429)]);
    stage.note(&id, "first").await;
    stage.note(&id, "second").await;
    let start = Instant::now();
    assert_eq!(bodies(&mut ear, 5).await, ["first", "first", "first", "first", "second"]);
    assert!(start.elapsed() > Duration::from_millis(1_500), "the waits grow: {:?}", start.elapsed());
    let report = stage.settled().await;
    assert_eq!((&report["delivered"], &report["refused"], &report["dropped"]), (&json!(1), &json!(1), &json!(0)));
}

#[tokio::test]
async fn a_receiver_that_comes_late_misses_nothing() {
    // Ours already, but nobody listens there yet: whoever calls is refused.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let address = socket.local_addr().expect("an address");
    let url = format!("http://{address}/events").parse().expect("an address");
    let stage = stage(SandboxOptions { webhook: Some(url), ..quick() }).await;
    let id = stage.first_id().await;
    stage.note(&id, "hello").await;
    assert_eq!(stage.report().await["queued"], json!(1));
    let mut ear = Ear::open_at(socket.listen(16).expect("the port is ours"));
    assert_eq!(bodies(&mut ear, 1).await, ["hello"]);
    assert_eq!(stage.settled().await["delivered"], json!(1));
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_holds_up_no_request_and_no_end() {
    let (stage, mut ear) = listened(quick()).await;
    let id = stage.first_id().await;
    ear.answer([None]);
    stage.note(&id, "hangs").await;
    assert_eq!(bodies(&mut ear, 1).await, ["hangs"]);
    for n in 0..5 {
        stage.note(&id, &format!("waits {n}")).await;
    }
    assert_eq!(stage.report().await["queued"], json!(6), "no request waited for the receiver");
    stage.running.stop().await;
    assert!(ear.rest().is_empty(), "what waited is not sent any more");
}

#[tokio::test]
async fn dropping_the_server_ends_the_deliveries() {
    let (stage, mut ear) = listened(quick()).await;
    let id = stage.first_id().await;
    ear.answer(std::iter::repeat_n(Some(500), 3));
    stage.note(&id, "first").await;
    stage.note(&id, "second").await;
    assert_eq!(bodies(&mut ear, 1).await, ["first"]);
    drop(stage.running);
    // Longer than all waits together: had the task lived on, both would have arrived by now.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(ear.rest().len() <= 1, "at most the attempt that was under way");
}

#[tokio::test]
async fn the_receiver_can_be_named_and_taken_away_later() {
    let stage = stage(quick()).await;
    let mut ear = Ear::open().await;
    let id = stage.first_id().await;
    stage.note(&id, "to nobody").await;
    let report = stage.report().await;
    assert_eq!((&report["url"], &report["queued"], &report["last"]), (&Value::Null, &json!(0), &json!([])));
    stage.control(Method::PUT, "/__sandbox/webhooks", json!({"url": ear.url.as_str()})).await;
    stage.note(&id, "to somebody").await;
    assert_eq!(bodies(&mut ear, 1).await, ["to somebody"]);
    stage.settled().await;
    stage.control(Method::PUT, "/__sandbox/webhooks", json!({"url": null})).await;
    stage.note(&id, "to nobody again").await;
    assert_eq!(stage.settled().await["delivered"], json!(1));
    assert!(ear.rest().is_empty());
}

#[tokio::test]
async fn nobody_else_on_the_network_is_told() {
    let far: url::Url = "https://example.com/hook".parse().expect("an address");
    let error = start(SandboxOptions { webhook: Some(far.clone()), ..quick() }).await.expect_err("not this computer");
    assert!(error.to_string().contains("`https://example.com/hook`"), "{error}");
    let stage = stage(quick()).await;
    for (url, words) in [(far.as_str(), "this computer only"), ("no address", "url: ")] {
        let body = json!({"url": url}).to_string();
        let answer = stage.client.put(stage.url("/__sandbox/webhooks")).body(body).send().await.expect("an answer");
        let (status, said) = read(answer).await;
        assert!(status == 400 && said["error"].as_str().is_some_and(|error| error.contains(words)), "{said}");
    }
}
