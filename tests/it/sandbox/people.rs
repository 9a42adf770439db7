//! The seeded people: the same every time, and like the people of a real business.

use super::*;

#[tokio::test]
async fn the_same_seed_size_and_start_give_the_same_bytes() {
    let mut told = Vec::new();
    for seed in [1, 1, 2] {
        let stage = stage(SandboxOptions { seed, ..quick() }).await;
        let mut bytes = Vec::new();
        for (method, path) in [
            (Method::POST, "/contacts/search".to_owned()),
            (Method::GET, format!("/contacts/{}/tasks", stage.first_id().await)),
        ] {
            let body = json!({"locationId": stage.running.location_id(), "pageLimit": 500});
            let body = (method == Method::POST).then_some(body);
            bytes.push(stage.try_send(method, &path, body).await.expect("an answer").text().await.expect("text"));
        }
        told.push((stage.running.token().to_owned(), stage.running.location_id().to_owned(), bytes));
    }
    assert_eq!(told[0], told[1]);
    assert_ne!(told[0], told[2]);
}

#[tokio::test]
async fn ids_do_not_depend_on_the_start() {
    let mut told = Vec::new();
    for now in ["2026-03-10T17:30:00Z", "2027-01-01T00:00:00Z"] {
        let stage = stage(SandboxOptions { now: now.parse().ok(), contacts: 40, ..quick() }).await;
        let mut ids: Vec<String> =
            walk(&stage, 500, json!({})).await.0.iter().map(|row| row["id"].to_string()).collect();
        ids.sort();
        told.push((stage.running.token().to_owned(), stage.running.location_id().to_owned(), ids));
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn the_people_look_like_a_real_business() {
    let stage = stage(SandboxOptions { contacts: 1_500, ..quick() }).await;
    let (all, _) = walk(&stage, 500, json!({"sort": [{"field": "firstNameLowerCase", "direction": "asc"}]})).await;
    let share = |fits: &dyn Fn(&Value) -> bool| all.iter().filter(|row| fits(row)).count() * 100 / all.len();
    let distinct = |field: &str| all.iter().filter_map(|row| row[field].as_str()).collect::<HashSet<_>>().len();
    assert!(distinct("firstNameLowerCase") > 400 && distinct("lastNameLowerCase") > 500);
    assert!((80..95).contains(&share(&|row| row["email"].is_string())));
    assert!((2..8).contains(&share(&|row| row["country"] != "US")));
    let exotic =
        |row: &Value| row["firstName"].as_str().is_some_and(|name| name.chars().any(|letter| letter > '\u{2ff}'));
    assert!((1..6).contains(&share(&exotic)), "{}", share(&exotic));
    for row in &all[..60] {
        let name = row["firstName"].as_str().expect("a first name");
        assert!(name.chars().all(|letter| letter.is_alphabetic() || "-' .".contains(letter)), "{name:?} comes first");
    }
    for phone in all.iter().filter_map(|row| row["phone"].as_str()) {
        assert!(
            phone.starts_with('+') && (9..=16).contains(&phone.len()) && phone[1..].bytes().all(|b| b.is_ascii_digit()),
            "{phone}"
        );
    }
    let phones = all.iter().filter_map(|row| row["phone"].as_str()).count();
    assert!((20..90).contains(&(phones - distinct("phone"))), "some share a phone, few");
}

#[tokio::test]
async fn some_people_bring_hostile_texts() {
    let stage = stage(SandboxOptions { contacts: 1_500, ..quick() }).await;
    let (all, _) = walk(&stage, 500, json!({})).await;
    let nasty = |text: &str| text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200d}', '\n', '\t']);
    let names = |row: &Value| {
        nasty(&format!("{}{}", row["firstName"].as_str().unwrap_or(""), row["lastName"].as_str().unwrap_or("")))
    };
    let hostile: Vec<&Value> = all.iter().filter(|row| names(row)).collect();
    assert!(hostile.len() >= 5, "{}", hostile.len());
    assert!(all.iter().any(|row| row["companyName"].as_str().is_some_and(|name| name.chars().count() >= 10_000)));
    let id = hostile[0]["id"].as_str().expect("an id");
    let tasks = stage.get(&format!("/contacts/{id}/tasks")).await.to_string();
    let notes = stage.get(&format!("/contacts/{id}/notes")).await;
    assert!(tasks.contains("\\u001b") || nasty(&tasks) || nasty(&notes.to_string()), "{tasks}");
}

#[tokio::test]
async fn tasks_and_appointments_lie_around_today() {
    let stage = stage(SandboxOptions { contacts: 400, ..quick() }).await;
    let path = format!("/locations/{}/tasks/search", stage.running.location_id());
    let mut open = Vec::new();
    for skip in [0, 100, 200, 300] {
        let (_, page) =
            stage.call(Method::POST, &path, Some(json!({"completed": false, "limit": 100, "skip": skip}))).await;
        open.extend(page["tasks"].as_array().expect("tasks").clone());
    }
    let with_open: HashSet<&str> = open.iter().filter_map(|task| task["contactId"].as_str()).collect();
    assert!((120..210).contains(&with_open.len()), "{}", with_open.len());
    let due = |task: &Value| task["dueDate"].as_str().expect("a date").to_owned();
    // Pacific daylight time: the tenth lasts until seven in the morning UTC on the eleventh.
    let today = open.iter().filter(|task| ("2026-03-10T07".."2026-03-11T07").contains(&due(task).as_str())).count();
    let late = open.iter().filter(|task| due(task).as_str() < "2026-03-10T07").count();
    assert!(today >= 5 && late >= 20 && late < open.len() / 2, "{today} today, {late} late of {}", open.len());

    let (mut past, mut coming) = (HashSet::new(), HashSet::new());
    for row in walk(&stage, 500, json!({})).await.0 {
        let id = row["id"].as_str().expect("an id");
        for event in stage.get(&format!("/contacts/{id}/appointments")).await["events"].as_array().expect("events") {
            let start = event["startTime"].as_str().expect("a time");
            assert!(start.len() == 19 && &start[10..11] == " ", "{start}");
            assert_eq!(event["status"], event["appointmentStatus"]);
            let status = event["status"].as_str().expect("a status").to_owned();
            if start <= "2026-03-10 10:30:00" {
                past.insert(status)
            } else {
                coming.insert(status)
            };
        }
    }
    assert!(
        past.is_superset(&HashSet::from(["showed", "noshow", "cancelled", "invalid"].map(String::from))),
        "{past:?}"
    );
    assert_eq!(coming, HashSet::from(["new", "confirmed", "cancelled"].map(String::from)));
}
