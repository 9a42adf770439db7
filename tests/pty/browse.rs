//! Looking around.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::home::{Home, USUAL};
use crate::sandbox::Sandbox;
use crate::terminal::{PATIENCE, below_clock};

/// The name in the row under the cursor.
fn under_cursor(screen: &str) -> Option<String> {
    let line = screen.lines().find(|line| line.contains("┃▶ ") || line.contains("│▶ "))?;
    let name = line.split("▶ ").nth(1)?;
    Some(name.split("  ").next()?.trim().to_owned())
}

#[test]
fn the_demo_opens_with_1500_contacts_and_answers_keys() {
    let home = Home::new();
    let mut terminal = home.open(&["--demo"]);
    let first = terminal.wait("all contacts", |screen| screen.contains("1,500 · by name"));
    assert!(first.contains("DEMO"), "{first}");
    let top = under_cursor(&first).expect("a contact is under the cursor");
    terminal.press("j");
    let second = terminal.wait("the next", |screen| under_cursor(screen).is_some_and(|name| name != top));
    terminal.press("G");
    terminal.wait("the last", |screen| under_cursor(screen) != under_cursor(&second));
    terminal.press("g g");
    terminal.wait("the first", |screen| under_cursor(screen).as_ref() == Some(&top));
    terminal.press("j k");
    terminal.wait("the first again", |screen| under_cursor(screen).as_ref() == Some(&top));

    terminal.press("/");
    terminal.wait_for("Enter keep");
    terminal.type_text("smith");
    terminal.wait("a filtered list", |screen| screen.contains(" of 1,500 · best first"));
    terminal.press("esc");
    terminal.wait("the whole list", |screen| {
        screen.contains("1,500 · by name")
            && !screen.contains(" of 1,500")
            && under_cursor(screen).as_ref() == Some(&top)
    });

    terminal.press("?");
    terminal.wait_for("Go to the first line");
    terminal.press("esc");
    terminal.wait("the help is closed", |screen| !screen.contains("Go to the first line"));
    assert_eq!(terminal.quit(), 0);
    terminal.assert_restored();
    assert_eq!(home.temporary_files(), Vec::<String>::new(), "the demo leaves nothing behind");
}

/// What terminals count differently leaves nothing of an older frame behind.
#[test]
fn scrolling_leaves_nothing_behind() {
    let sandbox = Sandbox::start(&["--contacts", "1500", "--set", "index-lag=0s"]);
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.wait_for("1,500 · by name");
    let before = terminal.wait_until_quiet();
    for key in ["G", "ctrl-b", "ctrl-b", "G", "k", "g", "g"] {
        terminal.press_and_see(key);
    }
    let list = |screen: &str| -> Vec<String> {
        let rows =
            screen.lines().filter_map(|line| line.split(['┃', '│']).nth(1).map(|row| row.chars().take(24).collect()));
        rows.collect()
    };
    terminal.wait("the list as it was", |screen| list(screen) == list(&before));
}

/// The row that the cursor is on.
fn cursor_line(screen: &str) -> Option<usize> {
    screen.lines().position(|line| line.contains("┃▶ "))
}

/// A key must be painted even when nothing else wakes the program up.
#[test]
fn every_key_is_painted_by_itself() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.wait_for("120 · by name");
    terminal.wait_for("● up to date");
    let mut took: Vec<Duration> = Vec::new();
    for _ in 0..3 {
        let quiet = terminal.wait_until_quiet();
        let line = cursor_line(&quiet).expect("the cursor");
        let pressed = Instant::now();
        terminal.press("j");
        terminal.wait("the next contact", |screen| cursor_line(screen) == Some(line + 1));
        took.push(pressed.elapsed());
    }
    // Once is enough: without its own paint each would wait for what wakes the worker, every 15 seconds.
    assert!(took.iter().any(|took| *took < Duration::from_secs(4)), "{took:?}");
}

#[test]
fn an_idle_dashboard_writes_nothing() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.wait_for("● up to date");
    terminal.wait("the details", |screen| !screen.contains("Loading"));
    terminal.wait_until_quiet();
    let quiet = (0..3).any(|_| {
        let before = terminal.written().len();
        std::thread::sleep(Duration::from_secs(2));
        terminal.written().len() == before
    });
    assert!(quiet, "only the clock and the poll may wake it\n{}", terminal.screen());
}

#[test]
fn any_size_is_survived() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    for (columns, rows) in [(1, 1), (300, 100), (5, 40), (200, 3), (39, 9), (40, 10), (80, 24), (99, 29), (120, 36)] {
        let before = terminal.written().len();
        terminal.resize(columns, rows);
        let deadline = Instant::now() + PATIENCE;
        while terminal.written().len() == before && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(terminal.written().len() > before, "{columns}×{rows} is painted");
    }
    terminal.wait_for("120 · by name");
}

#[test]
fn hostile_text_never_reaches_the_terminal() {
    let sandbox = Sandbox::start(&["--contacts", "1500", "--set", "index-lag=0s"]);
    // The worst names that there are, beside those of the seeded people.
    let name = "\u{1b}]0;owned\u{7}\u{1b}[31mEvil\u{202e}Name\u{9b}2J\u{2066}";
    let body = serde_json::json!({ "locationId": sandbox.location, "firstName": name, "lastName": "Aaardvark",
        "email": "evil@example.com", "tags": ["a\u{1b}[2Jb"] });
    sandbox.post("/contacts/", &body);
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.wait_for("1,501 · by name");
    terminal.press("/");
    terminal.type_text("Aaardvark");
    terminal.wait_for("1 of 1,501");
    terminal.wait("the detail", |screen| screen.contains("evil@example.com"));
    terminal.press("esc");
    terminal.wait("the whole list", |screen| screen.contains("1,501 · by name") && !screen.contains("of 1,501"));
    for _ in 0..45 {
        terminal.press("ctrl-f");
    }
    terminal.press("G");
    terminal.wait("the end", |screen| screen.contains("1,501"));
    let listed = home.run(&["contacts", "list"]);
    for bytes in [terminal.written(), listed.stdout] {
        let text = String::from_utf8(bytes).expect("only whole characters are written");
        assert!(!text.contains("\u{1b}]0;") && !text.contains("\u{1b}[31mEvil"), "an escape");
        let bidi = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
        let bad = text.chars().find(|c| bidi(*c) || ('\u{80}'..='\u{9f}').contains(c) || *c == '\u{7f}');
        assert_eq!(bad, None);
    }
}

