//! One merge: its members, the user's choices, and the plan by the rules.

use std::collections::BTreeSet;

use crate::cli::ExitStatus;
use crate::cli::args::{MergeChoice, MergeDuplicates};
use crate::cli::fault::Fault;
use crate::dedupe::merge::{Choices, Pick, Review};
use crate::domain::{
    ContactId, ContactPatch, Keep, Member, MergePhase, MergePlan, MergeProgress, MergeRecord, MergeRules, counted,
};
use crate::protocol::{MergeDeed, Request};

use super::follow::{Begun, Following, about, allowed, begin, print, records};
use super::groups::{groups, key_of};
use super::journal::go_on;
use super::picks::{self, WHAT, usage};
use super::preview;
use crate::cli::commands::Invocation;
use crate::cli::commands::fields;
use crate::cli::commands::write::agreed;

/// Shortest beginning of a group's name that tells it from the others.
const SHORTEST_KEY: usize = 6;

/// A plan and the data it was made from.
pub(super) struct PlannedMerge {
    pub(super) members: Vec<Member>,
    pub(super) review: Review,
    /// Values that the user typed, as they are stored.
    pub(super) typed: ContactPatch,
    pub(super) plan: MergePlan,
}

pub(super) async fn run(command: &MergeDuplicates, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let journal = records(context).await?;
    let (ids, score) = match command.who.as_slice() {
        [key] => match there_by_key(key, &journal) {
            Some(record) => return again(record, command, context).await,
            None => group(key, context).await?,
        },
        ids => (ids.iter().map(|id| ContactId::new(id.as_str())).collect(), None),
    };
    let ids = taking_part(ids, &command.choice)?;
    if let Some(record) = there(&ids, &journal) {
        return again(record, command, context).await;
    }
    if let Some(other) = journal.iter().find(|record| holds(record, &ids)) {
        return Err(in_the_way(other));
    }
    context.locate().await?;
    let members = fetched(&ids, context).await?;
    let planned = plan(members, &command.choice, score, context)?;
    tell_appointments(&planned, context);
    if command.dry_run {
        return preview::print(&planned, context).await;
    }
    let what = format!("merge into {}", about(&planned.plan));
    allowed(&what, context)?;
    if planned.plan.delete && !may_delete(&planned.plan, &what, command.yes, context)? {
        context.output.note("nothing was merged");
        return Ok(ExitStatus::Done);
    }
    match begin(vec![planned.plan], context).await? {
        Begun::Queued(merges) => {
            for record in &merges {
                context.output.note(&format!("queued as {} (#{})", record.id, record.number));
            }
            Ok(Following::of(merges, command.standstill.wait, context).await?.status)
        }
        Begun::Refused { why, merge: None } => Err(Fault::from(why)),
        Begun::Refused { why, merge: Some(merge) } => {
            // Another process has begun it since the journal was read.
            let known = records(context).await?;
            match known.iter().find(|record| record.id == merge && same(record, &ids)) {
                Some(record) => again(record, command, context).await,
                None => Err(Fault::from(why)),
            }
        }
    }
}

fn may_delete(plan: &MergePlan, what: &str, yes: bool, context: &mut Invocation<'_, '_>) -> Result<bool, Fault> {
    let others = match plan.losers.len() {
        1 => "the other contact".to_owned(),
        count => format!("the {count} other contacts"),
    };
    agreed(yes, &format!("{what} and delete {others} for good"), context)
}

/// Whether it is a merge of exactly these contacts.
fn same(record: &MergeRecord, ids: &[ContactId]) -> bool {
    let of: BTreeSet<&ContactId> = record.plan.members().collect();
    of == ids.iter().collect()
}

/// Whether one of these contacts takes part in it while it is unfinished, or is archived by it.
pub(super) fn holds(record: &MergeRecord, ids: &[ContactId]) -> bool {
    let takes_part = record.progress.is_open() && record.plan.members().any(|member| ids.contains(member));
    takes_part || (record.is_archived() && record.plan.losers.iter().any(|loser| ids.contains(loser)))
}

