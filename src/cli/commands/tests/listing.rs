//! `contacts list` by the filter's terms, in an order of one's own.

use crate::domain::{CustomField, CustomFieldId, CustomValue, MergePhase, MergeProgress, User, UserId};
use crate::protocol::DuplicateGroup;

use super::merges::{plan, record};
use super::*;

/// Three contacts with owners, and the known data of the location.
fn world(command: &Command) -> Vec<Event> {
    let user = |id: &str, name: &str| User { id: UserId::new(id), name: name.to_owned() };
    let users = vec![user("u1", "Kim Park"), user("u2", "Ann Osei")];
    let time_zone = Some("America/Los_Angeles".to_owned());
    let custom_fields = vec![CustomField {
        id: CustomFieldId::new("f1"),
        name: "Insurance".into(),
        key: None,
        data_type: None,
        options: Vec::new(),
    }];
    let location = Location { time_zone, users, custom_fields, ..Location::unknown(LocationId::new("loc")) };
    let someone = |id: &str, name: &str, owner: &str, city: &str, added: &str| Contact {
        owner: Some(UserId::new(owner)),
        city: Some(city.to_owned()),
        added: Some(added.parse().expect("a time")),
        custom: vec![CustomValue { id: CustomFieldId::new("f1"), value: if id == "a" { "Delta" } else { "" }.into() }],
        ..contact(id, name, &[])
    };
    let Command::Ask { ticket, request } = command else { return Vec::new() };
    match request {
        Request::Contacts { after: None, .. } => {
            let page = vec![
                someone("a", "Zoe", "u1", "Bern", "2026-11-24T07:30:00Z"),
                someone("b", "Bob", "u2", "Aarau", "2026-11-24T09:00:00Z"),
                someone("c", "Ann", "u1", "Bern", "2026-11-20T09:00:00Z"),
            ];
            vec![Event::Answer { ticket: *ticket, result: Ok(Answer::Contacts(page)) }]
        }
        Request::Contacts { .. } => vec![Event::Answer { ticket: *ticket, result: Ok(Answer::Contacts(Vec::new())) }],
        Request::Duplicates => {
            let members = vec![ContactId::new("a"), ContactId::new("b")];
            let group = Arc::new(DuplicateGroup { members, score: 0.9, pairs: Vec::new() });
            let found = Duplicates { groups: vec![group], ..Duplicates::default() };
            vec![Event::Answer { ticket: *ticket, result: Ok(Answer::Duplicates(found)) }]
        }
        Request::LocationTasks { .. } => {
            let task = Task { contact: ContactId::new("c"), ..task(false) };
            vec![Event::Answer { ticket: *ticket, result: Ok(Answer::Tasks(vec![task])) }]
        }
        Request::Location => {
            let mut events = vec![Event::Location(Arc::new(location)), Event::Me(Some(UserId::new("u2")))];
            events.extend(reading(command, false, Vec::new()));
            events
        }
        _ => reading(command, false, Vec::new()),
    }
}

/// The ids in the order in which they are listed.
async fn listed(options: &str) -> String {
    let ran = run(&format!("contacts list {options}"), world).await;
    assert_eq!((ran.status, ran.err.is_empty()), (ExitStatus::Done, !ran.out.is_empty()), "{options}: {}", ran.err);
    ran.out.lines().filter_map(|line| line.rsplit('\t').next()).collect()
}

#[tokio::test]
async fn terms_mean_what_they_mean_on_the_screen() {
    for (options, expected) in [
        ("--filter owner:me", "b"),
        ("--filter owner:kim", "ca"),
        ("--filter -owner:kim", "b"),
        // In the location's zone the first was added the evening before.
        ("--filter added:today", "b"),
        ("--filter added:<7d", "cba"),
        ("--filter city:bern", "ca"),
        ("--filter no:phone", "cba"),
        ("--filter is:set-aside", ""),
        ("--filter due:today", "c"),
        ("--filter no:task", "ba"),
        ("--filter cf.insurance:delta", "a"),
        ("--filter is:duplicate", "ab"),
    ] {
        let found = listed(options).await;
        let sorted = |text: &str| {
            let mut chars: Vec<char> = text.chars().collect();
            chars.sort_unstable();
            chars
        };
        assert_eq!(sorted(&found), sorted(expected), "{options}");
    }
    let ran = run("contacts list --filter is:set-aside", |command| match command {
        Command::Ask { ticket, request: Request::Merges } => {
            let merged = record(1, plan("c", &["a"]), MergePhase::Merge, MergeProgress::Done);
            vec![Event::Answer { ticket: *ticket, result: Ok(Answer::Merges(vec![merged])) }]
        }
        other => world(other),
    })
    .await;
    assert_eq!(ran.out, "Zoe\t\t\t\t\ta\n");
}

#[tokio::test]
async fn an_order_is_kept_whatever_the_filter() {
    for (options, expected) in [
        ("--sort name", "cba"),
        ("--sort -name", "abc"),
        ("--sort added", "cab"),
        ("--sort owner,-name", "bac"),
        ("--sort city,added", "bca"),
        ("--sort -city,-added", "acb"),
        // Words rank where no order is asked for.
        ("--filter n --sort -name", "ac"),
        ("--filter b --sort -name", "abc"),
    ] {
        assert_eq!(listed(options).await, expected, "{options}");
    }
}

#[tokio::test]
async fn what_is_not_understood_is_wrong_usage_and_nothing_is_fetched() {
    for (filter, told) in [
        ("added:soon", "added:soon: write <7d, >30d, today, 2026-01, 2026-01..2026-02"),
        ("foo:bar", "foo:bar: unknown term"),
        ("has:em", "has:em: email, phone, tag"),
        ("tag:", "tag: a tag, or how it starts"),
        ("owner:nobody", "owner:nobody: no user has this name"),
        ("due:soonish", "due:soonish: write late, today"),
    ] {
        let ran = run(&format!("contacts list --filter {filter}"), world).await;
        assert_eq!((ran.status, ran.out.as_str()), (ExitStatus::Usage, ""), "{filter}");
        assert!(ran.err.contains(told), "{filter}: {}", ran.err);
        let synced = |command: &Command| matches!(command, Command::Ask { request: Request::Sync { .. }, .. });
        assert!(!ran.commands.iter().any(synced), "{filter}");
    }
}
