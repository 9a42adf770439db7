//! Bad input: one clear message each, and nothing is lost.

use std::fs;
use std::path::Path;

use crate::home::Home;
use crate::sandbox::Sandbox;

/// The exit status and stderr of `contacts list`, which must be one line.
fn listing(home: &Home) -> (Option<i32>, String) {
    let ran = home.run(&["contacts", "list"]);
    let said = String::from_utf8(ran.stderr).expect("UTF-8");
    (ran.status.code(), said)
}

#[test]
fn a_wrong_account_is_named_with_what_to_do() {
    let sandbox = Sandbox::small();
    let unreachable = {
        let gone = Sandbox::small();
        let address = gone.base_url.clone();
        gone.stop();
        address
    };
    for (name, value, status, words) in [
        ("GHL_API_KEY", "pit-wrong", 3, &["token", "GHL_API_KEY"][..]),
        ("GHL_API_KEY", "two\nlines", 3, &["GHL_API_KEY"]),
        ("GHL_LOCATION_ID", "elsewhere", 3, &["location"]),
        ("GHL_BASE_URL", &unreachable, 6, &["cannot reach the server"]),
        ("GHL_BASE_URL", "http://example.com", 3, &["https"]),
    ] {
        let home = Home::on(&sandbox).with(name, value);
        let (code, said) = listing(&home);
        assert_eq!(code, Some(status), "{name}={value}: {said}");
        assert!(words.iter().all(|word| said.contains(word)), "{name}={value}: {said}");
        assert!(!said.contains(&sandbox.token), "{said}");
    }
}

#[test]
fn the_sandbox_tells_nobody_else_on_the_network() {
    let home = Home::on(&Sandbox::small());
    let ran = home.run(&["sandbox", "--webhook", "http://example.com/hook"]);
    let said = String::from_utf8(ran.stderr).expect("UTF-8");
    assert_eq!((ran.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("this computer only") && said.contains("http://example.com/hook"), "{said}");
}

#[test]
fn the_dashboard_says_what_is_wrong_with_the_account() {
    let sandbox = Sandbox::small();
    for (name, value, words) in [
        ("GHL_API_KEY", "pit-wrong", "token"),
        ("GHL_LOCATION_ID", "elsewhere", "location"),
        ("GHL_BASE_URL", "http://127.0.0.1:9", "ffline"),
    ] {
        let home = Home::on(&sandbox).with(name, value);
        let mut terminal = home.open(&[]);
        terminal.wait(words, |screen| screen.contains(words));
        assert_eq!(terminal.quit(), 0);
        terminal.assert_restored();
    }
}

#[test]
fn a_file_in_place_of_the_folder_is_named() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let folder = home.data(&sandbox);
    fs::create_dir_all(folder.parent().expect("it has one")).expect("made");
    fs::write(&folder, "not a folder").expect("written");
    let (code, said) = listing(&home);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(folder.to_str().expect("plain")), "{said}");
    let mut terminal = home.open(&[]);
    assert_eq!(terminal.ended(), 1);
    terminal.assert_restored();
    assert_eq!(fs::read_to_string(&folder).expect("it is still there"), "not a folder");
}

#[test]
fn an_error_of_the_configuration_quotes_it_as_text_alone() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let folder = home.folder().join("config/ghl-tui");
    fs::create_dir_all(&folder).expect("made");
    for content in [
        "time = \"\u{1b}]0;mine\u{7}\"\n",
        "web-host = \"https://\u{9b}31m\u{202e}example.com\"\n",
        "\"\\u001b[2J\\u009b31m\" = 1\n",
        "colour\u{1b}[2J = 1\n",
    ] {
        for file in ["config.toml", "named.toml"] {
            let path = folder.join(file);
            fs::write(&path, content).expect("written");
            let ran = if file == "config.toml" {
                home.run(&["contacts", "list"])
            } else {
                home.run(&["contacts", "list", "--config", path.to_str().expect("a plain path")])
            };
            fs::remove_file(&path).expect("removed");
            let said = String::from_utf8(ran.stderr).expect("UTF-8");
            assert_eq!(ran.status.code(), Some(1), "{content:?}: {said:?}");
            assert!(said.contains(file), "{said:?}");
            let hostile = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!said.contains(hostile), "{content:?}: {said:?}");
        }
    }
}

