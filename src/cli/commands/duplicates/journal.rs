//! Commands on merges in the journal: list, undo, resume, purge.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::args::{AddressChoice, PurgeMerges, ResumeMerge, UndoMerge};
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::cli::table::TextTable;
use crate::domain::{ContactId, GroupId, MergeId, MergePhase, MergePlan, MergeProgress, MergeRecord, age, counted};
use crate::protocol::MergeDeed;

use super::follow::{self, Following, about, allowed, deed, records, set_aside};
use crate::cli::commands::Invocation;
use crate::cli::commands::write::agreed;

/// Contacts that are listed one by one before they are deleted; the rest are counted.
const NAMED: usize = 20;

/// One entry of the journal.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JournalLine<'a> {
    merge: MergeId,
    survivor: &'a ContactId,
    #[serde(rename = "set_aside")]
    set_aside: Vec<&'a ContactId>,
    state: &'static str,
    number: i64,
    batch: GroupId,
    /// The survivor's name at the time of the review.
    name: String,
    losers: &'a [ContactId],
    phase: MergePhase,
    done: u32,
    steps: u32,
    made_at: Timestamp,
    ended_at: Option<Timestamp>,
    purged_at: Option<Timestamp>,
    /// For losers that an undo re-created: the new id by the old one.
    remade: BTreeMap<&'a ContactId, &'a ContactId>,
    can_be_undone: bool,
    why: Option<String>,
}

impl<'a> From<&'a MergeRecord> for JournalLine<'a> {
    fn from(record: &'a MergeRecord) -> Self {
        Self {
            merge: record.id,
            survivor: &record.plan.survivor,
            set_aside: set_aside(record),
            state: record.word(),
            number: record.number,
            batch: record.batch,
            name: record.plan.name(),
            losers: &record.plan.losers,
            phase: record.phase,
            done: record.done,
            steps: record.steps,
            made_at: record.made_at,
            ended_at: record.ended_at,
            purged_at: record.purged_at,
            remade: record.remade.iter().map(|(old, new)| (old, new)).collect(),
            can_be_undone: record.can_be_undone(),
            why: why(record),
        }
    }
}

/// Why it does not continue.
fn why(record: &MergeRecord) -> Option<String> {
    match &record.progress {
        MergeProgress::Waiting { why, .. } => Some(why.clone()),
        MergeProgress::Stopped(obstacle) | MergeProgress::Refused(obstacle) => Some(obstacle.to_string()),
        MergeProgress::Queued | MergeProgress::Running | MergeProgress::Paused | MergeProgress::Done => None,
    }
}

pub(super) async fn list(context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let mut records = records(context).await?;
    context.output.empty(records.is_empty(), "no merges yet");
    records.sort_by_key(|record| std::cmp::Reverse(record.number));
    if context.output.json {
        records.iter().try_for_each(|record| context.output.object(&JournalLine::from(record)))?;
        return Ok(ExitStatus::Done);
    }
    let mut table = TextTable::new(&["#", "STATE", "AGE", "INTO", "OTHERS", "WHY", "MERGE"]);
    for record in &records {
        table.row([
            &record.number.to_string(),
            record.word(),
            &age(record.made_at, context.now),
            &about(&record.plan),
            &record.plan.losers.len().to_string(),
            &why(record).unwrap_or_default(),
            &record.id.to_string(),
        ]);
    }
    table.print(context.output)?;
    Ok(ExitStatus::Done)
}

/// The merges that an argument names: by number, by id or its beginning or end, or by batch.
fn meant(said: &str, verb: &str, records: &[MergeRecord]) -> Result<Vec<MergeRecord>, Fault> {
    let what = format!("{verb} {said}");
    let bare = said.strip_prefix('#').unwrap_or(said);
    // An id may begin with digits, but a number never begins with 0.
    let number = bare.parse::<i64>().ok().filter(|_| !bare.starts_with('0'));
    if let Some(record) = records.iter().find(|record| Some(record.number) == number) {
        return Ok(vec![record.clone()]);
    }
    let plain = |id: uuid::Uuid| id.simple().to_string();
    let start = bare.to_lowercase().replace('-', "");
    let all = |fits: &dyn Fn(&MergeRecord) -> bool| -> Vec<MergeRecord> {
        if said.starts_with('#') || start.is_empty() {
            Vec::new()
        } else {
            records.iter().filter(|one| fits(one)).cloned().collect()
        }
    };
    let by_id = all(&|record| plain(record.id.0).starts_with(&start) || record.id.short() == start);
    match by_id.as_slice() {
        [_one] => return Ok(by_id),
        [] => {}
        several => {
            let numbers: Vec<String> = several.iter().take(NAMED).map(|record| record.number.to_string()).collect();
            let next = format!("give more of the id, or the number: {}", numbers.join(", "));
            return Err(Fault::new(ExitStatus::Usage, &what, "several merges match", &next));
        }
    }
    let batch = all(&|record| plain(record.batch.0) == start);
    if batch.is_empty() {
        let next = "see ghl-tui duplicates merges";
        return Err(Fault::new(ExitStatus::NotFound, &what, "no such merge in the journal", next));
    }
    Ok(batch)
}

