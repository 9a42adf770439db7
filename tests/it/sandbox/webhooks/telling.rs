//! What is told of each change, and what is not.

use super::*;

/// One change, the events it shall cause, and the names that each of them has beside those that all have.
struct Change {
    method: Method,
    path: String,
    body: Option<Value>,
    told: Vec<(&'static str, Vec<&'static str>)>,
}

fn change(method: Method, path: String, body: Value, told: &[(&'static str, &[&'static str])]) -> Change {
    let told = told.iter().map(|(kind, names)| (*kind, names.to_vec())).collect();
    Change { method, path, body: Some(body).filter(|body| !body.is_null()), told }
}

const EVERY: [&str; 5] = ["appId", "locationId", "timestamp", "type", "webhookId"];
const NOTE: &[&str] = &["body", "contactId", "dateAdded", "id"];
const NEW_TASK: &[&str] = &["assignedTo", "dateAdded", "dueDate", "id", "title"];
const TASK: &[&str] = &["assignedTo", "body", "contactId", "dateAdded", "dueDate", "id", "title"];
const APPOINTMENT: &[&str] = &["appointment"];

fn names(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

impl Stage {
    /// Makes the change and checks every event it causes; the answer and the events.
    async fn heard(&self, ear: &mut Ear, key: &[u8], change: Change) -> (Value, Vec<Value>) {
        let Change { method, path, body, told } = change;
        let (status, answer) = self.call(method.clone(), &path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {answer}");
        let mut events = Vec::new();
        for (kind, own) in told {
            let heard = ear.next().await;
            assert!(is_signed(key, &heard.body, &heard.signature), "{kind}");
            let event = heard.json();
            let mut all = [&own[..], &EVERY].concat();
            all.sort_unstable();
            assert_eq!((event["type"].as_str(), names(&event)), (Some(kind), all), "{method} {path}: {event}");
            assert_eq!(event["locationId"], json!(self.running.location_id()));
            events.push(event);
        }
        (answer, events)
    }
}

#[tokio::test]
async fn notes_and_tasks_are_told_with_their_holes() {
    let (stage, mut ear) = listened(quick()).await;
    let (id, key) = (stage.first_id().await, stage.key().await);
    let (notes, tasks) = (format!("/contacts/{id}/notes"), format!("/contacts/{id}/tasks"));
    let user =
        stage.get(&format!("/users/?locationId={}", stage.running.location_id())).await["users"][0]["id"].clone();

    let new = json!({"body": "<p>hi</p>", "title": "T", "color": "#FFAA00", "pinned": true, "userId": user});
    let (made, events) =
        stage.heard(&mut ear, &key, change(Method::POST, notes.clone(), new, &[("NoteCreate", NOTE)])).await;
    let note = format!("{notes}/{}", made["note"]["id"].as_str().expect("an id"));
    assert_eq!((&events[0]["body"], &events[0]["contactId"]), (&json!("<p>hi</p>"), &json!(id)));
    let put = change(Method::PUT, note.clone(), json!({"body": "new"}), &[("NoteUpdate", NOTE)]);
    let (_, events) = stage.heard(&mut ear, &key, put).await;
    assert_eq!((&events[0]["id"], &events[0]["body"]), (&made["note"]["id"], &json!("new")));
    stage.heard(&mut ear, &key, change(Method::DELETE, note, Value::Null, &[("NoteDelete", NOTE)])).await;

    let new = json!({
        "title": "Call", "body": "soon", "dueDate": "2026-03-11T10:00:00Z", "completed": false, "assignedTo": user,
    });
    let post = change(Method::POST, tasks.clone(), new, &[("TaskCreate", NEW_TASK)]);
    let (made, events) = stage.heard(&mut ear, &key, post).await;
    assert_eq!((&events[0]["id"], &events[0]["title"]), (&made["task"]["id"], &json!("Call")));
    assert_eq!(events[0]["dueDate"], json!("2026-03-11T10:00:00.000Z"));
    let task = format!("{tasks}/{}", made["task"]["id"].as_str().expect("an id"));
    let completed = |done: bool, told: &[(&'static str, &[&'static str])]| {
        change(Method::PUT, format!("{task}/completed"), json!({"completed": done}), told)
    };
    // Nobody hears of a task that is edited, opened again, or completed twice.
    stage.heard(&mut ear, &key, change(Method::PUT, task.clone(), json!({"title": "Call again"}), &[])).await;
    let (_, events) = stage.heard(&mut ear, &key, completed(true, &[("TaskComplete", TASK)])).await;
    assert_eq!((&events[0]["title"], &events[0]["contactId"]), (&json!("Call again"), &json!(id)));
    stage.heard(&mut ear, &key, completed(true, &[])).await;
    stage.heard(&mut ear, &key, completed(false, &[])).await;
    let put = change(Method::PUT, task.clone(), json!({"completed": true}), &[("TaskComplete", TASK)]);
    stage.heard(&mut ear, &key, put).await;
    stage.heard(&mut ear, &key, change(Method::DELETE, task, Value::Null, &[("TaskDelete", TASK)])).await;
    stage.settled().await;
    assert!(ear.rest().is_empty());
}

#[tokio::test]
async fn appointments_are_told_in_an_envelope() {
    let (stage, mut ear) = listened(quick()).await;
    let (id, key, here) = (stage.first_id().await, stage.key().await, stage.running.location_id().to_owned());
    let calendars = stage.get(&format!("/calendars/?locationId={here}")).await["calendars"].clone();
    let all = "/calendars/events/appointments".to_owned();
    let new = json!({
        "calendarId": calendars[0]["id"], "locationId": here, "contactId": id, "title": "Consult",
        "startTime": "2026-07-01T16:00:00Z",
    });
    let post = change(Method::POST, all.clone(), new, &[("AppointmentCreate", APPOINTMENT)]);
    let (made, events) = stage.heard(&mut ear, &key, post).await;
    let event = made["id"].as_str().expect("an id");
    let told = &events[0]["appointment"];
    assert_eq!((&told["id"], &told["contactId"], &told["title"]), (&json!(event), &json!(id), &json!("Consult")));
    assert_eq!(told["startTime"], json!("2026-07-01T09:00:00-07:00"), "with its offset, unlike the contact's list");
    assert!(!names(told).contains(&"locationId"));
    let put = change(
        Method::PUT,
        format!("{all}/{event}"),
        json!({"appointmentStatus": "noshow"}),
        &[("AppointmentUpdate", APPOINTMENT)],
    );
    let (_, events) = stage.heard(&mut ear, &key, put).await;
    assert_eq!(events[0]["appointment"]["appointmentStatus"], json!("noshow"));
    let path = format!("/calendars/events/{event}");
    stage.heard(&mut ear, &key, change(Method::DELETE, path, json!({}), &[("AppointmentDelete", APPOINTMENT)])).await;
    stage.settled().await;
    assert!(ear.rest().is_empty());
}

#[tokio::test]
async fn a_contact_is_told_by_what_changed_of_it() {
    let (stage, mut ear) = listened(quick()).await;
    let here = stage.running.location_id();
    let kinds = async |ear: &mut Ear| -> Vec<String> {
        stage.settled().await;
        ear.rest().iter().map(Heard::kind).collect()
    };
    let new = json!({
        "locationId": here, "firstName": "Ada", "lastName": "Test", "email": "ada@new.example", "companyName": "New Co",
        "dateOfBirth": "1990-05-17", "tags": ["one"],
    });
    let (_, made) = stage.call(Method::POST, "/contacts/", Some(new.clone())).await;
    let id = made["contact"]["id"].as_str().expect("an id").to_owned();
    let event = ear.next().await.json();
    for (name, value) in [
        ("type", "ContactCreate"),
        ("id", &*id),
        ("locationId", here),
        ("name", "Ada Test"),
        ("companyName", "New Co"),
        ("dateOfBirth", "1990-05-17T00:00:00.000Z"),
        ("appId", "sandbox-app"),
    ] {
        assert_eq!(event[name], json!(value), "{event}");
    }
    assert_eq!(
        (&event["tags"], event.get("city"), event.get("contact")),
        (&json!(["one"]), None, None),
        "flat: {event}"
    );

    let path = format!("/contacts/{id}");
    for (method, path, body, told) in [
        (Method::PUT, path.clone(), json!({"city": "Reno"}), &["ContactUpdate"][..]),
        (Method::PUT, path.clone(), json!({"city": "Reno"}), &[]),
        (Method::PUT, path.clone(), json!({"tags": ["two"]}), &["ContactTagUpdate"]),
        (Method::PUT, path.clone(), json!({"dndSettings": {"SMS": {"status": "active"}}}), &["ContactDndUpdate"]),
        (
            Method::PUT,
            path.clone(),
            json!({"firstName": "Eve", "tags": [], "dnd": true}),
            &["ContactUpdate", "ContactTagUpdate", "ContactDndUpdate"],
        ),
        (Method::PUT, path.clone(), json!({"companyName": "not allowed"}), &[]),
        (Method::POST, format!("{path}/tags"), json!({"tags": ["x"]}), &["ContactTagUpdate"]),
        (Method::POST, format!("{path}/tags"), json!({"tags": ["x"]}), &[]),
        (Method::DELETE, format!("{path}/tags"), json!({"tags": ["x"]}), &["ContactTagUpdate"]),
        (Method::POST, "/contacts/".into(), new, &[]),
        (
            Method::POST,
            "/contacts/upsert".into(),
            json!({"locationId": here, "email": "ada@new.example", "city": "Elko"}),
            &["ContactUpdate"],
        ),
        (
            Method::POST,
            "/contacts/upsert".into(),
            json!({"locationId": here, "email": "eve@new.example"}),
            &["ContactCreate"],
        ),
        (Method::DELETE, path.clone(), Value::Null, &["ContactDelete"]),
        (Method::DELETE, path.clone(), Value::Null, &[]),
    ] {
        stage.call(method.clone(), &path, Some(body.clone()).filter(|body| !body.is_null())).await;
        assert_eq!(kinds(&mut ear).await, told, "{method} {path} {body}");
    }
}

#[tokio::test]
async fn bulk_calls_tell_of_each_contact_that_changed() {
    let (stage, mut ear) = listened(quick()).await;
    let (rows, _) = walk(&stage, 500, json!({})).await;
    let some: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).take(4).collect();
    let path = format!("/contacts/{}/tags", some[1]);
    stage.call(Method::POST, &path, Some(json!({"tags": ["bulk"]}))).await;
    ear.next().await;
    let body = json!({"contacts": [some[0], some[1], some[2], "nobody"], "tags": ["Bulk"], "locationId": stage.running.location_id()});
    stage.call(Method::POST, "/contacts/bulk/tags/update/add", Some(body)).await;
    stage.settled().await;
    let told = ear.rest();
    let told: Vec<Value> = told.iter().map(Heard::json).collect();
    assert!(told.iter().all(|event| event["type"] == "ContactTagUpdate" && event["tags"].to_string().contains("bulk")));
    let whom: Vec<&str> = told.iter().filter_map(|event| event["id"].as_str()).collect();
    assert_eq!(whom, [some[0], some[2]], "not who had the tag, not who does not exist");
}

