//! One merge: who, what is said about it, and the plan by the rules.

use std::collections::BTreeSet;

use crate::cli::ExitStatus;
use crate::cli::args::{MergeChoice, MergeDuplicates};
use crate::cli::fault::Fault;
use crate::dedupe::merge::{Choices, Pick, Review};
use crate::domain::{
    ContactId, ContactPatch, Keep, Member, MergePhase, MergePlan, MergeProgress, MergeRecord, MergeRules,
};
use crate::protocol::{Answer, MergeDeed, Request};

use super::follow::{Begun, Following, about, allowed, begin, print, records};
use super::groups::{groups, key_of};
use super::journal::go_on;
use super::picks::{self, WHAT, usage};
use super::preview;
use crate::cli::commands::Context;
use crate::cli::commands::fields;
use crate::cli::commands::read::unexpected;
use crate::cli::commands::write::agreed;

/// So much of a group's name tells it from the others.
const SHORTEST_KEY: usize = 6;

/// A plan and what it is made of.
pub(super) struct Planned {
    pub(super) members: Vec<Member>,
    pub(super) review: Review,
    /// Values that somebody typed, as they are stored.
    pub(super) typed: ContactPatch,
    pub(super) plan: MergePlan,
}

pub(super) async fn run(command: &MergeDuplicates, context: &mut Context<'_, '_>) -> Result<ExitStatus, Fault> {
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
            // Somebody has begun it since the journal was read.
            let known = records(context).await?;
            match known.iter().find(|record| record.id == merge && same(record, &ids)) {
                Some(record) => again(record, command, context).await,
                None => Err(Fault::from(why)),
            }
        }
    }
}

fn may_delete(plan: &MergePlan, what: &str, yes: bool, context: &mut Context<'_, '_>) -> Result<bool, Fault> {
    let others = match plan.losers.len() {
        1 => "the other contact".to_owned(),
        count => format!("the {count} other contacts"),
    };
    agreed(yes, &format!("{what} and delete {others} for ever"), context)
}

/// Whether it is a merge of exactly these.
fn same(record: &MergeRecord, ids: &[ContactId]) -> bool {
    let of: BTreeSet<&ContactId> = record.plan.members().collect();
    of == ids.iter().collect()
}

/// Whether it has not ended and one of these takes part, or one of these is set aside by it.
pub(super) fn holds(record: &MergeRecord, ids: &[ContactId]) -> bool {
    let takes_part = record.progress.is_open() && record.plan.members().any(|member| ids.contains(member));
    takes_part || (record.is_set_aside() && record.plan.losers.iter().any(|loser| ids.contains(loser)))
}

/// Whether it has an effect, or will have: what was refused or undone can be begun anew.
fn counts(record: &MergeRecord) -> bool {
    let is_undone = record.phase == MergePhase::Undo && record.progress == MergeProgress::Done;
    !is_undone && !matches!(record.progress, MergeProgress::Refused(_))
}

/// The newest merge of exactly these contacts.
fn there<'a>(ids: &[ContactId], journal: &'a [MergeRecord]) -> Option<&'a MergeRecord> {
    journal.iter().filter(|record| counts(record) && same(record, ids)).max_by_key(|record| record.number)
}

/// The newest merge of the group that is called so.
fn there_by_key<'a>(key: &str, journal: &'a [MergeRecord]) -> Option<&'a MergeRecord> {
    let key = key.to_lowercase();
    let called = |record: &MergeRecord| {
        let members: Vec<ContactId> = record.plan.members().cloned().collect();
        key.len() >= SHORTEST_KEY && key_of(&members).starts_with(&key)
    };
    journal.iter().filter(|record| counts(record) && called(record)).max_by_key(|record| record.number)
}

/// Merging the same again: what has not ended goes on, what has is printed.
async fn again(
    record: &MergeRecord,
    command: &MergeDuplicates,
    context: &mut Context<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let number = record.number;
    if record.phase == MergePhase::Undo {
        let next = format!("ghl-tui duplicates resume {number} ends the undo; then merge anew");
        let why = format!("merge #{number} of these contacts is being undone");
        return Err(Fault::new(ExitStatus::Rejected, WHAT, why, &next));
    }
    let how = if record.progress.is_open() { "goes on" } else { "is done" };
    context.output.note(&format!("merge #{number} of these contacts {how}"));
    if command.choice != MergeChoice::default() {
        context.output.note("what is said about it now changes nothing in it");
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
        let next = format!("ghl-tui duplicates resume {number}, or undo {number}, and then merge these");
        (format!("one of them is in merge #{number} into {into}, which has not ended"), next)
    } else {
        let next = format!("name {} instead, or first ghl-tui duplicates undo {number}", other.plan.survivor);
        (format!("one of them was set aside by merge #{number} into {into}"), next)
    };
    Fault::new(ExitStatus::Rejected, WHAT, why, &next)
}

