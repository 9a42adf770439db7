//! A thousand edits of every kind in bad weather, taken back and done again, with the process killed now and then:
//! afterwards the server holds what a model of it holds, nothing lost and nothing twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use ghl_tui::domain::{
    Contact, ContactEdit, ContactField, ContactId, ContactPatch, Edit, EditId, NoteEdit, NoteId, NotePatch, TagEdit,
    Target, Task, TaskEdit, TaskId, TaskPatch,
};
use ghl_tui::protocol::{EditEvent, Event, Outcome};
use serde_json::{Value, json};

use crate::support::{Rig, Server, Setup, long_tests};

/// In the short form and in the long one.
const EDITS: (usize, usize) = (250, 1_000);
const SEED: u64 = 20_261_124;
/// Edits between two kills.
const LIFE: usize = 90;
/// Edits on their way are waited for this often.
const REST: usize = 250;

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

/// An edit that failed six times in a row waits half a minute for each further try.
const WORST_LUCK: Duration = Duration::from_secs(150);

/// A contact as the model has it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Person {
    city: Option<String>,
    tags: BTreeSet<String>,
    /// By a name that stays, whatever id the server gives it.
    tasks: BTreeMap<usize, (Target<TaskId>, String, bool)>,
    notes: BTreeMap<usize, (Target<NoteId>, String)>,
}

/// What the server should hold, and how to go back and forth.
#[derive(Clone, Default)]
struct World {
    people: BTreeMap<ContactId, Person>,
    undo: Vec<BTreeMap<ContactId, Person>>,
    redo: Vec<BTreeMap<ContactId, Person>>,
    named: usize,
}

impl World {
    async fn new(rig: &mut Rig, contacts: &[Contact]) -> Self {
        let mut world = Self::default();
        for contact in contacts {
            let mut person = Person { city: contact.city.clone(), ..Person::default() };
            person.tags = contact.tags.iter().cloned().collect();
            for task in rig.tasks(&contact.id).await {
                world.named += 1;
                person.tasks.insert(world.named, (Target::Known(task.id), task.title, task.completed));
            }
            for note in rig.notes(&contact.id).await {
                world.named += 1;
                person.notes.insert(world.named, (Target::Known(note.id), note.body));
            }
            world.people.insert(contact.id.clone(), person);
        }
        world
    }

    /// An edit that makes sense now, and the world after it; the target of what it makes is filled in later.
    fn edit(&mut self, rng: &mut fastrand::Rng, number: usize) -> Option<(Edit, Option<usize>)> {
        let ids: Vec<ContactId> = self.people.keys().cloned().collect();
        let contact = ids[rng.usize(..ids.len())].clone();
        let before = self.people.clone();
        let named = self.named + 1;
        let person = self.people.get_mut(&contact)?;
        let pick = |count: usize, rng: &mut fastrand::Rng| (count > 0).then(|| rng.usize(..count));
        let task = pick(person.tasks.len(), rng).and_then(|at| person.tasks.keys().nth(at).copied());
        let note = pick(person.notes.len(), rng).and_then(|at| person.notes.keys().nth(at).copied());
        let text = |text: &str| NotePatch { body: Some(text.to_owned()), ..NotePatch::default() };
        let titled = |title: &str| TaskPatch { title: Some(title.to_owned()), ..TaskPatch::default() };
        let (edit, made) = match rng.u32(..14) {
            0..3 => {
                let (target, title, completed) = person.tasks.get_mut(&task?)?;
                *completed = !*completed;
                let (task, title, completed) = (target.clone(), title.clone(), *completed);
                (Edit::new(contact, TaskEdit::Complete { task, title, completed }), None)
            }
            3 | 4 => {
                let (target, title, _) = person.tasks.get_mut(&task?)?;
                let (before, new) = (titled(title), format!("storm title {number:04}"));
                let edit = Edit::new(
                    contact,
                    TaskEdit::Patch { task: target.clone(), title: title.clone(), before, after: titled(&new) },
                );
                *title = new;
                (edit, None)
            }
            5 => {
                let title = format!("storm task {number:04}");
                let due = Some("2026-12-01T17:00:00Z".parse().expect("a time"));
                let task = TaskPatch { due, completed: Some(false), ..titled(&title) };
                person.tasks.insert(named, (Target::Known(TaskId::new("")), title, false));
                (Edit::new(contact, TaskEdit::Add { task, replaces: None }), Some(named))
            }
            6 => {
                let (target, title, _) = person.tasks.remove(&task?)?;
                (Edit::new(contact, TaskEdit::Delete { task: target, was: titled(&title) }), None)
            }
            7 | 8 => {
                let body = format!("storm note {number:04}");
                person.notes.insert(named, (Target::Known(NoteId::new("")), body.clone()));
                (Edit::new(contact, NoteEdit::Add { note: text(&body), replaces: None }), Some(named))
            }
            9 => {
                let (target, body) = person.notes.get_mut(&note?)?;
                let (before, new) = (text(body), format!("other words {number:04}"));
                let edit = Edit::new(contact, NoteEdit::Patch { note: target.clone(), before, after: text(&new) });
                *body = new;
                (edit, None)
            }
            10 => {
                let (target, body) = person.notes.remove(&note?)?;
                (Edit::new(contact, NoteEdit::Delete { note: target, was: text(&body) }), None)
            }
            11 | 12 => {
                let city = Some(format!("City {number:04}")).filter(|_| rng.u32(..4) > 0);
                let patch = |city: Option<String>| ContactPatch {
                    fields: [(ContactField::City, city)].into(),
                    ..ContactPatch::default()
                };
                let (before, after) = (patch(person.city.clone()), patch(city.clone()));
                if person.city == city {
                    return None;
                }
                person.city = city;
                (Edit::new(contact, ContactEdit::Patch { name: String::new(), before, after }), None)
            }
            _ => {
                let tag = format!("storm-{}", rng.u32(..4));
                if person.tags.remove(&tag) {
                    (Edit::new(contact, TagEdit::Remove { tags: vec![tag] }), None)
                } else {
                    person.tags.insert(tag.clone());
                    (Edit::new(contact, TagEdit::Add { tags: vec![tag] }), None)
                }
            }
        };
        self.named = named;
        self.undo.push(before);
        self.redo.clear();
        Some((edit, made))
    }

