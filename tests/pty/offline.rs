//! Started without a network: everything that was here is here, says how old it is, and takes edits.

use crate::home::{Home, line_of};
use crate::sandbox::Sandbox;

/// As if everything had been fetched hours ago.
fn age_everything(home: &Home, sandbox: &Sandbox) {
    let cache = rusqlite::Connection::open(home.data(sandbox).join("cache.db")).expect("the cache");
    cache.execute("UPDATE details SET fetched_at = fetched_at - 7200000", []).expect("aged");
    let at = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(3)).to_string();
    let fresh = cache.execute("UPDATE meta SET value = ?1 WHERE key = 'fresh_at'", [format!("\"{at}\"")]);
    assert_eq!(fresh, Ok(1));
}

/// A filter for each term, with what a contact has of it.
fn filters(contact: &serde_json::Value) -> Vec<String> {
    let field = |term: &str, name: &str| {
        let value = contact[name].as_str()?;
        Some(format!("{term}:\"{value}\""))
    };
    let named = [
        field("name", "firstName"),
        field("email", "email"),
        field("phone", "phone"),
        field("company", "companyName"),
        field("city", "city"),
        field("source", "source"),
        contact["tags"][0].as_str().map(|tag| format!("tag:\"{tag}\"")),
    ];
    let others = [
        "owner:none",
        "-owner:none",
        "added:<200d",
        "updated:>30d",
        "added:2020-01..2026-06",
        "dnd:on",
        "-dnd:on",
        "has:company",
        "no:phone",
        "no:email has:phone",
        "tag:v*",
        "smith",
        "has:tag -tag:v* no:owner",
    ];
    named.into_iter().flatten().chain(others.map(str::to_owned)).collect()
}

#[test]
fn without_a_network_from_the_start_everything_cached_is_there_and_edits_wait() {
    let sandbox = Sandbox::small();
    let target = sandbox.targets(1).remove(0);
    let home = Home::on(&sandbox);
    assert!(home.run(&["tasks", "list", &target.contact]).status.success());
    let contact = sandbox.held(&target.contact)["contact"].clone();
    let counted = |filter: &str| {
        let ran = home.run(&["contacts", "list", "--json", "--filter", filter]);
        assert!(ran.status.success(), "{filter}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).lines().count()
    };
    let filters: Vec<(String, usize)> =
        filters(&contact).into_iter().map(|filter| (filter.clone(), counted(&filter))).collect();
    let port = sandbox.port();
    age_everything(&home, &sandbox);
    sandbox.stop();

    let terminal = home.dashboard();
    let screen = terminal.wait("how old it is", |screen| screen.contains("offline") && screen.contains("data 3h"));
    assert!(screen.contains("120 · by name"), "{screen}");
    for (filter, count) in &filters {
        terminal.press("/");
        terminal.wait_for("Enter keep");
        terminal.type_text(filter);
        let said = if *count == 0 { "No contact matches".to_owned() } else { format!(" {count} of 120 · ") };
        terminal.wait(filter, |screen| screen.contains(&said) || (*count == 120 && screen.contains("120 · by name")));
        terminal.press("esc");
        terminal.wait("the whole list", |screen| screen.contains(" 120 · by name") && !screen.contains("Enter keep"));
    }

    terminal.go_to_task(&target);
    terminal.wait("the age of the details", |screen| screen.contains("as of 2h ago"));
    terminal.press("x");
    let waits = |screen: &str| {
        line_of(screen, &target).is_some_and(|line| line.contains("[x] ⇅")) && screen.contains("⇅ 1 pending")
    };
    terminal.wait("the queued edit", waits);
    terminal.kill();

    // The next start without a network still has it; with the network back it is sent.
    let terminal = home.dashboard();
    terminal.wait_for("⇅ 1 pending");
    let again = Sandbox::start(&["--contacts", "120", "--set", "index-lag=0s", "--port", &port]);
    terminal.press("r");
    terminal.wait("the sent edit", |screen| !screen.contains("pending") && screen.contains("● up to date"));
    assert!(again.is_complete(&target));
    assert_eq!(again.answered("PUT", &format!("{}/completed", target.task)), [200]);
}