/// Whether it has or will have an effect; a refused or undone merge can be started again.
fn counts(record: &MergeRecord) -> bool {
    let is_undone = record.phase == MergePhase::Undo && record.progress == MergeProgress::Done;
    !is_undone && !matches!(record.progress, MergeProgress::Refused(_))
}

/// The newest merge of exactly these contacts.
fn there<'a>(ids: &[ContactId], journal: &'a [MergeRecord]) -> Option<&'a MergeRecord> {
    journal.iter().filter(|record| counts(record) && same(record, ids)).max_by_key(|record| record.number)
}

/// The newest merge of the group with this name.
fn there_by_key<'a>(key: &str, journal: &'a [MergeRecord]) -> Option<&'a MergeRecord> {
    let key = key.to_lowercase();
    let called = |record: &MergeRecord| {
        let members: Vec<ContactId> = record.plan.members().cloned().collect();
        key.len() >= SHORTEST_KEY && key_of(&members).starts_with(&key)
    };
    journal.iter().filter(|record| counts(record) && called(record)).max_by_key(|record| record.number)
}

/// Merging the same contacts again: an unfinished merge resumes, a finished one is printed.
async fn again(
    record: &MergeRecord,
    command: &MergeDuplicates,
    context: &mut Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let number = record.number;
    if record.phase == MergePhase::Undo {
        let next = format!("finish the undo with ghl-tui duplicates resume {number}, then merge again");
        let why = format!("merge #{number} of these contacts is being undone");
        return Err(Fault::new(ExitStatus::Rejected, WHAT, why, &next));
    }
    let how = if record.progress.is_open() { "resumes" } else { "is done" };
    context.output.note(&format!("merge #{number} of these contacts {how}"));
    if command.choice != MergeChoice::default() {
        context.output.note("the options given now do not change it");
    }
    if command.dry_run {
        print(record, context.output)?;
        return Ok(ExitStatus::Done);
    }
    go_on(vec![record.clone()], MergeDeed::Resume, command.standstill.wait, context).await
}

fn in_the_way(other: &MergeRecord) -> Fault {
    let number = other.number;
    let into = about(&other.plan);
    let (why, next) = if other.progress.is_open() {
        let next = format!("ghl-tui duplicates resume {number} or ghl-tui duplicates undo {number}, then merge these");
        (format!("one of them is in merge #{number} into {into}, which is not finished"), next)
    } else {
        let next = format!("name {} instead, or run ghl-tui duplicates undo {number} first", other.plan.survivor);
        (format!("merge #{number} into {into} has archived one of them"), next)
    };
    Fault::new(ExitStatus::Rejected, WHAT, why, &next)
}

/// The group with this name, and its score.
async fn group(key: &str, context: &mut Invocation<'_, '_>) -> Result<(Vec<ContactId>, Option<f64>), Fault> {
    let next = "see ghl-tui duplicates list";
    let start = key.to_lowercase();
    if start.len() < SHORTEST_KEY || !start.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(usage(
            format!("{key} is not a group, and one contact cannot be merged"),
            "name two or more ids, or a group by its first 6 characters",
        ));
    }
    context.ask(Request::Sync { full: false }).await?;
    let mut found = groups(context).await?;
    found.retain(|group| key_of(&group.members).starts_with(&start));
    match found.as_slice() {
        [group] => Ok((group.members.clone(), Some(group.score))),
        [] => Err(Fault::new(ExitStatus::NotFound, &format!("merge {key}"), "there is no group with this name", next)),
        _ => Err(usage(format!("several groups begin with {key}"), next)),
    }
}

