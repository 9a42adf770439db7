//! Signing in by an app of the user's own: the page, the way back, and one refresh for everybody.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use serde_json::json;

use crate::home::Home;
use crate::sandbox::{Sandbox, visit};

const SECRET: &str = "sandbox-app-secret";

/// A `login --oauth` that waits for its user.
struct Login {
    child: Child,
    url: String,
    said: BufReader<std::process::ChildStderr>,
}

impl Login {
    fn start(home: &Home, sandbox: &Sandbox, redirect: &str, more: &[&str]) -> Self {
        Self::opening(home, sandbox, redirect, &[&["--no-browser"], more].concat())
    }

    /// One that opens a browser.
    fn opening(home: &Home, sandbox: &Sandbox, redirect: &str, more: &[&str]) -> Self {
        let arguments = ["login", "--oauth", "--client-id", "sandbox-app-client", "--redirect-uri", redirect];
        let server = ["--server", &sandbox.base_url];
        let mut child = home
            .command(&[&arguments[..], &server, more].concat())
            .env("GHL_CLIENT_SECRET", SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        while !line.trim_start().starts_with("http") {
            line.clear();
            assert!(said.read_line(&mut line).expect("text") > 0, "no address was told");
        }
        Self { child, url: line.trim().to_owned(), said }
    }

    fn paste(&mut self, text: &str) {
        let stdin = self.child.stdin.as_mut().expect("it is piped");
        writeln!(stdin, "{text}").expect("written");
    }

    /// Waits until it has said this.
    fn wait_for(&mut self, words: &str) {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            assert!(self.said.read_line(&mut line).expect("text") > 0, "it did not say {words:?}");
        }
    }

    /// Its exit status, and what else it said.
    fn ended(mut self) -> (Option<i32>, String) {
        drop(self.child.stdin.take());
        let mut said = String::new();
        self.said.read_to_string(&mut said).expect("text");
        self.child.stdout.take().expect("it is piped").read_to_string(&mut said).expect("text");
        (self.child.wait().expect("its status").code(), said)
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

fn stored(home: &Home) -> bool {
    home.all_data().join("vault.json").exists() || home.all_data().join("profiles.json").exists()
}

#[test]
fn the_browser_comes_back_to_the_listener() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    let redirect = format!("http://127.0.0.1:{}/callback", free_port());
    let login = Login::start(&home, &sandbox, &redirect, &[]);
    let back = sandbox.decide(&login.url, &sandbox.location, "allow");
    // What else a browser asks for, and what is no answer, ends nothing.
    assert_eq!(visit(&redirect.replace("/callback", "/favicon.ico")), 404);
    assert_eq!(visit(&redirect), 200);
    assert_eq!(visit(&back), 200);
    let (code, said) = login.ended();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("signed in") && said.contains("contacts.write"), "{said}");
    let listed = home.run(&["contacts", "list", "--json"]);
    assert_eq!(String::from_utf8_lossy(&listed.stdout).lines().count(), 120);
    // Renewed when it has run out, by whoever needs it.
    sandbox.trouble(&json!({ "oauth": "expired" }));
    assert_eq!(home.run(&["contacts", "list"]).status.code(), Some(0));
    sandbox.trouble(&json!({ "oauth": "revoked" }));
    let ran = home.run(&["tasks", "list"]);
    assert_eq!(ran.status.code(), Some(3), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("sign in again"));
}

#[test]
fn a_browser_is_open_only_where_one_started() {
    let sandbox = Sandbox::small();
    let redirect = format!("http://127.0.0.1:{}/callback", free_port());
    for (browser, said, not_said) in [
        ("true", "It should be open in your browser now", "could be started"),
        ("false:/no/such/browser", "No browser could be started", "It should be open"),
    ] {
        let home = Home::new().with("BROWSER", browser);
        let mut login = Login::opening(&home, &sandbox, &redirect, &[]);
        login.wait_for(said);
        visit(&sandbox.decide(&login.url, &sandbox.location, "allow"));
        let (code, rest) = login.ended();
        assert_eq!(code, Some(0), "{rest}");
        assert!(!rest.contains(not_said), "{rest}");
    }
}

