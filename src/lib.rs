//! ghl-tui: a terminal dashboard for the contacts of a HighLevel sub-account.
//!
//! This page is the map of the code. Each module's own page says what it owns and what it must not know.
//!
//! ```text
//!                      app                         builds the parts and connects them
//!            ┌──────────┼─────────┐
//!           ui         cli     sandbox             what people and programs see; the server for demo and tests
//!            └────┬─────┘         ╎ HTTP only
//!              protocol ◄────── worker             commands down, events up
//!                            ┌────┴────┐
//!                          store      api          the local files; the server
//!                                      │
//!                                    auth ──► http
//!
//!   dedupe   query                                 pure rules over contacts
//!   normalise  text  config  observe               values, safe text, settings, the log
//!   domain                                         the nouns; names nothing of ours
//! ```
//!
//! An arrow is a right to name: every module may name those below it in the picture that it needs, never one above.
//! `tests/it/architecture/modules.rs` has the exact table, and fails on a forbidden name and on an unused right.
//!
//! | module | what it owns |
//! |---|---|
//! | [`domain`] | contacts, tasks, notes, appointments; edits, and how pending edits apply to confirmed data |
//! | [`text`] | safe text for the terminal: cleaning, HTML to styled spans, width, wrapping |
//! | [`normalise`] | standard values: names, phones, e-mails, dates, addresses, companies, countries |
//! | [`dedupe`] | which contacts are the same person, and why: records in, groups out |
//! | [`query`] | the compact rows of all contacts, the filter, sorting, the fuzzy matcher |
//! | [`protocol`] | the messages between the dashboard or a command and the worker |
//! | [`config`] | keys, colours, folders, the configuration file, saved views |
//! | [`observe`] | the log file and crash reports: no bodies, no secrets |
//! | [`http`] | the one HTTP client |
//! | [`auth`] | tokens: getting, renewing and storing them |
//! | [`api`] | typed endpoints, classified errors, the rate limit |
//! | [`store`] | the ledger, which is never lost, and the cache, which can be rebuilt |
//! | [`worker`] | the only place where store meets API: sync, the outbox, merges |
//! | [`sandbox`] | a server that speaks the same API, for the demo and the tests |
//! | [`ui`] | the dashboard: pure update and view |
//! | [`cli`] | the headless commands |
//! | [`app`] | the composition root: the terminal, the main loop, sign-in |
//!
//! # The way of an edit
//!
//! A key becomes an [`Action`](config::Action); [`ui::update()`] shows the [`Edit`](domain::Edit) at once, as pending,
//! and returns an [`Effect`](ui::Effect) that sends a [`Command`](protocol::Command). The [`worker`] writes the edit to
//! the outbox in the ledger and tells so (`⇅`), sends it through the [`api`], writes the result to the ledger and then
//! to the cache, and reports it as an [`Event`](protocol::Event). A rejected edit disappears from the overlay, and what
//! the screen shows is the confirmed data again. Commands of [`cli`] take the same way.
//!
//! # Before you change something
//!
//! `.github/CONTRIBUTING.md` shows how to run, test and extend the program.

pub mod api;
pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod dedupe;
pub mod domain;
pub mod http;
pub mod normalise;
pub mod observe;
pub mod protocol;
pub mod query;
pub mod sandbox;
pub mod store;
pub mod text;
pub mod ui;
pub mod worker;
