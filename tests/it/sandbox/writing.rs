//! Tasks, notes, tags and contacts, written and read back.

use super::*;

#[tokio::test]
async fn a_task_goes_round() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    let before = stage.get(&format!("/contacts/{id}/tasks")).await["tasks"].as_array().map(Vec::len);
    let path = format!("/contacts/{id}/tasks");
    let new = json!({"title": "Call", "dueDate": "2020-10-25T11:00:00Z", "completed": false});
    let (status, body) = stage.call(Method::POST, &path, Some(new)).await;
    assert_eq!((status, &body["task"]["dueDate"]), (201, &json!("2020-10-25T11:00:00.000Z")));
    assert_eq!((&body["task"]["contactId"], &body["task"]["body"]), (&json!(id), &json!("")));
    let task = format!("{path}/{}", body["task"]["id"].as_str().expect("an id"));
    let (status, body) = stage.call(Method::PUT, &format!("{task}/completed"), Some(json!({"completed": true}))).await;
    assert_eq!((status, &body["task"]["completed"]), (200, &json!(true)));
    let (_, body) = stage.call(Method::PUT, &task, Some(json!({"title": "Call again"}))).await;
    assert_eq!((&body["task"]["title"], &body["task"]["completed"]), (&json!("Call again"), &json!(true)));
    assert_eq!(stage.get(&task).await["task"], body["task"]);
    assert_eq!(stage.call(Method::DELETE, &task, None).await.1["succeded"], json!(true));
    let (status, body) = stage.call(Method::GET, &task, None).await;
    assert!(status == 400 && body["message"].as_str().is_some_and(|text| text.ends_with("not found")), "{body}");
    assert_eq!(stage.get(&path).await["tasks"].as_array().map(Vec::len), before);
}

#[tokio::test]
async fn task_and_note_bodies_are_strict() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    let good = json!({"title": "x", "dueDate": "2020-10-25T11:00:00Z", "completed": false});
    for (name, value, message) in [
        ("contactId", json!(id), "property contactId should not exist"),
        ("title", Value::Null, "title should not be empty"),
        ("title", json!(""), "title should not be empty"),
        ("title", json!(5), "title must be a string"),
        ("dueDate", json!("next week"), "dueDate must be a valid ISO 8601 date string"),
        ("completed", json!("no"), "completed must be a boolean value"),
    ] {
        let mut body = good.clone();
        body[name] = value;
        let (status, answer) = stage.call(Method::POST, &format!("/contacts/{id}/tasks"), Some(body)).await;
        assert_eq!(
            (status, &answer["error"], &answer["statusCode"]),
            (422, &json!("Unprocessable Entity"), &json!(422))
        );
        assert!(answer["message"].as_array().is_some_and(|list| list.contains(&json!(message))), "{answer}");
    }
    let note = json!({"body": "x", "locationId": stage.running.location_id()});
    let (status, answer) = stage.call(Method::POST, &format!("/contacts/{id}/notes"), Some(note)).await;
    assert_eq!((status, &answer["message"]), (422, &json!(["property locationId should not exist"])));
    let request = stage.client.post(stage.url(&format!("/contacts/{id}/notes"))).bearer_auth(stage.running.token());
    let request = request.header("Version", "v3").header("Content-Type", "application/json").body("{broken");
    assert_eq!(request.send().await.expect("an answer").status(), 400);
}

#[tokio::test]
async fn a_note_goes_round() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    let path = format!("/contacts/{id}/notes");
    let (status, body) = stage.call(Method::POST, &path, Some(json!({"body": "<p>2 < 3</p>", "pinned": true}))).await;
    assert_eq!((status, &body["note"]["pinned"], &body["note"]["contactId"]), (201, &json!(true), &json!(id)));
    assert!(body["note"]["dateAdded"].as_str().is_some_and(|date| date.starts_with("2026-03-10T17:30")));
    let note = format!("{path}/{}", body["note"]["id"].as_str().expect("an id"));
    stage.control(Method::POST, "/__sandbox/switches", json!({"note-body": "plain"})).await;
    assert_eq!(stage.get(&note).await["note"]["body"], "<p>2 < 3</p>", "what a client wrote comes back as written");
    let (_, body) = stage.call(Method::PUT, &note, Some(json!({"body": "new"}))).await;
    assert_eq!((&body["note"]["body"], &body["note"]["pinned"]), (&json!("new"), &json!(true)));
    assert_eq!(stage.call(Method::DELETE, &note, None).await.1["succeded"], json!(true));
    assert_eq!(stage.call(Method::GET, &note, None).await.0, 400);
}

#[tokio::test]
async fn tags_are_sets_and_an_update_replaces_them() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    let path = format!("/contacts/{id}");
    stage.call(Method::PUT, &path, Some(json!({"tags": ["One"]}))).await;
    let (status, body) = stage.call(Method::POST, &format!("{path}/tags"), Some(json!({"tags": ["TWO", "one"]}))).await;
    assert_eq!((status, &body["tags"]), (201, &json!(["one", "two"])));
    let (status, body) = stage.call(Method::DELETE, &format!("{path}/tags"), Some(json!({"tags": ["ONE"]}))).await;
    assert_eq!((status, &body["tags"]), (200, &json!(["two"])));
    assert_eq!(stage.get(&path).await["contact"]["tags"], json!(["two"]));
}

