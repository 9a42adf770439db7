//! Before the first write of a phase: everything is fetched again, compared with what was reviewed, and journalled.

use std::collections::BTreeSet;

use crate::api::ApiError;
use crate::api::endpoints::GetAppointment;
use crate::dedupe::merge::{PreImage, purge_steps, steps, undo_steps};
use crate::domain::{
    AddressWay, AppointmentTime, Contact, ContactId, ContactPatch, JournalStep, Keep, Location, Member, MergeOp,
    MergePhase, MergePlan, Obstacle, Scope, StepReply, StepState, UserId,
};
use crate::store::Image;

use crate::worker::merge::probe;
use crate::worker::merge::run::{Halt, MergeRun, halt};

/// Works out the steps of this phase, and stores them.
pub(super) async fn prepare(work: &mut MergeRun<'_>) -> Result<(), Halt> {
    match work.phase() {
        MergePhase::Merge => merge(work).await,
        MergePhase::Undo => undo(work).await,
        MergePhase::Purge => purge(work).await,
    }
}

async fn merge(work: &mut MergeRun<'_>) -> Result<(), Halt> {
    let plan = work.record.plan.clone();
    let mut images: Vec<Image> = Vec::with_capacity(plan.losers.len() + 1);
    for contact in plan.members() {
        let Some(image) = work.fetch(contact).await? else {
            let (contact, name) = (contact.clone(), work.name(contact));
            return Err(Halt::Refuse(Obstacle::Gone { contact, name }));
        };
        if let Some(seen) = plan.seen(contact) {
            let fields = changed(seen, &image.member.contact);
            if !fields.is_empty() {
                let (contact, name) = (contact.clone(), work.name(contact));
                return Err(Halt::Refuse(Obstacle::Changed { contact, name, fields }));
            }
        }
        images.push(image);
    }
    appointments(work, &plan, &mut images).await?;
    work.images = images.iter().map(|image| image.member.clone()).collect();
    let steps = plan_steps(work, &plan);
    work.shared.ledger.journal_merge(work.id(), images, steps).await?;
    Ok(())
}

/// The steps of a plan, from the copies taken before the merge.
fn plan_steps(work: &MergeRun<'_>, plan: &MergePlan) -> Vec<MergeOp> {
    let location = work.shared.location();
    with_image(work, plan, &location, steps)
}

