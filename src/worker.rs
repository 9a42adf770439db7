//! The only place where the store meets the API: takes commands, keeps the promises, tells events.
//!
//! Knows nothing of the terminal, of stdout or of configuration files.

mod agenda;
mod ask;
mod attempt;
mod change_hints;
mod coordinator;
mod custom_values;
mod details;
mod failure;
mod forget;
mod location_list;
mod merge;
mod names;
mod neighbours;
mod notice;
mod open_tasks;
mod options;
mod plan;
mod prefetch;
mod pull;
mod raw;
mod scan;
mod shared;
mod views;
mod write;

use crate::protocol::WorkerEnd;

pub use failure::{local_failure, words};
pub use options::{Clock, Pace, WorkerOptions};

/// Works until told to stop, or until the front end is gone.
pub async fn run(end: WorkerEnd, options: WorkerOptions) {
    coordinator::Coordinator::new(end, options).run().await;
}
