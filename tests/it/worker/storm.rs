//! A thousand edits in bad weather: afterwards the server holds what the worker reported, and nothing twice.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use ghl_tui::domain::{ContactId, Edit, EditId, Task, TaskId};
use ghl_tui::protocol::{Command, Confirmed, EditEvent, Event, Outcome, Ticket};
use serde_json::{Value, json};

use crate::support::{Rig, Server, Setup, complete, note};

const EDITS: usize = 1_000;
const SEED: u64 = 20_261_124;

/// What became of an edit, as the worker told it.
#[derive(Clone, Debug, PartialEq)]
enum End {
    Confirmed,
    Withdrawn,
}

/// Everything that the test asked for and was told.
#[derive(Default)]
struct Book {
    /// In the order they were asked for.
    asked: Vec<(Ticket, Edit)>,
    ids: HashMap<Ticket, EditId>,
    edits: BTreeMap<EditId, Edit>,
    ends: HashMap<EditId, End>,
}

impl Book {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Edit(EditEvent::Queued { ticket, id, edit, .. }) => {
                if let Some(ticket) = ticket {
                    self.ids.insert(*ticket, *id);
                }
                self.edits.insert(*id, edit.clone());
            }
            Event::Edit(EditEvent::Withdrawn { ticket, id }) => {
                if let Some(ticket) = ticket {
                    self.ids.insert(*ticket, *id);
                }
                assert_eq!(self.ends.insert(*id, End::Withdrawn), None, "{id} ended twice");
            }
            Event::Edit(EditEvent::Settled { id, outcome: Outcome::Confirmed(_), .. }) => {
                assert_eq!(self.ends.insert(*id, End::Confirmed), None, "{id} ended twice");
            }
            Event::Edit(EditEvent::Settled { id, outcome, .. }) => panic!("{id} was refused: {outcome:?}"),
            Event::Edit(EditEvent::Refused { why, .. }) => panic!("an edit was not taken: {why:?}"),
            _ => {}
        }
    }

    fn is_done(&self) -> bool {
        self.ids.len() == self.asked.len() && self.edits.keys().all(|id| self.ends.contains_key(id))
    }
}