/// Prints merges that need no work.
fn print_all(records: &[MergeRecord], context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
    records.iter().try_for_each(|record| follow::print(record, context.output))
}

pub(super) async fn undo(command: &UndoMerge, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let known = records(context).await?;
    let wanted = meant(&command.merge, "undo", &known)?;
    let several = wanted.len() > 1;
    let is_undone = |record: &MergeRecord| record.phase == MergePhase::Undo && record.progress == MergeProgress::Done;
    let (undone, rest): (Vec<_>, Vec<_>) = wanted.into_iter().partition(is_undone);
    let (under_way, rest): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|record| record.phase == MergePhase::Undo && record.progress.is_live());
    // Merges of a batch that never wrote anything need no undo.
    let unwritten = |record: &MergeRecord| several && matches!(record.progress, MergeProgress::Refused(_));
    let rest: Vec<MergeRecord> = rest.into_iter().filter(|record| !unwritten(record)).collect();
    // A running merge can be turned back as well.
    let can_turn = |record: &MergeRecord| {
        record.can_be_undone() || (record.phase == MergePhase::Merge && record.progress.is_live())
    };
    if let Some(record) = rest.iter().find(|record| !can_turn(record)) {
        return Err(cannot_be_undone(record));
    }
    if command.dry_run {
        print_all(&undone, context)?;
        return rest
            .iter()
            .chain(&under_way)
            .try_for_each(|record| tell_undo(record, context))
            .map(|()| ExitStatus::Done);
    }
    allowed(&format!("undo {}", command.merge), context)?;
    print_all(&undone, context)?;
    let mut status = ExitStatus::Done;
    if !under_way.is_empty() {
        status.worsen(Following::of(under_way, command.standstill.wait, context).await?.status);
    }
    if !rest.is_empty() {
        status.worsen(deed(rest, MergeDeed::Undo, command.standstill.wait, context).await?.status);
    }
    Ok(status)
}

fn cannot_be_undone(record: &MergeRecord) -> Fault {
    let number = record.number;
    let (why, next) = match (&record.progress, record.phase) {
        _ if record.wiped => ("the original contacts have been wiped from the journal".to_owned(), String::new()),
        (MergeProgress::Refused(_), _) => ("nothing of it was written".to_owned(), String::new()),
        (MergeProgress::Queued | MergeProgress::Running | MergeProgress::Waiting { .. }, _) => {
            ("it is running".to_owned(), format!("to wait for it, run ghl-tui duplicates resume {number}"))
        }
        (MergeProgress::Paused | MergeProgress::Stopped(_) | MergeProgress::Done, phase) => {
            let next = format!("ghl-tui duplicates resume {number}");
            (format!("it is {} while being {}", record.word(), during(phase)), next)
        }
    };
    Fault::new(ExitStatus::Rejected, &format!("undo #{number}"), why, &next)
}

fn during(phase: MergePhase) -> &'static str {
    match phase {
        MergePhase::Merge => "merged",
        MergePhase::Undo => "undone",
        MergePhase::Purge => "purged",
    }
}

/// What an undo would restore, according to the journal.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UndoLine<'a> {
    merge: MergeId,
    survivor: &'a ContactId,
    state: &'static str,
    /// The survivor's restored values, by field.
    back: BTreeMap<String, String>,
    remove_tags: &'a [String],
    remove_followers: Vec<&'a str>,
    losers: &'a [ContactId],
    /// Whether they are re-created under new ids.
    new_ids: bool,
}

