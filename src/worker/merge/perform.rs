//! One step: checked, recorded, sent, interpreted.

use std::time::Duration;

use crate::api::endpoints::{
    AddFollowers, AddTags, CreateAppointment, CreateContact, CreateNote, CreateTask, DeleteContact, DeleteEvent,
    DeleteNote, DeleteTask, GetContact, GetNote, GetTask, RemoveFollowers, RemoveTags, UpdateContact,
};
use crate::api::{ApiError, Endpoint, Received};
use crate::domain::{
    AppointmentPatch, Contact, ContactField, ContactId, ContactPatch, JournalStep, MergeOp, MergePhase, Note,
    NotePatch, Obstacle, StepReply, Task, TaskPatch, clashes,
};

use crate::worker::merge::run::{Halt, MergeRun, halt};
use crate::worker::merge::{finish, probe};
use crate::worker::write::{Earlier, Pause, RecordedWrite, WaitsFor};

/// The index may keep an address a little longer than its contact does.
const ADDRESS_LAG: Duration = Duration::from_secs(2);
/// We wait this long for that; after it, we assume that another contact has the address.
const ADDRESS_PATIENCE: Duration = Duration::from_secs(45);
/// A refused create may have created the contact anyway; the index shows it after about this long.
const SECOND_LOOK: Duration = Duration::from_millis(2_500);

/// Carries out a step, or finds that it was done.
pub(super) async fn perform(work: &mut MergeRun<'_>, step: &JournalStep) -> Result<StepReply, Halt> {
    match &step.op {
        MergeOp::Patch { contact, from, patch, release: false } => {
            patch_contact(work, step, contact, from, patch).await
        }
        MergeOp::Patch { contact, from, patch, release: true } => release(work, step, contact, from, patch).await,
        MergeOp::AddTags { contact, tags } => {
            let add = AddTags { contact: work.now(contact), tags: tags.clone() };
            let now = natural(work, step, contact, &add).await?;
            Ok(StepReply::Changed(probe::added(work, contact, tags, &now.unwrap_or_default())))
        }
        MergeOp::RemoveTags { contact, tags } => {
            let remove = RemoveTags { contact: work.now(contact), tags: tags.clone() };
            natural(work, step, contact, &remove).await.map(|_| StepReply::Nothing)
        }
        MergeOp::AddFollowers { contact, users } => {
            let add = AddFollowers { contact: work.now(contact), users: users.clone() };
            natural(work, step, contact, &add).await.map(|_| StepReply::Changed(probe::named(users)))
        }
        MergeOp::RemoveFollowers { contact, users } => {
            let remove = RemoveFollowers { contact: work.now(contact), users: users.clone() };
            natural(work, step, contact, &remove).await.map(|_| StepReply::Nothing)
        }
        MergeOp::MakeNote { contact, note, mark } => {
            let there = probe::note(work, contact, mark);
            // An author who has left the location can no longer be set; the text names them.
            let unnamed = note.author.as_ref().map(|_| NotePatch { author: None, ..note.clone() });
            let create = |note| CreateNote { contact: work.now(contact), note };
            // The answer to a write may differ from the list, so the print is taken when the list is read.
            let made = |made: Received<Note>| StepReply::Note { id: made.value.id, print: 0 };
            make(work, step, there, &create(note.clone()), unnamed.map(create), made).await
        }
        MergeOp::MakeTask { contact, task, mark } => {
            let there = probe::task(work, contact, mark);
            let unnamed = task.assigned_to.as_ref().map(|_| TaskPatch { assigned_to: None, ..task.clone() });
            let create = |task| CreateTask { contact: work.now(contact), task };
            let made = |made: Received<Task>| StepReply::Task { id: made.value.id, print: 0 };
            make(work, step, there, &create(task.clone()), unnamed.map(create), made).await
        }
        MergeOp::MakeAppointment { contact, appointment } => book(work, step, contact, appointment).await,
        MergeOp::DeleteNote { contact, note, print } => {
            let (contact, note) = (work.now(contact), note.clone());
            let get = GetNote { contact: contact.clone(), note: note.clone() };
            unchanged(work, &get, *print, Note::print, "a note that was copied").await?;
            remove(work, step, &DeleteNote { contact, note }).await
        }
        MergeOp::DeleteTask { contact, task, print } => {
            let (contact, task) = (work.now(contact), task.clone());
            let get = GetTask { contact: contact.clone(), task: task.clone() };
            unchanged(work, &get, *print, Task::print, "a task that was copied").await?;
            remove(work, step, &DeleteTask { contact, task }).await
        }
        MergeOp::DeleteAppointment { appointment, .. } => {
            remove(work, step, &DeleteEvent { appointment: appointment.clone() }).await
        }
        MergeOp::Check { contact, patch, tags, followers } => {
            finish::check(work, step, contact, patch, tags, followers).await?;
            Ok(StepReply::Nothing)
        }
        MergeOp::DeleteContact { contact } => delete(work, step, contact).await,
        MergeOp::MakeContact { was, patch } => make_contact(work, step, was, patch).await,
    }
}

