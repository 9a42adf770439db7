//! News of merges.

use crate::config::{Action, Context};
use crate::domain::{Label, MergePhase, MergePlan, MergeProgress, MergeRecord};
use crate::protocol::{Command, MergeDeed, MergeEvent, Ticket};
use crate::text;

use crate::ui::model::Model;
use crate::ui::popups::dry_run;
use crate::ui::rules;
use crate::ui::state::merges::{Asked, Batch};
use crate::ui::state::toast::Level;

/// Takes in news of merges.
pub(crate) fn news(model: &mut Model, event: MergeEvent) {
    match event {
        MergeEvent::Journal(records) => model.merges.set(records),
        MergeEvent::Queued { ticket, merges } => {
            let told = merges.clone();
            model.merges.put(merges);
            let asked = ticket.and_then(|ticket| model.merges.answered(ticket));
            if let (Some(Asked::Merge(_)), Some(ticket)) = (asked, ticket) {
                if let Some(first) = told.first() {
                    let label = Label::of_merges(told.len(), &first.plan);
                    model.undo.saved(ticket, first.batch, Some(label));
                }
                queued(model, &told);
            }
        }
        MergeEvent::Changed(record) => {
            let before = model.merges.put(vec![record.clone()]).pop().flatten();
            changed(model, before.as_ref(), &record);
        }
        MergeEvent::Refused { ticket, why, merge } => {
            let what = match gone(model, ticket) {
                Some(Asked::Merge(plans)) if plans.len() == 1 => format!("Not merged: {}", names(&plans)),
                Some(Asked::Merge(plans)) => format!("Not merged: {} groups", plans.len()),
                Some(Asked::Deed(deed, _)) => format!("Not done: {}", words(deed)),
                Some(Asked::Dismiss(_)) => "Not saved".to_owned(),
                Some(Asked::Reopen(_)) => "Not reopened".to_owned(),
                Some(Asked::DryRun) | None => text::clean(&why.what).into_owned(),
            };
            dry_run::keys::refused(model, ticket);
            let about = merge.and_then(|id| model.merges.lines().into_iter().find(|record| record.id == id));
            let about = about.map(|record| format!(" (merge #{})", record.number)).unwrap_or_default();
            model.say(Level::Bad, format!("{what}: {}{about}", rules::said(&why))).offers = vec![Action::GoJournal];
        }
        MergeEvent::DryRunning { ticket, done, total } => dry_run::keys::looked_at(model, ticket, done, total),
        MergeEvent::DryRun { ticket, report } => dry_run::keys::report(model, ticket, report),
        MergeEvent::Decisions(decisions) => model.merges.set_decisions(decisions),
    }
    let roster = model.listing.latest.clone();
    model.merges.look(&roster);
    model.duplicates.refresh(&model.merges, &model.merge_rules);
}

/// What was asked was refused or went nowhere: it was no step.
fn gone(model: &mut Model, ticket: Ticket) -> Option<Asked> {
    let asked = model.merges.refused(ticket);
    model.undo.refused(ticket);
    if let Some(Asked::Dismiss(pairs) | Asked::Reopen(pairs)) = &asked {
        model.undo.not_decided(pairs);
    }
    asked
}

/// A command of ours went nowhere.
pub(crate) fn not_taken(model: &mut Model, command: &Command) {
    let ticket = match command {
        Command::Merge { ticket, .. }
        | Command::DryRun { ticket, .. }
        | Command::Merges { ticket, .. }
        | Command::Dismiss { ticket, .. }
        | Command::Reopen { ticket, .. } => *ticket,
        _ => return,
    };
    gone(model, ticket);
    dry_run::keys::refused(model, ticket);
    model.duplicates.refresh(&model.merges, &model.merge_rules);
}

fn words(deed: MergeDeed) -> &'static str {
    match deed {
        MergeDeed::Resume => "resume",
        MergeDeed::LeaveAddress => "leave the address with the other contact",
        MergeDeed::DeleteFirst => "delete the merged contact first",
        MergeDeed::Pause => "pause",
        MergeDeed::Undo => "undo the merge",
        MergeDeed::Purge => "purge",
    }
}

fn names(plans: &[MergePlan]) -> String {
    let names: Vec<String> = plans.iter().map(MergePlan::name).collect();
    text::clean(&names.join(", ")).into_owned()
}

/// `"Kim Lee" ×2 (merge #216)`
fn whole(record: &MergeRecord) -> String {
    let name = text::clean(&record.plan.name()).into_owned();
    format!("\"{name}\" ×{} (merge #{})", record.plan.losers.len() + 1, record.number)
}

fn queued(model: &mut Model, merges: &[MergeRecord]) {
    let text = match merges {
        [] => return,
        [one] => format!("Merging {}", whole(one)),
        many => format!("Merging {} groups", many.len()),
    };
    model.say(Level::Queued, text).offers = vec![Action::Undo];
}

/// Says what has become of a merge, once.
fn changed(model: &mut Model, before: Option<&MergeRecord>, record: &MergeRecord) {
    if before.is_some_and(|before| before.phase == record.phase && before.progress == record.progress) {
        return;
    }
    let what = whole(record);
    let batch = model.merges.counted(record.batch, record.phase);
    match (record.phase, &record.progress) {
        (phase, MergeProgress::Stopped(why)) => {
            let doing = match phase {
                MergePhase::Merge => "Merging",
                MergePhase::Undo => "Undoing",
                MergePhase::Purge => "Purging",
            };
            let why = text::clean(&why.to_string()).into_owned();
            model.say(Level::Bad, format!("{doing} {what} stopped: {why}")).offers = vec![Action::GoJournal];
        }
        (_, MergeProgress::Refused(why)) => {
            let why = text::clean(&why.to_string()).into_owned();
            let open = model.key(Context::Main, Action::GoDuplicates);
            let said = format!("Not merged, nothing changed: {what}: {why}. {open} shows the group again");
            model.say(Level::Bad, said);
        }
        (_, MergeProgress::Done) if batch.total > 1 => {
            if batch.is_over() {
                ended(model, &batch);
            }
        }
        (MergePhase::Merge, MergeProgress::Done) => {
            model.say(Level::Done, format!("Merged {what}")).offers = vec![Action::Undo];
        }
        (MergePhase::Undo, MergeProgress::Done) => {
            let remade = if record.remade.is_empty() { "" } else { ", re-created with new IDs" };
            model.say(Level::Done, format!("Undone: {what}{remade}"));
        }
        (MergePhase::Purge, MergeProgress::Done) => {
            model.say(Level::Done, format!("Deleted the archived contacts: {what}"));
        }
        (_, MergeProgress::Queued | MergeProgress::Running | MergeProgress::Waiting { .. } | MergeProgress::Paused) => {
        }
    }
}

/// The last of many merges has ended.
fn ended(model: &mut Model, batch: &Batch) {
    let (done, stopped) = (batch.done, batch.stopped);
    let how = match batch.phase {
        MergePhase::Merge => "merged",
        MergePhase::Undo => "undone",
        MergePhase::Purge => "purged",
    };
    if stopped > 0 {
        model.say(Level::Bad, format!("{done} groups {how}, {stopped} not")).offers = vec![Action::GoJournal];
        return;
    }
    let toast = model.say(Level::Done, format!("{done} groups {how}"));
    if batch.phase == MergePhase::Merge {
        toast.offers = vec![Action::Undo];
    }
}