/// The contacts to merge, each once.
fn taking_part(ids: Vec<ContactId>, choice: &MergeChoice) -> Result<Vec<ContactId>, Fault> {
    let next = "name contacts that take part in the merge";
    if let Some(id) = choice.exclude.iter().find(|id| !ids.contains(id)) {
        return Err(usage(format!("{id} does not take part, so it cannot be excluded"), next));
    }
    let mut seen = BTreeSet::new();
    let taking: Vec<ContactId> =
        ids.into_iter().filter(|id| !choice.exclude.contains(id) && seen.insert(id.clone())).collect();
    if taking.len() < 2 {
        return Err(usage("fewer than two contacts take part", "name two or more"));
    }
    match &choice.survivor {
        Some(id) if !taking.contains(id) => {
            Err(usage(format!("{id} does not take part, so it cannot be the survivor"), next))
        }
        _ => Ok(taking),
    }
}

/// The members with all their data, fresh from the server.
async fn fetched(ids: &[ContactId], context: &mut Invocation<'_, '_>) -> Result<Vec<Member>, Fault> {
    let members = only!(context.ask(Request::Members(ids.to_vec())).await?, Members);
    match ids.iter().find(|id| !members.iter().any(|member| member.contact.id == **id)) {
        None => Ok(members),
        Some(gone) => {
            let next = "check the id, or run ghl-tui sync first";
            Err(Fault::new(ExitStatus::NotFound, WHAT, format!("there is no contact {gone}"), next))
        }
    }
}

/// The plan for these members, by the rules and the user's choices.
fn plan(
    members: Vec<Member>,
    choice: &MergeChoice,
    score: Option<f64>,
    context: &Invocation<'_, '_>,
) -> Result<PlannedMerge, Fault> {
    let rules = rules(context)?;
    let mut choices = Choices {
        survivor: choice.survivor.clone(),
        delete: choice.delete,
        move_appointments: choice.move_appointments,
        silence: choice.silence.then_some(true),
        ..Choices::default()
    };
    let survivor = Review::of(&members, &choices, &rules).survivor;
    let (picked, typed) = picks::of(choice, &members, survivor, context)?;
    choices.picked = picked;
    let review = Review::of(&members, &choices, &rules);
    let from = choices.picked.iter().filter(|(_, pick)| matches!(pick, Pick::From(_)));
    if from.into_iter().any(|(field, _)| review.row(field).is_none()) {
        return Err(usage("none of the contacts has a value in a field of --from", "give --set FIELD=VALUE"));
    }
    let plan = review.plan(&members, &choices, &rules, score);
    let mut plan = plan.ok_or_else(|| usage("fewer than two contacts take part", "name two or more"))?;
    picks::write_typed(&typed, &review, &members[review.survivor], &mut plan);
    Ok(PlannedMerge { members, review, typed, plan })
}

/// The rules, with the custom field for leftovers by its id.
fn rules(context: &Invocation<'_, '_>) -> Result<MergeRules, Fault> {
    let mut rules = context.merge_rules.clone();
    if let Keep::Field(name) = &rules.keep {
        let id = fields::custom_id(name, context).ok_or_else(|| {
            usage(format!("there is no custom field {name}"), "change keep under [merge] in the configuration")
        })?;
        rules.keep = Keep::Field(id.as_str().to_owned());
    }
    Ok(rules)
}

/// Says which losers keep upcoming appointments.
fn tell_appointments(PlannedMerge { members, plan, .. }: &PlannedMerge, context: &mut Invocation<'_, '_>) {
    if plan.move_appointments {
        return;
    }
    let zone = context.session.zone();
    for member in members.iter().filter(|member| member.contact.id != plan.survivor) {
        let coming = member.coming(context.now, &zone).count();
        if coming > 0 {
            let (name, id) = (member.contact.name(), &member.contact.id);
            let coming = counted(coming, "upcoming appointment");
            context
                .output
                .note(&format!("{name} ({id}) keeps {coming}; to rebook for the survivor, add --move-appointments"));
        }
    }
}