/// A write that is harmless to repeat. If someone else deleted a loser, it is no longer needed.
async fn natural<E: Endpoint>(
    work: &MergeRun<'_>,
    step: &JournalStep,
    contact: &ContactId,
    endpoint: &E,
) -> Result<Option<E::Reply>, Halt> {
    let reply = work.send(step, endpoint).await?;
    if reply.is_none() {
        missing(work, contact)?;
    }
    Ok(reply)
}

async fn remove<E: Endpoint<Reply = ()>>(
    work: &MergeRun<'_>,
    step: &JournalStep,
    endpoint: &E,
) -> Result<StepReply, Halt> {
    work.send(step, endpoint).await?;
    Ok(StepReply::Nothing)
}

/// Whether a copy still has the text it had when the undo was decided; a copy that is gone does not matter.
async fn unchanged<T>(
    work: &MergeRun<'_>,
    get: &impl Endpoint<Reply = Received<T>>,
    print: u64,
    print_of: fn(&T) -> u64,
    what: &str,
) -> Result<(), Halt> {
    let held = work.look(get).await?;
    let same = print == 0 || held.is_none_or(|held| print_of(&held.value) == print);
    if same || work.insist {
        Ok(())
    } else {
        Err(Halt::Stop(Obstacle::MovedOn(vec![format!("{what} has been changed")])))
    }
}

/// The contact does not exist. Without the survivor the merge makes no sense; a deleted loser loses only data that was
/// copied.
fn missing(work: &MergeRun<'_>, contact: &ContactId) -> Result<(), Halt> {
    if work.is_survivor(contact) && work.phase() == MergePhase::Merge {
        let (contact, name) = (contact.clone(), work.name(contact));
        return Err(Halt::Stop(Obstacle::Gone { contact, name }));
    }
    Ok(())
}

async fn held(work: &MergeRun<'_>, contact: &ContactId) -> Result<Option<Contact>, Halt> {
    let found = work.look(&GetContact { contact: work.now(contact) }).await?;
    Ok(found.map(|held| held.value))
}

fn holds(patch: &ContactPatch, contact: &Contact) -> bool {
    patch.entries() == patch.current(contact).entries()
}

/// Changes fields, unless someone else has changed them since.
async fn patch_contact(
    work: &MergeRun<'_>,
    step: &JournalStep,
    contact: &ContactId,
    from: &ContactPatch,
    patch: &ContactPatch,
) -> Result<StepReply, Halt> {
    let Some(now) = held(work, contact).await? else {
        missing(work, contact)?;
        return Ok(StepReply::Nothing);
    };
    if holds(patch, &now) {
        return Ok(StepReply::Nothing);
    }
    expected(work, contact, from, patch, &now)?;
    write(work, step, contact, patch).await?;
    Ok(StepReply::Nothing)
}

/// Each field must have its old value, or the new one already.
fn expected(
    work: &MergeRun<'_>,
    contact: &ContactId,
    from: &ContactPatch,
    patch: &ContactPatch,
    now: &Contact,
) -> Result<(), Halt> {
    let same = |_: &str, a: &str, b: &str| a == b;
    let clash = clashes(&from.entries(), &patch.entries(), &patch.current(now).entries(), same);
    let fields: Vec<String> = clash.into_iter().map(|clash| clash.field).collect();
    if fields.is_empty() || work.insist {
        return Ok(());
    }
    let (contact, name) = (contact.clone(), work.name(contact));
    Err(Halt::Stop(Obstacle::Changed { contact, name, fields }))
}

