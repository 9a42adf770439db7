//! What is on the server already: copies by their marks, and what has come to a contact since it was set aside.

use std::collections::BTreeSet;

use crate::api::endpoints::{GetAppointments, GetContact, GetNotes, GetTasks};
use crate::domain::{
    Appointment, AppointmentPatch, ContactId, ContactPatch, JournalStep, Member, MergeOp, MergePhase, Note, StepReply,
    StepState, Task,
};

use super::work::{Halt, Work};

/// The note that carries a mark.
pub(super) async fn note(work: &Work<'_>, contact: &ContactId, mark: &str) -> Result<Option<Note>, Halt> {
    let notes = work.look(&GetNotes { contact: work.now(contact) }).await?.unwrap_or_default();
    Ok(notes.into_iter().map(|note| note.value).find(|note| note.body.contains(mark)))
}

/// The task that carries a mark.
pub(super) async fn task(work: &Work<'_>, contact: &ContactId, mark: &str) -> Result<Option<Task>, Halt> {
    let tasks = work.look(&GetTasks { contact: work.now(contact) }).await?.unwrap_or_default();
    let marked = |task: &Task| task.body.as_deref().is_some_and(|body| body.contains(mark));
    Ok(tasks.into_iter().map(|task| task.value).find(marked))
}

/// Appointments of a contact that are like this one.
pub(super) async fn alike(
    work: &Work<'_>,
    contact: &ContactId,
    wanted: &AppointmentPatch,
) -> Result<Vec<Appointment>, Halt> {
    let zone = work.shared.location().zone();
    let wanted = AppointmentPatch { title: wanted.title.clone(), start: wanted.start, ..AppointmentPatch::default() };
    let listed = work.look(&GetAppointments { contact: work.now(contact) }).await?.unwrap_or_default();
    let same = |held: &Appointment| wanted.entries() == wanted.current(held, &zone).entries();
    Ok(listed.into_iter().map(|one| one.value).filter(same).collect())
}

/// A step as it really stands, for an undo: one that may have left is looked for. `None` when it had no effect.
pub(super) async fn settled(
    work: &Work<'_>,
    phase: MergePhase,
    step: JournalStep,
) -> Result<Option<JournalStep>, Halt> {
    match step.state {
        StepState::Done => return Ok(Some(step)),
        StepState::Pending => return Ok(None),
        StepState::Started { .. } => work.unclear(&step)?,
    }
    let reply = match &step.op {
        MergeOp::MakeNote { contact, mark, .. } => {
            let found = note(work, contact, mark).await?;
            found.map(|note| StepReply::Note { print: note.print(), id: note.id })
        }
        MergeOp::MakeTask { contact, mark, .. } => {
            let found = task(work, contact, mark).await?;
            found.map(|task| StepReply::Task { print: task.print(), id: task.id })
        }
        MergeOp::MakeAppointment { contact, appointment } => {
            let before = work.shared.ledger.merge_probe(work.id(), phase, step.n).await?;
            let found = alike(work, contact, appointment).await?;
            let new = found.into_iter().find(|one| !before.iter().any(|id| id == one.id.as_str()));
            new.map(|one| StepReply::Appointment(one.id))
        }
        MergeOp::DeleteContact { contact } => {
            let held = work.look(&GetContact { contact: contact.clone() }).await?;
            held.is_none().then_some(StepReply::Nothing)
        }
        MergeOp::AddTags { contact, tags } => Some(match work.look(&GetContact { contact: contact.clone() }).await? {
            None => StepReply::Nothing,
            Some(held) => StepReply::Changed(added(work, contact, tags, &held.value.tags)),
        }),
        MergeOp::AddFollowers { users, .. } => {
            Some(StepReply::Changed(users.iter().map(|user| user.as_str().to_owned()).collect()))
        }
        // The undo compares what is there.
        _ => Some(StepReply::Nothing),
    };
    let Some(reply) = reply else {
        work.shared.ledger.repeat_merge_step(work.id(), phase, step.n).await?;
        return Ok(None);
    };
    work.shared.ledger.end_merge_step(work.id(), phase, step.n, reply.clone()).await?;
    Ok(Some(JournalStep { state: StepState::Done, reply: Some(reply), ..step }))
}

/// Of these tags those that the contact has now and had not before, as the server spells them.
pub(super) fn added(work: &Work<'_>, contact: &ContactId, wanted: &[String], now: &[String]) -> Vec<String> {
    let before = work.image(contact).map(|member| member.contact.tags.as_slice()).unwrap_or_default();
    let same = |a: &String, b: &String| a.trim().to_lowercase() == b.trim().to_lowercase();
    let new =
        |tag: &&String| wanted.iter().any(|wanted| same(wanted, tag)) && !before.iter().any(|before| same(before, tag));
    now.iter().filter(new).cloned().collect()
}

/// What has come to a loser since the merge looked at it, in words.
pub(super) async fn news(work: &Work<'_>, loser: &ContactId, now: &Member) -> Result<Vec<String>, Halt> {
    let Some(was) = work.image(loser) else { return Ok(Vec::new()) };
    let name = work.name(loser);
    let steps = work.shared.ledger.merge_steps(work.id(), MergePhase::Merge).await?;
    let ours = |id: &str| {
        steps.iter().any(|step| match &step.reply {
            Some(StepReply::Note { id: made, .. }) => made.as_str() == id,
            Some(StepReply::Task { id: made, .. }) => made.as_str() == id,
            _ => false,
        })
    };
    let mut news = Vec::new();
    let new_note = |note: &&Note| !was.notes.iter().any(|known| known.id == note.id) && !ours(note.id.as_str());
    if now.notes.iter().any(|note| new_note(&note)) {
        news.push(format!("{name} has a new note"));
    }
    for task in now.tasks.iter().filter(|task| !was.tasks.iter().any(|known| known.id == task.id)) {
        if !ours(task.id.as_str()) {
            news.push(format!("{name} has a new task \"{}\"", task.title));
        }
    }
    // What the merge itself changes is no news: addresses that were given up, the tag, the silence.
    let own: BTreeSet<String> = steps
        .iter()
        .filter(|step| step.op.contact() == loser)
        .flat_map(|step| match &step.op {
            MergeOp::Patch { patch, .. } => patch.entries().into_iter().map(|(field, _)| field).collect(),
            _ => Vec::new(),
        })
        .collect();
    let entries = |member: &Member| ContactPatch::of(&member.contact).entries().into_iter().collect::<BTreeSet<_>>();
    let (before, after) = (entries(was), entries(now));
    let fields: BTreeSet<&String> =
        before.symmetric_difference(&after).map(|(field, _)| field).filter(|field| !own.contains(*field)).collect();
    for field in fields {
        news.push(format!("{name} has another {field}"));
    }
    Ok(news)
}
