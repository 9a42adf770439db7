//! What stands around the contacts: each refusal as the real one words it.

use super::*;

#[tokio::test]
async fn every_group_has_its_scope_its_location_and_its_own_ids() {
    let stage = stage(quick()).await;
    let (here, id) = (stage.running.location_id().to_owned(), stage.first_id().await);
    let reading = |path: String| (Method::GET, path, None::<Value>);
    let writing = |method: Method, path: String, body: Value| (method, path, Some(body));
    let booking =
        json!({"calendarId": "nowhere", "locationId": here, "contactId": id, "startTime": "2026-04-01T10:00:00Z"});
    // None of these is granted by the read-only token of contacts.
    for (method, path, body) in [
        reading(format!("/businesses/?locationId={here}")),
        reading(format!("/campaigns/?locationId={here}")),
        reading(format!("/workflows/?locationId={here}")),
        reading(format!("/calendars/?locationId={here}")),
        reading(format!("/opportunities/search?location_id={here}")),
        reading(format!("/conversations/search?locationId={here}")),
        writing(Method::POST, "/contacts/bulk/business".into(), json!({})),
        writing(Method::POST, format!("/contacts/{id}/workflow/x"), json!({})),
        writing(Method::POST, "/calendars/events/appointments".into(), booking.clone()),
    ] {
        let request = stage.client.request(method, stage.url(&path)).header("Version", "2021-07-28");
        let request = request.bearer_auth(stage.running.read_only_token());
        let request = if let Some(body) = body { request.json(&body) } else { request };
        let (status, said) = read(request.send().await.expect("an answer")).await;
        assert_eq!((status, &said["message"]), (401, &json!("The token is not authorized for this scope.")), "{path}");
    }
    for path in [
        "/businesses/?locationId=elsewhere",
        "/campaigns/?locationId=elsewhere",
        "/workflows/",
        "/calendars/?locationId=elsewhere",
        "/opportunities/search?location_id=elsewhere",
        "/conversations/search?locationId=elsewhere",
        "/contacts/business/x?locationId=elsewhere",
    ] {
        let (status, said) = stage.call(Method::GET, path, None).await;
        assert_eq!(status, 403, "{path}: {said}");
    }
    for (method, path, body) in [
        (Method::POST, format!("/contacts/{id}/campaigns/nowhere"), json!({})),
        (Method::DELETE, format!("/contacts/{id}/workflow/nowhere"), json!({})),
        (Method::POST, "/contacts/nobody/workflow/nowhere".into(), json!({})),
        (Method::POST, "/calendars/events/appointments".into(), booking),
        (Method::PUT, "/calendars/events/appointments/nowhere".into(), json!({"title": "x"})),
        (Method::DELETE, "/calendars/events/nowhere".into(), json!({})),
        (
            Method::POST,
            "/contacts/bulk/business".into(),
            json!({"locationId": here, "ids": [id], "businessId": "nowhere"}),
        ),
    ] {
        let (status, said) = stage.call(method, &path, Some(body)).await;
        assert!(status == 400 && said["message"].as_str().is_some_and(|m| m.ends_with("not found")), "{path}: {said}");
    }
}

