//! Follows merges from the journal to their end: one line of results each.

use std::time::Duration;

use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::cli::output::Output;
use crate::domain::{ContactId, MergeId, MergePhase, MergePlan, MergeProgress, MergeRecord, Obstacle, Scope, counted};
use crate::protocol::{Command, Failure, MergeDeed, MergeEvent, Refused, Request};

use crate::cli::commands::Invocation;

/// How often to look at the journal while there is no news: another process may be doing the work.
const LOOK: Duration = Duration::from_secs(5);

/// The state of a merge, for programs.
#[derive(Serialize)]
pub(super) struct MergeLine<'a> {
    merge: MergeId,
    survivor: &'a ContactId,
    set_aside: Vec<&'a ContactId>,
    state: &'static str,
}

impl<'a> From<&'a MergeRecord> for MergeLine<'a> {
    fn from(record: &'a MergeRecord) -> Self {
        let MergeRecord { id, plan, .. } = record;
        Self { merge: *id, survivor: &plan.survivor, set_aside: set_aside(record), state: record.word() }
    }
}

/// The contacts that the merge has archived and that still exist.
pub(super) fn set_aside(record: &MergeRecord) -> Vec<&ContactId> {
    if !record.is_archived() || record.plan.delete {
        Vec::new()
    } else if record.left.is_empty() {
        record.plan.losers.iter().collect()
    } else {
        record.left.iter().map(|(contact, _)| contact).collect()
    }
}

/// The survivor's name, to name a plan in messages.
pub(super) fn about(plan: &MergePlan) -> String {
    let name = one_line(&plan.name());
    if name.is_empty() { plan.survivor.to_string() } else { name }
}

/// Fails if edits are known to be refused.
pub(super) fn allowed(what: &str, context: &Invocation<'_, '_>) -> Result<(), Fault> {
    let access = context.session.access();
    let refusal = access.refusal(Scope::ContactsWrite);
    refusal.map_or(Ok(()), |why| Err(Fault::refused(what, Refused::ReadOnly(access, why))))
}

/// The result of asking for merges.
pub(super) enum Begun {
    /// They are in the journal, each in this state.
    Queued(Vec<MergeRecord>),
    /// Refused; `merge` is in the way.
    Refused { why: Failure, merge: Option<MergeId> },
}

/// Hands plans to the worker and waits until they are in the journal.
pub(super) async fn begin(plans: Vec<MergePlan>, context: &mut Invocation<'_, '_>) -> Result<Begun, Fault> {
    context.session.forget_merge_news();
    let ticket = context.session.send_with_ticket(|ticket| Command::Merge { ticket, plans }).await?;
    loop {
        match context.session.merge_news(context.output).await? {
            MergeEvent::Queued { ticket: Some(of), merges } if of == ticket => return Ok(Begun::Queued(merges)),
            MergeEvent::Refused { ticket: of, why, merge } if of == ticket => {
                return Ok(Begun::Refused { why, merge });
            }
            _ => {}
        }
    }
}

/// Asks for something to be done with merges in the journal, and waits for it.
pub(super) async fn deed(
    records: Vec<MergeRecord>,
    deed: MergeDeed,
    wait: Duration,
    context: &mut Invocation<'_, '_>,
) -> Result<Following, Fault> {
    context.session.forget_merge_news();
    let merges = records.iter().map(|record| record.id).collect();
    let ticket = context.session.send_with_ticket(|ticket| Command::Merges { ticket, merges, deed }).await?;
    let mut following = Following::default();
    for record in records {
        let phase = match deed {
            MergeDeed::Undo => MergePhase::Undo,
            MergeDeed::Purge => MergePhase::Purge,
            MergeDeed::Resume | MergeDeed::LeaveAddress | MergeDeed::DeleteFirst | MergeDeed::Pause => record.phase,
        };
        following.open.push(Open::new(record, phase));
    }
    following.ticket = Some(ticket);
    following.settle(wait, context).await
}

/// The journal.
pub(in crate::cli::commands) async fn records(context: &mut Invocation<'_, '_>) -> Result<Vec<MergeRecord>, Fault> {
    Ok(only!(context.ask(Request::Merges).await?, Merges))
}

