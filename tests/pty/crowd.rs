//! A crowd on one location and one folder: two dashboards, four commands and a sync that repeats, in bad weather. The
//! edits of all of them have one effect each, and the sync is still there at the end.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::home::{Home, long_tests};
use crate::sandbox::{Sandbox, Target};

/// Commands at work side by side.
const LANES: usize = 4;
const DASHBOARDS: usize = 2;
/// Contacts that somebody else has just changed: more than one page of a search, so that a new contact without e-mail
/// and phone is not on the first one.
const JUST_CHANGED: usize = 150;
/// How many commands each lane runs in the short form, and for how long in the long one.
const COMMANDS: usize = 10;
const LONG: Duration = Duration::from_secs(5 * 60);
/// The notes of each dashboard in the short form.
const NOTES: usize = 5;
/// Between two looks at the outbox; edits with an unclear answer rest for up to 80 s and longer.
const LOOK: Duration = Duration::from_millis(500);

/// When to stop: after this many rounds in the short form.
#[derive(Clone, Copy)]
struct Length {
    end: Instant,
    rounds: usize,
}

impl Length {
    fn goes_on(self, round: usize) -> bool {
        if long_tests() { Instant::now() < self.end } else { round < self.rounds }
    }
}

/// What the commands have promised: names of contacts, titles of tasks and texts of notes, all different.
#[derive(Debug, Default)]
struct Promised {
    contacts: Vec<String>,
    tasks: Vec<(String, String)>,
    notes: Vec<(String, String)>,
    /// The last city of each contact: a lane has contacts of its own.
    cities: BTreeMap<String, String>,
}

/// The commands of one lane, one after the other. Whatever the exit status, a command promised what it queued; one that
/// queued nothing (it could not read the contact) is run again.
fn command_lane(home: &Home, lane: usize, targets: &[Target], length: Length) -> Promised {
    let mut promised = Promised::default();
    let mut round = 0;
    while length.goes_on(round) {
        let (number, target) = (format!("{lane}x{round}"), &targets[round % targets.len()]);
        let contact = target.contact.clone();
        match round % 4 {
            0 => {
                let name = format!("Crowd{number}");
                promise(home, &["contacts", "create", "--set", &format!("firstName={name}")]);
                promised.contacts.push(name);
            }
            1 => {
                let title = format!("crowd task {number}.");
                promise(home, &["tasks", "add", &contact, "--title", &title, "--due", "2026-12-01 14:00"]);
                promised.tasks.push((contact, title));
            }
            2 => {
                let body = format!("crowd note {number}.");
                promise(home, &["notes", "add", &contact, "--body", &body]);
                promised.notes.push((contact, body));
            }
            _ => {
                let city = format!("City {number}");
                promise(home, &["contacts", "update", &contact, "--set", &format!("city={city}")]);
                promised.cities.insert(contact, city);
            }
        }
        round += 1;
    }
    promised
}

/// Runs a command until it has queued its edit.
fn promise(home: &Home, arguments: &[&str]) {
    let is_queued = || String::from_utf8_lossy(&home.run(arguments).stderr).contains("queued as ");
    assert!((0..20).any(|_| is_queued()), "{arguments:?} queues nothing");
}

/// The notes that somebody writes in a dashboard.
fn dashboard_lane(home: &Home, sandbox: &Sandbox, lane: usize, target: &Target, length: Length) -> Promised {
    let mut promised = Promised::default();
    let terminal = home.dashboard();
    terminal.go_to(target);
    let mut round = 0;
    while length.goes_on(round) {
        let body = format!("crowd note d{lane}x{round}.");
        terminal.press("a");
        terminal.wait_for("Ctrl-S save");
        terminal.type_text(&body);
        terminal.press("ctrl-s");
        terminal.wait("the composer to close", |screen| !screen.contains("Ctrl-S save"));
        promised.notes.push((target.contact.clone(), body));
        round += 1;
    }
    // What is in the outbox, or on the server already, is promised.
    let last = &promised.notes.last().expect("a note").1;
    let queued = || String::from_utf8_lossy(&home.run(&["outbox", "list", "--json"]).stdout).contains(last);
    while !queued() && sandbox.notes_saying(&target.contact, last) == 0 {
        std::thread::sleep(LOOK);
    }
    terminal.kill();
    promised
}

/// The first names of all contacts on the server.
fn first_names(sandbox: &Sandbox) -> Vec<String> {
    let mut names = Vec::new();
    for page in 1.. {
        let search = json!({ "locationId": sandbox.location, "pageLimit": 500, "page": page });
        let found = sandbox.post("/contacts/search", &search)["contacts"].as_array().expect("contacts").clone();
        if found.is_empty() {
            break;
        }
        names.extend(found.iter().filter_map(|one| Some(one["firstName"].as_str()?.to_owned())));
    }
    names
}

