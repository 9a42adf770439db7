//! The agency's two locations: each with its own people, neither with a way into the other.

use super::*;

/// All contacts of the second location, as its own token sees them.
async fn others(stage: &Stage) -> Vec<Value> {
    let body = json!({"locationId": stage.running.other_location_id(), "pageLimit": 500});
    let token = stage.running.other_token();
    let (status, page) = stage.call_as(token, Method::POST, "/contacts/search", Some(body)).await;
    assert_eq!(status, 200, "{page}");
    page["contacts"].as_array().expect("rows").clone()
}

async fn other_get(stage: &Stage, path: &str) -> Value {
    let (status, body) = stage.call_as(stage.running.other_token(), Method::GET, path, None).await;
    assert_eq!(status, 200, "GET {path}: {body}");
    body
}

fn id_of(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn the_second_location_is_smaller_and_looks_different() {
    let stage = stage(quick()).await;
    let (here, there) = (stage.running.location_id(), stage.running.other_location_id());
    assert!(here != there && there.len() == 20 && stage.running.token() != stage.running.other_token());
    let main = stage.get(&format!("/locations/{here}")).await["location"].clone();
    let other = other_get(&stage, &format!("/locations/{there}")).await["location"].clone();
    assert_eq!(main["companyId"], other["companyId"], "one agency");
    for field in ["id", "name", "timezone", "address", "phone", "email"] {
        assert_ne!(main[field], other[field], "{field}");
    }
    let people = others(&stage).await;
    assert_eq!(people.len(), 30, "a tenth");
    let (mine, _) = walk(&stage, 500, json!({})).await;
    assert!(ids(&people).is_disjoint(&ids(&mine)));
    let names = |list: &[Value]| -> HashSet<String> { list.iter().map(|one| one["contactName"].to_string()).collect() };
    assert!(names(&people).intersection(&names(&mine)).count() < 10, "other people, not the same ones again");
    let users = other_get(&stage, &format!("/users/?locationId={there}")).await["users"].clone();
    let domain = other["website"].as_str().expect("an address").trim_start_matches("https://www.").to_owned();
    assert!(users[0]["email"].as_str().is_some_and(|email| email.ends_with(&domain)), "{users}");
}

#[tokio::test]
async fn its_size_and_zone_follow_the_main_ones() {
    for (contacts, expected) in [(0, 25), (40, 25), (260, 26), (20_000, 300)] {
        let stage = stage(SandboxOptions { contacts, ..quick() }).await;
        let told = stage.control(Method::GET, "/__sandbox/state?location=other", Value::Null).await;
        assert_eq!(told["contacts"], json!(expected), "beside {contacts}");
        assert_eq!(stage.control(Method::GET, "/__sandbox/state", Value::Null).await["contacts"], json!(contacts));
    }
    for (zone, expected) in [("Europe/Paris", "America/New_York"), ("America/New_York", "America/Chicago")] {
        let stage = stage(SandboxOptions { time_zone: zone.into(), ..quick() }).await;
        let path = format!("/locations/{}", stage.running.other_location_id());
        assert_eq!(other_get(&stage, &path).await["location"]["timezone"], json!(expected), "beside {zone}");
    }
}

#[tokio::test]
async fn neither_token_opens_the_other_location() {
    let stage = stage(quick()).await;
    let both = [
        (stage.running.token(), stage.running.location_id(), stage.first_id().await),
        (stage.running.other_token(), stage.running.other_location_id(), id_of(&others(&stage).await[0])),
    ];
    for ((token, _, _), (_, foreign, stranger)) in [(&both[0], &both[1]), (&both[1], &both[0])] {
        for path in [
            format!("/locations/{foreign}"),
            format!("/locations/{foreign}/tags"),
            format!("/locations/{foreign}/customFields"),
            format!("/users/?locationId={foreign}"),
            format!("/contacts/?locationId={foreign}"),
            format!("/contacts/search/duplicate?locationId={foreign}&email=a@b.example"),
            format!("/calendars/?locationId={foreign}"),
            format!("/businesses/?locationId={foreign}"),
        ] {
            let (status, body) = stage.call_as(token, Method::GET, &path, None).await;
            let said = "The token does not have access to this location.";
            assert_eq!((status, body["message"].as_str()), (403, Some(said)), "{path}");
        }
        let new = json!({"locationId": foreign, "firstName": "Nobody"});
        for (path, body) in [
            ("/contacts/".to_owned(), new.clone()),
            ("/contacts/upsert".to_owned(), new),
            ("/contacts/search".to_owned(), json!({"locationId": foreign, "pageLimit": 1})),
            (format!("/locations/{foreign}/tasks/search"), json!({})),
        ] {
            assert_eq!(stage.call_as(token, Method::POST, &path, Some(body)).await.0, 403, "{path}");
        }
        for path in [format!("/contacts/{stranger}"), format!("/contacts/{stranger}/notes")] {
            let (status, body) = stage.call_as(token, Method::GET, &path, None).await;
            let said = format!("Contact with id {stranger} not found");
            assert_eq!((status, body["message"].as_str()), (400, Some(&*said)), "{path}");
        }
    }
}

#[tokio::test]
async fn everything_works_in_the_second_location_and_leaves_the_first_alone() {
    let stage = stage(quick()).await;
    let (there, token) = (stage.running.other_location_id(), stage.running.other_token());
    let post = async |path: &str, body: Value| stage.call_as(token, Method::POST, path, Some(body)).await;
    let (mine, _) = walk(&stage, 500, json!({})).await;
    let email = mine.iter().find_map(|one| one["email"].as_str()).expect("somebody has an e-mail").to_owned();
    // The same address is no duplicate: the locations know nothing of each other.
    let (status, made) = post("/contacts/", json!({"locationId": there, "firstName": "Ada", "email": email})).await;
    assert_eq!(status, 201, "{made}");
    let id = id_of(&made["contact"]);
    let path = format!("/contacts/{id}");
    let task = json!({"title": "Call", "dueDate": "2026-03-11T10:00:00Z", "completed": false});
    let (status, task) = post(&format!("{path}/tasks"), task).await;
    assert_eq!((status, &task["task"]["contactId"]), (201, &json!(id)));
    let done = format!("{path}/tasks/{}/completed", id_of(&task["task"]));
    assert_eq!(stage.call_as(token, Method::PUT, &done, Some(json!({"completed": true}))).await.0, 200);
    assert_eq!(post(&format!("{path}/notes"), json!({"body": "hello"})).await.0, 201);
    assert_eq!(post(&format!("{path}/tags"), json!({"tags": ["vip"]})).await.1["tags"], json!(["vip"]));
    let calendars = other_get(&stage, &format!("/calendars/?locationId={there}")).await["calendars"].clone();
    let event = json!({
        "calendarId": calendars[0]["id"], "locationId": there, "contactId": id, "startTime": "2026-07-01T16:00:00Z",
    });
    assert_eq!(post("/calendars/events/appointments", event).await.0, 200);
    let events = other_get(&stage, &format!("{path}/appointments")).await["events"].clone();
    assert_eq!(events[0]["startTime"], json!("2026-07-01 12:00:00"), "in that location's zone");

    let told = async |query: &str| stage.control(Method::GET, &format!("/__sandbox/state{query}"), Value::Null).await;
    let other = told("?location=other").await;
    assert_eq!((&other["contacts"], &other["changed"][0]["tasks"][0]["completed"]), (&json!(31), &json!(true)));
    assert_eq!(other["changed"], told(&format!("?location={there}")).await["changed"], "by its id as well");
    let held = told(&format!("?location=other&contact={id}")).await;
    assert_eq!((&held["contact"]["locationId"], &held["notes"][0]["body"]), (&json!(there), &json!("hello")));
    let main = told("").await;
    assert_eq!((&main["contacts"], &main["changed"]), (&json!(300), &json!([])));
    let unknown = stage.client.get(stage.url("/__sandbox/state?location=elsewhere")).send().await.expect("an answer");
    assert_eq!(unknown.status(), 400);
}

#[tokio::test]
async fn a_deleted_main_location_leaves_the_second_one_open() {
    let stage = stage(quick()).await;
    let there = format!("/locations/{}", stage.running.other_location_id());
    let here = format!("/locations/{}", stage.running.location_id());
    stage.control(Method::POST, "/__sandbox/trouble", json!({"location": "gone"})).await;
    assert_eq!(stage.call(Method::GET, &here, None).await.0, 403);
    other_get(&stage, &there).await;
    stage.control(Method::POST, "/__sandbox/trouble", json!({"location": "there"})).await;
    assert_eq!(stage.call(Method::GET, &here, None).await.0, 200);
}

#[tokio::test]
async fn switches_and_the_clock_are_of_both() {
    let stage = stage(quick()).await;
    let token = stage.running.other_token();
    stage.control(Method::POST, "/__sandbox/switches", json!({"unknown-id": "404"})).await;
    stage.control(Method::POST, "/__sandbox/trouble", json!({"skew_ms": 3_600_000})).await;
    let missing = "/contacts/ocQHyuzHvysMo5N5VsXc";
    assert_eq!(stage.call_as(token, Method::GET, missing, None).await.0, 404);
    assert_eq!(stage.call(Method::GET, missing, None).await.0, 404);
    let told = stage.control(Method::GET, "/__sandbox/state?location=other", Value::Null).await;
    assert!(told["now"].as_str().is_some_and(|now| now.starts_with("2026-03-10T18:30")), "{told}");
}
