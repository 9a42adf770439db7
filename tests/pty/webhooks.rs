//! Webhooks: taken in by `listen`, believed only when they are signed, new and young, and seen in a dashboard at once.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::home::{Home, long_tests};
use crate::sandbox::{Sandbox, deliver};
use crate::terminal::PATIENCE;

/// `listen` at work, with the sandbox sending to it.
struct Listener {
    child: Child,
    url: String,
}

impl Listener {
    fn start(home: &Home, sandbox: &Sandbox) -> Self {
        let key = home.folder().join("webhook-key.pem");
        std::fs::write(&key, sandbox.text("/__sandbox/webhook-key")).expect("written");
        let arguments = ["listen", "--port", "0", "--json", "--key", key.to_str().expect("a plain path")];
        let mut child = home.command(&arguments).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut said = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("a line");
        let ready: Value = serde_json::from_str(&line).expect("JSON");
        // Nobody reads what it prints further on; it must not wait for that.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let url = ready["listening"].as_str().expect("an address").to_owned();
        sandbox.put("/__sandbox/webhooks", &json!({ "url": format!("{url}/hooks") }));
        Self { child, url }
    }

    fn stop(mut self) -> Option<i32> {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("a process id")).expect("not zero");
        kill_process(pid, Signal::TERM).expect("it is there");
        self.child.wait().expect("its status").code()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A sandbox whose search lags so much that only a webhook can tell of a change.
fn behind() -> Sandbox {
    Sandbox::start(&["--contacts", "120", "--set", "index-lag=30s"])
}

#[test]
fn what_changed_on_the_server_is_seen_at_once() {
    let sandbox = behind();
    let home = Home::new();
    home.sign_in(&sandbox, "Acme");
    let target = sandbox.targets(1).remove(0);
    let terminal = home.dashboard();
    terminal.go_to(&target);
    terminal.press("g t");
    terminal.wait_for("[ ]");
    terminal.wait_until_quiet();
    let listener = Listener::start(&home, &sandbox);
    // A contact that is listed, a contact's task, a note, and a contact that goes.
    sandbox.put(&format!("/contacts/{}", target.contact), &json!({ "firstName": "Renamed" }));
    terminal.wait_for("Renamed");
    let done = format!("/contacts/{}/tasks/{}/completed", target.contact, target.task);
    sandbox.put(&done, &json!({ "completed": true }));
    terminal.wait_settled(&target, true);
    sandbox.post(&format!("/contacts/{}/notes", target.contact), &json!({ "body": "told by a webhook" }));
    terminal.wait_for("told by a webhook");
    sandbox.delete(&format!("/contacts/{}", target.contact));
    terminal.wait("the contact to be gone", |screen| !screen.contains("Renamed"));
    assert_eq!(listener.stop(), Some(0));
}

#[test]
fn without_a_dashboard_the_copy_is_kept_fresh() {
    let sandbox = behind();
    let home = Home::new();
    home.sign_in(&sandbox, "Acme");
    let contact = sandbox.targets(1).remove(0).contact;
    home.run(&["contacts", "list"]);
    let listener = Listener::start(&home, &sandbox);
    sandbox.put(&format!("/contacts/{contact}"), &json!({ "city": "Alameda" }));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let shown = home.run(&["contacts", "show", &contact, "--offline", "--json"]);
        if String::from_utf8_lossy(&shown.stdout).contains("Alameda") {
            break;
        }
        assert!(Instant::now() < deadline, "{}", String::from_utf8_lossy(&shown.stdout));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(listener.stop(), Some(0));
}

#[test]
fn the_forged_the_repeated_the_stale_and_the_truncated_are_refused() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    home.sign_in(&sandbox, "Acme");
    let listener = Listener::start(&home, &sandbox);
    let contact = sandbox.targets(1).remove(0).contact;
    sandbox.put(&format!("/contacts/{contact}"), &json!({ "city": "Alameda" }));
    let last = || sandbox.get("/__sandbox/webhooks")["last"].as_array().cloned().unwrap_or_default();
    let deadline = Instant::now() + PATIENCE;
    while last().is_empty() || sandbox.get("/__sandbox/webhooks")["delivered"] == 0 {
        assert!(Instant::now() < deadline, "{}", sandbox.get("/__sandbox/webhooks"));
        std::thread::sleep(Duration::from_millis(20));
    }
    let sent = last().remove(0);
    let (body, signature) = (sent["body"].as_str().expect("a body"), sent["signature"].as_str().expect("a signature"));
    let mut other = signature.to_owned();
    other.replace_range(0..1, if signature.starts_with('A') { "B" } else { "A" });
    let give = |body: &str, signature: Option<&str>| deliver(&listener.url, body, signature);
    assert_eq!(give(body, Some(signature)), 409, "replayed");
    assert_eq!(give(body, Some(&other)), 401, "forged");
    assert_eq!(give(&body[..body.len() - 2], Some(signature)), 401, "truncated");
    assert_eq!(give(body, None), 401, "unsigned");
    // The sender's clock is behind: what it signs now is stale when it comes.
    sandbox.trouble(&json!({ "skew_ms": -600_000 }));
    let refused = || sandbox.get("/__sandbox/webhooks")["refused"].as_u64().unwrap_or_default();
    let before = refused();
    sandbox.put(&format!("/contacts/{contact}"), &json!({ "city": "Oakland" }));
    while refused() == before {
        assert!(Instant::now() < deadline, "{}", sandbox.get("/__sandbox/webhooks"));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(listener.stop(), Some(0));
    let ran = home.run(&["listen", "--port", "0", "--key", "/no/such/key"]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("/no/such/key"));
}

#[test]
fn a_flood_of_webhooks_does_not_slow_the_dashboard() {
    let flood = if long_tests() { 10_000 } else { 2_500 };
    let sandbox = Sandbox::small();
    let home = Home::new();
    home.sign_in(&sandbox, "Acme");
    let terminal = home.dashboard();
    terminal.wait_until_quiet();
    let listener = Listener::start(&home, &sandbox);
    let requests = || sandbox.get("/__sandbox/requests").as_array().map_or(0, Vec::len);
    let before = requests();
    let began = Instant::now();
    sandbox.post("/__sandbox/webhooks", &json!({ "count": flood }));
    let mut keys = 0;
    loop {
        let counts = sandbox.get("/__sandbox/webhooks");
        let done = counts["delivered"].as_u64().unwrap_or_default();
        assert_eq!(counts["refused"].as_u64().unwrap_or_default(), 0, "{counts}");
        if done >= flood {
            break;
        }
        assert!(began.elapsed() < 10 * PATIENCE, "{counts}");
        // The list answers while they come: the cursor is moved and seen there.
        let screen = terminal.screen();
        terminal.press(if keys % 2 == 0 { "j" } else { "k" });
        keys += 1;
        terminal.wait("the key to be painted", |now| now != screen);
    }
    terminal.wait_until_quiet();
    assert!(keys > 5, "the flood was over after {keys} keys");
    let asked = requests() - before;
    let bound = 40 + 10 * usize::try_from(began.elapsed().as_secs()).expect("a small number");
    assert!(asked < bound, "{asked} requests in {:?}", began.elapsed());
    assert_eq!(listener.stop(), Some(0));
}