#[tokio::test]
async fn an_event_says_where_and_when_and_has_an_id_of_its_own() {
    let (stage, mut ear) = listened(quick()).await;
    let (here, there) = (stage.running.location_id(), stage.running.other_location_id());
    stage.control(Method::POST, "/__sandbox/trouble", json!({"skew_ms": 600_000})).await;
    let new = |location: &str, name: &str| json!({"locationId": location, "firstName": name});
    stage.call(Method::POST, "/contacts/", Some(new(here, "Ada"))).await;
    stage.call_as(stage.running.other_token(), Method::POST, "/contacts/", Some(new(there, "Eve"))).await;
    stage.call(Method::POST, "/contacts/", Some(new(here, "Ida"))).await;
    let mut ids = HashSet::new();
    for (location, name) in [(here, "Ada"), (there, "Eve"), (here, "Ida")] {
        let event = ear.next().await.json();
        assert_eq!((&event["locationId"], &event["firstName"]), (&json!(location), &json!(name)), "in order");
        let at = event["timestamp"].as_str().expect("a date");
        assert!(at.starts_with("2026-03-10T17:4") && at.ends_with('Z'), "by the server's clock: {at}");
        assert!(ids.insert(event["webhookId"].as_str().expect("an id").to_owned()), "an id of its own");
    }
}

/// An effect is told even if the answer says otherwise.
#[tokio::test]
async fn what_happened_behind_a_fault_is_told() {
    let (stage, mut ear) = listened(quick()).await;
    let id = stage.first_id().await;
    let path = format!("/contacts/{id}/notes");
    stage.fault(json!({"path": "*/notes", "action": {"status": 503, "after": true}})).await;
    assert_eq!(stage.call(Method::POST, &path, Some(json!({"body": "made"}))).await.0, 503);
    stage.fault(json!({"path": "*/notes", "action": {"status": 503}})).await;
    assert_eq!(stage.call(Method::POST, &path, Some(json!({"body": "not made"}))).await.0, 503);
    stage.note(&id, "last").await;
    stage.settled().await;
    let told: Vec<Value> = ear.rest().iter().map(|heard| heard.json()["body"].clone()).collect();
    assert_eq!(told, ["made", "last"]);
}
