//! Listing, searching and reading.

use super::*;

#[tokio::test]
async fn a_cursor_shows_each_of_many_contacts_once() {
    let stage = stage(SandboxOptions { contacts: 10_750, ..quick() }).await;
    let (all, pages) = walk(&stage, 500, json!({})).await;
    assert_eq!((all.len(), ids(&all).len(), pages), (10_750, 10_750, 22));
    let added: Vec<&str> = all.iter().map(|row| row["dateAdded"].as_str().expect("a date")).collect();
    assert!(added.is_sorted_by(|a, b| a >= b), "the default order is newest first");
    let (status, body) = stage.search(json!({"page": 21, "pageLimit": 500})).await;
    assert_eq!(status, 400, "pages end at 10,000 records: {body}");
    let (_, twentieth) = stage.search(json!({"page": 20, "pageLimit": 500})).await;
    assert_eq!(twentieth["contacts"].as_array().expect("rows")[..], all[9_500..10_000]);
}

#[tokio::test]
async fn every_order_runs_through_everybody_with_the_nameless_last() {
    let stage = stage(SandboxOptions { contacts: 700, ..quick() }).await;
    for (field, direction) in
        [("lastNameLowerCase", "asc"), ("lastNameLowerCase", "desc"), ("dateUpdated", "asc"), ("email", "desc")]
    {
        let (all, _) = walk(&stage, 90, json!({"sort": [{"field": field, "direction": direction}]})).await;
        assert_eq!((all.len(), ids(&all).len()), (700, 700), "{field} {direction}");
        let values: Vec<&str> = all.iter().filter_map(|row| row[field].as_str()).map(str::trim_start).collect();
        let nulls = all.iter().rev().take_while(|row| row[field].is_null()).count();
        assert_eq!(values.len() + nulls, 700, "{field}: what is missing comes last");
        let lower: Vec<String> = values.iter().map(|value| value.to_lowercase()).collect();
        assert!(if direction == "asc" { lower.is_sorted() } else { lower.is_sorted_by(|a, b| a >= b) }, "{field}");
    }
}

#[tokio::test]
async fn searches_are_checked_as_strictly_as_the_real_one() {
    let stage = stage(quick()).await;
    let filter = |field: &str, operator: &str, value: Value| json!({"filters": [{"field": field, "operator": operator, "value": value}]});
    for (body, status, part) in [
        (json!({"pageLimit": null}), 422, "pageLimit should not be empty"),
        (json!({"pageLimit": 501}), 422, "pageLimit must not be greater than 500"),
        (json!({"limit": 10}), 422, "property limit should not exist"),
        (json!({"query": "x".repeat(76)}), 422, "shorter than or equal to 75"),
        (json!({"page": 1, "searchAfter": [1, "x"]}), 400, "together"),
        (json!({"searchAfter": ["nonsense"]}), 400, "searchAfter"),
        (json!({"sort": [{"field": "phone", "direction": "asc"}]}), 400, "phone"),
        (filter("date_added", "range", json!({"gte": 1})), 400, "Invalid field date_added"),
        (filter("city", "contains", json!("al")), 400, "Min. 3 characters"),
        (filter("email", "contains", json!("example")), 400, "operator"),
        (filter("dateUpdated", "eq", json!(5)), 400, "operator"),
    ] {
        let (got, answer) = stage.search(body.clone()).await;
        assert_eq!(got, status, "{body}: {answer}");
        assert!(answer.to_string().contains(part), "{body}: {answer}");
        assert!(answer["traceId"].is_string(), "{answer}");
    }
}

#[tokio::test]
async fn filters_nest_and_mean_what_they_say() {
    let stage = stage(quick()).await;
    let (all, _) = walk(&stage, 500, json!({})).await;
    let count = |fits: &dyn Fn(&Value) -> bool| all.iter().filter(|row| fits(row)).count();
    let has_tag = |row: &Value, tag: &str| row["tags"].as_array().expect("tags").contains(&json!(tag));
    let since = 1_760_000_000_000_i64;
    let newer = |row: &Value| row["dateUpdated"].as_str().expect("a date") >= "2025-10-09T08:53:20.000Z";
    let vip = json!({"field": "tags", "operator": "eq", "value": "vip"});
    let tested: [(Value, usize); 6] = [
        (json!([vip]), count(&|row| has_tag(row, "vip"))),
        (json!([{"field": "email", "operator": "not_exists"}]), count(&|row| row["email"].is_null())),
        (json!([{"field": "dateUpdated", "operator": "range", "value": {"gte": since}}]), count(&newer)),
        (json!([{"field": "city", "operator": "contains", "value": "oak"}]), count(&|row| row["city"] == "Oakland")),
        (
            json!([{"group": "OR", "filters": [vip, {"field": "city", "operator": "eq", "value": "Oakland"}]}]),
            count(&|row| has_tag(row, "vip") || row["city"] == "Oakland"),
        ),
        (json!([{"field": "id", "operator": "eq", "value": all[7]["id"]}]), 1),
    ];
    for (filters, expected) in tested {
        let (_, page) = stage.search(json!({"filters": filters, "pageLimit": 500})).await;
        assert!(expected > 0, "{filters} would test nothing");
        assert_eq!(page["contacts"].as_array().map(Vec::len), Some(expected), "{filters}");
        assert_eq!(page["total"], json!(expected));
    }
    let email = all.iter().find_map(|row| row["email"].as_str()).expect("an e-mail");
    let (_, page) = stage.search(json!({"query": &email[..email.len() - 2]})).await;
    assert!(page["contacts"].as_array().expect("rows").iter().any(|row| row["email"] == email));
}

