//! kill -9 of a whole sync at random moments, while someone else changes, deletes and adds contacts. Afterwards the
//! cache holds what the server holds: nobody is missing, nobody is stale, nobody is left over.

use std::collections::HashMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::home::Home;
use crate::sandbox::Sandbox;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) contacts: usize,
    pub(crate) kills: usize,
    pub(crate) seed: u64,
    /// No process lives longer than this before it is killed; none lives longer than a sync takes that nobody kills.
    pub(crate) life_ms: u64,
    /// So long takes an answer of the server.
    pub(crate) latency_ms: u64,
}

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) kills: usize,
    /// Processes that came to their end before they could be killed.
    pub(crate) ended: usize,
    pub(crate) changed: usize,
    pub(crate) deleted: usize,
    pub(crate) added: usize,
    /// Searches until the last kill, and from then on until all was right.
    pub(crate) searches: (usize, usize),
    /// How many syncs the end took.
    pub(crate) syncs: usize,
    pub(crate) contacts: usize,
    pub(crate) seconds: u64,
}

/// Nothing takes so long without being stuck.
const STUCK: Duration = Duration::from_secs(600);
/// How far the sandbox's search is behind what was written.
const LAG: Duration = Duration::from_millis(500);
/// What was deleted is believed when it is counted twice, and looked for with the second.
const SYNCS: usize = 3;

/// Syncs under kills, and panics where the cache is not what the server holds in the end.
pub(crate) fn run(plan: Plan) -> Report {
    let (contacts, latency) = (plan.contacts.to_string(), format!("{}ms", plan.latency_ms));
    let lag = format!("index-lag={}ms", LAG.as_millis());
    let sandbox = Sandbox::start(&["--contacts", &contacts, "--latency", &latency, "--set", &lag]);
    let home = Home::on(&sandbox);
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let (began, mut report) = (Instant::now(), Report::default());
    let whole = unkilled(&sandbox).min(Duration::from_millis(plan.life_ms));
    while report.kills < plan.kills {
        let life = whole.mul_f64(random.f64());
        let changes_at = life.mul_f64(random.f64());
        // A dashboard now and then: it pulls by itself, and looks for duplicates meanwhile.
        let mut run = match report.kills % 4 {
            3 => Run::Dashboard(home.open(&[])),
            _ => Run::Command(sync(&home, report.ended > 0)),
        };
        let started = Instant::now();
        run.live_until(started + changes_at);
        others(&sandbox, plan, &mut random, &mut report);
        run.live_until(started + life);
        if run.kill() {
            report.kills += 1;
        } else {
            report.ended += 1;
        }
        assert!(began.elapsed() < STUCK, "it does not come to its end: {report:?}");
    }
    std::thread::sleep(LAG);
    let searches = searches(&sandbox);
    let theirs = theirs(&sandbox);
    let asked = theirs.len().div_ceil(PAGE) + 1;
    report.searches.0 = searches;
    report.contacts = theirs.len();
    loop {
        let ran = home.run(&["sync"]);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        report.syncs += 1;
        let ours = ours(&home);
        for (id, server) in &theirs {
            let Some(held) = ours.get(id) else { panic!("missing: {server}; {report:?}") };
            assert_eq!(held, server, "stale: {report:?}");
        }
        if ours.len() == theirs.len() {
            break;
        }
        let left = ours.keys().filter(|id| !theirs.contains_key(*id)).count();
        assert!(report.syncs < SYNCS, "{left} are left over: {report:?}");
    }
    report.searches.1 = self::searches(&sandbox) - searches - asked;
    report.seconds = began.elapsed().as_secs();
    report
}

