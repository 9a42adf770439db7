//! `sync`: updates the local copy, once or on a schedule, and looks for duplicates.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::SyncArgs;
use crate::cli::fault::Fault;
use crate::cli::output::Output;
use crate::cli::session::WorkNews;
use crate::domain::{DamagedEdit, MergeProgress, MergeRecord, Pending, Progress, counted};
use crate::protocol::{Answer, EditEvent, MergeEvent, Request};

use super::Invocation;
use super::duplicates;
use super::outbox;
use super::read::unexpected;
use super::views;
use super::write;

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
            let (mut status, rest) = (done?, unfinished(command.wait, &mut context).await?);
            status.worsen(rest);
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

/// Waits for the queued edits and the merges under way as long as they move: until none has got on for so long, or none
/// will. Names what the server refuses meanwhile, and counts what still waits.
async fn unfinished(wait: Duration, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let mut work = UnfinishedWork { edits: outbox::pending(context).await?, ..UnfinishedWork::default() };
    work.edits.retain(|pending| pending.progress.is_live());
    work.merges = duplicates::records(context).await?;
    work.merges.retain(|record| record.progress.is_live());
    // What ended while the contacts were fetched.
    while let Some(news) = context.session.old_news() {
        work.hear(news, context.output);
    }
    while work.blocked.is_none() && !context.session.offline() && work.may_move(context.in_a(wait)) {
        match tokio::time::timeout(wait, work.moved(context)).await {
            Ok(moved) => moved?,
            Err(_elapsed) => break,
        }
    }
    let mut status = work.status;
    if let Some(fault) = work.still_waits() {
        context.output.fault(&fault);
        status.worsen(fault.status);
    }
    let damaged = outbox::damaged(context).await?;
    if let Some(fault) = unsendable(&damaged) {
        context.output.fault(&fault);
        status.worsen(fault.status);
    }
    Ok(status)
}

/// Edits and merges that are not finished.
#[derive(Default)]
struct UnfinishedWork {
    edits: Vec<Pending>,
    merges: Vec<MergeRecord>,
    /// Why none can be sent: the token is not accepted.
    blocked: Option<String>,
    /// The worst of what has ended.
    status: ExitStatus,
}

impl UnfinishedWork {
    /// Whether anything may get on by then.
    fn may_move(&self, patience: Timestamp) -> bool {
        let edit = |pending: &Pending| match &pending.progress {
            Progress::Waiting { until, .. } => *until <= patience,
            _ => true,
        };
        let merge = |record: &MergeRecord| match &record.progress {
            MergeProgress::Waiting { until, .. } => *until <= patience,
            _ => true,
        };
        self.edits.iter().any(edit) || self.merges.iter().any(merge)
    }

    /// Follows the news until something has got on, or has to wait.
    async fn moved(&mut self, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
        loop {
            let news = context.session.any_news(context.output).await?;
            if self.hear(news, context.output) {
                return Ok(());
            }
        }
    }

    /// Takes in what happened; whether it changed anything here.
    fn hear(&mut self, news: WorkNews, output: &mut Output<'_>) -> bool {
        match news {
            WorkNews::Edit(EditEvent::Settled { id, edit, outcome }) => {
                self.edits.retain(|pending| pending.id != Some(id));
                self.ended_badly(write::refusal(id, &edit, outcome), output);
            }
            WorkNews::Edit(EditEvent::Discarded(ids) | EditEvent::Withdrawn(ids)) => {
                self.edits.retain(|pending| pending.id.is_none_or(|id| !ids.contains(&id)));
            }
            WorkNews::Edit(EditEvent::Waiting { why, signed_out: true, .. }) => self.blocked = Some(why),
            WorkNews::Edit(EditEvent::Waiting { id, until, why, signed_out: false }) => {
                if let Some(pending) = self.edits.iter_mut().find(|pending| pending.id == Some(id)) {
                    pending.progress = Progress::Waiting { until, why };
                }
            }
            WorkNews::Merge(MergeEvent::Changed(record)) => self.merge_changed(record, output),
            WorkNews::Edit(_) | WorkNews::Merge(_) => return false,
        }
        true
    }

    fn merge_changed(&mut self, record: MergeRecord, output: &mut Output<'_>) {
        let at = self.merges.iter().position(|known| known.id == record.id);
        let is_stopped = matches!(record.progress, MergeProgress::Stopped(_) | MergeProgress::Refused(_));
        match at {
            Some(at) if record.progress.is_live() => self.merges[at] = record,
            Some(at) => {
                self.merges.remove(at);
                self.ended_badly(duplicates::fault(&record, None), output);
            }
            // It stopped while the contacts were fetched.
            None if is_stopped => self.ended_badly(duplicates::fault(&record, None), output),
            None => {}
        }
    }

    fn ended_badly(&mut self, fault: Option<Fault>, output: &mut Output<'_>) {
        if let Some(fault) = fault {
            output.fault(&fault);
            self.status.worsen(fault.status);
        }
    }

    /// How much still waits, and why.
    fn still_waits(&self) -> Option<Fault> {
        let (edits, merges) = (self.edits.len(), self.merges.len());
        let (what, see) = match (edits, merges) {
            (0, 0) => return None,
            (0, _) => ("finish the merges", "ghl-tui duplicates merges shows more"),
            (_, 0) => ("send the queued edits", "ghl-tui outbox list shows more"),
            (_, _) => ("send the queued edits", "ghl-tui outbox list and ghl-tui duplicates merges show more"),
        };
        let (status, first) = match &self.blocked {
            Some(_) => (ExitStatus::Access, "sign in again; "),
            None => (ExitStatus::Network, ""),
        };
        let edit = self.edits.iter().find_map(|pending| match &pending.progress {
            Progress::Waiting { why, .. } => Some(why),
            _ => None,
        });
        let merge = self.merges.iter().find_map(|record| match &record.progress {
            MergeProgress::Waiting { why, .. } => Some(why),
            _ => None,
        });
        let reason = self.blocked.as_ref().or(edit).or(merge).map_or("no answer yet", String::as_str);
        let both = [(edits, "edit"), (merges, "merge")].into_iter().filter(|(count, _)| *count > 0);
        let both: Vec<String> = both.map(|(count, noun)| counted(count, noun)).collect();
        let (wait, go) = if edits + merges == 1 { ("waits", "it goes") } else { ("wait", "they go") };
        let why = format!("{} still {wait}: {reason}", both.join(" and "));
        let next = format!("{first}{go} on with the next ghl-tui command or dashboard; {see}");
        Some(Fault::new(status, what, why, &next))
    }
}

/// Edits that are never sent, because what is stored is not what was written.
fn unsendable(damaged: &[DamagedEdit]) -> Option<Fault> {
    let DamagedEdit { row, words, .. } = damaged.first()?;
    let are = if damaged.len() == 1 { "is" } else { "are" };
    let more = if damaged.len() == 1 { String::new() } else { format!(" and {} more", damaged.len() - 1) };
    let why = format!("{} {are} damaged and not sent: {words}{more}", counted(damaged.len(), "edit"));
    let next = format!("make the change again if it is missing, then ghl-tui outbox discard {row}");
    Some(Fault::new(ExitStatus::Failed, "send the queued edits", why, &next))
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