#[tokio::test]
async fn a_row_is_not_the_contact() {
    let stage = stage(quick()).await;
    let (all, _) = walk(&stage, 500, json!({})).await;
    let row = all.iter().find(|row| !row["address"].is_null()).expect("an address");
    let id = row["id"].as_str().expect("an id");
    let full = stage.get(&format!("/contacts/{id}")).await["contact"].clone();
    assert!(row.get("dndSettings").is_none() && row.get("address1").is_none() && full.get("address").is_none());
    assert_eq!((&row["address"], &row["dateUpdated"]), (&full["address1"], &full["dateUpdated"]));
    assert_eq!((&row["firstName"], &row["locationId"]), (&full["firstName"], &full["locationId"]));
    stage.control(Method::POST, "/__sandbox/switches", json!({"plain-names": "off"})).await;
    let (_, page) = stage.search(json!({})).await;
    let row = &page["contacts"][0];
    assert!(row.get("firstName").is_none() && row.get("firstNameLowerCase").is_some());
}

#[tokio::test]
async fn the_index_shows_a_write_after_its_lag_and_a_get_at_once() {
    let mut options = quick();
    options.switches.set("index-lag", "300ms").expect("a switch");
    let stage = stage(options).await;
    let id = stage.first_id().await;
    let written = std::time::Instant::now();
    let (status, body) = stage.call(Method::PUT, &format!("/contacts/{id}"), Some(json!({"city": "Zzyzx"}))).await;
    assert_eq!((status, &body["succeded"]), (200, &json!(true)));
    assert_eq!(stage.get(&format!("/contacts/{id}")).await["contact"]["city"], "Zzyzx");
    let filter = json!({"filters": [{"field": "city", "operator": "eq", "value": "zzyzx"}]});
    loop {
        let (_, page) = stage.search(filter.clone()).await;
        let seen_after = written.elapsed();
        if page["total"] == json!(1) {
            assert!(seen_after >= Duration::from_millis(300), "seen after {seen_after:?}");
            assert_eq!(page["contacts"][0]["id"], json!(id));
            return;
        }
        assert!(seen_after < crate::support::PATIENCE, "never seen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn the_location_answers_for_itself_and_refuses_others() {
    let stage = stage(quick()).await;
    let id = stage.running.location_id().to_owned();
    let location = stage.get(&format!("/locations/{id}")).await["location"].clone();
    assert_eq!(location["settings"]["allowDuplicateContact"], json!(false));
    assert_eq!((&location["timezone"], &location["name"]), (&json!("America/Los_Angeles"), &json!("Bayview Dental")));
    let fields = stage.get(&format!("/locations/{id}/customFields?model=contact")).await["customFields"].clone();
    assert!(fields.as_array().is_some_and(|list| list.len() >= 8 && list.iter().all(|f| f["dataType"].is_string())));
    assert!(fields[0]["picklistOptions"].is_array());
    assert!(stage.get(&format!("/locations/{id}/tags")).await["tags"][0]["name"].is_string());
    let users = stage.get(&format!("/users/?locationId={id}")).await["users"].clone();
    assert!(users.as_array().is_some_and(|list| list.len() >= 5));
    let company = location["companyId"].as_str().expect("a company");
    let found = stage.get(&format!("/users/search?companyId={company}&locationId={id}&query=ibarra")).await;
    assert_eq!(found["count"], json!(1));
    assert_eq!(stage.call(Method::GET, "/locations/ve9EPM428h8vShlRW1KT", None).await.0, 403);
}

#[tokio::test]
async fn the_tasks_of_the_location_are_those_of_its_contacts() {
    let stage = stage(SandboxOptions { contacts: 60, ..quick() }).await;
    let path = format!("/locations/{}/tasks/search", stage.running.location_id());
    let (mut all, mut skip) = (Vec::new(), 0);
    loop {
        let (status, page) = stage.call(Method::POST, &path, Some(json!({"limit": 500, "skip": skip}))).await;
        assert_eq!(status, 200, "{page}");
        let tasks = page["tasks"].as_array().expect("tasks").clone();
        assert!(tasks.len() <= 100, "a larger limit is not honoured");
        if tasks.is_empty() {
            break;
        }
        skip += tasks.len();
        all.extend(tasks);
    }
    let mut expected = 0;
    for row in walk(&stage, 500, json!({})).await.0 {
        let id = row["id"].as_str().expect("an id");
        for task in stage.get(&format!("/contacts/{id}/tasks")).await["tasks"].as_array().expect("tasks") {
            assert!(all.contains(task), "{task}");
            expected += 1;
        }
    }
    assert_eq!(all.len(), expected);
    let open = all.iter().filter(|task| task["completed"] == json!(false)).count();
    let (_, page) = stage.call(Method::POST, &path, Some(json!({"completed": false, "limit": 100}))).await;
    assert_eq!(page["tasks"].as_array().map(Vec::len), Some(open.min(100)));
}

#[tokio::test]
async fn the_older_listing_goes_by_its_own_cursor() {
    let stage = stage(quick()).await;
    let first = format!("/contacts/?locationId={}&limit=70", stage.running.location_id());
    let (mut path, mut all) = (first.clone(), Vec::new());
    loop {
        let page = stage.get(&path).await;
        all.extend(page["contacts"].as_array().expect("contacts").clone());
        assert_eq!(page["meta"]["total"], json!(300));
        let Some(id) = page["meta"]["startAfterId"].as_str() else { break };
        path = format!("{first}&startAfterId={id}&startAfter={}", page["meta"]["startAfter"]);
    }
    assert_eq!((all.len(), ids(&all).len()), (300, 300));
    assert_eq!(stage.call(Method::GET, "/contacts/?limit=20", None).await.0, 403, "the location on every page");
}
