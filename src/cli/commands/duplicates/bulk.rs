//! Many groups merged at once, by a rule: a report to read, consent, one batch.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::{MergeDuplicates, MergeRule, Standstill};
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::domain::{Contact, ContactId, MergePlan};
use crate::protocol::{BulkGroup, BulkReport, Command, DuplicateGroup, MergeEvent, Request};

use super::follow::{Begun, Following, allowed, begin, records};
use super::groups::{groups, key_of};
use super::merge::holds;
use crate::cli::commands::Context;
use crate::cli::commands::write::answer;

/// A group that the rule covers.
#[derive(Serialize)]
struct CoveredLine<'a> {
    group: String,
    survivor: &'a ContactId,
    losers: &'a [ContactId],
    score: Option<f64>,
    state: &'static str,
}

/// A group that it does not cover.
#[derive(Serialize)]
struct LeftOutLine<'a> {
    group: String,
    cluster: &'a [ContactId],
    why: &'a str,
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryLine {
    groups: usize,
    contacts: usize,
    requests: usize,
    notes: usize,
    tasks: usize,
    left_out: usize,
}

/// `duplicates merge --rule default`
pub(super) async fn run(command: &MergeDuplicates, context: &mut Context<'_, '_>) -> Result<ExitStatus, Fault> {
    context.ask(Request::Sync { full: false }).await?;
    let groups = groups(context).await?;
    let report = dry_run(&groups, context).await?;
    let status = failure(&report, context);
    if command.dry_run {
        print(&report, context)?;
        return Ok(status);
    }
    if report.plans.is_empty() {
        context.output.note(&summary(&report));
        return Ok(status);
    }
    allowed("merge many groups", context)?;
    if !command.yes {
        let count = report.plans.len().to_string();
        if !context.asks {
            let what = format!("merge {count} groups");
            return Err(Fault::new(ExitStatus::Usage, &what, "nobody can be asked", "give --yes, or first --dry-run"));
        }
        for line in lines(&report) {
            context.output.note(&line);
        }
        if answer(&format!("merge them? Type the count, {count}"), context) != count {
            context.output.note("nothing was merged");
            return Ok(status);
        }
    }
    let merged = carry_out(&report, command.standstill, context).await?;
    Ok(status.max(merged))
}

/// The same where somebody has agreed beforehand, as for a scheduled job.
pub(in crate::cli::commands) async fn without_asking(
    rule: MergeRule,
    groups: &[Arc<DuplicateGroup>],
    context: &mut Context<'_, '_>,
) -> Result<ExitStatus, Fault> {
    match rule {
        // What it covers is the worker's to say: it has the configuration.
        MergeRule::Default => {}
    }
    allowed("merge many groups", context)?;
    let report = dry_run(groups, context).await?;
    let status = failure(&report, context);
    if report.plans.is_empty() {
        return Ok(status);
    }
    let merged = carry_out(&report, Standstill::default(), context).await?;
    Ok(status.max(merged))
}

/// Has the worker look at every group; nothing is changed.
async fn dry_run(groups: &[Arc<DuplicateGroup>], context: &mut Context<'_, '_>) -> Result<BulkReport, Fault> {
    // The worker takes all of a batch or none of it, so who is in another merge is left out here.
    let journal = records(context).await?;
    let (mut free, mut held) = (Vec::new(), Vec::new());
    for group in groups {
        match journal.iter().find(|record| holds(record, &group.members)) {
            Some(record) => {
                let name = group.members.iter().find_map(|id| record.plan.seen(id).map(Contact::name));
                let why = format!("one of them is in merge #{} already, which is {}", record.number, record.word());
                held.push((group.members.clone(), name.unwrap_or_default(), why));
            }
            None => free.push(group),
        }
    }
    if free.is_empty() {
        return Ok(BulkReport { left_out: held, ..BulkReport::default() });
    }
    let groups = free.iter().map(|group| BulkGroup { members: group.members.clone(), score: group.score }).collect();
    context.session.forget_merge_news();
    let sent = context.session.send_with_ticket(|ticket| Command::DryRun { ticket, groups }).await?;
    loop {
        match context.session.merge_news(context.output).await? {
            MergeEvent::DryRunning { ticket, done, total } if ticket == sent => {
                context.output.passing(&format!("{done} of {total} groups looked at"));
            }
            MergeEvent::DryRun { ticket, report } if ticket == sent => {
                let mut report = Arc::unwrap_or_clone(report);
                report.left_out.extend(held);
                return Ok(report);
            }
            MergeEvent::Refused { ticket, why, .. } if ticket == sent => return Err(Fault::from(why)),
            _ => {}
        }
    }
}

