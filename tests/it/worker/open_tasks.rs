//! The open tasks of the whole location: read while somebody looks, kept for the next start, right after every edit.

use std::collections::BTreeSet;
use std::time::Duration;

use ghl_tui::domain::{Scope, Target, Task, TaskEdit, TaskPatch};
use ghl_tui::protocol::{Command, Event, FailureKind, OpenTasks, Reading};
use ghl_tui::sandbox::{self, RateLimit, SandboxOptions};
use ghl_tui::store::{Cache, Folder};
use ghl_tui::worker::Pace;
use serde_json::json;

use crate::support::{PATIENCE, Rig, Server, Setup, complete};

/// As the dashboard works, without the search for duplicates.
fn watching() -> Setup {
    let pace = Pace { background: true, scan: false, ..Setup::default().pace };
    Setup { pace, ..Setup::default() }
}

async fn told(rig: &mut Rig, what: &str, are_so: impl Fn(&OpenTasks) -> bool) -> OpenTasks {
    rig.wait(what, |event| match event {
        Event::OpenTasks(tasks) if are_so(tasks) => Some(tasks.clone()),
        _ => None,
    })
    .await
}

/// Somebody looks, and all have been read.
async fn read(rig: &mut Rig) -> OpenTasks {
    rig.look(|look| look.open_tasks = true).await;
    told(rig, "all open tasks", |tasks| tasks.fetched_at.is_some() && tasks.reading == Reading::Idle).await
}

fn ids(tasks: &OpenTasks) -> BTreeSet<String> {
    let ids: BTreeSet<String> = tasks.tasks.iter().map(|task| task.id.as_str().to_owned()).collect();
    assert_eq!(ids.len(), tasks.tasks.len(), "each once");
    ids
}

/// The open tasks as the server holds them, contact by contact.
async fn held(server: &Server, rig: &mut Rig) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    for contact in rig.contacts().await {
        let tasks = server.held(&contact.id).await["tasks"].as_array().cloned().unwrap_or_default();
        let open = tasks.iter().filter(|task| task["completed"] == false);
        held.extend(open.filter_map(|task| task["id"].as_str().map(str::to_owned)));
    }
    held
}

/// Waits until the file has them: it is written behind the reading.
async fn kept_in(rig: &Rig) {
    let cache = Cache::open(&Folder::open(&rig.folder).expect("the folder opens")).expect("the cache opens");
    let began = std::time::Instant::now();
    while cache.open_tasks().await.expect("it can be read").1.is_none() {
        assert!(began.elapsed() < PATIENCE, "they are never kept");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How many pages were asked for; whether the token may ask is found out by a page of one.
async fn searches(server: &Server) -> usize {
    let all = server.requests("POST", "/tasks/search").await;
    all.iter().filter(|search| search["body"]["limit"] != 1).count()
}

fn task(tasks: &OpenTasks, at: usize) -> Task {
    Task::clone(&tasks.tasks[at])
}

#[tokio::test]
async fn all_are_read_once_whatever_the_server_honours_and_nobody_asks_unasked() {
    for (name, value) in [("tasks-limit", "25"), ("tasks-limit", "100"), ("tasks-limit", "500"), ("task-id", "_id")] {
        let mut switches = sandbox::Switches::default();
        switches.set(name, value).expect("a switch");
        let rate_limit = RateLimit::Off;
        let server =
            Server::start_with(SandboxOptions { contacts: 300, switches, rate_limit, ..SandboxOptions::default() })
                .await;
        let mut rig = Rig::start_with(&server, watching()).await;
        rig.sync().await.expect("synced");
        assert_eq!(searches(&server).await, 0, "nobody looks");
        let tasks = read(&mut rig).await;
        assert_eq!(ids(&tasks), held(&server, &mut rig).await, "{name}={value}");
        assert!(tasks.tasks.iter().all(|task| !task.completed));
        let before = searches(&server).await;
        rig.look(|look| look.open_tasks = false).await;
        rig.send(Command::Refresh).await;
        rig.sync().await.expect("synced");
        assert_eq!(searches(&server).await, before, "{name}={value}");
        rig.stop().await;
    }
}

#[tokio::test]
async fn they_are_there_at_the_next_start_before_any_network() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, watching()).await;
    rig.sync().await.expect("synced");
    let tasks = read(&mut rig).await;
    let done = task(&tasks, 0);
    let id = rig.apply(complete(&done, true)).await;
    rig.confirmed(id).await;
    // What is told from the receipt on does not have it any more.
    told(&mut rig, "one less", |now| !now.tasks.iter().any(|task| task.id == done.id)).await;
    rig.show(&tasks.tasks[1].contact).await;
    rig.details(&tasks.tasks[1].contact).await;
    kept_in(&rig).await;
    let kept = rig.stop().await;
    let base = Some("http://127.0.0.1:9".to_owned());
    let mut rig = Rig::start_with(&server, Setup { base, pace: watching().pace, ..kept.setup() }).await;
    let cached = told(&mut rig, "the cached ones", |_| true).await;
    assert_eq!(cached.reading, Reading::Idle);
    assert!(cached.fetched_at.is_some(), "with their age");
    let mut expected = ids(&tasks);
    expected.remove(done.id.as_str());
    assert_eq!(ids(&cached), expected);
}