/// A merge that has not ended.
struct Open {
    record: MergeRecord,
    /// The phase that has to finish: to undo a merge, finishing the merge is not enough.
    phase: MergePhase,
    /// Whether it has been seen in this phase.
    begun: bool,
}

impl Open {
    fn new(record: MergeRecord, phase: MergePhase) -> Self {
        let begun = record.phase == phase;
        Self { record, phase, begun }
    }

    /// Whether it has stopped moving.
    fn has_ended(&self) -> bool {
        let MergeRecord { progress, phase, .. } = &self.record;
        !progress.is_live() && (*phase == self.phase || matches!(progress, MergeProgress::Refused(_)))
    }

    /// Whether it looks as if nothing had been asked.
    fn is_turned_back(&self) -> bool {
        !self.record.progress.is_live() && self.record.phase != self.phase
    }
}

/// Merges that the command waits for, and the results of those that have ended.
#[derive(Default)]
pub(super) struct Following {
    open: Vec<Open>,
    /// The ticket of the command, which may still be refused.
    ticket: Option<crate::protocol::Ticket>,
    total: usize,
    pub(super) done: usize,
    pub(super) stopped: usize,
    /// Merges of which nothing was written.
    pub(super) refused: usize,
    pub(super) waiting: usize,
    pub(super) status: ExitStatus,
}

impl Following {
    /// Waits for merges in the journal; prints those that have already ended.
    pub(super) async fn of(
        records: Vec<MergeRecord>,
        wait: Duration,
        context: &mut Invocation<'_, '_>,
    ) -> Result<Self, Fault> {
        let mut following = Self::default();
        for record in records {
            let phase = record.phase;
            let open = Open::new(record, phase);
            if open.has_ended() {
                following.total += 1;
                following.end(&open.record, context.output)?;
            } else {
                following.open.push(open);
            }
        }
        following.settle(wait, context).await
    }

    /// Waits until each has ended, or until there is no progress for this long.
    async fn settle(mut self, wait: Duration, context: &mut Invocation<'_, '_>) -> Result<Self, Fault> {
        self.total += self.open.len();
        let deadline = tokio::time::sleep(wait);
        tokio::pin!(deadline);
        while !self.open.is_empty() {
            self.tell_progress(context.output);
            let moved = tokio::select! {
                biased;
                news = context.session.merge_news(context.output) => match news {
                    Ok(news) => self.hear(news, context).await?,
                    Err(fault) => {
                        self.give_up(&fault.why, context.output)?;
                        self.status.worsen(fault.status);
                        break;
                    }
                },
                () = &mut deadline => {
                    let why = format!("no progress for {} s", wait.as_secs_f32());
                    self.give_up(&why, context.output)?;
                    break;
                }
                () = tokio::time::sleep(LOOK) => {
                    let mut moved = false;
                    for record in records(context).await? {
                        moved |= self.take(record, context)?;
                    }
                    moved
                }
            };
            if moved {
                deadline.set(tokio::time::sleep(wait));
            }
        }
        Ok(self)
    }

    /// Whether there was progress.
    async fn hear(&mut self, news: MergeEvent, context: &mut Invocation<'_, '_>) -> Result<bool, Fault> {
        match news {
            MergeEvent::Changed(record) => self.take(record, context),
            MergeEvent::Refused { ticket, why, merge } if Some(ticket) == self.ticket => match merge {
                Some(merge) => self.refused(merge, why, context).await,
                None => Err(Fault::from(why)),
            },
            MergeEvent::Journal(_)
            | MergeEvent::Queued { .. }
            | MergeEvent::Refused { .. }
            | MergeEvent::DryRunning { .. }
            | MergeEvent::DryRun { .. }
            | MergeEvent::Decisions(_) => Ok(false),
        }
    }

    /// One of several is refused and stays as it is; the others continue.
    async fn refused(&mut self, merge: MergeId, why: Failure, context: &mut Invocation<'_, '_>) -> Result<bool, Fault> {
        let Some(at) = self.open.iter().position(|open| open.record.id == merge) else { return Ok(false) };
        let Open { record, .. } = self.open.remove(at);
        // The last news of it is from before it was refused.
        let now = records(context).await?.into_iter().find(|one| one.id == merge).unwrap_or(record);
        let fault = Fault::from(why);
        let what = format!("{} (#{})", fault.what, now.number);
        self.left_as_it_is(&now, &Fault { what, ..fault }, context.output)?;
        Ok(true)
    }

