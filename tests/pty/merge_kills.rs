//! kill -9 of merges and undos at random moments, the sandbox a process of its own: requests on their way land after the
//! kill. Afterwards each is finished or cleanly taken back, nothing is lost, nothing is there twice.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::home::{Home, kill_after};
use crate::sandbox::Sandbox;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) merges: usize,
    /// Every so many-th merge is taken back.
    pub(crate) undo_every: usize,
    pub(crate) lanes: usize,
    pub(crate) seed: u64,
    /// With drops, 429 and 5xx on top.
    pub(crate) faults: bool,
}

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) merges: usize,
    pub(crate) undos: usize,
    pub(crate) kills: usize,
    pub(crate) requests: usize,
    pub(crate) seconds: u64,
}

/// No answer takes longer than this, so that a kill may hit before, during and after it.
const SLOW_MS: u64 = 30;
/// Nothing takes so long without being stuck.
const STUCK: Duration = Duration::from_secs(600);

/// Merges under kills, checks each, and panics at the first that is not as it must be.
pub(crate) fn run(plan: Plan) -> Report {
    let sandbox = Sandbox::start(&["--contacts", "20", "--set", "index-lag=0s"]);
    let mut rules = vec![json!({ "times": 0, "action": { "latency_ms": 0, "jitter_ms": SLOW_MS } })];
    if plan.faults {
        for (share, action) in [
            (0.01, json!({ "status": 429, "headers": { "retry-after": "0" } })),
            (0.02, json!({ "drop": "after" })),
            (0.01, json!({ "drop": "before" })),
            (0.01, json!({ "status": 503, "after": true })),
        ] {
            rules.push(json!({ "share": share, "times": 0, "action": action, "path": "/contacts/" }));
        }
    }
    let began = Instant::now();
    let (kills, undos) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let pairs: Vec<Pair> = (0..plan.merges).map(|n| Pair::make(&sandbox, n)).collect();
    sandbox.post("/__sandbox/faults", &json!({ "rules": rules }));
    let whole = unkilled(&sandbox, plan.merges);
    std::thread::scope(|scope| {
        for (lane, share) in pairs.chunks(plan.merges.div_ceil(plan.lanes)).enumerate() {
            let (sandbox, kills, undos) = (&sandbox, &kills, &undos);
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(plan.seed.wrapping_add(lane as u64));
                let home = Home::on(sandbox);
                for pair in share {
                    let record = through_kills(&home, &pair.merge(), whole, kills, &mut random);
                    pair.check_merged(sandbox, &record);
                    if pair.n % plan.undo_every == 0 {
                        let id = record["merge"].as_str().expect("an id").to_owned();
                        let undo = ["duplicates", "undo", &id, "--json", "--wait", "60s"];
                        let record = through_kills(&home, &undo, whole, kills, &mut random);
                        assert_eq!(record["state"], "undone", "{record}");
                        pair.check_undone(sandbox);
                        undos.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    sandbox.calm();
    Report {
        merges: plan.merges,
        undos: undos.into_inner(),
        kills: kills.into_inner(),
        requests: sandbox.get("/__sandbox/requests").as_array().map_or(0, Vec::len),
        seconds: began.elapsed().as_secs(),
    }
}

/// How long a merge takes here and now that nobody kills: the shorter of two, as the first fetches all contacts.
fn unkilled(sandbox: &Sandbox, first: usize) -> Duration {
    let home = Home::on(sandbox);
    let one = |n| {
        let pair = Pair::make(sandbox, n);
        let began = Instant::now();
        let ran = home.run(&pair.merge());
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        began.elapsed()
    };
    one(first).min(one(first + 1))
}

/// Runs a command again and again, killed each time, until it ends by itself; its last line. It is killed while it
/// would still be at work, had it a machine to itself; later each time, so that it comes to its end on any machine.
fn through_kills(
    home: &Home,
    command: &[&str],
    whole: Duration,
    kills: &AtomicUsize,
    random: &mut fastrand::Rng,
) -> Value {
    let began = Instant::now();
    let mut longest = whole.mul_f64(0.9);
    loop {
        let mut child =
            home.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let Some(status) = kill_after(&mut child, longest.mul_f64(random.f64())) else {
            longest = longest.mul_f64(1.1);
            kills.fetch_add(1, Ordering::Relaxed);
            assert!(began.elapsed() < STUCK, "{command:?} does not come to its end");
            continue;
        };
        let output = child.wait_with_output().expect("it has ended");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(status.success(), "{command:?}: {said} {}", String::from_utf8_lossy(&output.stderr));
        let line = said.lines().last().unwrap_or_default();
        return serde_json::from_str(line).unwrap_or_else(|_| panic!("no record in {said:?}"));
    }
}

/// One person twice.
struct Pair {
    n: usize,
    a: String,
    b: String,
    was: (Value, Value),
}

impl Pair {
    /// The command that merges them.
    fn merge(&self) -> [&str; 9] {
        ["duplicates", "merge", &self.a, &self.b, "--survivor", &self.a, "--json", "--wait", "60s"]
    }

    fn make(sandbox: &Sandbox, n: usize) -> Self {
        let contact = |mut body: Value| {
            body["locationId"] = json!(sandbox.location);
            let made = sandbox.post("/contacts/", &body);
            made["contact"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
        };
        let a = contact(json!({
            "firstName": "Ana", "lastName": format!("López{n}"), "phone": format!("+1415{n:07}"), "city": "Oakland",
            "address1": "1 Main St", "website": "https://lopez.example", "tags": ["vip"], "source": "form",
        }));
        let b = contact(json!({
            "firstName": "Ana María", "lastName": format!("López{n}"), "email": format!("ana{n}@post.example"),
            "phone": format!("+1628{n:07}"), "companyName": "Lopez Ortho", "tags": ["web"],
        }));
        for body in ["<p>Prefers <b>SMS</b></p>", "Left voicemail"] {
            sandbox.post(&format!("/contacts/{b}/notes"), &json!({ "body": body }));
        }
        sandbox.post(&format!("/contacts/{a}/notes"), &json!({ "body": "its own" }));
        for title in ["Call back", "Send quote"] {
            let task = json!({ "title": title, "dueDate": "2031-03-05T17:00:00Z", "completed": title == "Send quote" });
            sandbox.post(&format!("/contacts/{b}/tasks"), &task);
        }
        let was = (held(sandbox, &a), held(sandbox, &b));
        Self { n, a, b, was }
    }

    fn check_merged(&self, sandbox: &Sandbox, record: &Value) {
        let (n, survivor, loser) = (self.n, held(sandbox, &self.a), held(sandbox, &self.b));
        assert_eq!(record["state"], "merged", "{n}: {record}");
        assert_eq!(record["survivor"], self.a.as_str(), "{n}: {record}");
        for words in ["Left voicemail", "Prefers <b>SMS</b>", "[kept from", "its own"] {
            assert_eq!(sandbox.notes_saying(&self.a, words), 1, "{n}: {words}");
        }
        for title in ["Call back", "Send quote"] {
            let tasks = sandbox.tasks_called(&self.a, title);
            assert_eq!(tasks.len(), 1, "{n}: {title}: {tasks:?}");
            assert_eq!(tasks[0]["completed"], title == "Send quote", "{n}");
            assert_eq!(tasks[0]["dueDate"], "2031-03-05T17:00:00.000Z", "{n}");
        }
        assert_eq!(survivor["contact"]["email"], format!("ana{n}@post.example"), "{n}");
        assert_eq!(survivor["contact"]["tags"], json!(["vip", "web"]), "{n}");
        assert_ne!(loser["contact"], Value::Null, "{n}: deleted without a purge");
        assert_eq!(loser["contact"]["tags"], json!(["web", "merged-duplicate"]), "{n}");
        assert_eq!(sandbox.notes_saying(&self.b, "[merged into"), 1, "{n}");
        assert_eq!(loser["tasks"], self.was.1["tasks"], "{n}");
    }

    fn check_undone(&self, sandbox: &Sandbox) {
        let n = self.n;
        assert_eq!(held(sandbox, &self.a), self.was.0, "{n}: the survivor is as it was");
        assert_eq!(held(sandbox, &self.b), self.was.1, "{n}: the loser is as it was");
    }
}

/// What the server holds, without what every write changes.
fn held(sandbox: &Sandbox, contact: &str) -> Value {
    let mut held = sandbox.held(contact);
    if let Some(contact) = held["contact"].as_object_mut() {
        contact.remove("dateUpdated");
        contact.remove("lastActivity");
    }
    held
}

#[test]
fn killed_merges_and_undos_lose_and_double_nothing() {
    let report = run(Plan { merges: 6, undo_every: 2, lanes: 6, seed: 7, faults: false });
    assert!(report.kills >= report.merges, "nothing was killed: {report:?}");
    assert_eq!((report.merges, report.undos), (6, 3), "{report:?}");
    assert!(report.requests > 100 && report.seconds < STUCK.as_secs(), "{report:?}");
}
