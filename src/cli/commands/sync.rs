//! `sync`: updates the local copy, once or on a schedule, and looks for duplicates.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::SyncArgs;
use crate::cli::fault::Fault;
use crate::domain::counted;
use crate::protocol::{Answer, Request};

use super::Invocation;
use super::duplicates;
use super::read::unexpected;
use super::views;

#[derive(Serialize)]
struct SyncLine {
    synced: Timestamp,
    contacts: u64,
}

pub(super) async fn run(command: &SyncArgs, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let mut full = command.full;
    let mut told: Option<Fault> = None;
    loop {
        let done = round(command, full, &mut context).await;
        let Some(pause) = command.every else { return done };
        match done {
            Ok(_) => (full, told) = (false, None),
            // The next sync may work. What fails in the same way every time is said once.
            Err(fault) if fault.passes => {
                if told.as_ref() != Some(&fault) {
                    context.output.fault(&fault);
                }
                told = Some(fault);
            }
            Err(fault) => return Err(fault),
        }
        if context.output.closed() {
            return Ok(ExitStatus::Done);
        }
        context.session.rest(pause, context.output).await?;
    }
}

async fn round(command: &SyncArgs, full: bool, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let Answer::Synced { at, contacts } = context.ask(Request::Sync { full }).await? else {
        return Err(unexpected());
    };
    if context.output.json {
        context.output.object(&SyncLine { synced: at, contacts })?;
    } else {
        context.output.line(&format!("{}, up to date", counted(contacts, "contact")))?;
    }
    let tagged = views::apply_all(context).await?;
    if !command.find_duplicates && command.merge_rule.is_none() {
        return Ok(tagged);
    }
    let groups = duplicates::groups(context).await?;
    if command.find_duplicates && context.output.json {
        duplicates::print(&groups, context).await?;
    } else if command.find_duplicates {
        context.output.line(&duplicates::summary(&groups))?;
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
