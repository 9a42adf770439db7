//! Signing in and out, several accounts, and what is said when a token is not what it should be.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Output, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use crate::home::{Home, USUAL, kill_after, long_tests};
use crate::sandbox::Sandbox;

fn said(ran: &Output) -> String {
    String::from_utf8_lossy(&[&ran.stdout[..], &ran.stderr[..]].concat()).into_owned()
}

fn lines(ran: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&ran.stdout);
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Signs in with a token of which the file holds this.
fn login(home: &Home, sandbox: &Sandbox, token: &str, location: &str) -> Output {
    let file = home.folder().join("token");
    fs::write(&file, token).expect("written");
    let file = file.to_str().expect("a plain path");
    home.run(&["login", "--token-file", file, "--location", location, "--server", &sandbox.base_url])
}

#[test]
fn a_private_token_signs_in_once_for_all_commands() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    let ran = login(&home, &sandbox, &format!("  {}\n", sandbox.token), &sandbox.location);
    assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    assert!(said(&ran).contains("as the profile Bayview Dental"), "{}", said(&ran));
    assert_eq!(lines(&home.run(&["contacts", "list", "--json"])).len(), 120);
    let profiles = lines(&home.run(&["profiles", "--json"]));
    assert_eq!(profiles.len(), 1);
    assert_eq!((&profiles[0]["current"], &profiles[0]["waiting"]), (&json!(true), &json!(0)));
    // The environment is an account by itself, and outranks.
    let other = Sandbox::start(&["--contacts", "30", "--seed", "7"]);
    let home = home.with("GHL_API_KEY", &other.token).with("GHL_LOCATION_ID", &other.location);
    let home = home.with("GHL_BASE_URL", &other.base_url);
    assert_eq!(lines(&home.run(&["contacts", "list", "--json"])).len(), 30);
    assert_eq!(lines(&home.run(&["contacts", "list", "--json", "--profile", "Bayview Dental"])).len(), 120);
    assert_eq!(lines(&home.run(&["profiles", "--json"])).len(), 2);
    let unknown = home.run(&["contacts", "list", "--profile", "nobody's"]);
    assert_eq!(unknown.status.code(), Some(3), "{}", said(&unknown));
}

#[test]
fn a_token_that_does_not_serve_is_refused_and_nothing_is_stored() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    for (token, location, words) in [
        ("pit-wrong", sandbox.location.as_str(), "not accepted"),
        ("two\nlines", &sandbox.location, "copy it again"),
        (&sandbox.token, "elsewhere", "belongs to another"),
        ("", &sandbox.location, "no input for"),
    ] {
        let ran = login(&home, &sandbox, token, location);
        let expected = if token.is_empty() { 2 } else { 3 };
        assert_eq!(ran.status.code(), Some(expected), "{}", said(&ran));
        assert!(said(&ran).contains(words), "{words}: {}", said(&ran));
        assert!(!home.all_data().join("vault.json").exists() && !home.all_data().join("profiles.json").exists());
    }
    let ran = home.run(&["login", "--location", &sandbox.location]);
    assert_eq!(ran.status.code(), Some(2), "{}", said(&ran));
    assert!(said(&ran).contains("--token-file"), "{}", said(&ran));
    let gone = Sandbox::small();
    let (base_url, token, location) = (gone.base_url.clone(), gone.token.clone(), gone.location.clone());
    gone.stop();
    let file = home.folder().join("token");
    fs::write(&file, token).expect("written");
    let file = file.to_str().expect("a plain path");
    let ran = home.run(&["login", "--token-file", file, "--location", &location, "--server", &base_url]);
    assert_eq!(ran.status.code(), Some(6), "{}", said(&ran));
}

#[test]
fn the_first_screen_signs_in_and_opens_the_dashboard() {
    let sandbox = Sandbox::small();
    for size in [USUAL, (80, 24)] {
        let home = Home::new();
        let mut terminal = home.open_at(size, &[]);
        terminal.wait_for("Quit");
        terminal.press("c");
        terminal.wait_for("How do you want");
        terminal.press("enter");
        terminal.wait_for("Create new");
        terminal.type_text("pit-wrong");
        terminal.press("tab");
        terminal.type_text(&sandbox.location);
        terminal.press("tab");
        terminal.type_text(&sandbox.base_url);
        terminal.press("ctrl-s");
        terminal.wait_for("not accepted");
        terminal.press("shift-tab shift-tab ctrl-u");
        terminal.type_text(&sandbox.token);
        assert!(!terminal.screen().contains(&sandbox.token));
        terminal.press("enter");
        terminal.wait_for("saved as profile");
        terminal.press("enter");
        terminal.wait("the dashboard", |screen| screen.contains("▶ ") && screen.contains("120 · by name"));
        assert_eq!(terminal.quit(), 0);
        terminal.assert_restored();
        assert!(!String::from_utf8_lossy(&terminal.written()).contains(&sandbox.token), "the token was shown");
        // The next start opens it at once.
        let terminal = home.dashboard();
        terminal.wait_for("Bayview Dental");
    }
}