/// Overwrites a database with nonsense, and what SQLite keeps beside it.
fn spoil(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        if let Ok(metadata) = fs::metadata(&name) {
            fs::write(&name, vec![0x5a; usize::try_from(metadata.len()).expect("small")]).expect("written");
        }
    }
}

#[test]
fn a_corrupt_cache_is_filled_again() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    assert_eq!(listing(&home).0, Some(0));
    spoil(&home.data(&sandbox).join("cache.db"));
    let ran = home.run(&["contacts", "list", "--json"]);
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(String::from_utf8_lossy(&ran.stdout).lines().count(), 120);
    spoil(&home.data(&sandbox).join("cache.db"));
    home.dashboard().wait_for("120 · by name");
}

#[test]
fn a_corrupt_ledger_is_never_thrown_away() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    assert_eq!(listing(&home).0, Some(0));
    let ledger = home.data(&sandbox).join("ledger.db");
    spoil(&ledger);
    let before = fs::read(&ledger).expect("it is there");
    let (code, said) = listing(&home);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("ledger.db"), "{said}");
    let mut terminal = home.open(&[]);
    assert_eq!(terminal.ended(), 1);
    assert!(terminal.screen().contains("ledger.db"), "{}", terminal.screen());
    terminal.assert_restored();
    assert_eq!(fs::read(&ledger).expect("it is still there"), before);
}

#[test]
fn files_and_log_are_the_users_alone_and_hold_no_token() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let terminal = home.dashboard();
    terminal.wait_for("● up to date");
    terminal.kill();
    let folders = [home.data(&sandbox), home.state()];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("it is there")).filter_map(Result::ok);
    let mut seen = 0;
    for file in files {
        seen += 1;
        let mode = file.metadata().expect("its mode").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} {mode:o}", file.path());
        let held = fs::read(file.path()).unwrap_or_default();
        let token = sandbox.token.as_bytes();
        assert!(!held.windows(token.len()).any(|bytes| bytes == token), "{:?}", file.path());
    }
    assert!(seen >= 3, "ledger, cache and log");
}

#[test]
fn a_proxy_is_used_for_the_world_and_not_for_this_machine() {
    use std::io::Read as _;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let proxy = format!("http://{}", listener.local_addr().expect("its address"));
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        let mut said = vec![0; 1024];
        let length = stream.read(&mut said).expect("it speaks");
        String::from_utf8_lossy(&said[..length]).into_owned()
    });
    let sandbox = Sandbox::small();
    let here = Home::on(&sandbox).with("HTTPS_PROXY", &proxy).with("HTTP_PROXY", &proxy);
    assert_eq!(listing(&here).0, Some(0), "this machine is spoken to directly");
    let world = here.with("GHL_BASE_URL", "https://services.leadconnectorhq.com");
    let ran = world.run(&["doctor"]);
    let said = heard.join().expect("it was asked");
    assert!(said.starts_with("CONNECT services.leadconnectorhq.com:443"), "{said}");
    assert!(!said.contains(&sandbox.token));
    assert_eq!(ran.status.code(), Some(6));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("through the proxy in HTTPS_PROXY"));
}

#[test]
fn a_web_app_of_ones_own_name_is_opened_and_a_misspelt_setting_is_named() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    let config = home.folder().join("config/ghl-tui");
    fs::create_dir_all(&config).expect("made");
    fs::write(config.join("config.toml"), "web-host = \"https://app.acme.example\"\n").expect("written");
    let mut terminal = home.dashboard();
    terminal.press("y l");
    terminal.wait_for(&format!("https://app.acme.example/v2/location/{}", sandbox.location));
    assert_eq!(terminal.quit(), 0);
    fs::write(config.join("config.toml"), "webhost = \"https://app.acme.example\"\n").expect("written");
    let (code, said) = listing(&home);
    assert_eq!(code, Some(1));
    assert!(said.contains("config.toml") && said.contains("webhost"), "{said}");
}