    /// The record goes by the edit that made it.
    fn made(&mut self, named: usize, by: EditId) {
        let worlds = std::iter::once(&mut self.people).chain(&mut self.undo).chain(&mut self.redo);
        for person in worlds.flat_map(BTreeMap::values_mut) {
            if let Some((target, ..)) = person.tasks.get_mut(&named) {
                *target = Target::MadeBy(by);
            }
            if let Some((target, _)) = person.notes.get_mut(&named) {
                *target = Target::MadeBy(by);
            }
        }
    }

    fn take_back(&mut self) {
        let before = self.undo.pop().expect("something was done");
        self.redo.push(std::mem::replace(&mut self.people, before));
    }

    fn do_again(&mut self) {
        let after = self.redo.pop().expect("something was taken back");
        self.undo.push(std::mem::replace(&mut self.people, after));
    }
}

/// Waits until nothing is on its way any more.
async fn calm(rig: &mut Rig, open: &mut BTreeSet<EditId>) {
    while !open.is_empty() {
        let settled = |event: &Event| match event {
            Event::Edit(EditEvent::Settled { id, outcome, .. }) => Some((*id, outcome.clone())),
            _ => None,
        };
        let (id, outcome) = rig.wait_long(WORST_LUCK, &format!("end of {open:?}"), settled).await;
        assert!(matches!(outcome, Outcome::Confirmed(_)), "{id}: {outcome:?}");
        open.remove(&id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_edits_in_bad_weather_have_one_effect_each() {
    let server = Server::start_with(unlimited()).await;
    // On a busy machine an answer may take its time; none may come after the time-out.
    let patient = || Setup { write_timeout: Duration::from_millis(1_500), ..Setup::default() };
    let mut rig = Rig::start_with(&server, patient()).await;
    rig.sync().await.expect("good weather still");
    let contacts = rig.contacts().await;
    let mut world = World::new(&mut rig, &contacts).await;
    let at_first = world.clone();
    bad_weather(&server).await;

    let mut rng = fastrand::Rng::with_seed(SEED);
    let (mut open, mut undone) = (BTreeSet::new(), 0);
    let mut number = 0;
    let edits = if long_tests() { EDITS.1 } else { EDITS.0 };
    while number < edits {
        number += 1;
        match rng.u32(..10) {
            0 if !world.undo.is_empty() => {
                open.extend(rig.undo().await.expect("it can be taken back"));
                world.take_back();
                undone += 1;
            }
            1 if !world.redo.is_empty() => {
                open.extend(rig.redo().await.expect("it can be done again"));
                world.do_again();
            }
            _ => {
                let Some((edit, made)) = world.edit(&mut rng, number) else { continue };
                let id = rig.apply(edit).await;
                open.insert(id);
                if let Some(named) = made {
                    world.made(named, id);
                }
            }
        }
        if number % LIFE == 0 {
            let kept = rig.kill().await;
            let folder = kept.folder.clone();
            rig = Rig::start_with(&server, Setup { folder: Some(folder), ..patient() }).await;
            rig.keep(kept);
            open = rig.resumed().await;
        } else if number % REST == 0 {
            rig.withdrawn_are_gone(&mut open);
            calm(&mut rig, &mut open).await;
        }
    }
    rig.withdrawn_are_gone(&mut open);
    calm(&mut rig, &mut open).await;
    assert!(undone > edits / 25, "{undone}");

    for (contact, person) in &world.people {
        let held = server.held(contact).await;
        let texts = |list: &str, field: &str| -> Vec<String> {
            let all = held[list].as_array().cloned().unwrap_or_default();
            let mut texts: Vec<String> =
                all.iter().map(|one| one[field].as_str().unwrap_or_default().to_owned()).collect();
            texts.sort();
            texts
        };
        let sorted = |mut texts: Vec<String>| {
            texts.sort();
            texts
        };
        let city = held["contact"]["city"].as_str().filter(|city| !city.is_empty()).map(str::to_owned);
        assert_eq!(city, person.city, "{contact}");
        let tags: BTreeSet<String> = held["contact"]["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|tag| tag.as_str().map(str::to_owned))
            .collect();
        assert_eq!(tags, person.tags, "{contact}");
        let titles = sorted(person.tasks.values().map(|(_, title, _)| title.clone()).collect());
        assert_eq!(texts("tasks", "title"), titles, "{contact}");
        let done = |task: &&Value| task["completed"] == true;
        let held_done = held["tasks"].as_array().into_iter().flatten().filter(done).count();
        assert_eq!(held_done, person.tasks.values().filter(|(_, _, done)| *done).count(), "{contact}");
        let ours = |body: &String| body.contains("storm note") || body.contains("other words");
        let bodies: Vec<String> = texts("notes", "body").into_iter().filter(ours).collect();
        let wanted: Vec<String> = person.notes.values().map(|(_, body)| body.clone()).filter(ours).collect();
        assert_eq!(bodies, sorted(wanted), "{contact}");
        assert_eq!(held["notes"].as_array().map_or(0, Vec::len), person.notes.len(), "{contact}");
    }
    completions_alternate(&server, &at_first).await;
}

fn unlimited() -> ghl_tui::sandbox::SandboxOptions {
    ghl_tui::sandbox::SandboxOptions {
        contacts: 40,
        rate_limit: "100000/10s".parse().expect("a limit"),
        ..Default::default()
    }
}

/// A completion that found its task so already had nothing to do; every other one had one effect.
async fn completions_alternate(server: &Server, at_first: &World) {
    let mut effects: HashMap<String, Vec<bool>> = HashMap::new();
    for request in server.requests("PUT", "/completed").await {
        let path = request["path"].as_str().expect("a path");
        let task = path.split('/').nth(4).expect("a task").to_owned();
        // The 503s of this weather took effect; what was throttled or dropped before it did not.
        if request["dropped"] != "before" && request["status"] != 429 {
            effects.entry(task).or_default().push(request["body"]["completed"] == true);
        }
    }
    for (target, _, completed) in at_first.people.values().flat_map(|person| person.tasks.values()) {
        let Target::Known(task) = target else { continue };
        let mut state = *completed;
        for effect in effects.get(task.as_str()).into_iter().flatten() {
            assert_ne!(*effect, state, "{task} was set to {effect} twice");
            state = *effect;
        }
    }
}

/// Confirmed edits carry what the server held.
#[tokio::test]
async fn receipts_tell_what_the_server_holds() {
    let server = Server::start().await;
    let mut rig = Rig::start(&server).await;
    let task: Task = rig.open_task().await;
    let id = rig.apply(crate::support::complete(&task, true)).await;
    let ghl_tui::domain::Receipt::Task(held) = rig.receipt(id).await else { panic!("no task") };
    assert!(held.completed && held.id == task.id);
    assert_eq!(held.title, task.title);
}
