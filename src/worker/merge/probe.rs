//! What is already on the server: copies by their marks, and what a contact received since it was archived.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::api::endpoints::{GetAppointments, GetContact, GetNotes, GetTasks};
use crate::dedupe::merge::carries;
use crate::domain::{
    Appointment, AppointmentPatch, Contact, ContactId, ContactPatch, JournalStep, Member, MergeOp, MergePhase,
    StepReply, StepState, Task, UserId,
};

use crate::worker::merge::run::{Halt, MergeRun, halt};

/// The note with a mark.
pub(super) async fn note(work: &MergeRun<'_>, contact: &ContactId, mark: &str) -> Result<Option<StepReply>, Halt> {
    let notes = work.look(&GetNotes { contact: work.now(contact) }).await?.unwrap_or_default();
    let found = notes.into_iter().map(|note| note.value).find(|note| carries(&note.body, mark));
    Ok(found.map(|note| StepReply::Note { print: note.print(), id: note.id }))
}

/// The task with a mark.
pub(super) async fn task(work: &MergeRun<'_>, contact: &ContactId, mark: &str) -> Result<Option<StepReply>, Halt> {
    let tasks = work.look(&GetTasks { contact: work.now(contact) }).await?.unwrap_or_default();
    let marked = |task: &Task| task.body.as_deref().is_some_and(|body| carries(body, mark));
    let found = tasks.into_iter().map(|task| task.value).find(marked);
    Ok(found.map(|task| StepReply::Task { print: task.print(), id: task.id }))
}

/// Appointments of a contact that equal this one.
pub(super) async fn alike(
    work: &MergeRun<'_>,
    contact: &ContactId,
    wanted: &AppointmentPatch,
) -> Result<Vec<Appointment>, Halt> {
    let zone = work.shared.zone().await.map_err(|error| halt(error, "read the location"))?;
    let listed = work.look(&GetAppointments { contact: work.now(contact) }).await?.unwrap_or_default();
    Ok(listed.into_iter().map(|one| one.value).filter(|held| wanted.books(held, &zone)).collect())
}

/// A step's real status, for an undo: a step that may have been sent is looked up. `None` if it had no effect.
pub(super) async fn settled(
    work: &MergeRun<'_>,
    phase: MergePhase,
    step: JournalStep,
) -> Result<Option<JournalStep>, Halt> {
    let write = match step.state {
        StepState::Done => return Ok(Some(step)),
        StepState::Pending => return Ok(None),
        StepState::Started { .. } => work.write(phase, &step).await?,
    };
    write.settled(Duration::ZERO)?;
    let reply = match &step.op {
        MergeOp::MakeNote { contact, mark, .. } => note(work, contact, mark).await?,
        MergeOp::MakeTask { contact, mark, .. } => task(work, contact, mark).await?,
        MergeOp::MakeAppointment { contact, appointment } => {
            let found = alike(work, contact, appointment).await?;
            found.into_iter().find(|one| write.is_new(one.id.as_str())).map(|one| StepReply::Appointment(one.id))
        }
        MergeOp::DeleteContact { contact } => {
            let held = work.look(&GetContact { contact: contact.clone() }).await?;
            held.is_none().then_some(StepReply::Nothing)
        }
        MergeOp::AddTags { contact, tags } => Some(match work.look(&GetContact { contact: contact.clone() }).await? {
            None => StepReply::Nothing,
            Some(held) => StepReply::Changed(added(work, contact, tags, &held.value.tags)),
        }),
        MergeOp::AddFollowers { users, .. } => Some(StepReply::Changed(named(users))),
        // The undo compares with the server's copy.
        _ => Some(StepReply::Nothing),
    };
    let Some(reply) = reply else {
        work.look_later(phase, &step, &StepReply::Nothing, 0).await?;
        work.shared.ledger.repeat_merge_step(work.id(), phase, step.n).await?;
        return Ok(None);
    };
    work.shared.ledger.end_merge_step(work.id(), phase, step.n, reply.clone()).await?;
    Ok(Some(JournalStep { state: StepState::Done, reply: Some(reply), ..step }))
}

pub(super) fn named(users: &[UserId]) -> Vec<String> {
    users.iter().map(|user| user.as_str().to_owned()).collect()
}

/// Of these tags, those that the contact has now and did not have before, in the server's spelling.
pub(super) fn added(work: &MergeRun<'_>, contact: &ContactId, wanted: &[String], now: &[String]) -> Vec<String> {
    let before = work.image(contact).map(|member| member.contact.tags.as_slice()).unwrap_or_default();
    let same = |a: &String, b: &String| a.trim().to_lowercase() == b.trim().to_lowercase();
    let new =
        |tag: &&String| wanted.iter().any(|wanted| same(wanted, tag)) && !before.iter().any(|before| same(before, tag));
    now.iter().filter(new).cloned().collect()
}

/// What a loser received since the merge read it, in words.
pub(super) async fn news(work: &MergeRun<'_>, loser: &ContactId, now: &Member) -> Result<Vec<String>, Halt> {
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
    for note in now.notes.iter().filter(|note| !ours(note.id.as_str())) {
        match was.notes.iter().find(|known| known.id == note.id) {
            None => news.push(format!("{name} has a new note")),
            Some(known) if known.print() != note.print() => news.push(format!("a note of {name} has been changed")),
            Some(_known) => {}
        }
    }
    for task in now.tasks.iter().filter(|task| !ours(task.id.as_str())) {
        match was.tasks.iter().find(|known| known.id == task.id) {
            None => news.push(format!("{name} has a new task \"{}\"", task.title)),
            Some(known) if known.print() != task.print() => {
                news.push(format!("the task \"{}\" of {name} has been changed", task.title));
            }
            Some(_known) => {}
        }
    }
    // The merge's own changes to its fields are not news, nor are those it did not make after all.
    let mut expected = was.contact.clone();
    for step in steps.iter().filter(|step| step.op.contact() == loser && step.state == StepState::Done) {
        if let MergeOp::Patch { patch, .. } = &step.op {
            patch.apply(&mut expected);
        }
    }
    let entries = |contact: &Contact| {
        let patch = ContactPatch { tags: Vec::new(), ..ContactPatch::of(contact) };
        patch.entries().into_iter().filter(|(_, value)| !value.is_empty() && value != "off").collect::<BTreeSet<_>>()
    };
    let (original, before, after) = (entries(&was.contact), entries(&expected), entries(&now.contact));
    let of = |all: &BTreeSet<(String, String)>, field: &String| all.iter().find(|(name, _)| name == field).cloned();
    let fields: BTreeSet<&String> = before
        .symmetric_difference(&after)
        .map(|(field, _)| field)
        .filter(|field| of(&after, field) != of(&original, field))
        .collect();
    news.extend(fields.into_iter().map(|field| format!("{name} has a different {field}")));
    let aside = work.record.plan.tag.as_ref().map(|tag| tag.to_lowercase());
    let tags = |contact: &Contact| {
        let all = contact.tags.iter().map(|tag| tag.trim().to_lowercase());
        all.filter(|tag| Some(tag) != aside.as_ref()).collect::<BTreeSet<_>>()
    };
    if tags(&was.contact) != tags(&now.contact) {
        news.push(format!("{name} has different tags"));
    }
    let followers = |contact: &Contact| contact.followers.iter().cloned().collect::<BTreeSet<_>>();
    if followers(&was.contact) != followers(&now.contact) {
        news.push(format!("{name} has different followers"));
    }
    Ok(news)
}
