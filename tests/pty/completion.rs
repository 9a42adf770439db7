//! Completion of ids and names as a shell asks for it: from the local copy, without a trace.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use crate::home::Home;
use crate::sandbox::Sandbox;

/// What a shell is offered for the last of these words, a line each.
fn offered(home: &Home, shell: &str, words: &[&str]) -> Vec<String> {
    let ran = asked(home, shell, words);
    assert!(ran.status.success() && ran.stderr.is_empty(), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
    let separator = |c| c == '\n' || c == '\u{b}';
    String::from_utf8_lossy(&ran.stdout).split(separator).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn asked(home: &Home, shell: &str, words: &[&str]) -> Output {
    let mut command = home.command(&[&["--", "ghl-tui"], words].concat());
    command.env("GHL_TUI_COMPLETE", shell).env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    command.env("_CLAP_IFS", "\u{b}").output().expect("the program starts")
}

/// Every file with its content.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.insert(path.display().to_string(), Vec::new());
            all.extend(files(&path));
        } else {
            all.insert(path.display().to_string(), std::fs::read(&path).unwrap_or_default());
        }
    }
    all
}

#[test]
fn ids_and_names_come_from_the_local_copy_and_leave_no_trace() {
    let sandbox = Sandbox::small();
    let home = Home::on(&sandbox);
    assert!(home.run(&["contacts", "list"]).status.success());
    std::fs::create_dir_all(home.folder().join("config/ghl-tui")).expect("a folder");
    let views = "[[view]]\nname = \"Hot leads\"\nfilter = \"tag:vip\"\n";
    std::fs::write(home.folder().join("config/ghl-tui/views.toml"), views).expect("written");
    let listed = home.run(&["contacts", "list", "--offline", "--json"]);
    let contact: serde_json::Value =
        serde_json::from_slice(listed.stdout.split(|byte| *byte == b'\n').next().expect("a line")).expect("an object");
    let id = contact["id"].as_str().expect("an id");
    let (before, requests) = (files(home.folder()), sandbox.text("/__sandbox/requests"));

    let all = offered(&home, "fish", &["contacts", "show", ""]);
    let own = all.iter().find(|line| line.starts_with(id)).unwrap_or_else(|| panic!("{id} in {all:?}"));
    let name = contact["firstName"].as_str().unwrap_or_default();
    assert!(own.to_lowercase().contains(&name.to_lowercase()), "the name explains the id: {own}");
    let start = &id[..id.len() - 2];
    for words in [
        &["contacts", "update", start][..],
        &["contacts", "tag", "x", start],
        &["tasks", "add", start],
        &["tasks", "list", start],
        &["notes", "list", start],
        &["notes", "delete", "n", "--contact", start],
        &["duplicates", "dismiss", "x", start],
        &["forget", start],
        &["--json", "contacts", "show", start],
    ] {
        let found = offered(&home, "fish", words);
        assert!(found.iter().any(|line| line.starts_with(id)), "{words:?}: {found:?}");
    }
    let by_name = offered(&home, "fish", &["contacts", "show", &name.to_lowercase()]);
    assert!(by_name.iter().any(|line| line.starts_with(id)), "{name}: {by_name:?}");

    let fields = offered(&home, "fish", &["contacts", "update", "x", "--set", "post"]);
    assert!(fields.iter().any(|line| line.starts_with("postalCode=")), "{fields:?}");
    for (words, part) in [
        (&["tasks", "list", "--owner", ""][..], "\t"),
        (&["tasks", "add", "x", "--assign", ""], "\t"),
        (&["me", ""], "\t"),
        (&["contacts", "create", "--tag", ""], "vip"),
        (&["contacts", "tag", "x", "--add", "vi"], "vip"),
        (&["views", "apply", ""], "Hot leads"),
        (&["contacts", ""], "create"),
    ] {
        let found = offered(&home, "fish", words);
        assert!(found.iter().any(|line| line.contains(part)), "{words:?}: {found:?}");
    }
    // What bash inserts as it is must be one word.
    assert_eq!(offered(&home, "bash", &["views", "apply", "H"]), ["Hot\\ leads"]);
    assert_eq!(sandbox.text("/__sandbox/requests"), requests, "the server hears of none of it");
    let after = files(home.folder());
    let changed: Vec<&String> =
        before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

/// That nothing of the local files is offered: options may be.
fn assert_nothing_is_known(home: &Home, words: &[&str]) {
    let offered = offered(home, "zsh", words);
    assert!(offered.iter().all(|line| line.starts_with("--")), "{words:?}: {offered:?}");
}

#[test]
fn whatever_is_wrong_a_shell_hears_nothing_of_it() {
    let sandbox = Sandbox::small();
    let nobody = Home::new();
    let empty = files(nobody.folder());
    assert_nothing_is_known(&nobody, &["contacts", "show", ""]);
    assert_eq!(files(nobody.folder()), empty);
    let home = Home::on(&sandbox);
    assert_nothing_is_known(&home, &["contacts", "show", ""]);
    assert!(!home.all_data().exists());
    let data = home.data(&sandbox);
    std::fs::create_dir_all(&data).expect("a folder");
    std::fs::create_dir_all(home.folder().join("config/ghl-tui")).expect("a folder");
    std::fs::write(data.join("cache.db"), "this is no database").expect("written");
    std::fs::write(home.folder().join("config/ghl-tui/views.toml"), "[[[").expect("written");
    std::fs::write(home.folder().join("config/ghl-tui/config.toml"), "[[[").expect("written");
    for words in [
        &["contacts", "show", ""][..],
        &["contacts", "show", "--profile", "nobody", ""],
        &["contacts", "show", "--data-dir", "/dev/null", ""],
        &["views", "apply", ""],
        &["tasks", "list", "--owner", ""],
    ] {
        assert_nothing_is_known(&home, words);
    }
    let ran = asked(&home, "no such shell", &["contacts", ""]);
    assert!(ran.stdout.is_empty() && ran.stderr.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(!data.join("ledger.db").exists() && !data.join("cache.db-wal").exists());
}

#[test]
fn the_script_of_each_shell_asks_the_program() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = home.run(&["completions", shell]);
        let script = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success() && script.contains("GHL_TUI_COMPLETE"), "{shell}: {script}");
        assert!(!script.contains("/debug/"), "it finds the program by its name: {script}");
    }
    // The script in a shell that is here for sure.
    let script = home.folder().join("completion.bash");
    std::fs::write(&script, home.run(&["completions", "bash"]).stdout).expect("written");
    let folder = crate::home::program();
    let path = format!("{}:/usr/bin:/bin", folder.parent().expect("a folder").display());
    let line = "source \"$1\"; COMP_WORDS=(ghl-tui cont); COMP_CWORD=1; COMP_TYPE=9; \
                _clap_complete_ghl_tui ghl-tui cont ghl-tui; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut command = std::process::Command::new("/bin/bash");
    command.env_clear().env("PATH", path).env("HOME", home.folder()).args(["-c", line, "bash"]).arg(&script);
    let ran = command.output().expect("bash starts");
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), "contacts", "{}", String::from_utf8_lossy(&ran.stderr));
}