/// Says what could not be found out.
fn failure(report: &BulkReport, context: &mut Context<'_, '_>) -> ExitStatus {
    let Some(failure) = &report.failure else { return ExitStatus::Done };
    let fault = Fault::from(failure.clone());
    context.output.fault(&fault);
    fault.status
}

async fn carry_out(
    report: &BulkReport,
    standstill: Standstill,
    context: &mut Context<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let merges = match begin(report.plans.clone(), context).await? {
        Begun::Queued(merges) => merges,
        Begun::Refused { why, .. } => return Err(Fault::from(why)),
    };
    let batch = merges.first().map(|record| record.batch.to_string()).unwrap_or_default();
    context.output.note(&format!("queued as batch {batch}"));
    let count = merges.len();
    let Following { done, stopped, refused, waiting, status, .. } =
        Following::of(merges, standstill.wait, context).await?;
    let mut said = format!("{done} of {count} merged");
    for (count, word) in [(stopped, "stopped"), (refused, "not begun"), (waiting, "still waiting")] {
        if count > 0 {
            let _ = write!(said, ", {count} {word}");
        }
    }
    context.output.note(&format!("{said}; ghl-tui duplicates undo {batch} takes all of it back"));
    Ok(status)
}

fn members(plan: &MergePlan) -> Vec<ContactId> {
    plan.members().cloned().collect()
}

fn contacts(report: &BulkReport) -> usize {
    report.plans.iter().map(|plan| plan.losers.len() + 1).sum()
}

/// The report as results.
fn print(report: &BulkReport, context: &mut Context<'_, '_>) -> Result<(), Fault> {
    if !context.output.json {
        return lines(report).iter().try_for_each(|line| context.output.line(line));
    }
    for plan in &report.plans {
        let MergePlan { survivor, losers, score, .. } = plan;
        let group = key_of(&members(plan));
        let line = CoveredLine { group, survivor, losers, score: *score, state: "planned" };
        context.output.object(&line)?;
    }
    for (cluster, _, why) in &report.left_out {
        context.output.object(&LeftOutLine { group: key_of(cluster), cluster, why, state: "left-out" })?;
    }
    let BulkReport { plans, left_out, requests, notes, tasks, failure: _ } = report;
    context.output.object(&SummaryLine {
        groups: plans.len(),
        contacts: contacts(report),
        requests: *requests,
        notes: *notes,
        tasks: *tasks,
        left_out: left_out.len(),
    })
}

/// The report for people.
fn lines(report: &BulkReport) -> Vec<String> {
    let covered = |plan: &MergePlan| {
        let name = |id: &ContactId| {
            let name = plan.seen(id).map(|contact| one_line(&contact.name())).unwrap_or_default();
            format!("{name} ({})", one_line(id.as_str()))
        };
        let losers: Vec<String> = plan.losers.iter().map(name).collect();
        format!("{} ← {}", name(&plan.survivor), losers.join(", "))
    };
    let left_out = |(ids, name, why): &(Vec<ContactId>, String, String)| {
        one_line(&format!("left out: {name} ({}): {why}", key_of(ids)))
    };
    let mut lines: Vec<String> = report.plans.iter().map(covered).collect();
    lines.extend(report.left_out.iter().map(left_out));
    lines.push(summary(report));
    lines
}

fn summary(report: &BulkReport) -> String {
    let BulkReport { plans, left_out, requests, notes, tasks, failure: _ } = report;
    let out = left_out.len();
    if plans.is_empty() {
        return format!("no group can be merged without being looked at; {out} left out");
    }
    let (groups, contacts) = (plans.len(), contacts(report));
    format!(
        "{groups} groups of {contacts} contacts: about {requests} requests, {notes} notes and {tasks} tasks to copy; \
         {out} groups left out"
    )
}