#[test]
fn accounts_are_changed_without_a_restart() {
    let (one, two) = (Sandbox::small(), Sandbox::start(&["--contacts", "33", "--seed", "9"]));
    let home = Home::new();
    home.sign_in(&one, "First");
    home.sign_in(&two, "Second");
    let mut terminal = home.dashboard();
    terminal.wait_for("33 · by name");
    terminal.press("L");
    terminal.wait_for("Open an account");
    terminal.type_text("first");
    terminal.press("enter");
    terminal.wait_for("120 · by name");
    // What is done now is done in the first.
    let target = one.targets(1).remove(0);
    terminal.go_to_task(&target);
    terminal.press("x");
    terminal.wait_settled(&target, true);
    assert!(one.is_complete(&target));
    assert_eq!(two.writes(), Vec::<String>::new());
    terminal.press("L");
    terminal.wait_for("Open an account");
    terminal.type_text("another");
    terminal.press("enter");
    terminal.wait_for("How do you want");
    terminal.press("esc");
    terminal.wait_for("1 of 120 · best first");
    assert_eq!(terminal.quit(), 0);
    terminal.assert_restored();
    assert!(home.data(&one).exists() && home.data(&two).exists(), "each has files of its own");
    // The one that was open last.
    home.dashboard().wait_for("1 of 120 · best first");
    home.run(&["contacts", "list", "--profile", "Second"]);
    home.dashboard().wait_for("1 of 120 · best first");
}

#[test]
fn a_token_that_is_revoked_asks_to_sign_in_again_and_the_outbox_waits() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    home.sign_in(&sandbox, "Acme");
    let target = sandbox.targets(1).remove(0);
    let mut terminal = home.dashboard();
    terminal.go_to_task(&target);
    sandbox.trouble(&json!({ "tokens": "refused" }));
    terminal.press("x");
    terminal.wait("the edit waits", |screen| screen.contains("[x] ⇅") || screen.contains("1 pending"));
    terminal.press("r");
    terminal.wait_for("L signs in again");
    let ran = home.run(&["outbox", "list"]);
    assert!(said(&ran).contains("not accepted") || said(&ran).contains("waiting"), "{}", said(&ran));
    // Signing out says what waits, and needs a word for it.
    let ran = home.run(&["logout"]);
    assert_eq!(ran.status.code(), Some(2), "{}", said(&ran));
    assert!(said(&ran).contains("Acme has 1 edit waiting"), "{}", said(&ran));
    let doctor = home.run(&["doctor"]);
    assert_eq!(doctor.status.code(), Some(3));
    assert!(said(&doctor).contains("✗ token"), "{}", said(&doctor));
    sandbox.trouble(&json!({ "tokens": "accepted" }));
    terminal.press("L");
    terminal.wait_for("Open an account");
    terminal.type_text("again");
    terminal.press("enter");
    terminal.wait_for("Sign in to Acme again: private");
    terminal.type_text(&sandbox.token);
    terminal.press("ctrl-s");
    terminal.wait_for("saved as profile Acme");
    terminal.press("enter");
    terminal.wait("the dashboard", |screen| screen.contains("1 of 120 · best first"));
    terminal.go_to(&target);
    terminal.press("g t");
    terminal.press("r");
    terminal.wait_settled(&target, true);
    assert!(sandbox.is_complete(&target));
    assert_eq!(lines(&home.run(&["profiles", "--json"])).len(), 1);
    assert_eq!(terminal.quit(), 0);
}

#[test]
fn signing_out_forgets_the_token_and_keeps_or_wipes_the_copy() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    home.sign_in(&sandbox, "Acme");
    home.run(&["contacts", "list"]);
    let target = sandbox.targets(1).remove(0);
    let ran = home.run(&["tasks", "complete", &target.task, "--contact", &target.contact]);
    assert!(ran.status.success(), "{}", said(&ran));
    let ran = home.run(&["logout", "--json"]);
    assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    assert!(!fs::read_to_string(home.all_data().join("vault.json")).expect("there").contains(&sandbox.token));
    assert!(home.data(&sandbox).join("cache.db").exists());
    assert_eq!(home.run(&["contacts", "list"]).status.code(), Some(3), "nobody is signed in");
    assert_eq!(home.run(&["logout"]).status.code(), Some(3));
    home.sign_in(&sandbox, "Acme");
    // Not while somebody works on it.
    let mut terminal = home.dashboard();
    let ran = home.run(&["logout", "Acme", "--wipe-cache"]);
    assert_eq!(ran.status.code(), Some(1), "{}", said(&ran));
    assert!(said(&ran).contains("in use"), "{}", said(&ran));
    assert_eq!(terminal.quit(), 0);
    home.sign_in(&sandbox, "Acme");
    let ran = home.run(&["logout", "Acme", "--wipe-cache"]);
    assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    assert!(!home.data(&sandbox).join("cache.db").exists());
    assert!(home.data(&sandbox).join("ledger.db").exists(), "the history stays");
}

