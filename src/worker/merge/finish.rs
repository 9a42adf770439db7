//! Checks a finished merge against the server, and stores what is needed later.

use crate::api::endpoints::{GetNotes, GetTasks};
use crate::api::{Urgency, endpoints::GetContact};
use crate::domain::{
    ContactId, ContactPatch, JournalStep, MergeOp, MergePhase, Obstacle, StepReply, StepState, UserId,
};
use crate::store::MergeEnd;
use crate::worker::details;

use crate::worker::merge::run::{Halt, MergeRun};

/// Checks that the survivor has its new values and that every copy exists; stores what was written as the server lists
/// it.
pub(super) async fn check(
    work: &MergeRun<'_>,
    check: &JournalStep,
    contact: &ContactId,
    patch: &ContactPatch,
    tags: &[String],
    followers: &[UserId],
) -> Result<(), Halt> {
    let Some(now) = work.look(&GetContact { contact: contact.clone() }).await?.map(|held| held.value) else {
        let (contact, name) = (contact.clone(), work.name(contact));
        return Err(Halt::Stop(Obstacle::Gone { contact, name }));
    };
    let mut lacking: Vec<String> = patch
        .entries()
        .into_iter()
        .zip(patch.current(&now).entries())
        .filter(|(wanted, held)| wanted != held)
        .map(|((field, _), _)| field)
        .collect();
    let has = |tag: &String| now.tags.iter().any(|held| held.to_lowercase() == tag.trim().to_lowercase());
    lacking.extend(tags.iter().filter(|tag| !has(tag)).map(|tag| format!("the tag {tag}")));
    if followers.iter().any(|user| !now.followers.contains(user)) {
        lacking.push("a follower".to_owned());
    }
    let steps = work.shared.ledger.merge_steps(work.id(), work.phase()).await?;
    let before: Vec<&JournalStep> =
        steps.iter().filter(|step| step.n < check.n && step.state == StepState::Done).collect();
    if !lacking.is_empty() {
        // If the user continues anyway, it is written once more.
        for step in before.iter().filter(|step| writes_fields(step, contact)) {
            work.shared.ledger.repeat_merge_step(work.id(), work.phase(), step.n).await?;
        }
    }
    lacking.extend(copies(work, contact, &before).await?);
    if lacking.is_empty() { Ok(()) } else { Err(Halt::Stop(Obstacle::Missing(lacking.join(", ")))) }
}

fn writes_fields(step: &JournalStep, contact: &ContactId) -> bool {
    let about = step.op.contact() == contact;
    about && matches!(step.op, MergeOp::Patch { .. } | MergeOp::AddTags { .. } | MergeOp::AddFollowers { .. })
}

/// Returns the missing copies; takes the prints of the others.
async fn copies(work: &MergeRun<'_>, contact: &ContactId, steps: &[&JournalStep]) -> Result<Vec<String>, Halt> {
    let made = |step: &&&JournalStep| {
        step.op.contact() == contact && matches!(step.op, MergeOp::MakeNote { .. } | MergeOp::MakeTask { .. })
    };
    if !steps.iter().any(|step| made(&step)) {
        return Ok(Vec::new());
    }
    let id = work.now(contact);
    let (notes, tasks) = (GetNotes { contact: id.clone() }, GetTasks { contact: id });
    let (notes, tasks) = tokio::try_join!(work.get(&notes), work.get(&tasks))?;
    let mut lacking = Vec::new();
    for step in steps.iter().filter(made) {
        let found = match &step.reply {
            Some(StepReply::Note { id, .. }) => notes
                .iter()
                .find(|note| note.value.id == *id)
                .map(|note| StepReply::Note { id: id.clone(), print: note.value.print() }),
            Some(StepReply::Task { id, .. }) => tasks
                .iter()
                .find(|task| task.value.id == *id)
                .map(|task| StepReply::Task { id: id.clone(), print: task.value.print() }),
            _ => Some(StepReply::Nothing),
        };
        match found {
            Some(reply) if Some(&reply) != step.reply.as_ref() => {
                work.shared.ledger.end_merge_step(work.id(), work.phase(), step.n, reply).await?;
            }
            Some(_known) => {}
            None => {
                lacking.push(step.op.describe().replace("write a", "a copied").replace("make the", "the copied"));
                work.shared.ledger.repeat_merge_step(work.id(), work.phase(), step.n).await?;
            }
        }
    }
    Ok(lacking)
}

/// The merge is complete: updates the local copy, and the journal with what it needs later; `false` if the user has
/// decided otherwise in the meantime.
pub(super) async fn finish(work: &MergeRun<'_>) -> Result<bool, Halt> {
    let plan = &work.record.plan;
    let steps = work.shared.ledger.merge_steps(work.id(), work.phase()).await?;
    let gone = |contact: &ContactId| steps.iter().any(|step| step.op.is_irreversible() && step.op.contact() == contact);
    let mut left = Vec::new();
    for contact in plan.members() {
        let id = work.now(contact);
        let held = if gone(contact) { None } else { work.look(&GetContact { contact: id.clone() }).await? };
        let Some(held) = held else {
            details::remove(work.shared, &id).await;
            continue;
        };
        if work.phase() == MergePhase::Merge && !work.is_survivor(contact) {
            left.push((contact.clone(), held.value.updated));
            let about: Vec<&JournalStep> = steps.iter().filter(|step| step.op.contact() == contact).collect();
            copies(work, contact, &about).await?;
        }
        details::take_full(work.shared, held).await;
        if let Err(error) = details::fetch(work.shared, &id, Urgency::User).await {
            tracing::debug!(%error, "after a merge");
        }
    }
    let purged = plan.losers.iter().all(gone);
    let end = MergeEnd { left, remade: work.remade(), purged };
    Ok(work.shared.ledger.end_merge(work.id(), work.phase(), end, work.shared.now()).await?)
}