#[test]
fn a_refusal_and_a_foreign_answer_store_nothing() {
    let sandbox = Sandbox::small();
    for by_hand in [true, false] {
        let home = Home::new();
        let redirect = format!("http://127.0.0.1:{}/callback", free_port());
        let answer = |login: &mut Login, address: &str| {
            if by_hand {
                login.paste(address);
            } else {
                visit(address);
            }
        };
        let mut login = Login::start(&home, &sandbox, &redirect, &[]);
        let denied = sandbox.decide(&login.url, &sandbox.location, "deny");
        answer(&mut login, &denied);
        let (code, said) = login.ended();
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains("not allowed (access_denied)") && said.contains("nothing was stored"), "{said}");

        let mut login = Login::start(&home, &sandbox, &redirect, &[]);
        let other = Login::start(&home, &sandbox, "https://example.com/back", &["--no-listener"]);
        let foreign = sandbox.decide(&other.url, &sandbox.location, "allow");
        let foreign = foreign.replace("https://example.com/back", &redirect);
        answer(&mut login, &foreign);
        drop(other);
        if by_hand {
            let (code, said) = login.ended();
            assert_eq!(code, Some(3), "{said}");
            assert!(said.contains("belongs to another sign-in") && said.contains("nothing was stored"), "{said}");
            assert!(!stored(&home));
            continue;
        }
        // Anyone on this machine can ask at the port: what is not ours ends nothing.
        visit(&format!("{redirect}?error=forged"));
        assert!(!stored(&home));
        visit(&sandbox.decide(&login.url, &sandbox.location, "allow"));
        let (code, said) = login.ended();
        assert_eq!(code, Some(0), "{said}");
        assert!(!said.contains("forged") && stored(&home), "{said}");
    }
}

#[test]
fn where_the_check_word_is_lost_the_address_is_to_be_pasted() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    let redirect = format!("http://127.0.0.1:{}/callback", free_port());
    let mut login = Login::start(&home, &sandbox, &redirect, &[]);
    sandbox.post("/__sandbox/switches", &json!({ "oauth-state": "drop" }));
    let without = sandbox.decide(&login.url, &sandbox.location, "allow");
    assert!(!without.contains("state="), "{without}");
    assert_eq!(visit(&without), 200);
    login.wait_for("without our check word");
    assert!(!stored(&home), "nothing is taken that may be someone else's");
    login.paste(&without);
    let (code, said) = login.ended();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("lacks our check word"), "{said}");
}

#[test]
fn a_wrong_secret_and_a_used_code_are_told_and_store_nothing() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    let redirect = "https://example.com/back";
    let mut login = Login::start(&home, &sandbox, redirect, &[]);
    let back = sandbox.decide(&login.url, &sandbox.location, "allow");
    sandbox.fault("POST", "/oauth/token", 1, &json!({ "status": 401, "body": { "error": "UnAuthorized!", "error_description": "Invalid client credentials" } }));
    login.paste(&back);
    let (code, said) = login.ended();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("Invalid client credentials"), "{said}");
    let mut login = Login::start(&home, &sandbox, redirect, &[]);
    login.paste("a-code-of-long-ago");
    let (code, said) = login.ended();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("Authorization code not found") && !said.contains(SECRET), "{said}");
    assert!(!stored(&home));
}

#[test]
fn two_dashboards_and_a_command_make_one_refresh() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    let mut login = Login::start(&home, &sandbox, "https://example.com/back", &[]);
    let back = sandbox.decide(&login.url, &sandbox.location, "allow");
    login.paste(&back);
    let (code, said) = login.ended();
    assert_eq!(code, Some(0), "{said}");
    let refreshes = || sandbox.answered("POST", "/oauth/token").len();
    let (one, two) = (home.dashboard(), home.dashboard());
    one.wait_until_quiet();
    let before = refreshes();
    sandbox.trouble(&json!({ "oauth": "expired" }));
    std::thread::scope(|scope| {
        one.press("r");
        two.press("r");
        for _ in 0..2 {
            scope.spawn(|| {
                let ran = home.run(&["tasks", "list", "--json"]);
                assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
            });
        }
    });
    for terminal in [&one, &two] {
        terminal.wait_until_quiet();
        let screen = terminal.screen();
        assert!(screen.contains("120 · by name") && !screen.contains('✗'), "{screen}");
    }
    assert_eq!(refreshes() - before, 1);
    // And an edit goes through.
    let target = sandbox.targets(1).remove(0);
    sandbox.trouble(&json!({ "oauth": "expired" }));
    one.go_to_task(&target);
    one.press("x");
    one.wait_settled(&target, true);
    assert!(sandbox.is_complete(&target));
    assert_eq!(refreshes() - before, 2);
}