#[tokio::test]
async fn bodies_and_parameters_are_strict() {
    let stage = stage(quick()).await;
    let (here, id) = (stage.running.location_id().to_owned(), stage.first_id().await);
    let calendars = stage.get(&format!("/calendars/?locationId={here}")).await;
    let calendar = calendars["calendars"][0]["id"].as_str().expect("an id").to_owned();
    let event =
        json!({"calendarId": calendar, "locationId": here, "contactId": id, "startTime": "2026-04-01T10:00:00Z"});
    let (_, made) = stage.call(Method::POST, "/calendars/events/appointments", Some(event.clone())).await;
    let path = format!("/calendars/events/appointments/{}", made["id"].as_str().expect("an id"));
    let with = |name: &str, value: Value| {
        let mut body = event.clone();
        body[name] = value;
        body
    };
    for (method, path, body, words) in [
        (Method::PUT, path.as_str(), json!({"contactId": id}), "property contactId should not exist"),
        (Method::PUT, &path, json!({"appointmentStatus": "late"}), "appointmentStatus must be one of"),
        (
            Method::POST,
            "/calendars/events/appointments",
            with("colour", json!("red")),
            "property colour should not exist",
        ),
        (Method::POST, "/calendars/events/appointments", with("startTime", json!("soon")), "startTime must be a valid"),
        (Method::PUT, &format!("/contacts/{id}"), json!({"companyName": "x"}), "property companyName should not exist"),
        (Method::PUT, &format!("/contacts/{id}"), json!({"locationId": here}), "property locationId should not exist"),
        (Method::POST, &format!("/contacts/{id}/workflow/x"), json!({"when": 1}), "property when should not exist"),
        (
            Method::POST,
            "/contacts/bulk/business",
            json!({"locationId": here, "ids": [id]}),
            "businessId should not be empty",
        ),
        (
            Method::POST,
            "/contacts/bulk/tags/update/set",
            json!({"locationId": here, "contacts": [id], "tags": ["x"]}),
            "type must be",
        ),
    ] {
        let (status, said) = stage.call(method, path, Some(body)).await;
        assert!(status == 422 && said["message"].to_string().contains(words), "{path}: {status} {said}");
    }
    for (path, words) in [
        (format!("/opportunities/search?locationId={here}"), "property locationId should not exist"),
        (format!("/conversations/search?location_id={here}"), "property location_id should not exist"),
        (format!("/calendars/events?locationId={here}&startTime=1&endTime=2"), "Either of userId"),
        (
            format!("/calendars/events?locationId={here}&calendarId={calendar}&startTime=monday&endTime=2"),
            "startTime must be",
        ),
        (
            "/calendars/appointments/x/notes?limit=50&offset=0".replace('x', made["id"].as_str().expect("an id")),
            "limit must not",
        ),
    ] {
        let (status, said) = stage.call(Method::GET, &path, None).await;
        assert!(status == 422 && said["message"].to_string().contains(words), "{path}: {status} {said}");
    }
}

#[tokio::test]
async fn every_start_of_a_workflow_is_kept() {
    let stage = stage(quick()).await;
    let (here, id) = (stage.running.location_id().to_owned(), stage.first_id().await);
    let workflows = stage.get(&format!("/workflows/?locationId={here}")).await;
    let workflow = workflows["workflows"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/contacts/{id}/workflow/{workflow}");
    for _ in 0..2 {
        assert_eq!(stage.call(Method::POST, &path, Some(json!({}))).await.0, 200);
    }
    let truth = stage.truth(&id).await;
    assert_eq!(truth["started"], json!([workflow, workflow]), "messages went out twice");
    assert_eq!(truth["running"], json!([workflow]));
    assert_eq!(stage.call(Method::DELETE, &path, Some(json!({}))).await.0, 200);
    assert_eq!(stage.truth(&id).await["running"], json!([]));
}

/// As clients of the older listing do: they follow the address that the answer names, and nothing else.
#[tokio::test]
async fn the_older_listing_is_walked_by_the_addresses_it_names() {
    let stage = stage(quick()).await;
    let mut next = Some(stage.url(&format!("/contacts/?locationId={}&limit=100", stage.running.location_id())));
    let mut seen = HashSet::new();
    while let Some(url) = next {
        assert!(url.starts_with(stage.running.base_url()), "{url} leads elsewhere, with our token");
        let request = stage.client.get(url).bearer_auth(stage.running.token()).header("Version", "2021-07-28");
        let (status, page) = read(request.send().await.expect("an answer")).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page["meta"]["total"], 300);
        for contact in page["contacts"].as_array().expect("a list") {
            assert!(seen.insert(contact["id"].as_str().expect("an id").to_owned()), "{contact} came twice");
        }
        next = page["meta"]["nextPageUrl"].as_str().map(str::to_owned);
    }
    assert_eq!(seen.len(), 300);
}