/// The group that is called so, and how sure it is.
async fn group(key: &str, context: &mut Context<'_, '_>) -> Result<(Vec<ContactId>, Option<f64>), Fault> {
    let next = "ghl-tui duplicates list shows the groups";
    let start = key.to_lowercase();
    if start.len() < SHORTEST_KEY || !start.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(usage(
            format!("{key} is neither two contacts nor a group"),
            "name two or more ids, or a group by its first 6 characters",
        ));
    }
    context.ask(Request::Sync { full: false }).await?;
    let mut found = groups(context).await?;
    found.retain(|group| key_of(&group.members).starts_with(&start));
    match found.as_slice() {
        [group] => Ok((group.members.clone(), Some(group.score))),
        [] => Err(Fault::new(ExitStatus::NotFound, &format!("merge {key}"), "no group is called so", next)),
        _ => Err(usage(format!("several groups begin with {key}"), next)),
    }
}

/// The contacts that are merged, each once.
fn taking_part(ids: Vec<ContactId>, choice: &MergeChoice) -> Result<Vec<ContactId>, Fault> {
    let next = "name contacts that are merged";
    if let Some(id) = choice.exclude.iter().find(|id| !ids.contains(id)) {
        return Err(usage(format!("{id} is none of the contacts, so it cannot be left alone"), next));
    }
    let mut seen = BTreeSet::new();
    let taking: Vec<ContactId> =
        ids.into_iter().filter(|id| !choice.exclude.contains(id) && seen.insert(id.clone())).collect();
    if taking.len() < 2 {
        return Err(usage("fewer than two contacts take part", "name two or more"));
    }
    match &choice.survivor {
        Some(id) if !taking.contains(id) => Err(usage(format!("{id} does not take part, so it cannot stay"), next)),
        _ => Ok(taking),
    }
}

/// The members, whole and fresh.
async fn fetched(ids: &[ContactId], context: &mut Context<'_, '_>) -> Result<Vec<Member>, Fault> {
    let Answer::Members(members) = context.ask(Request::Members(ids.to_vec())).await? else {
        return Err(unexpected());
    };
    match ids.iter().find(|id| !members.iter().any(|member| member.contact.id == **id)) {
        None => Ok(members),
        Some(gone) => {
            let next = "check the id; ghl-tui sync brings the local copy up to date";
            Err(Fault::new(ExitStatus::NotFound, WHAT, format!("there is no contact {gone}"), next))
        }
    }
}

/// What these members become, by the rules and by what is said.
fn plan(
    members: Vec<Member>,
    choice: &MergeChoice,
    score: Option<f64>,
    context: &Context<'_, '_>,
) -> Result<Planned, Fault> {
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
        return Err(usage("none of the contacts has a value of a field of --from", "give --set FIELD=VALUE"));
    }
    let plan = review.plan(&members, &choices, &rules, score);
    let mut plan = plan.ok_or_else(|| usage("fewer than two contacts take part", "name two or more"))?;
    picks::write_typed(&typed, &review, &members[review.survivor], &mut plan);
    Ok(Planned { members, review, typed, plan })
}

/// The rules, with the custom field for what has no place by its id.
fn rules(context: &Context<'_, '_>) -> Result<MergeRules, Fault> {
    let mut rules = context.merge_rules.clone();
    if let Keep::Field(name) = &rules.keep {
        let id = fields::custom_id(name, context).ok_or_else(|| {
            usage(format!("there is no custom field {name}"), "change keep in [merge] of the configuration")
        })?;
        rules.keep = Keep::Field(id.as_str().to_owned());
    }
    Ok(rules)
}

/// Says whose appointments stay behind.
fn tell_appointments(Planned { members, plan, .. }: &Planned, context: &mut Context<'_, '_>) {
    if plan.move_appointments {
        return;
    }
    let zone = context.session.zone();
    for member in members.iter().filter(|member| member.contact.id != plan.survivor) {
        let coming = member.coming(context.now, &zone).count();
        if coming > 0 {
            let (name, id) = (member.contact.name(), &member.contact.id);
            let word = if coming == 1 { "appointment" } else { "appointments" };
            context.output.note(&format!(
                "{name} ({id}) keeps {coming} coming {word}; --move-appointments books them anew for the one that stays"
            ));
        }
    }
}
