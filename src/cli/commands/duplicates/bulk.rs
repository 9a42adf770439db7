//! Merging many groups by a rule: a report, a confirmation, one batch.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::{MergeDuplicates, MergeRule, Standstill};
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::domain::{Contact, ContactId, MergePlan, counted};
use crate::protocol::{BulkGroup, BulkReport, Command, DuplicateGroup, MergeEvent, Request};

use super::follow::{Begun, Following, allowed, begin, records};
use super::groups::{groups, key_of};
use super::merge::holds;
use crate::cli::commands::Invocation;
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
pub(super) async fn run(command: &MergeDuplicates, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
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
        let count = report.plans.len();
        if !context.asks {
            let what = format!("merge {}", counted(count, "group"));
            let next = "add --yes to confirm; try --dry-run first";
            return Err(Fault::new(ExitStatus::Usage, &what, "stdin is not a terminal", next));
        }
        for line in lines(&report) {
            context.output.note(&line);
        }
        if answer(&format!("Type {count} to merge all {count}:"), context) != count.to_string() {
            context.output.note("nothing was merged");
            return Ok(status);
        }
    }
    let merged = carry_out(&report, command.standstill, context).await?;
    Ok(status.max(merged))
}

/// The same without a confirmation, for scheduled jobs.
pub(in crate::cli::commands) async fn without_asking(
    rule: MergeRule,
    groups: &[Arc<DuplicateGroup>],
    context: &mut Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    match rule {
        // The worker decides what the rule covers: it has the configuration.
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

/// Has the worker check every group, without changing anything.
async fn dry_run(groups: &[Arc<DuplicateGroup>], context: &mut Invocation<'_, '_>) -> Result<BulkReport, Fault> {
    // The worker accepts a batch as a whole or not at all, so groups in another merge are left out here.
    let journal = records(context).await?;
    let (mut free, mut held) = (Vec::new(), Vec::new());
    for group in groups {
        match journal.iter().find(|record| holds(record, &group.members)) {
            Some(record) => {
                let name = group.members.iter().find_map(|id| record.plan.seen(id).map(Contact::name));
                let why = format!("one of them is already in merge #{}, which is {}", record.number, record.word());
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
                context.output.passing(&format!("checked {done} of {total} groups"));
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

/// Reports what the dry run could not find out.
fn failure(report: &BulkReport, context: &mut Invocation<'_, '_>) -> ExitStatus {
    let Some(failure) = &report.failure else { return ExitStatus::Done };
    let fault = Fault::from(failure.clone());
    context.output.fault(&fault);
    fault.status
}

async fn carry_out(
    report: &BulkReport,
    standstill: Standstill,
    context: &mut Invocation<'_, '_>,
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
    for (count, word) in [(stopped, "stopped"), (refused, "not started"), (waiting, "still waiting")] {
        if count > 0 {
            let _ = write!(said, ", {count} {word}");
        }
    }
    context.output.note(&format!("{said}; undo all with ghl-tui duplicates undo {batch}"));
    Ok(status)
}

fn members(plan: &MergePlan) -> Vec<ContactId> {
    plan.members().cloned().collect()
}

fn contacts(report: &BulkReport) -> usize {
    report.plans.iter().map(|plan| plan.losers.len() + 1).sum()
}

/// The report as results.
fn print(report: &BulkReport, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
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
        one_line(&format!("needs review: {name} ({}): {why}", key_of(ids)))
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
        return format!(
            "no group is safe to merge without a review; {out} need{} review",
            if out == 1 { "s" } else { "" }
        );
    }
    let (groups, contacts) = (plans.len(), contacts(report));
    format!(
        "{} with {}: about {}, {} and {} to copy; {out} need{} review",
        counted(groups, "group"),
        counted(contacts, "contact"),
        counted(*requests, "request"),
        counted(*notes, "note"),
        counted(*tasks, "task"),
        if out == 1 { "s" } else { "" }
    )
}
