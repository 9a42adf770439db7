//! ghl-tui: a terminal dashboard for the contacts of a HighLevel sub-account.
//!
//! The house, bottom to top; `tests/it/architecture.rs` holds who may name whom.
//!
//! | module | what it owns |
//! |---|---|
//! | [`domain`] | contacts, tasks, notes, appointments, edits and how edits fold over confirmed data |
//! | [`text`] | hostile text made safe, HTML to styled spans, cutting by grapheme and cell |
//! | [`normalise`] | standard values: names, phones, e-mails, dates, addresses, companies, countries |
//! | [`dedupe`] | which contacts are one person, and why: records in, groups out |
//! | [`query`] | compact rows, the filter, the staged fuzzy matcher |
//! | [`protocol`] | the only words between the dashboard or a command and the worker |
//! | [`config`] | keymap, theme, paths |
//! | [`observe`] | the log file: no bodies, no secrets |
//! | [`http`] | the one HTTP client |
//! | [`auth`] | tokens and who may do what |
//! | [`api`] | typed endpoints, errors, retries, limits |
//! | [`store`] | the ledger that is never lost and the cache that can be rebuilt |
//! | [`worker`] | the only place where store meets api |
//! | [`sandbox`] | a server that speaks the same API, for the demo and the tests |
//! | [`ui`] | the dashboard: pure update and view |
//! | [`cli`] | the headless commands |
//! | [`app`] | the composition root |

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