#[tokio::test]
async fn a_contact_is_made_changed_cleared_and_deleted() {
    let stage = stage(quick()).await;
    let location = stage.running.location_id();
    let new = json!({"locationId": location, "name": "Nina Test", "email": "nina@new.example", "phone": "+1 888-888-8888", "companyName": "New Co"});
    let (status, body) = stage.call(Method::POST, "/contacts/", Some(new.clone())).await;
    assert_eq!(
        (status, &body["contact"]["phone"], &body["contact"]["lastName"]),
        (201, &json!("+18888888888"), &json!("Test"))
    );
    let id = body["contact"]["id"].as_str().expect("an id").to_owned();
    let (status, again) = stage.call(Method::POST, "/contacts/", Some(new)).await;
    assert_eq!((status, &again["message"]), (400, &json!("This location does not allow duplicated contacts.")));
    assert_eq!((&again["meta"]["contactId"], &again["meta"]["matchingField"]), (&json!(id), &json!("email")));
    let found = stage.get(&format!("/contacts/search/duplicate?locationId={location}&number=%2B18888888888")).await;
    assert_eq!(found["contact"]["id"], json!(id));
    let path = format!("/contacts/{id}");
    let (status, body) = stage.call(Method::PUT, &path, Some(json!({"companyName": "Other"}))).await;
    assert_eq!((status, &body["message"]), (422, &json!(["property companyName should not exist"])));
    let (_, body) = stage.call(Method::PUT, &path, Some(json!({"email": null, "city": "Reno"}))).await;
    assert_eq!((body["contact"].get("email"), &body["contact"]["city"]), (None, &json!("Reno")));
    assert_eq!(stage.call(Method::DELETE, &path, None).await.1["succeded"], json!(true));
    assert_eq!(stage.call(Method::GET, &path, None).await.0, 400);
    assert_eq!(stage.call(Method::DELETE, &path, None).await.0, 400);
    assert_eq!(walk(&stage, 500, json!({})).await.0.len(), 300);
}

#[tokio::test]
async fn a_task_leaves_the_contacts_date_alone_unless_switched() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    let (path, tasks) = (format!("/contacts/{id}"), format!("/contacts/{id}/tasks"));
    let new = json!({"title": "x", "dueDate": "2020-10-25T11:00:00Z", "completed": false});
    let before = stage.get(&path).await["contact"]["dateUpdated"].clone();
    stage.call(Method::POST, &tasks, Some(new.clone())).await;
    assert_eq!(stage.get(&path).await["contact"]["dateUpdated"], before);
    stage.control(Method::POST, "/__sandbox/switches", json!({"touches-date-updated": "on"})).await;
    stage.call(Method::POST, &tasks, Some(new)).await;
    assert_ne!(stage.get(&path).await["contact"]["dateUpdated"], before);
}

#[tokio::test]
async fn many_writers_lose_nothing() {
    let stage = stage(quick()).await;
    let id = stage.first_id().await;
    let before = stage.truth(&id).await["notes"].as_array().map_or(0, Vec::len);
    let path = format!("/contacts/{id}/notes");
    let writes = (0..40).map(|n| stage.call(Method::POST, &path, Some(json!({"body": format!("note {n}")}))));
    let answers = futures_util::future::join_all(writes).await;
    assert!(answers.iter().all(|(status, _)| *status == 201));
    let notes = stage.truth(&id).await["notes"].as_array().cloned().expect("notes");
    let distinct: HashSet<&str> = notes.iter().filter_map(|note| note["id"].as_str()).collect();
    assert_eq!((notes.len(), distinct.len()), (before + 40, before + 40));
}

#[tokio::test]
async fn an_upsert_finds_or_makes_and_may_drop_a_field() {
    let stage = stage(quick()).await;
    let location = stage.running.location_id();
    let upsert = async |email: &str, phone: &str| {
        let body = json!({"locationId": location, "firstName": "Uma", "email": email, "phone": phone});
        let (status, body) = stage.call(Method::POST, "/contacts/upsert", Some(body)).await;
        assert_eq!(status, 200, "{body}");
        (body["new"] == json!(true), body["contact"].clone())
    };
    let (new, first) = upsert("one@new.example", "+18885550101").await;
    assert!(new);
    let (new, second) = upsert("two@new.example", "+18885550102").await;
    assert!(new && second["id"] != first["id"]);
    let (new, again) = upsert("one@new.example", "+18885550102").await;
    assert_eq!((new, &again["id"], &again["phone"]), (false, &first["id"], &first["phone"]));
}

#[tokio::test]
async fn followers_and_bulk_tags_tell_what_they_changed() {
    let stage = stage(quick()).await;
    let (id, location) = (stage.first_id().await, stage.running.location_id());
    let users = stage.get(&format!("/users/?locationId={location}")).await["users"].clone();
    let path = format!("/contacts/{id}/followers");
    let body = json!({"followers": [users[0]["id"], users[1]["id"]]});
    let (status, all) = stage.call(Method::POST, &path, Some(body.clone())).await;
    assert!(status == 201 && all["followers"].as_array().is_some_and(|list| list.len() >= 2), "{all}");
    let (_, left) = stage.call(Method::DELETE, &path, Some(body.clone())).await;
    assert_eq!(left["followersRemoved"], body["followers"]);
    let body = json!({"contacts": [id, "abcdef"], "tags": ["Bulk"], "locationId": location});
    let (status, answer) = stage.call(Method::POST, "/contacts/bulk/tags/update/add", Some(body)).await;
    assert_eq!((status, &answer["succeded"], &answer["errorCount"]), (201, &json!(true), &json!(1)));
    assert_eq!(
        (&answer["responses"][0]["tagsAdded"], &answer["responses"][1]["type"]),
        (&json!(["bulk"]), &json!("error"))
    );
}