#[test]
fn doctor_looks_at_everything_and_says_what_helps() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    let ran = home.run(&["doctor", "--json"]);
    assert_eq!(ran.status.code(), Some(3), "{}", said(&ran));
    home.sign_in(&sandbox, "Acme");
    let ran = home.run(&["doctor", "--json"]);
    assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    let findings = lines(&ran);
    let find = |check: &str| {
        let found = findings.iter().find(|finding| finding["check"] == check);
        found.unwrap_or_else(|| panic!("no {check} in {findings:?}")).clone()
    };
    for check in ["settings", "data", "vault", "account", "outbox", "server", "clock", "token", "location", "limits"] {
        assert!(find(check)["verdict"] != "bad", "{check}");
    }
    assert!(find("duplicates")["said"].as_str().expect("text").contains("may not share"));
    assert_eq!(findings.iter().filter(|finding| finding["check"] == "may").count(), 13);
    sandbox.post("/__sandbox/switches", &json!({ "allow-duplicates": "on" }));
    assert!(said(&home.run(&["doctor"])).contains("may share an e-mail or phone"));
    // With the token that only reads.
    let reading = Home::on(&sandbox).with("GHL_API_KEY", &sandbox.read_only_token);
    let ran = reading.run(&["doctor"]);
    assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    assert!(said(&ran).contains("may not      contacts.write") && said(&ran).contains("the token stays the same"));
    sandbox.trouble(&json!({ "location": "gone" }));
    assert_eq!(home.run(&["doctor"]).status.code(), Some(3));
    sandbox.stop();
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.status.code(), Some(6), "{}", said(&ran));
    assert!(said(&ran).contains("✗ server") && said(&ran).contains("→ check the network"), "{}", said(&ran));
}

#[test]
fn what_others_could_read_is_mended_and_what_they_could_write_is_refused() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    home.sign_in(&sandbox, "Acme");
    let mode = |name: &str| fs::metadata(home.all_data().join(name)).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("vault.json"), mode("profiles.json")), (0o700, 0o600, 0o600));
    let open = |name: &str, mode| {
        fs::set_permissions(home.all_data().join(name), Permissions::from_mode(mode)).expect("set");
    };
    open("vault.json", 0o644);
    open("", 0o755);
    let ran = home.run(&["contacts", "list"]);
    assert_eq!(ran.status.code(), Some(0));
    assert!(
        said(&ran).contains("others could read the vault") && said(&ran).contains("make new ones"),
        "{}",
        said(&ran)
    );
    assert_eq!((mode(""), mode("vault.json")), (0o700, 0o600));
    open("vault.json", 0o640);
    let terminal = home.dashboard();
    terminal.wait_for("others could read the vault");
    drop(terminal);
    // A folder that the user names and others can write into.
    let shared = home.folder().join("shared");
    fs::create_dir(&shared).expect("made");
    fs::set_permissions(&shared, Permissions::from_mode(0o777)).expect("set");
    let ran = home.run(&["contacts", "list", "--data-dir", shared.to_str().expect("a plain path")]);
    assert_eq!(ran.status.code(), Some(1), "{}", said(&ran));
    assert!(said(&ran).contains("others can write into"), "{}", said(&ran));
}

