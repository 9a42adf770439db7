//! Which module may name which other, which crates belong to whom, and what is barred.

use std::collections::HashSet;

use crate::architecture::names::{Name, said};
use crate::architecture::source::house;

/// Module, and which of our other modules it may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("main", &["app"]),
    (
        "app",
        &[
            "domain", "text", "query", "protocol", "config", "observe", "http", "store", "auth", "api", "worker",
            "sandbox", "ui", "cli",
        ],
    ),
    ("ui", &["domain", "text", "normalise", "query", "dedupe", "protocol", "config"]),
    ("cli", &["domain", "text", "normalise", "query", "dedupe", "protocol", "config"]),
    ("worker", &["domain", "text", "query", "dedupe", "protocol", "store", "api"]),
    ("store", &["domain", "query"]),
    ("api", &["domain", "auth", "http"]),
    ("auth", &["domain", "config", "http"]),
    ("protocol", &["domain", "text", "query", "dedupe"]),
    ("dedupe", &["domain", "normalise"]),
    ("query", &["domain", "text"]),
    ("text", &[]),
    ("normalise", &[]),
    ("observe", &[]),
    ("config", &["domain"]),
    ("domain", &[]),
    ("http", &[]),
    ("sandbox", &[]),
];

/// What belongs to some modules only. `*` at the end of a path in the source counts for all it may bring.
const ONLY_IN: &[(&str, &[&str])] = &[
    // The sandbox, and what the browser and webhooks come back to.
    ("axum", &["sandbox", "app"]),
    ("tower_http", &["sandbox"]),
    ("crossterm", &["app"]),
    ("ratatui::crossterm", &["app"]),
    ("ratatui", &["ui", "app", "config"]),
    ("tui_textarea", &["ui"]),
    ("rusqlite", &["store"]),
    // The sandbox sends webhooks, and may name nothing of ours, so not `http` either.
    ("reqwest", &["http", "api", "auth", "sandbox"]),
    ("ring::signature", &["sandbox", "api"]),
    ("clap", &["cli", "app"]),
    ("tokio", &["protocol", "http", "auth", "api", "store", "worker", "sandbox", "cli", "app"]),
    ("jiff::Timestamp::now", CLOCKED),
    ("jiff::Zoned::now", CLOCKED),
    ("std::time::SystemTime::now", CLOCKED),
    ("std::time::Instant::now", CLOCKED),
    ("tokio::time::Instant::now", CLOCKED),
];

/// Who may ask what time it is; all others are told.
const CLOCKED: &[&str] = &["app", "observe", "worker", "sandbox", "http", "api"];

/// What a module must not use beyond that.
const BARRED: &[(&str, &[&str])] = &[
    ("domain", &["std::fs", "std::net", "std::thread", "std::time", "std::env", "tracing"]),
    ("text", &["std::fs", "std::net", "std::time", "std::env", "fastrand"]),
    ("normalise", &["std::fs", "std::net", "std::time", "std::env", "fastrand"]),
    ("query", &["std::fs", "std::net", "std::time", "std::env", "fastrand"]),
    ("dedupe", &["std::fs", "std::net", "std::time", "std::env", "fastrand"]),
    (
        "ui",
        &[
            "std::fs",
            "std::net",
            "std::thread",
            "std::process",
            "std::time::Instant",
            "std::time::SystemTime",
            "jiff::tz::TimeZone::system",
        ],
    ),
    ("cli", &["std::net", "std::thread", "std::env", "std::process::Command"]),
    ("api", &["std::fs"]),
    // A theme is made of colours and styles, nothing that is drawn.
    (
        "config",
        &[
            "ratatui::widgets",
            "ratatui::layout",
            "ratatui::text",
            "ratatui::buffer",
            "ratatui::Frame",
            "ratatui::Terminal",
        ],
    ),
    ("sandbox", &["std::fs"]),
];