#[test]
fn an_agency_chooses_one_of_its_locations() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    let redirect = "https://example.com/back";
    let mut login = Login::start(&home, &sandbox, redirect, &["--agency", "--location", "nowhere"]);
    let back = sandbox.decide(&login.url, &sandbox.company(), "allow");
    login.paste(&back);
    let (code, said) = login.ended();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("has no location nowhere"), "{said}");
    let mut login = Login::start(&home, &sandbox, redirect, &["--agency", "--location", &sandbox.location]);
    let back = sandbox.decide(&login.url, &sandbox.company(), "allow");
    login.paste(&back);
    let (code, said) = login.ended();
    assert_eq!(code, Some(0), "{said}");
    // The other one is chosen by its number; both share the agency's tokens.
    let mut login = Login::start(&home, &sandbox, redirect, &["--agency"]);
    let back = sandbox.decide(&login.url, &sandbox.company(), "allow");
    login.paste(&back);
    login.wait_for("  2  ");
    login.paste("7");
    login.wait_for("There is no 7");
    login.paste("2");
    let (code, said) = login.ended();
    assert_eq!(code, Some(0), "{said}");
    sandbox.trouble(&json!({ "oauth": "expired" }));
    let list = |more: &[&str]| {
        let listed = home.run(&[&["contacts", "list", "--json"][..], more].concat());
        String::from_utf8_lossy(&listed.stdout).lines().count()
    };
    assert_eq!(list(&[]), 25);
    assert_eq!(list(&["--profile", &sandbox.location]), 120);
    assert!(home.run(&["logout"]).status.success());
    assert_eq!(list(&[]), 120, "the agency's tokens stay as long as somebody needs them");
    let profiles = String::from_utf8_lossy(&home.run(&["profiles", "--json"]).stdout).into_owned();
    assert!(profiles.contains("OAuth by the agency"), "{profiles}");
    assert!(home.run(&["logout"]).status.success());
    let vault = std::fs::read_to_string(home.all_data().join("vault.json")).expect("there");
    assert!(!vault.contains("accessToken"), "the agency's tokens go with its last profile: {vault}");
}

#[test]
fn the_dashboards_own_screen_walks_an_app_through() {
    let sandbox = Sandbox::small();
    let home = Home::new();
    let port = free_port();
    let mut terminal = home.open(&[]);
    terminal.wait_for("Quit");
    terminal.press("c");
    terminal.wait_for("How do you want");
    terminal.press("j enter");
    terminal.wait_for("Client secret");
    terminal.type_text("sandbox-app-client");
    terminal.press("tab");
    terminal.type_text(SECRET);
    terminal.press("tab ctrl-u");
    terminal.type_text(&format!("http://127.0.0.1:{port}/cb"));
    terminal.press("shift-tab shift-tab shift-tab");
    terminal.type_text(&sandbox.base_url);
    for decision in ["deny", "allow"] {
        terminal.press("ctrl-s");
        let screen = terminal
            .wait("the address", |screen| screen.contains("Waiting for the browser at") && screen.contains("state="));
        let start = screen.find("http://127").expect("the address");
        let rest: String = screen[start..]
            .lines()
            .map(|line| line.trim_matches(|c: char| c == '┃' || c.is_whitespace()))
            .take_while(|line| !line.is_empty())
            .collect();
        let back = sandbox.decide(&rest, &sandbox.location, decision);
        assert_eq!(visit(&back), 200);
        if decision == "deny" {
            terminal.wait_for("not allowed (access_denied)");
            assert!(!stored(&home));
        }
    }
    terminal.wait_for("saved as profile");
    terminal.press("enter");
    terminal.wait("the dashboard", |screen| screen.contains("120 · by name"));
    sandbox.trouble(&json!({ "oauth": "expired" }));
    terminal.press("r");
    terminal.wait_until_quiet();
    assert!(!terminal.screen().contains('✗'), "{}", terminal.screen());
    assert_eq!(terminal.quit(), 0);
    terminal.assert_restored();
    assert!(!String::from_utf8_lossy(&terminal.written()).contains(SECRET));
}
