//! `sync`: the local copy brought up to date, once or for good, and what it shows of duplicates.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::Sync;
use crate::cli::fault::Fault;
use crate::protocol::{Answer, Request};

use super::Context;
use super::duplicates;
use super::read::unexpected;
use super::views;

#[derive(Serialize)]
struct SyncLine {
    synced: Timestamp,
    contacts: u64,
}

pub(super) async fn run(command: &Sync, mut context: Context<'_, '_>) -> Result<ExitStatus, Fault> {
    let mut full = command.full;
    loop {
        let done = round(command, full, &mut context).await;
        let Some(pause) = command.every else { return done };
        match done {
            Ok(_) => full = false,
            // The next round may find the server in a better mood.
            Err(fault) if passes(fault.status) => context.output.fault(&fault),
            Err(fault) => return Err(fault),
        }
        if context.output.closed() {
            return Ok(ExitStatus::Done);
        }
        context.session.rest(pause, context.output).await?;
    }
}

/// Whether trying again later may help.
fn passes(status: ExitStatus) -> bool {
    match status {
        ExitStatus::Network | ExitStatus::Rejected | ExitStatus::NotFound => true,
        ExitStatus::Done | ExitStatus::Access | ExitStatus::Failed | ExitStatus::Usage | ExitStatus::Interrupted => {
            false
        }
    }
}

async fn round(command: &Sync, full: bool, context: &mut Context<'_, '_>) -> Result<ExitStatus, Fault> {
    let Answer::Synced { at, contacts } = context.ask(Request::Sync { full }).await? else {
        return Err(unexpected());
    };
    if context.output.json {
        context.output.object(&SyncLine { synced: at, contacts })?;
    } else {
        context.output.line(&format!("{contacts} contacts, up to date"))?;
    }
    let tagged = views::apply_all(context).await?;
    if !command.find_duplicates && command.merge_rule.is_none() {
        return Ok(tagged);
    }
    let groups = duplicates::groups(context).await?;
    if command.find_duplicates && context.output.json {
        duplicates::print(&groups, context).await?;
    } else if command.find_duplicates {
        context.output.line(&duplicates::counted(&groups))?;
    }
    match command.merge_rule {
        Some(rule) => {
            let mut status = duplicates::without_asking(rule, &groups, context).await?;
            status.worsen(tagged);
            Ok(status)
        }
        None => Ok(tagged),
    }
}
