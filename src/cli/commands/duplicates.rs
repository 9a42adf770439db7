//! `duplicates`: finds contacts that may be the same person, and merges them.

mod bulk;
mod decisions;
mod find;
mod follow;
mod groups;
mod journal;
mod merge;
mod picks;
mod preview;

use crate::cli::ExitStatus;
use crate::cli::args::DuplicatesCommand;
use crate::cli::fault::Fault;

use super::Invocation;

pub(super) use bulk::without_asking;
pub(super) use find::files;
pub(super) use follow::{fault, records};
pub(super) use groups::{groups, print, summary};

pub(super) async fn run(command: DuplicatesCommand, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let context = &mut context;
    match command {
        DuplicatesCommand::Find(command) => find::local(&command, context).await,
        DuplicatesCommand::List(source) => groups::list(source, context).await,
        DuplicatesCommand::Merge(command) if command.rule.is_some() => bulk::run(&command, context).await,
        DuplicatesCommand::Merge(command) => merge::run(&command, context).await,
        DuplicatesCommand::Merges => journal::list(context).await,
        DuplicatesCommand::Undo(command) => journal::undo(&command, context).await,
        DuplicatesCommand::Resume(command) => journal::resume(&command, context).await,
        DuplicatesCommand::Purge(command) => journal::purge(&command, context).await,
        DuplicatesCommand::Dismiss(pairs) => decisions::dismiss(&pairs.ids, context).await,
        DuplicatesCommand::Decisions => decisions::list(context).await,
        DuplicatesCommand::Reopen(pairs) => decisions::reopen(&pairs.ids, context).await,
    }
}
