//! What is fetched before anybody asks for it, and what is not.

use std::collections::HashSet;
use std::time::Duration;

use ghl_tui::domain::{Contact, ContactId};
use ghl_tui::protocol::{Answer, Details, Event, Prefetch, Request, SyncState};
use ghl_tui::worker::Pace;
use serde_json::{Value, json};

use crate::support::{Rig, Server, Setup};

/// A dashboard that looks for nothing by itself.
async fn quiet(server: &Server, idle: Duration) -> (Rig, Vec<Contact>) {
    let hour = Duration::from_secs(3_600);
    let pace = Pace { poll_focused: hour, scan: false, idle, ..Setup::default().pace };
    let mut rig = Rig::start_with(server, Setup { pace: Pace { background: true, ..pace }, ..Setup::default() }).await;
    rig.wait("the first sync", |event| matches!(event, Event::Sync(SyncState::Fresh { .. })).then_some(())).await;
    until_asked(server, "the scopes", |path, _| path.ends_with("/tasks/search")).await;
    let contacts = rig.contacts().await;
    (rig, contacts)
}

/// Path and body of every request.
async fn asked(server: &Server) -> Vec<(String, String)> {
    let all = server.get("/__sandbox/requests").await;
    let all = all.as_array().cloned().unwrap_or_default();
    all.iter().map(|one| (one["path"].as_str().unwrap_or_default().to_owned(), one["body"].to_string())).collect()
}

/// The searches for tasks of certain contacts; whether the token may search at all is found out by another.
async fn searches(server: &Server) -> Vec<String> {
    let all = asked(server).await.into_iter();
    all.filter(|(path, body)| path.ends_with("/tasks/search") && body.contains("contactId"))
        .map(|(_, body)| body)
        .collect()
}