#[test]
fn every_file_keeps_to_the_table() {
    let mut wrong = Vec::new();
    for file in house().iter().filter(|file| !file.for_tests) {
        if let Some(top) = file.module.first() {
            let found = file.said.names.iter().flat_map(|name| violations(top, name));
            wrong.extend(found.map(|why| format!("src/{}:{why}", file.path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_right_is_used() {
    let unused: Vec<String> = MAY_NAME.iter().flat_map(|(top, rights)| unused(top, rights)).collect();
    assert!(unused.is_empty(), "rights in MAY_NAME that nobody uses, to be taken away:\n{}", unused.join("\n"));
}

/// The rights of a module that none of its files uses.
fn unused(top: &str, rights: &[&str]) -> Vec<String> {
    let files = || house().iter().filter(|file| !file.for_tests && file.module.first().is_some_and(|own| own == top));
    let named: HashSet<&str> = files()
        .flat_map(|file| &file.said.names)
        .filter(|name| name.segments[0] == "crate")
        .filter_map(|name| name.segments.get(1).map(String::as_str))
        .collect();
    rights.iter().filter(|right| !named.contains(*right)).map(|right| format!("{top} may name {right}")).collect()
}

#[test]
fn an_unused_right_is_found() {
    assert_eq!(unused("domain", &["sandbox"]), ["domain may name sandbox"]);
    assert_eq!(unused("ui", &["domain"]), Vec::<String>::new());
}

/// What is wrong with a module's naming this.
fn violations(top: &str, name: &Name) -> Vec<String> {
    let Name { segments, line } = name;
    let written = segments.join("::");
    let Some((_top, allowed)) = MAY_NAME.iter().find(|(module, _allowed)| *module == top) else {
        return vec![format!("{line}: the module {top} is not in the table of this test")];
    };
    let mut wrong = Vec::new();
    if segments[0] == "crate" {
        match segments.get(1).map(String::as_str) {
            None => {}
            Some(other) if other == top || allowed.contains(&other) => {}
            // A name of another crate's root item would not compile: the root holds modules only.
            Some(other) => wrong.push(format!("{line}: {top} may not name {other} ({written})")),
        }
    }
    for (path, modules) in ONLY_IN {
        if names(segments, path) && !modules.contains(&top) {
            wrong.push(format!("{line}: {path} belongs to {} only ({written})", modules.join(", ")));
        }
    }
    for (module, paths) in BARRED {
        for path in paths.iter().filter(|path| *module == top && names(segments, path)) {
            wrong.push(format!("{line}: {top} may not use {path} ({written})"));
        }
    }
    wrong
}

/// Whether `segments` is `path`, lies below it, or brings it in with a `*`.
fn names(segments: &[String], path: &str) -> bool {
    let path: Vec<&str> = path.split("::").collect();
    match segments.split_last() {
        // `use std::*` brings `std::fs`; but `use tokio::time::*` is no call of `Instant::now`.
        Some((last, before)) if last == "*" && before.len() < path.len() => {
            !before.is_empty() && path.len() - before.len() == 1 && before.iter().zip(&path).all(|(a, b)| a == b)
        }
        _ => segments.len() >= path.len() && segments.iter().zip(&path).all(|(a, b)| a == b),
    }
}

/// Violations in a source text that stands at `module`.
fn found(module: &[&str], source: &str) -> Vec<String> {
    let said = said(source, module).expect("the test's source is Rust");
    said.names.iter().flat_map(|name| violations(module[0], name)).collect()
}

#[test]
fn seeded_violations_are_found() {
    for (module, source, why) in [
        (&["ui", "view"][..], "use crate::store::Ledger;", "ui may not name store"),
        (&["ui", "view"], "use crate::{domain::Task, store};", "ui may not name store"),
        (&["ui", "view"], "use crate::{domain, api::{self as network, Call}};", "ui may not name api"),
        (&["ui", "view"], "use super::super::store;", "ui may not name store"),
        (&["ui"], "use super::store as domain;", "ui may not name store"),
        (&["ui"], "use self::super::store::Ledger;", "ui may not name store"),
        (&["ui"], "use ghl_tui::worker::run;", "ui may not name worker"),
        (&["ui"], "use crate::*;", "ui may not name *"),
        (&["ui"], "mod inner { fn f() { super::super::worker::run(); } }", "ui may not name worker"),
        (&["ui"], "fn f() -> crate::api::Call { todo() }", "ui may not name api"),
        (&["ui"], "fn f() { let x = Vec::<crate::api::Call>::new(); }", "ui may not name api"),
        (&["ui"], "fn f(x: &dyn crate::http::Get) {}", "ui may not name http"),
        (&["ui"], "fn f() { println!(\"{}\", crate::store::path()); }", "ui may not name store"),
        (&["ui"], "macro_rules! m { () => { $crate::store::path() } }", "ui may not name store"),
        (&["ui"], "m! { use crate::{domain, store}; }", "ui may not name store"),
        (&["ui"], "#[derive(crate::sandbox::Model)] struct X;", "ui may not name sandbox"),
        (&["ui"], "pub use crate::cli::run;", "ui may not name cli"),
        (&["ui"], "#[cfg(not(test))] use crate::store;", "ui may not name store"),
        (&["domain", "task"], "use crate::text::clean;", "domain may not name text"),
        (&["domain"], "use tokio::sync::mpsc;", "tokio belongs to"),
        (&["sandbox"], "use crate::domain::Task;", "sandbox may not name domain"),
        (&["store"], "use crate::protocol::Event;", "store may not name protocol"),
        (&["protocol"], "pub struct X(ratatui::text::Line<'static>);", "ratatui belongs to"),
        (&["ui"], "use ratatui::crossterm::event::KeyEvent;", "ratatui::crossterm belongs to app"),
        (&["ui"], "use std::{fmt, fs};", "ui may not use std::fs"),
        (&["ui"], "use std::*;", "ui may not use std::fs"),
        (&["ui"], "fn f() { std::thread::spawn(g); }", "ui may not use std::thread"),
        (&["ui"], "use std::time::{Duration, Instant};", "ui may not use std::time::Instant"),
        (&["ui"], "use std::time::*;", "ui may not use std::time::Instant"),
        (&["ui"], "use jiff::Timestamp; fn f() { Timestamp::now(); }", "jiff::Timestamp::now belongs to"),
        (&["ui"], "use jiff::Timestamp as T; fn f() { T::now(); }", "jiff::Timestamp::now belongs to"),
        (
            &["cli"],
            "use std::time as t; use t::Instant as I; fn f() { I::now(); }",
            "std::time::Instant::now belongs to",
        ),
        (
            &["cli"],
            "use tokio::time; fn f() { assert!(g(time::Instant::now())); }",
            "tokio::time::Instant::now belongs",
        ),
        (&["cli"], "fn f() { jiff::Timestamp::now(); }", "jiff::Timestamp::now belongs to"),
        (&["config", "theme"], "use ratatui::widgets::Block;", "config may not use ratatui::widgets"),
        (&["worker"], "use rusqlite::Connection;", "rusqlite belongs to store"),
        (&["worker"], "use reqwest::StatusCode;", "reqwest belongs to http"),
        (&["utils"], "use std::fmt;", "the module utils is not in the table"),
    ] {
        let found = found(module, source);
        assert!(found.iter().any(|wrong| wrong.contains(why)), "{source}\nfound {found:?}, not {why}");
    }
}

#[test]
fn what_is_allowed_is_not_found_fault_with() {
    for (module, source) in [
        (&["ui", "view"][..], "use super::model::Model; use crate::{domain::Task, ui::widget, protocol};"),
        (&["ui"], "use std::time::Duration; fn f(now: jiff::Timestamp) { now.to_string(); }"),
        (&["ui"], "#[cfg(test)] mod tests { use crate::store::Ledger; use tokio::time::Instant; }"),
        (&["ui"], "#[cfg(test)] use crate::store::Ledger;"),
        (&["ui"], "/// See [`crate::store::Ledger`].\nfn f() {}"),
        (&["ui"], "mod store { pub fn f() {} } fn g() { store::f(); self::store::f(); }"),
        (&["ui"], "mod inner { use super::store::X; } mod store { pub struct X; }"),
        (&["store"], "use rusqlite::Connection; use crate::domain::Edit;"),
        (&["api", "limit"], "use tokio::time::Instant; fn f() { Instant::now(); }"),
        (&["cli"], "use tokio::time::*;"),
        (&["app"], "use crate::{ui, cli, sandbox}; use crossterm::event::read;"),
        (&["main"], "fn main() { ghl_tui::app::run(); }"),
    ] {
        assert_eq!(found(module, source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn the_table_has_no_cycle() {
    // Names of modules whose own names all stand lower, until none is left.
    let mut low: HashSet<&str> = HashSet::new();
    while let Some((module, _allowed)) = MAY_NAME
        .iter()
        .find(|(module, allowed)| !low.contains(module) && allowed.iter().all(|below| low.contains(below)))
    {
        low.insert(module);
    }
    assert_eq!(low.len(), MAY_NAME.len(), "a cycle among all but {low:?}");
}
