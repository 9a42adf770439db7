//! No token, refresh token or client secret is anywhere but in the vault: files, screens, output, logs, crash reports,
//! arguments of processes, environments of others.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::home::Home;
use crate::sandbox::Sandbox;

const CLIENT_SECRET: &str = "sandbox-app-secret";

/// Every file below a folder.
fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        match entry.file_type().expect("a type") {
            kind if kind.is_dir() => files(&entry.path(), all),
            kind if kind.is_file() => all.push(entry.path()),
            _ => {}
        }
    }
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// The tokens that the vault holds now.
fn in_the_vault(home: &Home) -> Vec<String> {
    let text = fs::read_to_string(home.all_data().join("vault.json")).expect("there");
    let vault: Value = serde_json::from_str(&text).expect("JSON");
    let entries = vault["entries"].as_object().expect("entries").values();
    let names = ["accessToken", "refreshToken", "clientSecret"];
    entries.flat_map(|entry| names.iter().filter_map(|name| entry[*name].as_str().map(str::to_owned))).collect()
}

/// What the processes of the program, found by their environment, have been called with.
fn arguments(home: &Home) -> Vec<u8> {
    let mark = format!("HOME={}", home.folder().display());
    let mut all = Vec::new();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        if holds(&environment, &mark) {
            all.extend(fs::read(process.path().join("cmdline")).unwrap_or_default());
        }
    }
    all
}

#[cfg_attr(not(debug_assertions), ignore = "only a debug build crashes when it is told to")]
#[test]
fn no_secret_is_anywhere_but_in_the_vault() {
    let sandbox = Sandbox::small();
    let home = Home::new().with("EDITOR", "env > \"$HOME/editor-environment\"; true");
    let mut seen: Vec<u8> = Vec::new();
    let mut secrets = vec![sandbox.token.clone(), CLIENT_SECRET.to_owned()];
    let mut run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let ran = home.command(arguments).envs(variables.iter().copied()).output().expect("it starts");
        seen.extend([&ran.stdout[..], &ran.stderr[..]].concat());
        ran.status.code()
    };
    // By a private token, by an app, with the environment's own account; good and bad.
    let server = ["--server", &sandbox.base_url, "--verbose"];
    let location = ["--location", &sandbox.location];
    let private = [("GHL_API_KEY", sandbox.token.as_str())];
    assert_eq!(run(&[&["login", "--name", "Private"][..], &location, &server].concat(), &private), Some(0));
    let bad = [("GHL_API_KEY", "pit-bad0bad0-0bad-bad0-bad0-bad0bad0bad0")];
    assert_eq!(run(&[&["login"][..], &location, &server].concat(), &bad), Some(3));
    secrets.push(bad[0].1.to_owned());
    for (name, owner) in [("App", sandbox.location.clone()), ("Agency", sandbox.company())] {
        let code = sandbox.code_for(&owner);
        let oauth = ["login", "--oauth", "--client-id", "sandbox-app-client", "--name", name, "--agency"];
        let redirect = ["--redirect-uri", "https://example.com/back", "--no-browser"];
        let file = home.folder().join("code");
        fs::write(&file, &code).expect("written");
        let mut login = home.command(&[&oauth[..], &redirect, &server, &location].concat());
        login.env("GHL_CLIENT_SECRET", CLIENT_SECRET).stdin(fs::File::open(&file).expect("there"));
        let ran = login.output().expect("it starts");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        seen.extend([&ran.stdout[..], &ran.stderr[..]].concat());
        fs::remove_file(file).expect("removed");
        secrets.extend(in_the_vault(&home));
        sandbox.trouble(&json!({ "oauth": "expired" }));
        for arguments in [
            &["contacts", "list", "--verbose", "--profile", name][..],
            &["doctor", "--verbose", "--json", "--profile", name],
            &["api", "GET", "/contacts/nobody", "--verbose", "--profile", name],
            &["api", "POST", "/oauth/token", "--data", r#"{"client_id":"x"}"#, "--verbose", "--profile", name],
            &["profiles", "--json"],
        ] {
            let ran = home.command(arguments).output().expect("it starts");
            seen.extend([&ran.stdout[..], &ran.stderr[..]].concat());
        }
        secrets.extend(in_the_vault(&home));
    }
    // A dashboard: every screen, the curl copy, the editor, a crash.
    let mut terminal = home.open(&["--verbose", "--profile", "App"]);
    terminal.wait("the contacts", |screen| screen.contains("120 · by name"));
    seen.extend(arguments(&home));
    terminal.press("5");
    terminal.wait_for("[5 Activity]");
    terminal.press("g y");
    terminal.wait_for("without the token");
    terminal.press("enter");
    terminal.wait_for("received");
    terminal.press("esc");
    terminal.wait("the list again", |screen| !screen.contains("received"));
    terminal.press("1 a");
    terminal.wait_for("Ctrl-S save");
    terminal.edit_and_return();
    terminal.wait("the dashboard again", |screen| screen.contains("Ctrl-S save"));
    terminal.press("esc");
    terminal.wait("the list again", |screen| !screen.contains("Ctrl-S save"));
    terminal.press("L");
    terminal.wait_for("Open an account");
    terminal.signal(Signal::USR2);
    assert_eq!(terminal.ended(), 101);
    seen.extend(terminal.written());
    // With the environment's account the editor gets nothing of it either.
    fs::remove_file(home.folder().join("editor-environment")).expect("the editor ran");
    let keyed = home
        .with("GHL_API_KEY", &sandbox.token)
        .with("GHL_LOCATION_ID", &sandbox.location)
        .with("GHL_BASE_URL", &sandbox.base_url)
        .with("GHL_CLIENT_SECRET", CLIENT_SECRET);
    let mut terminal = keyed.dashboard();
    terminal.press("a");
    terminal.wait_for("Ctrl-S save");
    terminal.edit_and_return();
    terminal.wait("the dashboard again", |screen| screen.contains("Ctrl-S save"));
    terminal.press("ctrl-c");
    assert_eq!(terminal.ended(), 0);
    seen.extend(terminal.written());
    let environment = fs::read_to_string(keyed.folder().join("editor-environment")).expect("the editor ran");
    assert!(environment.contains("HOME=") && !environment.contains("GHL_"), "{environment}");

    assert_nowhere(&keyed, secrets, &seen);
}

/// None of the secrets is in a file that is not the vault, or in what was seen.
fn assert_nowhere(home: &Home, mut secrets: Vec<String>, seen: &[u8]) {
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 8, "tokens of every kind: {}", secrets.len());
    let mut all = Vec::new();
    files(home.folder(), &mut all);
    assert!(all.iter().any(|path| path.ends_with("ghl-tui.log")) && all.iter().any(|path| path.ends_with("cache.db")));
    for path in &all {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let mode = fs::metadata(path).expect("there").permissions().mode() & 0o777;
        if path.starts_with(home.folder().join("data")) || path.starts_with(home.folder().join("state")) {
            assert_eq!(mode & 0o077, 0, "others can read {}", path.display());
        }
        let bytes = fs::read(path).expect("read");
        for (n, secret) in secrets.iter().enumerate() {
            assert!(name == "vault.json" || !holds(&bytes, secret), "secret {n} is in {}", path.display());
        }
    }
    for (n, secret) in secrets.iter().enumerate() {
        let at = seen.windows(secret.len()).position(|window| window == secret.as_bytes());
        let around = at.map(|at| String::from_utf8_lossy(&seen[at.saturating_sub(80)..at]).into_owned());
        assert_eq!(around, None, "secret {n} was printed or is an argument");
    }
}