#[test]
fn all_contacts_are_listed_past_ten_thousand() {
    let sandbox = Sandbox::start(&["--contacts", "10500", "--set", "index-lag=0s"]);
    let home = Home::on(&sandbox);
    let ran = home.run(&["contacts", "list", "--json"]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let ids: std::collections::HashSet<String> = String::from_utf8(ran.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("one object a line"))
        .map(|contact| contact["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(ids.len(), 10_500);
}

#[test]
fn who_is_there_twice_is_marked_counted_and_gone_to() {
    let sandbox = Sandbox::start(&["--contacts", "400", "--set", "index-lag=0s", "--set", "allow-duplicates=on"]);
    let home = Home::on(&sandbox);
    let targets = sandbox.targets(4);
    let terminal = home.dashboard();
    let count = |screen: &str| -> Option<u32> {
        let rest = screen.split("4 Duplicates ").nth(1)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let screen = terminal.wait("a count of duplicates", |screen| count(screen).is_some());
    let before = count(&screen).expect("just seen");
    let is_alone = |target: &&crate::sandbox::Target| {
        terminal.go_to(target);
        !terminal.screen().contains("duplicate?")
    };
    let target = targets.iter().find(is_alone).expect("somebody who is there once");
    // The same person once more, typed in the web app.
    let held = sandbox.held(&target.contact)["contact"].clone();
    let again = json!({
        "locationId": sandbox.location, "firstName": held["firstName"], "lastName": held["lastName"],
        "email": held["email"], "phone": held["phone"],
    });
    sandbox.post("/contacts/", &again);
    terminal.press("r");
    terminal.wait("one more", |screen| count(screen) == Some(before + 1));
    terminal.go_to(target);
    terminal.wait("the mark", |screen| screen.contains('≈') && screen.contains("a duplicate? g d"));
    terminal.press("g d");
    terminal.wait("the reasons", |screen| screen.contains("Why") && screen.contains("same e-mail"));
    terminal.press("l enter");
    terminal.wait("the contacts", |screen| screen.contains("[1 Contacts"));
    let mut terminal = terminal;
    assert_eq!(terminal.quit(), 0);
    // Whoever does not want it turns it off.
    let config = home.folder().join("config/ghl-tui");
    std::fs::create_dir_all(&config).expect("made");
    std::fs::write(config.join("config.toml"), "find-duplicates = false\n").expect("written");
    let terminal = home.dashboard();
    terminal.wait_until_quiet();
    assert!(count(&terminal.screen()).is_none() && !terminal.screen().contains('≈'), "{}", terminal.screen());
}

#[test]
fn the_last_of_two_resizes_is_painted_whole_and_ctrl_l_repaints() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    let before = terminal.wait_until_quiet();
    for (columns, rows) in [(100, 30), (60, 20), (200, 50)] {
        terminal.resize(columns, rows);
        terminal.resize(USUAL.0, USUAL.1);
        terminal.wait("the whole screen", |screen| below_clock(screen) == below_clock(&before));
    }
    terminal.wipe();
    terminal.press("ctrl-l");
    terminal.wait("the whole screen", |screen| below_clock(screen) == below_clock(&before));
}

#[test]
fn the_browser_of_the_environment_gets_the_address() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let script = home.folder().join("my-browser");
    let lines = "#!/bin/sh\nprintf '%s\\n' \"$@\" \"$GHL_API_KEY\" > told && mv told asked\n";
    std::fs::write(&script, lines).expect("written");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    // The first two open nothing.
    let browser = format!("false:/no/such/browser:{} --first %s --last", script.display());
    let home = home.with("BROWSER", &browser);
    let terminal = home.dashboard();
    terminal.press("o");
    let asked = home.folder().join("asked");
    let deadline = Instant::now() + PATIENCE;
    while !asked.exists() {
        assert!(Instant::now() < deadline, "no browser was started\n{}", terminal.screen());
        std::thread::sleep(Duration::from_millis(5)); // between two looks
    }
    let asked = std::fs::read_to_string(asked).expect("text");
    let [first, url, last, token] = asked.lines().collect::<Vec<_>>()[..] else { panic!("{asked}") };
    assert_eq!((first, last, token), ("--first", "--last", ""));
    assert!(url.starts_with("http") && url.contains("/contacts/detail/"), "{url}");
    assert!(!terminal.screen().contains("No browser"), "{}", terminal.screen());
}

#[test]
fn an_address_that_no_browser_takes_is_copied() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox).with("BROWSER", "false");
    let terminal = home.dashboard();
    terminal.press("o");
    let screen = terminal.wait_for("No browser could be started");
    assert!(screen.contains("/contacts/detail/"), "{screen}");
    let copied = STANDARD.encode("http");
    let written = String::from_utf8_lossy(&terminal.written()).into_owned();
    assert!(written.contains(&format!("\x1b]52;c;{}", &copied[..4])), "the address is in the clipboard");
}
