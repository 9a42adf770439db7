//! `duplicates`: who is there twice, and making one of them.

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
use crate::cli::args::Duplicates;
use crate::cli::fault::Fault;

use super::Context;

pub(super) use bulk::without_asking;
pub(super) use find::files;
pub(super) use groups::{counted, groups, print};

pub(super) async fn run(command: Duplicates, mut context: Context<'_, '_>) -> Result<ExitStatus, Fault> {
    let context = &mut context;
    match command {
        Duplicates::Find(command) => find::local(&command, context).await,
        Duplicates::List(source) => groups::list(source, context).await,
        Duplicates::Merge(command) if command.rule.is_some() => bulk::run(&command, context).await,
        Duplicates::Merge(command) => merge::run(&command, context).await,
        Duplicates::Merges => journal::list(context).await,
        Duplicates::Undo(command) => journal::undo(&command, context).await,
        Duplicates::Resume(command) => journal::resume(&command, context).await,
        Duplicates::Purge(command) => journal::purge(&command, context).await,
        Duplicates::Dismiss(pairs) => decisions::dismiss(&pairs.ids, context).await,
        Duplicates::Decisions => decisions::list(context).await,
        Duplicates::Reopen(pairs) => decisions::reopen(&pairs.ids, context).await,
    }
}
