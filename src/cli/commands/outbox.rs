//! `outbox list`, `outbox retry`, `outbox discard`, `outbox undo`.

use std::time::Duration;

use crate::cli::ExitStatus;
use crate::cli::args::{OutboxCommand, OutboxName, WriteOptions};
use crate::cli::fault::Fault;
use crate::cli::json::{DamagedLine, EditLine, OutboxLine, progress};
use crate::cli::line::one_line;
use crate::cli::table::TextTable;
use crate::domain::{DamagedEdit, EditId, GroupId, Pending, Progress, age, counted};
use crate::protocol::{Answer, Command, EditEvent, Refused, Request};

use super::Invocation;
use super::plan;
use super::read::unexpected;
use super::write::{self, Promises};

/// Discarding an edit takes the worker one transaction.
const TRANSACTION: Duration = Duration::from_secs(5);

pub(super) async fn run(command: OutboxCommand, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    match command {
        OutboxCommand::List => list(context).await,
        OutboxCommand::Retry { id, writing } => retry(id, &writing, &mut context).await,
        OutboxCommand::Discard { id, yes } => discard(id, yes, &mut context).await,
        OutboxCommand::Undo { group, writing } => undo(group, &writing, &mut context).await,
    }
}

async fn list(mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let pending = pending(&mut context).await?;
    let damaged = damaged(&mut context).await?;
    context.output.empty(pending.is_empty() && damaged.is_empty(), "nothing waiting; all edits are saved");
    if context.output.json {
        for pending in &pending {
            context.output.object(&OutboxLine::from(pending))?;
        }
        for damaged in &damaged {
            context.output.object(&DamagedLine::from(damaged))?;
        }
        return Ok(ExitStatus::Done);
    }
    let mut table = TextTable::new(&["STATE", "AGE", "WHAT", "CONTACT", "WHY", "EDIT"]);
    for pending in &pending {
        let why = match &pending.progress {
            Progress::Waiting { why, .. } | Progress::Failed { why } => why.as_str(),
            Progress::Clash(_) => "conflict: someone else changed the same field",
            Progress::Saving | Progress::Queued | Progress::Sending => "",
        };
        table.row([
            progress(&pending.progress),
            &age(pending.made_at, context.now),
            &pending.edit.intent(),
            pending.edit.contact.as_str(),
            why,
            &pending.id.map(|id| id.to_string()).unwrap_or_default(),
        ]);
    }
    for DamagedEdit { row, id, words } in &damaged {
        let name = id.map_or_else(|| row.to_string(), |id| id.to_string());
        table.row(["damaged", "", words, "", "its stored form has changed: it is not sent", &name]);
    }
    table.print(context.output)?;
    Ok(ExitStatus::Done)
}

async fn retry(id: EditId, writing: &WriteOptions, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let pending = find(id, "retry", context).await?;
    if writing.dry_run {
        return plan::print(vec![pending.edit], context).await;
    }
    let access = context.session.access();
    if let Some(why) = access.refusal(pending.edit.scope()) {
        return Err(Fault::refused(&pending.edit.intent(), Refused::ReadOnly(access, why)));
    }
    context.session.send(Command::Retry(vec![id])).await?;
    let mut promises = Promises::default();
    promises.join(id, pending.edit, context.output);
    promises.settle(writing.patience.wait, context).await
}

async fn discard(named: OutboxName, yes: bool, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let is_meant = |damaged: &DamagedEdit| match named {
        OutboxName::Edit(id) => damaged.id == Some(id),
        OutboxName::Row(row) => damaged.row == row,
    };
    match (damaged(context).await?.into_iter().find(is_meant), named) {
        (Some(damaged), _) => drop_damaged(&damaged, yes, context).await,
        (None, OutboxName::Edit(id)) => discard_edit(id, context).await,
        (None, OutboxName::Row(row)) => {
            let (what, why) = (format!("discard {row}"), "no damaged edit is in this row");
            Err(Fault::new(ExitStatus::NotFound, &what, why, "see ghl-tui outbox list"))
        }
    }
}