#[tokio::test]
async fn a_server_that_is_ill_is_asked_again_and_what_is_known_stays() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, watching()).await;
    rig.sync().await.expect("synced");
    let tasks = read(&mut rig).await;
    server.fault("POST", "/tasks/search", 1, json!({ "status": 503 })).await;
    rig.send(Command::Refresh).await;
    let failed = told(&mut rig, "that it failed", |tasks| matches!(tasks.reading, Reading::Failed(_))).await;
    assert_eq!(ids(&failed), ids(&tasks));
    assert!(matches!(failed.reading, Reading::Failed(failure) if failure.kind == FailureKind::Network));
    told(&mut rig, "the next try", |tasks| tasks.reading == Reading::Idle).await;
}

#[tokio::test]
async fn what_others_do_is_seen_with_the_next_reading_and_edits_meanwhile_stay() {
    let server = Server::start().await;
    let mut rig = Rig::start_with(&server, watching()).await;
    rig.sync().await.expect("synced");
    let tasks = read(&mut rig).await;
    let (theirs, mine, moved) = (task(&tasks, 0), task(&tasks, 1), task(&tasks, 2));
    let path = |task: &Task| format!("/contacts/{}/tasks/{}", task.contact, task.id);
    server.write("PUT", &format!("{}/completed", path(&theirs)), json!({ "completed": true })).await;
    let new = json!({ "title": "Made elsewhere", "dueDate": "2027-01-05T10:00:00Z", "completed": false });
    server.write("POST", &format!("/contacts/{}/tasks", mine.contact), new).await;
    // The answer is on its way when mine is completed: it still has it.
    server.fault("POST", "/tasks/search", 1, json!({ "latency_ms": 500 })).await;
    rig.send(Command::Refresh).await;
    let due = "2027-02-01T09:00:00Z".parse().ok();
    let of_due = |due| TaskPatch { due, ..TaskPatch::default() };
    let later = ghl_tui::domain::Edit::new(
        moved.contact.clone(),
        TaskEdit::Patch {
            task: Target::Known(moved.id.clone()),
            title: moved.title.clone(),
            before: of_due(moved.due),
            after: of_due(due),
        },
    );
    let edits = rig.apply_all(vec![complete(&mine, true), later]).await;
    for id in edits {
        rig.confirmed(id).await;
    }
    let now = told(&mut rig, "the new reading", |tasks| {
        let new = tasks.tasks.iter().any(|task| task.title == "Made elsewhere");
        new && tasks.reading == Reading::Idle
    })
    .await;
    assert_eq!(ids(&now), held(&server, &mut rig).await);
    assert!(!now.tasks.iter().any(|task| task.id == theirs.id || task.id == mine.id));
    assert_eq!(now.tasks.iter().find(|task| task.id == moved.id).expect("it is open").due, due);
    rig.undone().await;
    let back = told(&mut rig, "mine again", |tasks| tasks.tasks.iter().any(|task| task.id == mine.id)).await;
    assert_eq!(back.tasks.len(), now.tasks.len() + 1);
}

#[tokio::test]
async fn without_the_scope_there_are_those_of_contacts_that_were_looked_at() {
    let server = Server::start().await;
    let scopes = json!({ "scopes": ["contacts.readonly", "contacts.write", "locations.readonly", "users.readonly"] });
    let token = server.ask("/__sandbox/tokens", scopes).await["token"].as_str().map(str::to_owned);
    let mut rig = Rig::start_with(&server, Setup { token, ..watching() }).await;
    let task = rig.open_task().await;
    rig.look(|look| look.open_tasks = true).await;
    let told = told(&mut rig, "that it lacks the scope", |tasks| matches!(tasks.reading, Reading::Missing(_))).await;
    assert_eq!(told.reading, Reading::Missing(Scope::LocationTasksReadonly));
    assert_eq!(told.fetched_at, None);
    assert!(told.tasks.iter().any(|known| known.id == task.id), "{told:?}");
    assert_eq!(searches(&server).await, 1, "it is not asked again and again");
}

#[tokio::test]
async fn twenty_thousand_are_read_told_and_kept() {
    // Without a limit's headers the client keeps to the documented one.
    let rate_limit = "100000/250ms".parse().expect("a limit");
    let options = SandboxOptions { contacts: 40_000, rate_limit, ..SandboxOptions::default() };
    let server = Server::start_with(options).await;
    let mut rig = Rig::start(&server).await;
    let tasks = read(&mut rig).await;
    assert!(tasks.tasks.len() >= 20_000, "{}", tasks.tasks.len());
    let pages = searches(&server).await;
    assert!(pages < tasks.tasks.len() / 90, "{pages} pages");
    assert_eq!(ids(&tasks).len(), tasks.tasks.len());
    // An edit is told in a moment, whatever their number.
    let done = task(&tasks, 7_000);
    let id = rig.apply(complete(&done, true)).await;
    rig.confirmed(id).await;
    let now = told(&mut rig, "one less", |now| now.tasks.len() == tasks.tasks.len() - 1).await;
    assert!(!now.tasks.iter().any(|task| task.id == done.id));
}