    fn left_as_it_is(&mut self, record: &MergeRecord, fault: &Fault, output: &mut Output<'_>) -> Result<(), Fault> {
        output.fault(fault);
        self.status.worsen(fault.status);
        self.refused += 1;
        print(record, output)
    }

    fn take(&mut self, record: MergeRecord, context: &mut Invocation<'_, '_>) -> Result<bool, Fault> {
        let Some(at) = self.open.iter().position(|open| open.record.id == record.id) else { return Ok(false) };
        let open = &mut self.open[at];
        let moved = (open.record.phase, open.record.done) != (record.phase, record.done);
        open.record = record;
        open.begun |= open.record.phase == open.phase;
        let in_vain = context.session.offline() && matches!(open.record.progress, MergeProgress::Waiting { .. });
        if in_vain || open.has_ended() {
            let ended = self.open.remove(at);
            self.end(&ended.record, context.output)?;
            return Ok(true);
        }
        if open.begun && open.is_turned_back() {
            let ended = self.open.remove(at);
            let why = "the ghl-tui process that works on this location refused it";
            self.left_as_it_is(&ended.record, &turned_back(&ended, why), context.output)?;
            return Ok(true);
        }
        Ok(moved)
    }

    fn give_up(&mut self, why: &str, output: &mut Output<'_>) -> Result<(), Fault> {
        for open in std::mem::take(&mut self.open) {
            if open.is_turned_back() {
                self.left_as_it_is(&open.record, &turned_back(&open, why), output)?;
            } else {
                self.end_because(&open.record, Some(why), output)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, record: &MergeRecord, output: &mut Output<'_>) -> Result<(), Fault> {
        self.end_because(record, None, output)
    }

    /// Prints one line of results, and its failure if there is one.
    fn end_because(&mut self, record: &MergeRecord, why: Option<&str>, output: &mut Output<'_>) -> Result<(), Fault> {
        match &record.progress {
            MergeProgress::Done => self.done += 1,
            MergeProgress::Stopped(_) | MergeProgress::Paused => self.stopped += 1,
            MergeProgress::Refused(_) => self.refused += 1,
            MergeProgress::Queued | MergeProgress::Running | MergeProgress::Waiting { .. } => self.waiting += 1,
        }
        if let Some(fault) = fault(record, why) {
            output.fault(&fault);
            self.status.worsen(fault.status);
        }
        print(record, output)
    }

    fn tell_progress(&self, output: &mut Output<'_>) {
        let ended = self.total - self.open.len();
        let busy = self.open.iter().find(|open| open.record.progress == MergeProgress::Running);
        let Some(Open { record, .. }) = busy.or(self.open.first()) else { return };
        let MergeRecord { number, done, steps, .. } = record;
        let many = if self.total > 1 { format!("{ended} of {} merges, ", self.total) } else { String::new() };
        output.passing(&format!("{many}#{number}: {}, {done} of {steps} steps", record.word()));
    }
}

/// The failure of a deed that was refused before it started.
fn turned_back(open: &Open, why: &str) -> Fault {
    let MergeRecord { number, plan, .. } = &open.record;
    let what = format!("{} {} (#{number})", verb(open.phase), about(plan));
    Fault::new(ExitStatus::Rejected, &what, why, "look there for the reason, or quit that program and run this again")
}

/// Prints the state of a merge on one line.
pub(super) fn print(record: &MergeRecord, output: &mut Output<'_>) -> Result<(), Fault> {
    if output.json { output.object(&MergeLine::from(record)) } else { output.line(&sentence(record)) }
}

/// `Merged 2 contacts into Ana Lee (#217)`
fn sentence(record: &MergeRecord) -> String {
    let MergeRecord { number, plan, .. } = record;
    let others = counted(plan.losers.len(), "contact");
    let (name, id) = (about(plan), one_line(plan.survivor.as_str()));
    match (record.phase, &record.progress) {
        (MergePhase::Merge, MergeProgress::Done) if record.purged_at.is_some() => {
            format!("Merged into {name}, {others} deleted (#{number}, {id})")
        }
        (MergePhase::Merge, MergeProgress::Done) => format!("Merged {others} into {name} (#{number}, {id})"),
        (MergePhase::Undo, MergeProgress::Done) => {
            format!("Undone: merge of {others} into {name} (#{number}, {id})")
        }
        (MergePhase::Purge, MergeProgress::Done) => {
            format!("Deleted {others} merged into {name} (#{number}, {id})")
        }
        (phase, _) => format!("{}: {} {name} (#{number}, {id})", capital(record.word()), verb(phase)),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn verb(phase: MergePhase) -> &'static str {
    match phase {
        MergePhase::Merge => "merge into",
        MergePhase::Undo => "undo the merge into",
        MergePhase::Purge => "purge the merge into",
    }
}

/// The obstacle that keeps a merge from finishing; `why` the command stopped waiting for it.
pub(in crate::cli::commands) fn fault(record: &MergeRecord, why: Option<&str>) -> Option<Fault> {
    let number = record.number;
    let what = format!("{} {} (#{number})", verb(record.phase), about(&record.plan));
    let waits = |why: &str| {
        let next = format!(
            "it stays in the journal as {} and resumes when ghl-tui runs next; to wait for it, run ghl-tui duplicates \
             resume {number}",
            record.id
        );
        Fault::new(ExitStatus::Network, &what, why, &next)
    };
    match (&record.progress, why) {
        (MergeProgress::Done, _) => None,
        (MergeProgress::Waiting { why, .. }, None) => Some(waits(why)),
        (MergeProgress::Waiting { why: own, .. }, Some(why)) => Some(waits(&format!("{own}; {why}"))),
        (MergeProgress::Queued | MergeProgress::Running, why) => Some(waits(why.unwrap_or("it has not finished"))),
        (MergeProgress::Paused, _) => {
            let next = format!("ghl-tui duplicates resume {number}, or ghl-tui duplicates undo {number}");
            Some(Fault::new(ExitStatus::Rejected, &what, "it is paused", &next))
        }
        (MergeProgress::Stopped(obstacle), _) => {
            Some(Fault::new(status(obstacle), &what, obstacle.to_string(), &next(record, obstacle)))
        }
        (MergeProgress::Refused(obstacle), _) => {
            let next = "nothing was written; check the contacts and run the command again";
            Some(Fault::new(status(obstacle), &what, obstacle.to_string(), next))
        }
    }
}

fn status(obstacle: &Obstacle) -> ExitStatus {
    match obstacle {
        Obstacle::Scope(_) => ExitStatus::Access,
        Obstacle::Changed { .. }
        | Obstacle::Gone { .. }
        | Obstacle::Appointment { .. }
        | Obstacle::Address { .. }
        | Obstacle::Taken { .. }
        | Obstacle::Missing(_)
        | Obstacle::Refused { .. }
        | Obstacle::MovedOn(_)
        | Obstacle::Wiped => ExitStatus::Rejected,
    }
}

/// What the user can do about a merge that has stopped.
fn next(record: &MergeRecord, obstacle: &Obstacle) -> String {
    let number = record.number;
    let undo = match record.phase {
        MergePhase::Merge | MergePhase::Purge => format!(", or ghl-tui duplicates undo {number}"),
        MergePhase::Undo => String::new(),
    };
    match obstacle {
        Obstacle::Address { .. } => format!(
            "ghl-tui duplicates resume {number} --leave-address (skip it) or --delete-first (delete that contact, then \
             take it){undo}"
        ),
        Obstacle::Taken { existing, field } => {
            let who = existing.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
            format!("free the {field} there{who}, then ghl-tui duplicates resume {number}{undo}")
        }
        Obstacle::Scope(scope) => {
            format!("sign in with a token that has {scope}, then ghl-tui duplicates resume {number}{undo}")
        }
        Obstacle::Appointment { .. } => {
            format!("cancel or move the appointment, then ghl-tui duplicates resume {number}{undo}")
        }
        Obstacle::Wiped => String::new(),
        Obstacle::Changed { .. }
        | Obstacle::Gone { .. }
        | Obstacle::Missing(_)
        | Obstacle::Refused { .. }
        | Obstacle::MovedOn(_) => format!("retry with ghl-tui duplicates resume {number}{undo}"),
    }
}