/// How long a sync takes here and now that nobody kills.
fn unkilled(sandbox: &Sandbox) -> Duration {
    let home = Home::on(sandbox);
    let began = Instant::now();
    let ran = home.run(&["sync"]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    began.elapsed()
}

/// What is killed.
enum Run {
    Command(Child),
    Dashboard(crate::terminal::Terminal),
}

impl Run {
    /// Waits, unless it ends before.
    fn live_until(&mut self, end: Instant) {
        while Instant::now() < end {
            if let Self::Command(child) = self
                && child.try_wait().expect("it is ours").is_some()
            {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Whether it was still running.
    fn kill(self) -> bool {
        match self {
            Self::Dashboard(terminal) => terminal.kill(),
            Self::Command(mut child) => {
                if let Some(status) = child.try_wait().expect("it is ours") {
                    assert!(status.success(), "a sync failed by itself");
                    return false;
                }
                let _ = child.kill();
                let _ = child.wait();
            }
        }
        true
    }
}

/// Once a listing has come to its end, another one is begun: there is more to kill in it.
fn sync(home: &Home, full: bool) -> Child {
    let arguments: &[&str] = if full { &["sync", "--full"] } else { &["sync"] };
    home.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Someone else changes one in two hundred, deletes one in two thousand and adds as many.
fn others(sandbox: &Sandbox, plan: Plan, random: &mut fastrand::Rng, report: &mut Report) {
    let (change, few) = (plan.contacts / 200 + 1, plan.contacts / 2_000 + 1);
    let wanted = json!({ "change": change, "delete": few, "add": few, "seed": random.u64(..) });
    let done = sandbox.post("/__sandbox/others", &wanted);
    let count = |name: &str| done[name].as_array().map_or(0, Vec::len);
    report.changed += count("changed");
    report.deleted += count("deleted");
    report.added += count("added");
}

fn searches(sandbox: &Sandbox) -> usize {
    sandbox.answered("POST", "/contacts/search").len()
}

const PAGE: usize = 500;

/// Everybody, as the server's search has it.
fn theirs(sandbox: &Sandbox) -> HashMap<String, Value> {
    let mut all = HashMap::new();
    let mut search = json!({ "locationId": sandbox.location, "pageLimit": PAGE });
    loop {
        let page = sandbox.post("/contacts/search", &search);
        let rows = page["contacts"].as_array().expect("rows");
        let Some(last) = rows.last() else { return all };
        search["searchAfter"] = last["searchAfter"].clone();
        all.extend(rows.iter().map(|row| (id(row), person(row, &row["address"]))));
    }
}

/// Everybody, as the cache has it.
fn ours(home: &Home) -> HashMap<String, Value> {
    let ran = home.run(&["contacts", "list", "--offline", "--json"]);
    let text = String::from_utf8(ran.stdout).expect("text");
    let line = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("one object a line");
        (id(&row), person(&row, &row["address1"]))
    };
    text.lines().map(line).collect()
}

fn id(row: &Value) -> String {
    row["id"].as_str().expect("an id").to_owned()
}

/// What both say of somebody, in the same words.
fn person(row: &Value, address: &Value) -> Value {
    let at = |name: &str| row[name].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok().map(|at| at.to_string()));
    let mut said = json!({ "dateAdded": at("dateAdded"), "dateUpdated": at("dateUpdated"), "address": address });
    for name in ["id", "firstName", "lastName", "email", "phone", "city", "companyName", "source", "assignedTo", "tags"]
    {
        said[name] = row[name].clone();
    }
    said
}

#[test]
fn a_sync_that_is_killed_again_and_again_ends_with_what_the_server_holds() {
    let kills = if crate::home::long_tests() { 20 } else { 8 };
    let plan = Plan { contacts: 3_000, kills, seed: 11, life_ms: 60_000, latency_ms: 20 };
    let report = run(plan);
    assert_eq!(report.kills, plan.kills, "{report:?}");
    assert!(report.changed >= kills * 16 && report.deleted >= kills && report.added >= kills, "{report:?}");
    assert_eq!(report.contacts, 3_000 + report.added - report.deleted, "{report:?}");
}
