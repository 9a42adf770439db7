//! `sync`: updates the local copy, once or on a schedule, and looks for duplicates.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::SyncArgs;
use crate::cli::fault::Fault;
use crate::domain::{Pending, Progress, counted};
use crate::protocol::{Answer, EditEvent, Request};

use super::Invocation;
use super::duplicates;
use super::outbox;
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
        let Some(pause) = command.every else {
            let (mut status, unsent) = (done?, unsent(command.wait, &mut context).await?);
            status.worsen(unsent);
            return Ok(status);
        };
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

/// Waits for the queued edits as long as they move: until none has been sent for so long, or none will be. Counts what
/// still waits.
async fn unsent(wait: Duration, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let patience = context.now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    let in_vain = |pending: &Pending| matches!(&pending.progress, Progress::Waiting { until, .. } if *until > patience);
    let mut waiting = outbox::pending(context).await?;
    waiting.retain(|pending| pending.progress.is_live());
    let mut blocked = None;
    while blocked.is_none() && !context.session.offline() && !waiting.iter().all(in_vain) {
        match tokio::time::timeout(wait, moved(&mut waiting, context)).await {
            Ok(moved) => blocked = moved?,
            Err(_elapsed) => break,
        }
    }
    if waiting.is_empty() {
        return Ok(ExitStatus::Done);
    }
    let (status, first) = match &blocked {
        Some(_) => (ExitStatus::Access, "sign in again; "),
        None => (ExitStatus::Network, ""),
    };
    let reason = waiting.iter().find_map(|pending| match &pending.progress {
        Progress::Waiting { why, .. } => Some(why.clone()),
        _ => None,
    });
    let reason = blocked.or(reason).unwrap_or_else(|| "no answer yet".to_owned());
    let (are, they) = if waiting.len() == 1 { ("waits", "it goes") } else { ("wait", "they go") };
    let why = format!("{} still {are}: {reason}", counted(waiting.len(), "edit"));
    let next = format!("{first}{they} with the next ghl-tui command or dashboard; ghl-tui outbox list shows more");
    context.output.fault(&Fault::new(status, "send the queued edits", why, &next));
    Ok(status)
}

/// Follows the edits until one has left the outbox or has to wait; the reason where none can be sent: the token is not
/// accepted.
async fn moved(waiting: &mut Vec<Pending>, context: &mut Invocation<'_, '_>) -> Result<Option<String>, Fault> {
    loop {
        match context.session.edit_news(context.output).await? {
            EditEvent::Settled { id, .. } => waiting.retain(|pending| pending.id != Some(id)),
            EditEvent::Discarded(ids) | EditEvent::Withdrawn(ids) => {
                waiting.retain(|pending| pending.id.is_none_or(|id| !ids.contains(&id)));
            }
            EditEvent::Waiting { why, signed_out: true, .. } => return Ok(Some(why)),
            EditEvent::Waiting { id, until, why, signed_out: false } => {
                if let Some(pending) = waiting.iter_mut().find(|pending| pending.id == Some(id)) {
                    pending.progress = Progress::Waiting { until, why };
                }
            }
            _ => continue,
        }
        return Ok(None);
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