/// Deletes an edit that nothing can send: it is shown first, because nothing brings it back.
async fn drop_damaged(damaged: &DamagedEdit, yes: bool, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let DamagedEdit { row, id, words } = damaged;
    if !write::agreed(yes, &format!("drop the damaged edit {row}: {words}"), context)? {
        return Ok(ExitStatus::Failed);
    }
    let Answer::Dropped = context.ask(Request::DropDamaged(*row)).await? else { return Err(unexpected()) };
    let line = EditLine { edit: *id, state: "discarded", id: None };
    write::print(&line, &format!("Dropped the damaged edit {row}: {words}"), context.output)?;
    Ok(ExitStatus::Done)
}

async fn discard_edit(id: EditId, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let entry = find(id, "discard", context).await?;
    context.session.send(Command::Discard(vec![id])).await?;
    let heard = async {
        loop {
            match context.session.edit_news(context.output).await? {
                EditEvent::Discarded(of) | EditEvent::Withdrawn(of) if of.contains(&id) => return Ok::<_, Fault>(()),
                _ => {}
            }
        }
    };
    if let Ok(heard) = tokio::time::timeout(TRANSACTION, heard).await {
        heard?;
    } else if pending(context).await?.iter().any(|pending| pending.id == Some(id)) {
        let why = "its request may be running";
        let next = "wait until it settles; ghl-tui outbox list shows its state";
        return Err(Fault::new(ExitStatus::Failed, &format!("discard {id}"), why, next));
    }
    let line = EditLine { edit: Some(id), state: "discarded", id: None };
    write::print(&line, &format!("Discarded: {}", entry.edit.intent()), context.output)?;
    Ok(ExitStatus::Done)
}

/// Undoes the edits of one command.
async fn undo(
    group: Option<GroupId>,
    writing: &WriteOptions,
    context: &mut Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    const WHAT: &str = "undo";
    if writing.dry_run {
        let planned = only!(context.ask(Request::Inverse(group)).await?, Planned);
        return plan::print(planned.edits, context).await;
    }
    let ticket = context.session.send_with_ticket(|ticket| Command::TakeBack { ticket, group }).await?;
    let mut promises = Promises::default();
    let mut rows = Vec::new();
    loop {
        match context.session.edit_news(context.output).await? {
            EditEvent::Queued { ticket: None, edits, .. } => rows.extend(edits),
            EditEvent::Refused { ticket: of, why } if of == ticket => return Err(Fault::refused(WHAT, why)),
            EditEvent::Reversed { ticket: of, label, withdrawn, queued, .. } if of == ticket => {
                context.output.note(&one_line(&format!("Undoing: {}", label.words)));
                if withdrawn > 0 {
                    context.output.note(&format!("withdrew {} before sending", counted(withdrawn, "edit")));
                }
                for (id, edit) in rows.into_iter().filter(|(id, _)| queued.contains(id)) {
                    promises.join(id, edit, context.output);
                }
                return promises.settle(writing.patience.wait, context).await;
            }
            _ => {}
        }
    }
}

pub(super) async fn pending(context: &mut Invocation<'_, '_>) -> Result<Vec<Pending>, Fault> {
    Ok(only!(context.ask(Request::Outbox).await?, Outbox))
}

/// The edits that are damaged.
pub(super) async fn damaged(context: &mut Invocation<'_, '_>) -> Result<Vec<DamagedEdit>, Fault> {
    Ok(only!(context.ask(Request::Damaged).await?, Damaged))
}

async fn find(id: EditId, verb: &str, context: &mut Invocation<'_, '_>) -> Result<Pending, Fault> {
    let found = pending(context).await?.into_iter().find(|pending| pending.id == Some(id));
    found.ok_or_else(|| {
        let next = "see ghl-tui outbox list; confirmed edits are no longer in it";
        Fault::new(ExitStatus::NotFound, &format!("{verb} {id}"), "no such edit in the outbox", next)
    })
}
