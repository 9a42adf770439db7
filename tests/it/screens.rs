//! The dashboard without a terminal or a worker: keys and events in, the painted screen out.

mod accounts;
mod agenda;
mod backlog;
mod browsing;
mod details;
mod drafts;
mod duplicates;
mod editing;
mod filling;
mod finding;
mod forms;
mod frame;
mod long_texts;
mod painting;
mod review;
mod running;
mod sizes;
mod stage;
mod syncing;
mod views;
