//! The headless commands: arguments in, text or NDJSON out, and an exit status that scripts rely on.
//!
//! Talks to the worker through [`crate::protocol`] alone and writes only to the streams it is given. Must not know
//! where data is stored, how it travels, or anything about the terminal except its width.

pub mod args;
mod commands;
mod completion;
mod exit;
mod fault;
mod json;
mod line;
mod operations;
mod output;
mod records;
mod reference;
pub mod report;
mod session;
mod table;

pub use commands::{CommandEnvironment, compare_files, run};
pub use completion::{COMPLETION_VARIABLE, CompletionSource, complete};
pub use exit::ExitStatus;
pub use operations::{OperationRow, print_operations};
pub use reference::print_reference;