fn tell_undo(record: &MergeRecord, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
    let MergePlan { survivor, losers, patch, add_tags, add_followers, .. } = &record.plan;
    let seen = record.plan.seen(survivor);
    let back = seen.map(|seen| patch.current(seen).entries()).unwrap_or_default();
    let new_ids = record.plan.delete || record.phase == MergePhase::Purge || record.purged_at.is_some();
    if context.output.json {
        return context.output.object(&UndoLine {
            merge: record.id,
            survivor,
            state: "planned",
            back: back.into_iter().collect(),
            remove_tags: add_tags,
            remove_followers: add_followers.iter().map(crate::domain::UserId::as_str).collect(),
            losers,
            new_ids,
        });
    }
    let output = &mut *context.output;
    output.line(&format!("Undo #{}: {} ({})", record.number, about(&record.plan), one_line(survivor.as_str())))?;
    for (field, value) in back {
        let (field, value) = (one_line(&field), one_line(&value));
        output.line(&if value.is_empty() {
            format!("  clear {field}")
        } else {
            format!("  {field}: back to \"{value}\"")
        })?;
    }
    if !add_tags.is_empty() {
        output.line(&format!("  remove tags: {}", one_line(&add_tags.join(", "))))?;
    }
    if !add_followers.is_empty() {
        let names: Vec<String> = add_followers.iter().map(|user| context.session.user(user)).collect();
        context.output.line(&format!("  remove followers: {}", one_line(&names.join(", "))))?;
    }
    context.output.line("  delete copied notes, tasks and appointments that no one has changed since")?;
    let how = if new_ids { "re-created with a new id" } else { "restored" };
    for loser in losers {
        let name = record.plan.seen(loser).map(|contact| one_line(&contact.name())).unwrap_or_default();
        context.output.line(&format!("  {name} ({}): {how}", one_line(loser.as_str())))?;
    }
    Ok(())
}

pub(super) async fn resume(command: &ResumeMerge, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let known = records(context).await?;
    let wanted = meant(&command.merge, "resume", &known)?;
    if command.dry_run {
        print_all(&wanted, context)?;
        return Ok(ExitStatus::Done);
    }
    let what = format!("resume {}", command.merge);
    let ahead = match command.address {
        AddressChoice { leave_address: true, .. } => MergeDeed::LeaveAddress,
        AddressChoice { delete_first: true, .. } => MergeDeed::DeleteFirst,
        AddressChoice { .. } => MergeDeed::Resume,
    };
    let open: Vec<&MergeRecord> = wanted.iter().filter(|record| record.progress.is_open()).collect();
    if ahead == MergeDeed::DeleteFirst && !open.is_empty() {
        allowed(&what, context)?;
        name_losers(open.iter().copied(), context);
        let contacts: usize = open.iter().map(|record| record.plan.losers.len()).sum();
        let conflicting = format!("delete {} if the address cannot be cleared, for good", counted(contacts, "contact"));
        if !agreed(command.yes, &conflicting, context)? {
            context.output.note("nothing was deleted");
            return Ok(ExitStatus::Done);
        }
    }
    go_on(wanted, ahead, command.standstill.wait, context).await
}

/// Resumes merges and waits for them; prints those that have ended.
pub(super) async fn go_on(
    records: Vec<MergeRecord>,
    ahead: MergeDeed,
    wait: Duration,
    context: &mut Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let mut status = ExitStatus::Done;
    let (open, ended): (Vec<_>, Vec<_>) = records.into_iter().partition(|record| record.progress.is_open());
    for record in &ended {
        if let Some(fault) = follow::fault(record, None) {
            context.output.fault(&fault);
            status.worsen(fault.status);
        }
        follow::print(record, context.output)?;
    }
    let (busy, held): (Vec<_>, Vec<_>) =
        open.into_iter().partition(|record| matches!(record.progress, MergeProgress::Queued | MergeProgress::Running));
    if let Some(record) = held.first() {
        allowed(&format!("resume #{}", record.number), context)?;
        status.worsen(deed(held, ahead, wait, context).await?.status);
    }
    if !busy.is_empty() {
        status.worsen(Following::of(busy, wait, context).await?.status);
    }
    Ok(status)
}