fn with_image<T>(
    work: &MergeRun<'_>,
    plan: &MergePlan,
    location: &Location,
    then: impl FnOnce(&PreImage<'_>) -> T,
) -> T {
    let zone = location.zone();
    let user = |id: &UserId| location.user(id).map_or_else(|| id.to_string(), |user| user.name.clone());
    let label = |label: &str| {
        let named = location.custom_fields.iter().find(|field| field.id.as_str() == label);
        named.map_or_else(|| label.to_owned(), |field| field.name.clone())
    };
    // A custom field is given by its ID or by its name.
    let keep = match &plan.keep {
        Keep::Field(name) => {
            let named = |field: &&crate::domain::CustomField| {
                field.id.as_str() == name || field.name.to_lowercase() == name.to_lowercase()
            };
            let found = location.custom_fields.iter().find(named);
            found.map_or(Keep::Note, |field| Keep::Field(field.id.to_string()))
        }
        other => other.clone(),
    };
    let plan = MergePlan { keep, ..plan.clone() };
    // The result is the same however often this runs: the time is that of the promise.
    let now = if work.phase() == MergePhase::Merge { work.record.made_at } else { work.shared.now() };
    let image =
        PreImage { merge: work.id(), plan: &plan, members: &work.images, now, zone: &zone, user: &user, label: &label };
    then(&image)
}

/// How a contact differs from what was reviewed.
fn changed(seen: &Contact, now: &Contact) -> Vec<String> {
    let texts = |contact: &Contact| {
        let patch = ContactPatch::of(contact);
        ContactPatch { tags: Vec::new(), ..patch }.entries().into_iter().collect::<BTreeSet<_>>()
    };
    let (before, after) = (texts(seen), texts(now));
    let mut fields: BTreeSet<String> = before.symmetric_difference(&after).map(|(field, _)| field.clone()).collect();
    let set = |all: &[String]| all.iter().map(|one| one.to_lowercase()).collect::<BTreeSet<_>>();
    if set(&seen.tags) != set(&now.tags) {
        fields.insert("tags".to_owned());
    }
    let followers = |contact: &Contact| contact.followers.iter().cloned().collect::<BTreeSet<_>>();
    if followers(seen) != followers(now) {
        fields.insert("followers".to_owned());
    }
    if set(&seen.additional_emails) != set(&now.additional_emails) {
        fields.insert("additional e-mails".to_owned());
    }
    if set(&seen.additional_phones) != set(&now.additional_phones) {
        fields.insert("additional phones".to_owned());
    }
    fields.into_iter().collect()
}

/// Upcoming appointments of losers: they are re-created only in a known calendar, and never deleted silently.
async fn appointments(work: &MergeRun<'_>, plan: &MergePlan, images: &mut [Image]) -> Result<(), Halt> {
    let zone = work.shared.zone().await.map_err(|error| halt(error, "read the location"))?;
    for image in images.iter_mut().skip(1) {
        let coming: Vec<_> = image.member.coming(work.record.made_at, &zone).map(|one| one.id.clone()).collect();
        let Some(first) = coming.first() else { continue };
        if !plan.move_appointments {
            if plan.delete || plan.address == AddressWay::DeleteFirst {
                return Err(Halt::Refuse(appointment(&image.member, first)));
            }
            continue;
        }
        if work.shared.access().knows(Scope::EventsWrite) == Some(false) {
            return Err(Halt::Refuse(Obstacle::Scope(Scope::EventsWrite.to_string())));
        }
        for id in coming {
            // The contact's own list gives neither the calendar nor the exact time.
            let whole = work.shared.call(&GetAppointment { appointment: id.clone() }, crate::api::Urgency::User).await;
            let whole = match whole {
                Ok(whole) => whole.value,
                Err(ApiError::MissingScope { scope }) => {
                    return Err(Halt::Refuse(Obstacle::Scope(scope.to_string())));
                }
                Err(error) => return Err(halt(error, "read the appointment")),
            };
            if let Some(held) = image.member.appointments.iter_mut().find(|one| one.id == id) {
                let instant = |moment: Option<AppointmentTime>, own: Option<AppointmentTime>| moment.or(own);
                held.calendar = whole.calendar.or(held.calendar.take());
                held.start = instant(whole.start, held.start);
                held.end = instant(whole.end, held.end);
            }
        }
    }
    Ok(())
}

fn appointment(member: &Member, id: &crate::domain::AppointmentId) -> Obstacle {
    let title = member.appointments.iter().find(|one| one.id == *id).and_then(|one| one.title.clone());
    let (contact, name) = (member.contact.id.clone(), member.contact.name());
    Obstacle::Appointment { contact, name, title: title.unwrap_or_default() }
}

/// The user chose another way for an address: completed steps stay done.
pub(super) async fn another_way(work: &mut MergeRun<'_>, way: AddressWay) -> Result<(), Halt> {
    let plan = MergePlan { address: way, ..work.record.plan.clone() };
    work.shared.ledger.set_merge_plan(work.id(), plan.clone()).await?;
    work.record.plan = plan.clone();
    let mut steps = plan_steps(work, &plan);
    let before = work.shared.ledger.merge_steps(work.id(), MergePhase::Merge).await?;
    // The server did not clear it, so we don't try again; an undo checks whether it was cleared.
    for step in &before {
        if matches!((step.state, &step.op), (StepState::Started { .. }, MergeOp::Patch { release: true, .. })) {
            let (id, phase) = (work.id(), MergePhase::Merge);
            work.shared.ledger.end_merge_step(id, phase, step.n, StepReply::Nothing).await?;
        }
    }
    if way == AddressWay::LeaveIt {
        // Addresses that losers gave up go back to them first.
        let given_up =
            before.iter().filter(|step| step.state != StepState::Pending).filter_map(|step| match &step.op {
                MergeOp::Patch { contact, from, patch, release: true } => Some(MergeOp::Patch {
                    contact: contact.clone(),
                    from: patch.clone(),
                    patch: from.clone(),
                    release: false,
                }),
                _ => None,
            });
        let back: Vec<MergeOp> = given_up.collect();
        let place = steps.iter().position(|op| matches!(op, MergeOp::Patch { .. } | MergeOp::Check { .. }));
        let place = place.unwrap_or(steps.len());
        steps.splice(place..place, back);
    }
    work.shared.ledger.set_merge_steps(work.id(), MergePhase::Merge, steps).await?;
    Ok(())
}

async fn undo(work: &mut MergeRun<'_>) -> Result<(), Halt> {
    if work.record.wiped {
        return Err(Halt::Refuse(Obstacle::Wiped));
    }
    let mut done: Vec<JournalStep> = Vec::new();
    for phase in [MergePhase::Merge, MergePhase::Purge] {
        for step in work.shared.ledger.merge_steps(work.id(), phase).await? {
            done.extend(probe::settled(work, phase, step).await?);
        }
    }
    let mut now = Vec::new();
    let plan = work.record.plan.clone();
    let deleted: BTreeSet<&ContactId> = done
        .iter()
        .filter(|step| step.op.is_irreversible() && step.state == StepState::Done)
        .map(|step| step.op.contact())
        .collect();
    for contact in plan.members().filter(|contact| !deleted.contains(contact)) {
        now.extend(work.fetch(contact).await?.map(|image| image.member));
    }
    let location = work.shared.location();
    let steps = with_image(work, &plan, &location, |image| undo_steps(image, &done, &now));
    let steps = steps.map_err(Halt::Refuse)?;
    work.shared.ledger.set_merge_steps(work.id(), MergePhase::Undo, steps).await?;
    Ok(())
}

/// Before losers are deleted for good: they must have received nothing new.
async fn purge(work: &mut MergeRun<'_>) -> Result<(), Halt> {
    let plan = work.record.plan.clone();
    let zone = work.shared.zone().await.map_err(|error| halt(error, "read the location"))?;
    // The survivor has the only other copy of the data that a purge deletes.
    if work.fetch(&plan.survivor).await?.is_none() {
        let (contact, name) = (plan.survivor.clone(), work.name(&plan.survivor));
        return Err(Halt::Refuse(Obstacle::Gone { contact, name }));
    }
    for loser in &plan.losers {
        let Some(now) = work.fetch(loser).await? else { continue };
        if let Some(one) = now.member.coming(work.shared.now(), &zone).next() {
            return Err(Halt::Refuse(appointment(&now.member, &one.id)));
        }
        let news = probe::news(work, loser, &now.member).await?;
        if !news.is_empty() {
            return Err(Halt::Refuse(Obstacle::MovedOn(news)));
        }
    }
    work.shared.ledger.set_merge_steps(work.id(), MergePhase::Purge, purge_steps(&plan)).await?;
    Ok(())
}