/// Waits until nothing waits in the outbox. There is no limit: what does not move for ever is seen as a test that hangs.
fn wait_for_the_outbox(home: &Home) {
    let dashboard = home.dashboard();
    while !home.run(&["outbox", "list", "--json"]).stdout.is_empty() {
        std::thread::sleep(LOOK);
    }
    dashboard.kill();
}

/// A sync that repeats; it ends with the test, whatever its end.
struct RepeatedSync(Child);

impl RepeatedSync {
    fn start(home: &Home, pause: &str) -> Self {
        let log = std::fs::File::create(home.folder().join("sync.log")).expect("a file");
        Self(home.command(&["sync", "--every", pause]).stdout(Stdio::null()).stderr(log).spawn().expect("it starts"))
    }
}

impl Drop for RepeatedSync {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_crowd_loses_and_doubles_nothing() {
    let sandbox = Sandbox::start(&["--contacts", "500", "--set", "index-lag=0s"]);
    let targets = sandbox.targets(LANES * 4 + DASHBOARDS);
    let (ours, theirs) = targets.split_at(LANES * 4);
    let search = json!({ "locationId": sandbox.location, "pageLimit": JUST_CHANGED, "page": 1 });
    for contact in sandbox.post("/contacts/search", &search)["contacts"].as_array().expect("contacts") {
        let path = format!("/contacts/{}", contact["id"].as_str().expect("an id"));
        sandbox.put(&path, &json!({ "website": "https://example.com" }));
    }
    let weather = [
        ("POST", 0.10, json!({ "drop": "after" })),
        ("PUT", 0.05, json!({ "drop": "after" })),
        ("POST", 0.03, json!({ "garbage": "json-truncated" })),
        ("PUT", 0.04, json!({ "status": 503, "after": true })),
        ("GET", 0.03, json!({ "garbage": "html" })),
        ("GET", 0.02, json!({ "drop": "before" })),
    ];
    let rule = |(method, share, action): &(&str, f64, Value)| json!({ "method": method, "path": "/contacts/", "times": 0, "share": share, "action": action });
    sandbox.post("/__sandbox/faults", &json!({ "rules": weather.iter().map(rule).collect::<Vec<_>>() }));
    sandbox.fault("POST", "/contacts/search", 3, &json!({ "garbage": "html" }));
    let home = Home::on(&sandbox);
    let mut sync = RepeatedSync::start(&home, "5s");
    let length = |rounds| Length { end: Instant::now() + LONG, rounds };

    let lanes: Vec<Promised> = std::thread::scope(|scope| {
        let (home, sandbox, mut lanes) = (&home, &sandbox, Vec::new());
        for (lane, targets) in ours.chunks(4).enumerate() {
            lanes.push(scope.spawn(move || command_lane(home, lane, targets, length(COMMANDS))));
        }
        for (lane, target) in theirs.iter().enumerate() {
            lanes.push(scope.spawn(move || dashboard_lane(home, sandbox, lane, target, length(NOTES))));
        }
        lanes.into_iter().map(|lane| lane.join().expect("it came to its end")).collect()
    });

    sandbox.calm();
    wait_for_the_outbox(&home);
    let said = std::fs::read_to_string(home.folder().join("sync.log")).unwrap_or_default();
    assert_eq!(sync.0.try_wait().expect("it is ours"), None, "the sync that repeats has ended: {said}");
    drop(sync);

    let names = first_names(&sandbox);
    let mut wrong = Vec::new();
    let mut promises = 0;
    for promised in &lanes {
        for name in &promised.contacts {
            let count = names.iter().filter(|one| *one == name).count();
            wrong.extend((count != 1).then(|| format!("{count} × contact {name}")));
        }
        for (contact, title) in &promised.tasks {
            let count = sandbox.tasks_called(contact, title).len();
            wrong.extend((count != 1).then(|| format!("{count} × {title}")));
        }
        for (contact, body) in &promised.notes {
            let count = sandbox.notes_saying(contact, body);
            wrong.extend((count != 1).then(|| format!("{count} × {body}")));
        }
        for (contact, city) in &promised.cities {
            let held = sandbox.held(contact)["contact"]["city"].clone();
            wrong.extend((held != city.as_str()).then(|| format!("{held} instead of {city}")));
        }
        promises += promised.contacts.len() + promised.tasks.len() + promised.notes.len() + promised.cities.len();
    }
    assert_eq!(wrong, Vec::<String>::new(), "of {promises} promises");
}