/// Writes fields; where the server ignores a null, an empty string clears the field.
async fn write(
    work: &MergeRun<'_>,
    step: &JournalStep,
    contact: &ContactId,
    patch: &ContactPatch,
) -> Result<Option<Contact>, Halt> {
    let id = work.now(contact);
    let update = UpdateContact { contact: id.clone(), patch: patch.clone() };
    let reply = match work.attempt(step, &update, None).await? {
        Ok(reply) => reply.value,
        Err(ApiError::NotFound { .. }) => {
            missing(work, contact)?;
            return Ok(None);
        }
        Err(ApiError::Duplicate { existing, field, .. }) => return Err(taken(work, existing, field)),
        Err(error) => return Err(halt(error, &step.op.describe())),
    };
    let kept = patch.fields.iter().filter(|(field, value)| {
        value.as_ref().is_none_or(String::is_empty) && field.get(&reply).is_some_and(|held| !held.is_empty())
    });
    let fields: std::collections::BTreeMap<_, _> = kept.map(|(field, _)| (*field, Some(String::new()))).collect();
    if fields.is_empty() {
        return Ok(Some(reply));
    }
    let patch = ContactPatch { fields, ..ContactPatch::default() };
    let again = work.send(step, &UpdateContact { contact: id, patch }).await?;
    Ok(again.map(|reply| reply.value))
}

/// Another contact has the address: for a moment it may still be the loser, by the index.
fn taken(work: &MergeRun<'_>, existing: Option<ContactId>, field: Option<String>) -> Halt {
    let field = field.unwrap_or_else(|| "address".to_owned());
    let loser = existing.as_ref().is_some_and(|id| work.record.plan.losers.contains(id) || work.is_survivor(id));
    if loser && work.since.elapsed() < ADDRESS_PATIENCE {
        let why = format!("the {field} is still being released");
        return Pause::Later { why, wait: Some(ADDRESS_LAG), waits_for: WaitsFor::Time }.into();
    }
    match existing {
        Some(contact) if loser => {
            let name = work.name(&contact);
            Halt::Stop(Obstacle::Address { contact, name, field })
        }
        existing => Halt::Stop(Obstacle::Taken { existing, field }),
    }
}

/// The loser gives up addresses for the survivor; a GET shows whether it did.
async fn release(
    work: &MergeRun<'_>,
    step: &JournalStep,
    contact: &ContactId,
    from: &ContactPatch,
    patch: &ContactPatch,
) -> Result<StepReply, Halt> {
    let stays = |field: ContactField| {
        let (contact, name) = (contact.clone(), work.name(contact));
        Halt::Stop(Obstacle::Address { contact, name, field: field.label().to_owned() })
    };
    let kept = |now: &Contact| {
        let full = |field: &&ContactField| field.get(now).is_some_and(|value| !value.is_empty());
        patch.fields.keys().find(full).copied()
    };
    let Some(now) = held(work, contact).await? else { return Ok(StepReply::Nothing) };
    let Some(field) = kept(&now) else { return Ok(StepReply::Nothing) };
    expected(work, contact, from, patch, &now)?;
    match write(work, step, contact, patch).await {
        // The server will not clear it.
        Err(Halt::Stop(Obstacle::Refused { .. })) => return Err(stays(field)),
        other => other?,
    };
    match held(work, contact).await?.as_ref().and_then(kept) {
        None => Ok(StepReply::Nothing),
        Some(field) => Err(stays(field)),
    }
}

/// Creates a record, unless it is there already; if the server refuses its user, without one.
async fn make<E: Endpoint>(
    work: &MergeRun<'_>,
    step: &JournalStep,
    there: impl Future<Output = Result<Option<StepReply>, Halt>>,
    create: &E,
    unnamed: Option<E>,
    reply: impl Fn(E::Reply) -> StepReply,
) -> Result<StepReply, Halt> {
    let write = work.write(work.phase(), step).await?;
    if write.tried() {
        if let Some(there) = there.await? {
            return Ok(there);
        }
        write.settled(Duration::ZERO)?;
    }
    let made = match (write.send(create, None).await?, unnamed) {
        (Err(ApiError::Reject { .. }), Some(unnamed)) => write.send(&unnamed, None).await?,
        (made, _) => made,
    };
    match made {
        Ok(made) => Ok(reply(made)),
        Err(ApiError::NotFound { .. }) => {
            missing(work, step.op.contact())?;
            Ok(StepReply::Nothing)
        }
        Err(error) => Err(halt(error, &step.op.describe())),
    }
}