pub(super) async fn purge(command: &PurgeMerges, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let known = records(context).await?;
    let (wanted, printed) = match command.older_than {
        Some(time) => (older_than(time, &known, context.now)?, Vec::new()),
        None => named_for_purge(&command.merges, &known)?,
    };
    print_all(&printed, context)?;
    if wanted.is_empty() {
        if printed.is_empty() {
            context.output.note("no archived contacts are that old");
        }
        return Ok(ExitStatus::Done);
    }
    let contacts: usize = wanted.iter().map(|record| record.plan.losers.len()).sum();
    if command.dry_run {
        tell_purge(&wanted, context)?;
        return Ok(ExitStatus::Done);
    }
    allowed("purge", context)?;
    if !command.yes {
        name_losers(wanted.iter(), context);
    }
    if !agreed(command.yes, &format!("delete {} for good", counted(contacts, "contact")), context)? {
        context.output.note("nothing was deleted");
        return Ok(ExitStatus::Done);
    }
    // Purges that have begun resume; the rest begin.
    let (begun, new): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|record| record.phase == MergePhase::Purge);
    let mut status = ExitStatus::Done;
    if !begun.is_empty() {
        status.worsen(go_on(begun, MergeDeed::Resume, command.standstill.wait, context).await?);
    }
    if !new.is_empty() {
        status.worsen(deed(new, MergeDeed::Purge, command.standstill.wait, context).await?.status);
    }
    Ok(status)
}

/// Merges whose losers were archived at least this long ago.
fn older_than(time: Duration, known: &[MergeRecord], now: Timestamp) -> Result<Vec<MergeRecord>, Fault> {
    let before = SignedDuration::try_from(time).ok().and_then(|time| now.checked_sub(time).ok());
    let before = before.ok_or_else(|| Fault::new(ExitStatus::Usage, "purge", "that time is too long", ""))?;
    let old = |record: &&MergeRecord| !set_aside(record).is_empty() && record.ended_at.is_some_and(|at| at <= before);
    Ok(known.iter().filter(old).cloned().collect())
}

/// Merges to purge, and those already purged; fails for any other.
fn named_for_purge(said: &[String], known: &[MergeRecord]) -> Result<(Vec<MergeRecord>, Vec<MergeRecord>), Fault> {
    let (mut wanted, mut purged): (Vec<MergeRecord>, Vec<MergeRecord>) = (Vec::new(), Vec::new());
    for said in said {
        let found = meant(said, "purge", known)?;
        let several = found.len() > 1;
        for record in found {
            let begun = record.phase == MergePhase::Purge && record.progress.is_open();
            let over = record.progress == MergeProgress::Done
                && (record.purged_at.is_some() || record.phase == MergePhase::Purge || record.plan.delete)
                && record.phase != MergePhase::Undo;
            if wanted.iter().chain(&purged).any(|other| other.id == record.id) {
                continue;
            }
            if over {
                purged.push(record);
            } else if begun || record.is_archived() {
                wanted.push(record);
            } else if !several {
                let what = format!("purge #{}", record.number);
                let why = format!("it is {}: it has no archived contacts", record.word());
                let next = format!(
                    "ghl-tui duplicates resume {}, or ghl-tui duplicates undo {}",
                    record.number, record.number
                );
                let next = if record.progress.is_open() { next } else { String::new() };
                return Err(Fault::new(ExitStatus::Rejected, &what, why, &next));
            }
        }
    }
    Ok((wanted, purged))
}

/// Lists on stderr the contacts that would be deleted.
fn name_losers<'a>(records: impl Iterator<Item = &'a MergeRecord>, context: &mut Invocation<'_, '_>) {
    let losers: Vec<String> = records
        .flat_map(|record| {
            record.plan.losers.iter().map(|id| {
                let name = record.plan.seen(id).map(crate::domain::Contact::name).unwrap_or_default();
                format!("  {name} ({id}), merged into {} (#{})", about(&record.plan), record.number)
            })
        })
        .collect();
    for line in losers.iter().take(NAMED) {
        context.output.note(line);
    }
    if losers.len() > NAMED {
        context.output.note(&format!("  and {} more", losers.len() - NAMED));
    }
}

/// What a purge would delete.
#[derive(Serialize)]
struct PurgeLine<'a> {
    merge: MergeId,
    survivor: &'a ContactId,
    delete: &'a [ContactId],
    state: &'static str,
}

fn tell_purge(records: &[MergeRecord], context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
    for record in records {
        let MergePlan { survivor, losers, .. } = &record.plan;
        if context.output.json {
            let line = PurgeLine { merge: record.id, survivor, delete: losers, state: "planned" };
            context.output.object(&line)?;
            continue;
        }
        for id in losers {
            let name = record.plan.seen(id).map(crate::domain::Contact::name).unwrap_or_default();
            let line =
                format!("DELETE /contacts/{id}  {name}, merged into {} (#{})", about(&record.plan), record.number);
            context.output.line(&one_line(&line))?;
        }
    }
    Ok(())
}
