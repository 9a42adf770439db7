//! Made-up events in bulk.

use super::*;

impl Stage {
    async fn load(&self, order: &Value) -> (u16, Value) {
        let request = self.client.post(self.url("/__sandbox/webhooks")).body(order.to_string());
        read(request.send().await.expect("an answer")).await
    }
}

#[tokio::test]
async fn hundreds_of_events_come_in_one_go_each_signed_and_of_somebody_who_is_there() {
    let (stage, mut ear) = listened(quick()).await;
    let key = stage.key().await;
    let (rows, _) = walk(&stage, 500, json!({})).await;
    let people = ids(&rows);
    assert_eq!(stage.load(&json!({"count": 500, "type": "ContactUpdate"})).await.0, 200);
    let mut seen = HashSet::new();
    let mut whom = HashSet::new();
    for _ in 0..500 {
        let heard = ear.next().await;
        assert!(is_signed(&key, &heard.body, &heard.signature));
        let event = heard.json();
        assert_eq!(event["type"], json!("ContactUpdate"));
        let id = event["id"].as_str().expect("an id").to_owned();
        assert!(people.contains(&*id), "{event}");
        whom.insert(id);
        assert!(seen.insert(event["webhookId"].to_string()), "no two are the same event");
    }
    assert_eq!(whom.len(), 300, "everybody, before anybody twice");
    let report = stage.settled().await;
    assert_eq!((&report["delivered"], &report["refused"], &report["dropped"]), (&json!(500), &json!(0), &json!(0)));
    let changed = stage.control(Method::GET, "/__sandbox/state", Value::Null).await["changed"].clone();
    assert_eq!(changed, json!([]), "nothing has really changed");
}

#[tokio::test]
async fn each_type_is_made_up_in_its_shape() {
    let (stage, mut ear) = listened(quick()).await;
    for kind in [
        "ContactCreate",
        "ContactUpdate",
        "ContactDelete",
        "ContactTagUpdate",
        "ContactDndUpdate",
        "TaskCreate",
        "TaskComplete",
        "TaskDelete",
        "NoteCreate",
        "NoteUpdate",
        "NoteDelete",
        "AppointmentCreate",
        "AppointmentUpdate",
        "AppointmentDelete",
    ] {
        let (status, said) = stage.load(&json!({"count": 3, "type": kind, "location": "other"})).await;
        assert_eq!(status, 200, "{said}");
        for _ in 0..3 {
            let event = ear.next().await.json();
            let about = if kind.starts_with("Appointment") { &event["appointment"] } else { &event };
            assert_eq!((&event["type"], about["id"].as_str().map(str::len)), (&json!(kind), Some(20)), "{event}");
            assert_eq!(event["locationId"], json!(stage.running.other_location_id()));
        }
    }
}

#[tokio::test]
async fn beyond_the_room_of_the_queue_the_oldest_are_dropped() {
    let (stage, mut ear) = listened(quick()).await;
    // No attempt at the first one is answered while this test looks.
    ear.answer([None; 4]);
    let id = stage.first_id().await;
    stage.note(&id, "on its way").await;
    ear.next().await;
    assert_eq!(stage.load(&json!({"count": 10_000})).await.0, 200);
    let report = stage.report().await;
    assert_eq!((&report["queued"], &report["dropped"]), (&json!(10_001), &json!(0)));
    assert_eq!(stage.load(&json!({"count": 7})).await.0, 200);
    let report = stage.report().await;
    assert_eq!((&report["queued"], &report["dropped"]), (&json!(10_001), &json!(7)));
}

#[tokio::test]
async fn an_order_that_cannot_be_met_is_told_why() {
    let (listening, _ear) = listened(quick()).await;
    let (empty, _ear) = listened(SandboxOptions { contacts: 0, ..quick() }).await;
    let alone = stage(quick()).await;
    for (stage, order, words) in [
        (&listening, json!({"count": 0}), "from 1 to 10000"),
        (&listening, json!({"count": 10_001}), "from 1 to 10000"),
        (&listening, json!({"count": 1, "type": "TaskUpdate"}), "unknown variant"),
        (&listening, json!({"count": 1, "location": "elsewhere"}), "main, other or the id"),
        (&listening, json!({}), "missing field"),
        (&empty, json!({"count": 1}), "nothing to send"),
        (&alone, json!({"count": 1}), "no webhook receiver"),
    ] {
        let (status, said) = stage.load(&order).await;
        assert!(status == 400 && said["error"].as_str().is_some_and(|error| error.contains(words)), "{order}: {said}");
    }
}