async fn book(
    work: &MergeRun<'_>,
    step: &JournalStep,
    contact: &ContactId,
    appointment: &AppointmentPatch,
) -> Result<StepReply, Halt> {
    let write = work.write(work.phase(), step).await?;
    let probe = match write.earlier(probe::alike(work, contact, appointment).await?, |one| one.id.as_str())? {
        Earlier::Made(ours) => return Ok(StepReply::Appointment(ours.id)),
        Earlier::Nothing(probe) => probe,
    };
    let (location, contact) = (work.shared.client.location().clone(), work.now(contact));
    let create = CreateAppointment { location, contact, appointment: appointment.clone() };
    let made = write.send(&create, probe).await?.map_err(|error| halt(error, &step.op.describe()))?;
    Ok(StepReply::Appointment(made.value.id))
}

/// This is final, so the contact may have no data that was not copied.
async fn delete(work: &MergeRun<'_>, step: &JournalStep, contact: &ContactId) -> Result<StepReply, Halt> {
    let Some(now) = work.fetch(contact).await? else { return Ok(StepReply::Nothing) };
    if !work.insist {
        let news = probe::news(work, contact, &now.member).await?;
        if !news.is_empty() {
            return Err(Halt::Stop(Obstacle::MovedOn(news)));
        }
        let zone = work.shared.zone().await.map_err(|error| halt(error, "read the location"))?;
        if let Some(coming) = now.member.coming(work.shared.now(), &zone).next() {
            let (contact, name) = (contact.clone(), work.name(contact));
            let title = coming.title.clone().unwrap_or_default();
            return Err(Halt::Stop(Obstacle::Appointment { contact, name, title }));
        }
    }
    remove(work, step, &DeleteContact { contact: contact.clone() }).await
}

/// Re-creates a deleted contact. The API offers no mark to search for, so equal contacts were recorded first.
async fn make_contact(
    work: &MergeRun<'_>,
    step: &JournalStep,
    was: &ContactId,
    patch: &ContactPatch,
) -> Result<StepReply, Halt> {
    let write = work.write(work.phase(), step).await?;
    let probe = match write.earlier(equal(work, &write, patch).await?, |one| one.id.as_str())? {
        Earlier::Made(ours) => return Ok(StepReply::Contact(ours.id)),
        Earlier::Nothing(probe) => probe.or_else(|| write.sent.probe.clone()).unwrap_or_default(),
    };
    let create = CreateContact { location: work.shared.client.location().clone(), patch: patch.clone() };
    match write.send(&create, Some(probe.clone())).await? {
        Ok(made) => Ok(StepReply::Contact(made.value.id)),
        // A refused create, now or in an earlier attempt, may have created the contact anyway.
        Err(error @ (ApiError::Reject { .. } | ApiError::Duplicate { .. })) => {
            for wait in [Duration::ZERO, SECOND_LOOK] {
                tokio::time::sleep(wait).await;
                let found = equal(work, &write, patch).await?.into_iter();
                if let Some(ours) = found.map(|one| one.id).find(|id| !probe.iter().any(|known| known == id.as_str())) {
                    return Ok(StepReply::Contact(ours));
                }
            }
            match error {
                ApiError::Duplicate { existing, field, .. } => Err(taken(work, existing, field)),
                other => Err(halt(other, &format!("re-create {}", work.name(was)))),
            }
        }
        Err(error) => Err(halt(error, &step.op.describe())),
    }
}

/// Candidates for the contact we created, without the members of the merge.
async fn equal(work: &MergeRun<'_>, write: &RecordedWrite<'_>, patch: &ContactPatch) -> Result<Vec<Contact>, Halt> {
    let mut found = write.equal_contacts(patch).await.map_err(|error| halt(error, "read"))?;
    found.retain(|one| !work.record.plan.members().any(|member| *member == one.id));
    Ok(found)
}