#[test]
fn killed_while_they_write_the_vault_processes_leave_it_whole() {
    let kills = if long_tests() { 60 } else { 15 };
    let sandbox = Sandbox::small();
    let home = Home::new();
    home.sign_in(&sandbox, "Acme");
    let file = home.folder().join("token");
    fs::write(&file, &sandbox.token).expect("written");
    let file = file.to_str().expect("a plain path");
    let mut kept = 0;
    std::thread::scope(|scope| {
        for lane in 0..2_u64 {
            let (home, sandbox) = (&home, &sandbox);
            scope.spawn(move || {
                let login = |round: u64| {
                    let name = format!("lane {lane} {}", round % 5);
                    let location = ["--location", &sandbox.location, "--server", &sandbox.base_url];
                    let arguments = [&["login", "--name", &name, "--token-file", file][..], &location].concat();
                    let mut login = home.command(&arguments);
                    login.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
                };
                // One that is not killed tells how long it takes here and now; writing comes towards its end.
                let began = Instant::now();
                assert!(login(0).wait().expect("it is ours").success(), "lane {lane} signs in");
                let whole = began.elapsed();
                for round in 0..kills {
                    kill_after(&mut login(round), whole.mul_f64(0.2 + fastrand::f64()));
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..30 {
                let ran = home.run(&["profiles", "--json"]);
                assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
            }
        });
    });
    for profile in lines(&home.run(&["profiles", "--json"])) {
        kept += 1;
        let name = profile["profile"].as_str().expect("a name");
        // A profile that is listed has its token.
        let ran = home.run(&["api", "GET", "/contacts/nobody", "--profile", name]);
        assert!(said(&ran).contains("not found"), "{name}: {}", said(&ran));
    }
    assert!(kept > 1, "some were signed in");
}

/// A private token made to order.
fn ordered(sandbox: &Sandbox, order: &Value) -> String {
    sandbox.post("/__sandbox/tokens", order)["token"].as_str().expect("a token").to_owned()
}

#[test]
fn each_kind_of_token_gets_its_screen_and_its_words() {
    let sandbox = Sandbox::small();
    let all: Vec<&str> = vec![
        "contacts.readonly",
        "contacts.write",
        "locations.readonly",
        "users.readonly",
        "locations/tags.readonly",
        "locations/customFields.readonly",
        "businesses.readonly",
        "workflows.readonly",
        "campaigns.readonly",
        "calendars.readonly",
        "calendars/events.readonly",
        "calendars/events.write",
    ];
    let revoked = ordered(&sandbox, &json!({}));
    sandbox.trouble(&json!({ "revoke": revoked }));
    let cases = [
        // What the dashboard shows, and `tasks list` of the whole location says with its exit status.
        (json!({ "scopes": ["contacts.readonly"] }), "READ-ONLY  −12 scopes", "locations/tasks.readonly", 3),
        (json!({ "scopes": all }), "rw −1 scope", "locations/tasks.readonly", 3),
        (json!({ "location": "other" }), "does not have access to this location", "belongs to another location", 3),
        (json!({ "class": "company" }), "a token of the agency", "not in the agency", 3),
        (json!({ "lifetime": "1ms" }), "not accepted", "sign in again", 3),
        (Value::String(revoked), "not accepted", "sign in again", 3),
    ];
    for (order, screen, words, code) in cases {
        let token = order.as_str().map_or_else(|| ordered(&sandbox, &order), str::to_owned);
        let home = Home::on(&sandbox).with("GHL_API_KEY", &token);
        let ran = home.run(&["tasks", "list"]);
        assert_eq!(ran.status.code(), Some(code), "{order}: {}", said(&ran));
        assert!(said(&ran).contains(words), "{order}: {}", said(&ran));
        let mut terminal = home.open(&[]);
        terminal.wait(screen, |shown| {
            let shown: String = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            shown.contains(&screen.split_whitespace().collect::<Vec<_>>().join(" "))
        });
        if screen.contains("scope") {
            // What may be read is there; a missing scope refuses what it refuses and nothing else.
            terminal.wait_for("120 · by name");
            // The contact itself is read a moment after the list.
            terminal.wait_for("E-mail");
            terminal.press("m b");
            let needs = if screen.contains("READ") { "contacts.write" } else { "Business of" };
            terminal.wait_for(needs);
        } else {
            terminal.wait_for("L signs in again");
        }
        terminal.press("ctrl-c");
        assert_eq!(terminal.ended(), 0);
        // And nothing was changed by it.
        assert_eq!(sandbox.writes(), Vec::<String>::new(), "{order}");
    }
}

#[test]
fn the_demo_has_two_locations() {
    let home = Home::new();
    let mut terminal = home.open(&["--demo"]);
    terminal.wait_for("1,500 · by name");
    terminal.press("L");
    terminal.wait_for("Open an account");
    terminal.type_text("another");
    terminal.wait_for("▶ demo, another location");
    terminal.press("enter");
    terminal.wait("the other location", |screen| screen.contains("150 · by name") && screen.contains("DEMO"));
    terminal.press("L");
    terminal.wait_for("Open an account");
    terminal.press("enter");
    terminal.wait_for("1,500 · by name");
    assert_eq!(terminal.quit(), 0);
    terminal.assert_restored();
    assert_eq!(home.temporary_files(), Vec::<String>::new());
}
