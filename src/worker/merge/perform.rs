//! One step: checked, recorded, sent, interpreted.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::api::endpoints::{
    AddFollowers, AddTags, CreateAppointment, CreateContact, CreateNote, CreateTask, DeleteContact, DeleteEvent,
    DeleteNote, DeleteTask, FindDuplicate, GetContact, GetNote, GetTask, RemoveFollowers, RemoveTags, SearchContacts,
    TimeSpan, UpdateContact,
};
use crate::api::{ApiError, Endpoint};
use crate::domain::{
    AppointmentPatch, Contact, ContactField, ContactId, ContactPatch, JournalStep, MergeOp, MergePhase, NotePatch,
    Obstacle, StepReply, StepState, TaskPatch, UserId, clashes,
};

use crate::worker::merge::run::{Halt, MergeRun, halt};
use crate::worker::merge::{finish, probe};
use crate::worker::verdict::WaitsFor;

/// The index may keep an address a little longer than its contact does.
const ADDRESS_LAG: Duration = Duration::from_secs(2);
/// We wait this long for that; after it, we assume that another contact has the address.
const ADDRESS_PATIENCE: SignedDuration = SignedDuration::from_secs(45);
/// A refused create may have created the contact anyway; the index shows it after about this long.
const SECOND_LOOK: Duration = Duration::from_millis(2_500);
/// Clocks differ: a contact created this long before the request is not ours.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

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
            natural(work, step, contact, &remove).await?;
            Ok(StepReply::Nothing)
        }
        MergeOp::AddFollowers { contact, users } => {
            let add = AddFollowers { contact: work.now(contact), users: users.clone() };
            natural(work, step, contact, &add).await?;
            Ok(StepReply::Changed(named(users)))
        }
        MergeOp::RemoveFollowers { contact, users } => {
            let remove = RemoveFollowers { contact: work.now(contact), users: users.clone() };
            natural(work, step, contact, &remove).await?;
            Ok(StepReply::Nothing)
        }
        MergeOp::MakeNote { contact, note, mark } => make_note(work, step, contact, note, mark).await,
        MergeOp::MakeTask { contact, task, mark } => make_task(work, step, contact, task, mark).await,
        MergeOp::MakeAppointment { contact, appointment } => book(work, step, contact, appointment).await,
        MergeOp::DeleteNote { contact, note, print } => {
            let contact = work.now(contact);
            let held = work.look(&GetNote { contact: contact.clone(), note: note.clone() }).await?;
            unchanged(work, *print, held.as_ref().map(|held| held.value.print()), "a note that was copied")?;
            remove(work, step, &DeleteNote { contact, note: note.clone() }).await
        }
        MergeOp::DeleteTask { contact, task, print } => {
            let contact = work.now(contact);
            let held = work.look(&GetTask { contact: contact.clone(), task: task.clone() }).await?;
            unchanged(work, *print, held.as_ref().map(|held| held.value.print()), "a task that was copied")?;
            remove(work, step, &DeleteTask { contact, task: task.clone() }).await
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

/// A write that is harmless to repeat. If somebody else deleted a loser, it is no longer needed.
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
fn unchanged(work: &MergeRun<'_>, print: u64, now: Option<u64>, what: &str) -> Result<(), Halt> {
    let same = print == 0 || now.is_none_or(|now| now == print);
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

/// Changes fields, unless somebody else has changed them since.
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
    if loser && Timestamp::now().duration_since(work.since) < ADDRESS_PATIENCE {
        let why = format!("the {field} is still being released");
        return Halt::Later { why, wait: Some(ADDRESS_LAG), waits_for: WaitsFor::Time };
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

async fn make_note(
    work: &MergeRun<'_>,
    step: &JournalStep,
    contact: &ContactId,
    note: &NotePatch,
    mark: &str,
) -> Result<StepReply, Halt> {
    if matches!(step.state, StepState::Started { .. }) {
        if let Some(note) = probe::note(work, contact, mark).await? {
            return Ok(StepReply::Note { print: note.print(), id: note.id });
        }
        work.unclear(step)?;
    }
    let id = work.now(contact);
    let create = |note: NotePatch| CreateNote { contact: id.clone(), note };
    // An author who has left the location can no longer be set; the text names them.
    let unnamed = note.author.as_ref().map(|_| create(NotePatch { author: None, ..note.clone() }));
    // The answer to a write may differ from the list, so the print is taken when the list is read.
    make(work, step, contact, &create(note.clone()), unnamed, |made| StepReply::Note { id: made.value.id, print: 0 })
        .await
}

async fn make_task(
    work: &MergeRun<'_>,
    step: &JournalStep,
    contact: &ContactId,
    task: &TaskPatch,
    mark: &str,
) -> Result<StepReply, Halt> {
    if matches!(step.state, StepState::Started { .. }) {
        if let Some(task) = probe::task(work, contact, mark).await? {
            return Ok(StepReply::Task { print: task.print(), id: task.id });
        }
        work.unclear(step)?;
    }
    let id = work.now(contact);
    let create = |task: TaskPatch| CreateTask { contact: id.clone(), task };
    let unnamed = task.assigned_to.as_ref().map(|_| create(TaskPatch { assigned_to: None, ..task.clone() }));
    make(work, step, contact, &create(task.clone()), unnamed, |made| StepReply::Task { id: made.value.id, print: 0 })
        .await
}

/// Creates a record; if the server refuses its user, without one.
async fn make<E: Endpoint>(
    work: &MergeRun<'_>,
    step: &JournalStep,
    contact: &ContactId,
    create: &E,
    unnamed: Option<E>,
    reply: impl Fn(E::Reply) -> StepReply,
) -> Result<StepReply, Halt> {
    let made = match (work.attempt(step, create, None).await?, unnamed) {
        (Err(ApiError::Reject { .. }), Some(unnamed)) => work.attempt(step, &unnamed, None).await?,
        (made, _) => made,
    };
    match made {
        Ok(made) => Ok(reply(made)),
        Err(ApiError::NotFound { .. }) => {
            missing(work, contact)?;
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
    let alike = probe::alike(work, contact, appointment).await?;
    let probe = if matches!(step.state, StepState::Started { .. }) {
        let before = work.shared.ledger.merge_probe(work.id(), work.phase(), step.n).await?.unwrap_or_default();
        if let Some(ours) = alike.into_iter().find(|one| !before.iter().any(|id| id == one.id.as_str())) {
            return Ok(StepReply::Appointment(ours.id));
        }
        work.unclear(step)?;
        None
    } else {
        Some(alike.iter().map(|one| one.id.as_str().to_owned()).collect())
    };
    let (location, contact) = (work.shared.client.location().clone(), work.now(contact));
    let create = CreateAppointment { location, contact, appointment: appointment.clone() };
    let made = work.attempt(step, &create, probe).await?.map_err(|error| halt(error, &step.op.describe()))?;
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
        let zone = work.shared.location().zone();
        if let Some(coming) = now.member.coming(Timestamp::now(), &zone).next() {
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
    let noted = work.shared.ledger.merge_probe(work.id(), work.phase(), step.n).await?;
    let at = match step.state {
        StepState::Started { at } => at,
        StepState::Pending | StepState::Done => Timestamp::now(),
    };
    let found = equal(work, patch, at).await?;
    let probe = match noted {
        Some(before) => {
            if let Some(ours) = new_of(found, &before) {
                return Ok(StepReply::Contact(ours));
            }
            work.unclear(step)?;
            // The index may not show the contact yet.
            let lag = SignedDuration::try_from(work.shared.pace.index_lag).unwrap_or(SignedDuration::MAX);
            if matches!(step.state, StepState::Started { at } if Timestamp::now() < at + lag) {
                let why = "no answer: checking whether the contact was created".to_owned();
                return Err(Halt::Later { why, wait: Some(Duration::from_secs(1)), waits_for: WaitsFor::Time });
            }
            before
        }
        None => found.into_iter().map(|one| one.id.as_str().to_owned()).collect(),
    };
    let create = CreateContact { location: work.shared.client.location().clone(), patch: patch.clone() };
    match work.attempt(step, &create, Some(probe.clone())).await? {
        Ok(made) => Ok(StepReply::Contact(made.value.id)),
        // A refused create, now or in an earlier attempt, may have created the contact anyway.
        Err(error @ (ApiError::Reject { .. } | ApiError::Duplicate { .. })) => {
            for wait in [Duration::ZERO, SECOND_LOOK] {
                tokio::time::sleep(wait).await;
                if let Some(ours) = new_of(equal(work, patch, at).await?, &probe) {
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

/// The one that was not there before.
fn new_of(found: Vec<Contact>, before: &[String]) -> Option<ContactId> {
    found.into_iter().map(|one| one.id).find(|id| !before.iter().any(|known| known == id.as_str()))
}

/// Candidates for the contact we created: the same name, and recently added or with the same address.
async fn equal(work: &MergeRun<'_>, patch: &ContactPatch, at: Timestamp) -> Result<Vec<Contact>, Halt> {
    let location = work.shared.client.location().clone();
    let field = |field| patch.fields.get(&field).cloned().flatten().filter(|text: &String| !text.trim().is_empty());
    let (email, phone) = (field(ContactField::Email), field(ContactField::Phone));
    let mut found = Vec::new();
    if email.is_some() || phone.is_some() {
        let same = work.get(&FindDuplicate { location: location.clone(), email, phone }).await?;
        found.extend(same.map(|same| same.value));
    }
    let (added, mut search_after) = (TimeSpan { from: at.checked_sub(SKEW).ok(), until: None }, None);
    loop {
        let (location, page_limit) = (location.clone(), work.shared.pace.page);
        let newest =
            SearchContacts { location, page_limit, search_after, updated_since: None, newest_first: false, added };
        let (rows, _total) = work.get(&newest).await?;
        search_after =
            rows.last().filter(|_| rows.len() >= page_limit as usize).and_then(|row| row.search_after.clone());
        found.extend(rows.into_iter().map(|row| row.contact.value));
        if search_after.is_none() {
            break;
        }
    }
    let name = patch.name().to_lowercase();
    found.retain(|one| one.name().to_lowercase() == name);
    found.retain(|one| !work.record.plan.members().any(|member| *member == one.id));
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found.dedup_by(|one, other| one.id == other.id);
    Ok(found)
}

fn named(users: &[UserId]) -> Vec<String> {
    users.iter().map(|user| user.as_str().to_owned()).collect()
}