async fn bad_weather(server: &Server) {
    let rules: Vec<Value> = [
        ("PUT", 0.04, json!({ "drop": "after" })),
        ("PUT", 0.03, json!({ "drop": "before" })),
        ("POST", 0.04, json!({ "drop": "after" })),
        ("POST", 0.03, json!({ "drop": "before" })),
        ("DELETE", 0.05, json!({ "drop": "after" })),
        ("PUT", 0.03, json!({ "status": 503, "after": true })),
        ("POST", 0.03, json!({ "status": 502 })),
        ("POST", 0.03, json!({ "garbage": "json-truncated" })),
        ("PUT", 0.03, json!({ "garbage": "html" })),
        ("GET", 0.03, json!({ "status": 500 })),
        ("GET", 0.02, json!({ "garbage": "empty" })),
        ("GET", 0.02, json!({ "drop": "before" })),
    ]
    .into_iter()
    .map(|(method, share, action)| json!({ "method": method, "path": "/contacts/", "times": 0, "share": share, "action": action }))
    .collect();
    server.post("/__sandbox/faults", json!({ "rules": rules })).await;
    let slow = json!({ "times": 0, "action": { "latency_ms": 0, "jitter_ms": 6 } });
    let throttled =
        json!({ "times": 2, "share": 0.01, "action": { "status": 429, "headers": { "retry-after": "1" } } });
    server.post("/__sandbox/faults", json!({ "rules": [slow, throttled] })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_edits_in_bad_weather_have_one_effect_each() {
    let server = Server::start_with(unlimited()).await;
    // On a busy machine an answer may take its time; none may come after the time-out.
    let setup = Setup { write_timeout: Duration::from_millis(1_500), ..Setup::default() };
    let mut rig = Rig::start_with(&server, setup).await;
    rig.sync().await.expect("good weather still");
    let contacts: Vec<ContactId> = rig.contacts().await.into_iter().map(|contact| contact.id).collect();
    let mut tasks: Vec<Task> = Vec::new();
    for contact in &contacts {
        tasks.extend(rig.tasks(contact).await);
    }
    let mut wanted: BTreeMap<TaskId, bool> = tasks.iter().map(|task| (task.id.clone(), task.completed)).collect();
    let before = wanted.clone();
    bad_weather(&server).await;

    let (mut book, mut rng) = (Book::default(), fastrand::Rng::with_seed(SEED));
    let mut notes: Vec<Ticket> = Vec::new();
    let mut undone: Vec<EditId> = Vec::new();
    for number in 0..EDITS {
        let ticket = rig.port.ticket();
        match rng.u32(..10) {
            0..5 => {
                let task = &tasks[rng.usize(..tasks.len())];
                let state = wanted.get_mut(&task.id).expect("all tasks are known");
                *state = !*state;
                let edit = complete(task, *state);
                book.asked.push((ticket, edit.clone()));
                rig.send(Command::Apply { ticket, edit }).await;
            }
            5..9 => {
                let edit = note(&contacts[rng.usize(..contacts.len())], &format!("storm note {number:04}"));
                book.asked.push((ticket, edit.clone()));
                notes.push(ticket);
                rig.send(Command::Apply { ticket, edit }).await;
            }
            _ => {
                // Takes a note back that the outbox has promised, whether or not it has left.
                let promised = notes.iter().position(|ticket| book.ids.contains_key(ticket));
                if let Some(at) = promised {
                    let of = book.ids[&notes.remove(at)];
                    undone.push(of);
                    book.asked.push((ticket, book.edits[&of].inverse(of)));
                    rig.send(Command::Undo { ticket, of }).await;
                }
            }
        }
        while let Some(event) = rig.port.ready() {
            book.take(&event);
        }
    }
    while !book.is_done() {
        let event =
            rig.wait("the end of the storm", |event| matches!(event, Event::Edit(_)).then(|| event.clone())).await;
        book.take(&event);
    }

    server.post("/__sandbox/faults", json!({ "rules": [] })).await;
    for task in &tasks {
        let held = server.held_task(task).await;
        assert_eq!(held["completed"], wanted[&task.id], "{}", task.id);
    }
    // A completion that found its task so already had nothing to do; every other one had one effect.
    let effects = effective_puts(&server).await;
    for (task, completed) in &before {
        let mut state = *completed;
        for effect in effects.get(task.as_str()).into_iter().flatten() {
            assert_ne!(*effect, state, "{task} was set to {effect} twice");
            state = *effect;
        }
        assert_eq!(state, wanted[task], "{task}");
    }
    for (id, edit) in &book.edits {
        let Edit::AddNote { contact, body } = edit else { continue };
        let gone = undone.contains(id);
        let there = server.notes_saying(contact, body).await;
        assert_eq!(there, usize::from(!gone), "{body}: {:?}", book.ends.get(id));
    }
    assert!(!undone.is_empty() && book.ends.values().any(|end| *end == End::Confirmed));
}

fn unlimited() -> ghl_tui::sandbox::Options {
    ghl_tui::sandbox::Options { contacts: 40, rate_limit: "100000/10s".parse().expect("a limit"), ..Default::default() }
}

/// What the completions that took effect set, by task, in order.
async fn effective_puts(server: &Server) -> HashMap<String, Vec<bool>> {
    let mut effects: HashMap<String, Vec<bool>> = HashMap::new();
    for request in server.requests("PUT", "/completed").await {
        let path = request["path"].as_str().expect("a path");
        let task = path.split('/').nth(4).expect("a task").to_owned();
        // The 503s of this weather took effect; what was throttled or dropped before it did not.
        if request["dropped"] != "before" && request["status"] != 429 {
            effects.entry(task).or_default().push(request["body"]["completed"] == true);
        }
    }
    effects
}

/// Confirmed edits carry what the server held.
#[tokio::test]
async fn receipts_tell_what_the_server_holds() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let task = rig.open_task().await;
    let id = rig.apply(complete(&task, true)).await;
    let Outcome::Confirmed(Confirmed::Task(held)) = rig.settled(id).await else { panic!("no task") };
    assert!(held.completed && held.id == task.id);
    assert_eq!(held.title, task.title);
}