/// Waits until the server has been asked for something.
async fn until_asked(server: &Server, what: &str, is_it: impl Fn(&str, &str) -> bool) {
    let deadline = tokio::time::Instant::now() + crate::support::PATIENCE;
    while !asked(server).await.iter().any(|(path, body)| is_it(path, body)) {
        assert!(tokio::time::Instant::now() < deadline, "never asked for {what}: {:?}", asked(server).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until the cache answers so.
async fn until_cached(rig: &mut Rig, request: Request, is_it: impl Fn(&Answer) -> bool) {
    let deadline = tokio::time::Instant::now() + crate::support::PATIENCE;
    while !rig.ask(request.clone()).await.is_ok_and(|answer| is_it(&answer)) {
        assert!(tokio::time::Instant::now() < deadline, "never cached: {request:?}");
        tokio::time::sleep(Duration::from_millis(20)).await; // between two looks
    }
}

fn ids(contacts: &[Contact]) -> Vec<ContactId> {
    contacts.iter().map(|contact| contact.id.clone()).collect()
}

#[tokio::test]
async fn a_rest_brings_the_tasks_of_all_in_sight_and_the_two_beside_the_cursor() {
    let server = Server::start().await;
    let (mut rig, contacts) = quiet(&server, Duration::from_millis(50)).await;
    server.post("/__sandbox/switches", json!({ "tasks-limit": "25" })).await;
    let sight = Prefetch { visible: ids(&contacts[..30]), adjacent: ids(&contacts[6..=6]) };
    rig.look(|look| look.prefetch = sight.clone()).await;
    rig.details(&contacts[5].id).await;
    until_asked(&server, "the neighbour", |path, _| path == format!("/contacts/{}/notes", contacts[6].id)).await;
    let searched = searches(&server).await;
    assert!((1..=4).contains(&searched.len()), "{searched:?}");
    assert!(searched[0].contains(contacts[29].id.as_str()), "all of them in one: {searched:?}");

    // What is there offline is what the server has, done ones too.
    let Ok(Answer::Tasks(cached)) =
        rig.ask(Request::LocationTasks { filter: ghl_tui::protocol::TaskFilter::default(), offline: true }).await
    else {
        panic!("the cache answers")
    };
    let cached: HashSet<(String, bool)> = cached.iter().map(|task| (task.id.to_string(), task.completed)).collect();
    let mut held = HashSet::new();
    for contact in &contacts[..30] {
        let tasks = server.held(&contact.id).await["tasks"].as_array().cloned().unwrap_or_default();
        held.extend(
            tasks.iter().map(|task| (task["id"].as_str().expect("an id").to_owned(), task["completed"] == true)),
        );
    }
    assert!(held.iter().any(|(_, done)| *done) && held.iter().any(|(_, done)| !*done), "{held:?}");
    assert_eq!(cached, held);

    // Another rest among the same contacts asks for nothing that is known.
    let before = asked(&server).await.len();
    let next = contacts[9].id.clone();
    let adjacent = [&ids(&contacts[5..7])[..], std::slice::from_ref(&next)].concat();
    rig.look(|look| look.prefetch = Prefetch { visible: ids(&contacts[..29]), adjacent }).await;
    until_asked(&server, "the next neighbour", |path, _| path == format!("/contacts/{next}/notes")).await;
    let since = asked(&server).await.split_off(before);
    assert!(since.iter().all(|(path, _)| path.starts_with(&format!("/contacts/{next}"))), "{since:?}");
    assert_eq!(searches(&server).await.len(), searched.len());
}

#[tokio::test]
async fn sixty_contacts_passed_without_a_rest_fetch_nothing_ahead() {
    let server = Server::start_with(ghl_tui::sandbox::SandboxOptions { contacts: 80, ..Default::default() }).await;
    let (mut rig, contacts) = quiet(&server, Duration::from_secs(3_600)).await;
    let before = asked(&server).await.len();
    for at in 1..61 {
        rig.show(&contacts[at].id).await;
        let sight = Prefetch {
            visible: ids(&contacts[at..at + 15]),
            adjacent: ids(&[contacts[at + 1].clone(), contacts[at - 1].clone()]),
        };
        rig.look(|look| look.prefetch = sight).await;
    }
    rig.details(&contacts[60].id).await;
    let asked = asked(&server).await.split_off(before);
    let of = |at: usize| asked.iter().filter(|(path, _)| path.contains(contacts[at].id.as_str())).count();
    assert!(of(59) <= 6 && of(61) == 0, "{asked:?}");
    assert!(!asked.iter().any(|(_, body)| body.contains("contactId")), "{asked:?}");
}

#[tokio::test]
async fn moving_on_ends_what_was_begun_and_a_change_of_ours_stays() {
    let server = Server::start().await;
    let (mut rig, contacts) = quiet(&server, Duration::from_millis(30)).await;
    let task = rig.open_task().await;
    let id = rig.apply(crate::support::complete(&task, true)).await;
    rig.confirmed(id).await;
    // A search that is behind still has it open.
    let stale = server.held(&task.contact).await["tasks"].clone();
    let stale: Vec<Value> = stale
        .as_array()
        .expect("tasks")
        .iter()
        .map(|one| {
            let mut one = one.clone();
            (one["completed"], one["contactId"]) = (json!(false), json!(task.contact));
            one
        })
        .collect();
    // The task of somebody else shows that the answer was taken in.
    let mut visible = ids(&contacts);
    visible.retain(|id| *id != task.contact);
    let somebody = visible[30].clone();
    visible.push(task.contact.clone());
    let mut sign = stale[0].clone();
    (sign["id"], sign["contactId"]) = (json!("sign"), json!(somebody));
    let tasks = [stale, vec![sign]].concat();
    server.fault("POST", "/tasks/search", 1, json!({ "status": 200, "body": { "tasks": tasks } })).await;
    rig.look(|look| look.prefetch = Prefetch { visible, adjacent: Vec::new() }).await;
    rig.details(&contacts[0].id).await;
    let all = Request::LocationTasks { filter: ghl_tui::protocol::TaskFilter::default(), offline: true };
    let has_sign =
        |answer: &Answer| matches!(answer, Answer::Tasks(tasks) if tasks.iter().any(|task| task.id.as_str() == "sign"));
    until_cached(&mut rig, all, has_sign).await;
    let Ok(Answer::Tasks(tasks)) = rig.ask(Request::Tasks { contact: task.contact.clone(), offline: true }).await
    else {
        panic!("it is cached")
    };
    assert!(tasks.iter().any(|held| held.id == task.id && held.completed), "{tasks:?}");

    // The neighbours' answers are slow; before the first one comes the cursor has moved on.
    let (first, second) = (&contacts[20].id, &contacts[21].id);
    for slow in [first, second] {
        server.fault("GET", &format!("/contacts/{slow}/notes"), 0, json!({ "latency_ms": 700 })).await;
    }
    rig.look(|look| look.prefetch = Prefetch { visible: vec![], adjacent: vec![first.clone()] }).await;
    until_asked(&server, "the first", |path, _| path == format!("/contacts/{first}/notes")).await;
    rig.look(|look| look.prefetch = Prefetch { visible: vec![], adjacent: vec![second.clone()] }).await;
    // The first was asked for earlier, so its answer would be here before that of the second.
    until_cached(&mut rig, Request::Notes { contact: second.clone(), offline: true }, |_answer| true).await;
    let failure = rig.ask(Request::Notes { contact: first.clone(), offline: true }).await;
    assert!(failure.is_err(), "it was given up");
}

/// The next that is told of a contact around the cursor.
async fn peeked(rig: &mut Rig, contact: &ContactId, is_it: impl Fn(&Details) -> bool) {
    let told = |event: &Event| match event {
        Event::Neighbours(some) => {
            some.iter().any(|details| details.contact.id == *contact && is_it(details)).then_some(())
        }
        _ => None,
    };
    rig.wait("news of a contact around", told).await;
}

#[tokio::test]
async fn who_is_around_the_cursor_is_told_from_the_cache_and_again_when_that_changes() {
    let server = Server::start().await;
    let (mut rig, contacts) = quiet(&server, Duration::from_millis(50)).await;
    let whole = rig.details(&contacts[3].id).await;
    let task = rig.open_task().await;
    let mut around = ids(&contacts[..20]);
    around.retain(|id| *id != task.contact);
    around.extend([ContactId::new("nobody"), task.contact.clone()]);
    rig.look(|look| look.neighbours = around.as_slice().into()).await;
    let mut told = Vec::new();
    while told.len() + 1 < around.len() {
        let some = |event: &Event| if let Event::Neighbours(some) = event { Some(some.clone()) } else { None };
        told.extend(rig.wait("the contacts around", some).await);
    }
    around.retain(|id| id.as_str() != "nobody");
    let named: Vec<ContactId> = told.iter().map(|details| details.contact.id.clone()).collect();
    assert_eq!(named, around);
    let third = told.iter().find(|details| details.contact.id == contacts[3].id).expect("it is around");
    assert_eq!((&third.tasks, &third.notes), (&whole.tasks, &whole.notes));
    // It takes no request; only who was looked at was asked for.
    let looked_at = [&contacts[3].id, &task.contact];
    let of_around = |path: &str| around.iter().find(|id| path.contains(id.as_str())).cloned();
    for (path, _) in asked(&server).await {
        assert!(of_around(&path).is_none_or(|id| looked_at.contains(&&id)), "{path}");
    }

    // An edit of ours, and what is fetched ahead.
    let id = rig.apply(crate::support::complete(&task, true)).await;
    rig.look(|look| look.prefetch = Prefetch { visible: vec![], adjacent: vec![contacts[6].id.clone()] }).await;
    let done = |details: &Details| details.tasks.iter().any(|other| other.id == task.id && other.completed);
    peeked(&mut rig, &task.contact, done).await;
    rig.confirmed(id).await;
    peeked(&mut rig, &contacts[6].id, |details| details.fetched_at.is_some()).await;
}
