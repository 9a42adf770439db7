//! Hundreds of edits of many kinds by commands that are killed as soon as they have promised, while dashboards on the
//! same location are killed as well, in bad weather: afterwards the server holds what a model of it holds.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::home::{Home, long_tests};
use crate::sandbox::{Sandbox, Target};

/// Commands at work side by side, each with contacts of its own.
const LANES: usize = 3;
const CONTACTS: usize = 24;
/// In the short form and in the long one.
const EDITS: (usize, usize) = (60, 300);
const SEED: u64 = 20_261_124;

/// A contact as the model has it.
#[derive(Debug)]
struct Person {
    target: Target,
    city: String,
    tags: BTreeSet<String>,
    title: String,
    completed: bool,
    added: BTreeSet<String>,
    notes: BTreeSet<String>,
}

impl Person {
    fn new(sandbox: &Sandbox, target: Target) -> Self {
        let held = sandbox.held(&target.contact)["contact"].clone();
        let tags = held["tags"].as_array().into_iter().flatten().filter_map(|tag| tag.as_str().map(str::to_owned));
        Self {
            city: held["city"].as_str().unwrap_or_default().to_owned(),
            tags: tags.collect(),
            title: target.title.clone(),
            completed: false,
            added: BTreeSet::new(),
            notes: BTreeSet::new(),
            target,
        }
    }

    /// The arguments of the next command; the model is as it will have left the server.
    fn edit(&mut self, rng: &mut fastrand::Rng, number: usize) -> Vec<String> {
        let (contact, task) = (self.target.contact.clone(), self.target.task.clone());
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        match rng.u32(..7) {
            0 | 1 => {
                self.city = format!("City {number:03}");
                words(&["contacts", "update", &contact, "--set", &format!("city={}", self.city)])
            }
            2 => {
                let tag = format!("chaos-{}", rng.u32(..3));
                if self.tags.remove(&tag) {
                    return words(&["contacts", "tag", &contact, "--remove", &tag]);
                }
                self.tags.insert(tag.clone());
                words(&["contacts", "tag", &contact, "--add", &tag])
            }
            3 => {
                self.title = format!("chaos title {number:03}");
                words(&["tasks", "update", &task, "--contact", &contact, "--title", &self.title])
            }
            4 => {
                self.completed = !self.completed;
                let verb = if self.completed { "complete" } else { "reopen" };
                words(&["tasks", verb, &task, "--contact", &contact])
            }
            5 => {
                let title = format!("chaos task {number:03}");
                self.added.insert(title.clone());
                words(&["tasks", "add", &contact, "--title", &title, "--due", "2026-12-01 14:00"])
            }
            _ => {
                let body = format!("chaos note {number:03}");
                self.notes.insert(body.clone());
                words(&["notes", "add", &contact, "--body", &body])
            }
        }
    }

    fn check(&self, sandbox: &Sandbox) {
        let held = sandbox.held(&self.target.contact);
        let all = |list: &str| held[list].as_array().cloned().unwrap_or_default();
        assert_eq!(held["contact"]["city"].as_str().unwrap_or_default(), self.city, "{self:?}");
        let tags: BTreeSet<String> = held["contact"]["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|tag| Some(tag.as_str()?.to_owned()))
            .collect();
        assert_eq!(tags, self.tags, "{self:?}");
        let task = all("tasks").into_iter().find(|task| task["id"] == self.target.task.as_str()).expect("its task");
        assert_eq!(
            (task["title"].as_str(), task["completed"].as_bool()),
            (Some(self.title.as_str()), Some(self.completed))
        );
        let ours = |list: &str, field: &str, words: &str| -> Vec<String> {
            let texts =
                all(list).iter().filter_map(|one: &Value| Some(one[field].as_str()?.to_owned())).collect::<Vec<_>>();
            let mut texts: Vec<String> = texts.into_iter().filter(|text| text.contains(words)).collect();
            texts.sort();
            texts
        };
        // A list, not a set: twice would be seen.
        assert_eq!(ours("tasks", "title", "chaos task"), self.added.iter().cloned().collect::<Vec<_>>(), "{self:?}");
        assert_eq!(ours("notes", "body", "chaos note"), self.notes.iter().cloned().collect::<Vec<_>>(), "{self:?}");
    }
}

/// Runs a command until it has promised, and kills it there, or a moment later.
fn promise_and_kill(home: &Home, arguments: &[String], rng: &mut fastrand::Rng) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut child = home.command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let said: Vec<String> = BufReader::new(child.stderr.take().expect("it is piped"))
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.starts_with("queued as "))
        .collect();
    assert!(said.is_empty(), "{arguments:?}: {said:?}");
    std::thread::sleep(Duration::from_millis(rng.u64(..40)));
    let _ = child.kill();
    let _ = child.wait();
}

#[test]
fn killed_commands_and_dashboards_leave_what_was_promised() {
    let sandbox = Sandbox::start(&["--contacts", "400", "--set", "index-lag=0s"]);
    let targets = sandbox.targets(CONTACTS);
    let mut people: Vec<Person> = targets.into_iter().map(|target| Person::new(&sandbox, target)).collect();
    let weather = [
        ("PUT", 0.03, json!({ "drop": "after" })),
        ("POST", 0.03, json!({ "drop": "after" })),
        ("DELETE", 0.05, json!({ "drop": "after" })),
        ("POST", 0.03, json!({ "garbage": "json-truncated" })),
        ("PUT", 0.04, json!({ "status": 503, "after": true })),
        ("GET", 0.02, json!({ "status": 500 })),
    ];
    let rules: Vec<Value> = weather
        .into_iter()
        .map(|(method, share, action)| json!({ "method": method, "path": "/contacts/", "times": 0, "share": share, "action": action }))
        .collect();
    sandbox.post("/__sandbox/faults", &json!({ "rules": rules }));
    sandbox.fault("", "", 0, &json!({ "latency_ms": 0, "jitter_ms": 20 }));
    let home = Home::on(&sandbox);
    let edits = if long_tests() { EDITS.1 } else { EDITS.0 };
    // A dashboard is killed before, while or after it shows the contacts.
    let began = Instant::now();
    home.dashboard().kill();
    let start = began.elapsed();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let lanes: Vec<_> = people
            .chunks_mut(CONTACTS.div_ceil(LANES))
            .enumerate()
            .map(|(lane, people)| {
                let home = &home;
                scope.spawn(move || {
                    let mut rng = fastrand::Rng::with_seed(SEED + lane as u64);
                    for number in 0..edits / LANES {
                        let at = rng.usize(..people.len());
                        let arguments = people[at].edit(&mut rng, lane * 1_000 + number);
                        promise_and_kill(home, &arguments, &mut rng);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let terminal = home.open(&[]);
                std::thread::sleep(start.mul_f64(0.3 + 2.0 * fastrand::f64()));
                terminal.kill();
            }
        });
        let ends: Vec<_> = lanes.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        over.store(true, Ordering::Relaxed);
        assert!(ends.iter().all(Result::is_ok), "every command promised");
    });
    sandbox.calm();
    let terminal = home.dashboard();
    terminal.wait("an empty outbox", |screen| !screen.contains("pending") && screen.contains("● "));
    let waiting = home.run(&["outbox", "list", "--json"]);
    assert_eq!(String::from_utf8_lossy(&waiting.stdout), "");
    for person in &people {
        person.check(&sandbox);
    }
}
