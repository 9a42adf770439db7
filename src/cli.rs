//! The headless commands: arguments in, lines for people or NDJSON out, an exit status that scripts rely on.
//!
//! Speaks to the worker in [`crate::protocol`] words only, and writes only where it is told to. Must not know
//! where data lies, how it travels, or that a terminal exists beyond its width.

pub mod args;
mod commands;
mod exit;
mod fault;
mod json;
mod line;
mod operations;
mod output;
mod records;
pub mod report;
mod session;
mod table;

pub use commands::{Surroundings, compare_files, run};
pub use exit::ExitStatus;
pub use operations::{OperationRow, print_operations};
