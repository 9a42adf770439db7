use super::*;

fn read(line: &str) -> Result<Cli, clap::Error> {
    parse(std::iter::once("ghl-tui").chain(line.split_whitespace()), "POST /__sandbox/faults")
}

fn headless(line: &str) -> Headless {
    match read(line).expect(line).command {
        Some(CliCommand::Headless(headless)) => headless,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn the_description_holds_together() {
    command("help").debug_assert();
}

#[test]
fn no_command_opens_the_dashboard() {
    let cli = read("--demo --data-dir /tmp/x --read-only --verbose").expect("fine");
    assert!(cli.demo && cli.command.is_none() && cli.global.read_only && cli.global.verbose);
    assert_eq!(cli.global.data_dir, Some(PathBuf::from("/tmp/x")));
}

#[test]
fn global_options_stand_before_and_after_a_command() {
    for line in ["--json contacts list", "contacts --json list", "contacts list --json"] {
        assert!(read(line).expect(line).global.json, "{line}");
    }
}

#[test]
fn commands_become_values() {
    assert_eq!(
        headless("contacts list --filter tag:vip --offline"),
        Headless::Contacts(Contacts::List {
            filter: Some("tag:vip".into()),
            sort: None,
            source: Source { offline: true }
        })
    );
    assert_eq!(
        headless("contacts list --sort -company,updated --filter -tag:vip"),
        Headless::Contacts(Contacts::List {
            filter: Some("-tag:vip".into()),
            sort: Some("-company,updated".parse().expect("two columns")),
            source: Source { offline: false }
        })
    );
    assert_eq!(
        headless("tasks list c1 --due none --owner u1 --all"),
        Headless::Tasks(Tasks::List(TaskList {
            contact: Some(ContactId::new("c1")),
            due: Some(DueChoice::None),
            owner: Some("u1".into()),
            all: true,
        }))
    );
    assert_eq!(
        headless("tasks complete t1 t2 --contact c1 --dry-run --wait 5s"),
        Headless::Tasks(Tasks::Complete(TaskIds {
            ids: vec![TaskId::new("t1"), TaskId::new("t2")],
            contact: Some(ContactId::new("c1")),
            writing: WriteOptions { dry_run: true, patience: Patience { wait: Duration::from_secs(5) } },
        }))
    );
    assert_eq!(
        headless("notes add c1 --body -"),
        Headless::Notes(Notes::Add {
            contact: ContactId::new("c1"),
            body: "-".into(),
            writing: WriteOptions::default()
        })
    );
    let id = uuid::Uuid::from_u128(9);
    assert_eq!(
        headless(&format!("outbox discard {id}")),
        Headless::Outbox(OutboxCommand::Discard { id: OutboxName::Edit(EditId(id)), yes: false })
    );
}

#[test]
fn what_is_said_about_duplicates_becomes_values() {
    let Headless::Duplicates(DuplicatesCommand::Merge(merge)) =
        headless("duplicates merge a b --survivor a --set city=x --from email=b --exclude c --exclude d --wait 5m")
    else {
        panic!("no merge");
    };
    assert_eq!((merge.who.len(), merge.rule, merge.dry_run), (2, None, false));
    assert_eq!(merge.choice.exclude, [ContactId::new("c"), ContactId::new("d")]);
    assert_eq!(merge.choice.from, [Setting { field: "email".into(), value: "b".into() }]);
    assert_eq!(merge.standstill.wait, Duration::from_secs(300));
    let Headless::Duplicates(DuplicatesCommand::Purge(purge)) = headless("duplicates purge --older-than 30d") else {
        panic!("no purge");
    };
    assert_eq!(purge.older_than, Some(Duration::from_secs(30 * 86_400)));
    let Headless::Sync(sync) = headless("sync --every 15m --find-duplicates --merge-rule default") else {
        panic!("no sync");
    };
    assert_eq!((sync.every, sync.merge_rule), (Some(Duration::from_secs(900)), Some(MergeRule::Default)));
}

#[test]
fn the_sandbox_has_working_defaults() {
    let Some(CliCommand::Sandbox(sandbox)) = read("sandbox").expect("fine").command else { panic!("not the sandbox") };
    assert_eq!((sandbox.port, sandbox.contacts, sandbox.seed, sandbox.now), (0, 1500, 1, None));
    assert_eq!(sandbox.rate_limit, RateLimitArg::Requests { count: 100, interval: Duration::from_secs(10) });
    assert_eq!((sandbox.latency, sandbox.webhook), (Duration::ZERO, None));
    let line = "sandbox --now 2026-11-24T18:00:00Z --rate-limit off --latency 250ms --set a=b --set c=d=e \
                --webhook http://127.0.0.1:9000/events";
    let Some(CliCommand::Sandbox(sandbox)) = read(line).expect("fine").command else { panic!("not the sandbox") };
    assert_eq!((sandbox.rate_limit, sandbox.latency), (RateLimitArg::Off, Duration::from_millis(250)));
    assert_eq!(sandbox.webhook.map(String::from).as_deref(), Some("http://127.0.0.1:9000/events"));
    assert_eq!(sandbox.switches[1], Switch { name: "c".into(), value: "d=e".into() });
}

#[test]
fn wrong_usage_exits_2() {
    for line in [
        "--profile",
        "contacts",
        "contacts list extra",
        "contacts list --sort size",
        "contacts list --sort name,-name",
        "contacts show",
        "tasks complete",
        "tasks list --due someday",
        "tasks complete t --wait -5s",
        "notes add c1",
        "outbox retry not-an-id",
        "duplicates merge",
        "duplicates merge a b --rule default",
        "duplicates merge --rule default --delete",
        "duplicates merge --rule everything",
        "duplicates merge a b --set city",
        "duplicates undo",
        "duplicates resume 3 --leave-address --delete-first",
        "duplicates purge",
        "duplicates purge 3 --older-than 30d",
        "duplicates purge --older-than 1mo",
        "duplicates dismiss a",
        "sync --every 0s",
        "sync --every 10ms",
        "sandbox --rate-limit 0/10s",
        "sandbox --tz Mars/Olympus",
        "sandbox --set novalue",
        "sandbox --webhook 9000",
        "--demo contacts list",
    ] {
        assert_eq!(read(line).expect_err(line).exit_code(), 2, "{line}");
    }
    assert_eq!(read("--help").expect_err("help").exit_code(), 0);
}

#[test]
fn the_sandbox_tells_of_its_control_endpoints() {
    let help = read("sandbox --help").expect_err("help").to_string();
    assert!(help.contains("POST /__sandbox/faults"), "{help}");
}

#[test]
fn a_request_of_ones_own_stays_with_the_api() {
    for (path, fine) in [
        ("/contacts/", true),
        ("/contacts/search/duplicate?locationId=l&email=a%40b.c", true),
        ("/contacts/a%2Fb", true),
        ("contacts/a", false),
        ("//evil.example/contacts", false),
        ("https://evil.example/contacts", false),
        ("/contacts/../oauth/token", false),
        ("/contacts/%2E%2e/oauth/token", false),
        ("/contacts/./a", false),
        ("/contacts\\..\\oauth", false),
        ("/contacts#a", false),
        ("/contacts/\u{e9}", false),
        ("", false),
    ] {
        let line = ["ghl-tui", "api", "GET", path];
        assert_eq!(parse(line, "").is_ok(), fine, "{path}");
    }
    assert!(read("api").is_err() && read("api GET").is_err() && read("api FETCH /contacts/a").is_err());
    assert!(read("api --list").is_ok() && read("api GET /contacts/a --list").is_err());
}

#[test]
fn the_filter_terms_in_help_are_terms() {
    use crate::query::{FilterContext, Query, TermProblem};
    let zone = jiff::tz::TimeZone::UTC;
    let around =
        FilterContext { now: jiff::Timestamp::UNIX_EPOCH, zone: &zone, users: &[], me: None, custom_fields: &[] };
    let terms = help::FILTER.split_whitespace().filter(|word| word.contains(':') && !word.ends_with(':'));
    let terms: Vec<&str> = terms.filter(|word| !word.contains('"')).collect();
    assert!(terms.len() > 15, "{terms:?}");
    for term in terms {
        let query = Query::parse(term, &around);
        let errors = query.errors();
        assert!(
            errors.iter().all(|error| !matches!(error.why, TermProblem::Unknown | TermProblem::Wrong(_))),
            "{term}: {errors:?}"
        );
    }
    for name in ["name", "email", "phone", "company", "city", "source"] {
        assert!(
            help::FILTER.contains(&format!("{name}:"))
                && Query::parse(&format!("{name}:1"), &around).errors().is_empty()
        );
    }
}

#[test]
fn the_configuration_in_help_is_the_default_one() {
    let (_, told) = help::LONG.split_once("[merge]").expect("told");
    for (key, value) in [("name", "longest"), ("address", "newest"), ("value", "survivor"), ("keep", "note")] {
        assert!(told.contains(&format!("{key} = \"{value}\"")), "{key}");
    }
    let rules = crate::domain::MergeRules::default();
    for line in [
        format!("set-aside-tag = \"{}\"", rules.set_aside_tag),
        format!("wipe-after-days = {}", rules.wipe_after_days),
        format!("bulk-score = {}", rules.bulk_score),
        format!("bulk-members = {}", rules.bulk_members),
    ] {
        assert!(told.contains(&line), "{line}");
    }
}
