//! Questions of the headless commands.

use std::collections::HashSet;

use uuid::Uuid;

use crate::api::{ApiError, Urgency, endpoints};
use crate::domain::{ContactId, GroupId, NoteId, Task, TaskId};
use crate::protocol::{Answer, Failure, FailureKind, Planned, Request, TaskFilter};
use crate::store::{Reversal, StoreError};

use crate::worker::attempt::preview;
use crate::worker::details::{self, take_full};
use crate::worker::failure::{local_failure, words};
use crate::worker::forget;
use crate::worker::merge;
use crate::worker::plan;
use crate::worker::raw;
use crate::worker::scan;
use crate::worker::shared::{WorkerShared, new_edit_id};
use crate::worker::views::{note_view, pending};

/// Tasks of the location per page; the server may return fewer, so only an empty page marks the end.
const PAGE: u32 = 100;

/// Answers a request, except [`Request::Sync`], which the coordinator runs.
pub(super) async fn answer(shared: &WorkerShared, request: Request) -> Result<Answer, Failure> {
    match request {
        Request::Sync { .. } => unreachable!("the coordinator runs a sync itself"),
        Request::Contacts { after, limit } => {
            let page = shared.cache.contacts(after, limit).await;
            Ok(Answer::Contacts(page.map_err(local("read the contacts"))?))
        }
        Request::Contact { id, offline } => contact(shared, id, offline).await,
        Request::Tasks { contact, offline } => {
            let details = belongings(shared, contact, offline, "fetch the tasks").await?;
            Ok(Answer::Tasks(details.tasks))
        }
        Request::Notes { contact, offline } => {
            let details = belongings(shared, contact, offline, "fetch the notes").await?;
            Ok(Answer::Notes(details.notes.into_iter().map(note_view).collect()))
        }
        Request::Appointments { contact, offline } => {
            let details = belongings(shared, contact, offline, "fetch the appointments").await?;
            Ok(Answer::Appointments(details.appointments))
        }
        Request::LocationTasks { filter, offline: false } => {
            let tasks = location_tasks(shared, &filter, None).await;
            Ok(Answer::Tasks(tasks.map_err(|error| words("fetch the tasks", &error))?))
        }
        Request::LocationTasks { filter, offline: true } => {
            let mut tasks = shared.cache.tasks().await.map_err(local("read the tasks"))?;
            tasks.retain(|task| filter.admits(task));
            Ok(Answer::Tasks(tasks))
        }
        Request::Traces(contact) => forget::traces(shared, &contact).await.map(Answer::Traces),
        Request::Forget(contact) => forget::forget(shared, &contact).await.map(|()| Answer::Forgotten),
        Request::Task { id, contact } => task(shared, id, contact).await.map(|task| Answer::Task(Box::new(task))),
        Request::Note { id, contact } => note(shared, id, contact).await,
        Request::Plan { contacts, action } => Ok(Answer::Planned(plan::plan(shared, contacts, &action).await)),
        Request::Inverse(group) => {
            let (now, only_look) = (shared.now(), true);
            let into = GroupId(Uuid::now_v7());
            let looked = shared.ledger.take_back(group, only_look, into, new_edit_id, now).await;
            let edits = match looked.map_err(local("read the history"))? {
                Reversal::Done(reversed) => reversed.rows.into_iter().map(|row| row.edit).collect(),
                Reversal::Merges { .. } | Reversal::Impossible(_) | Reversal::Nothing => Vec::new(),
            };
            Ok(Answer::Planned(Planned { edits, ..Planned::default() }))
        }
        Request::Raw(call) => raw::send(shared, call).await,
        Request::Members(contacts) => {
            let what = "fetch the contacts";
            let mut members = Vec::with_capacity(contacts.len());
            for contact in contacts {
                match merge::member(shared, &contact).await.map_err(|error| words(what, &error))? {
                    Some(member) => members.push(member),
                    None => {
                        return Err(not_found(what, &format!("no contact {contact}"), "see ghl-tui contacts list"));
                    }
                }
            }
            Ok(Answer::Members(members))
        }
        Request::Merges => Ok(Answer::Merges(shared.ledger.merges().await.map_err(local("read the journal"))?)),
        Request::Decisions => {
            Ok(Answer::Decisions(shared.ledger.decisions().await.map_err(local("read the decisions"))?))
        }
        Request::Duplicates => {
            let found = scan::once(shared).await;
            let failed = || Failure {
                kind: FailureKind::Local,
                what: "find duplicates".to_owned(),
                why: "the local copy cannot be read".to_owned(),
                next: "see the log file".to_owned(),
            };
            Ok(Answer::Duplicates(found.ok_or_else(failed)?))
        }
        Request::Location => Ok(Answer::Located),
        Request::Preview(edits) => {
            let location = shared.client.location();
            Ok(Answer::Previews(edits.iter().map(|edit| preview(edit, location)).collect()))
        }
        Request::Damaged => Ok(Answer::Damaged(shared.ledger.damaged_edits().await.map_err(local("read the outbox"))?)),
        Request::DropDamaged(row) => {
            let what = "drop the damaged edit";
            if shared.ledger.drop_damaged(row).await.map_err(local(what))? {
                Ok(Answer::Dropped)
            } else {
                Err(not_found(what, "it is not there any more", "see ghl-tui outbox list"))
            }
        }
        Request::Outbox => {
            let rows = shared.ledger.outbox().await.map_err(local("read the outbox"))?;
            Ok(Answer::Outbox(rows.iter().map(pending).collect()))
        }
    }
}

async fn contact(shared: &WorkerShared, id: ContactId, offline: bool) -> Result<Answer, Failure> {
    let what = "fetch the contact";
    if !offline {
        let received =
            shared.read(&endpoints::GetContact { contact: id.clone() }).await.map_err(|error| words(what, &error))?;
        let contact = received.value.clone();
        take_full(shared, received).await;
        return Ok(Answer::Contact(Box::new(contact)));
    }
    match shared.cache.contact(id.clone()).await.map_err(local(what))? {
        Some(cached) => Ok(Answer::Contact(Box::new(cached.contact))),
        None => Err(not_found(what, &format!("no contact {id} in the cache"), "leave out --offline")),
    }
}

async fn belongings(
    shared: &WorkerShared,
    contact: ContactId,
    offline: bool,
    what: &'static str,
) -> Result<crate::store::CachedDetails, Failure> {
    if !offline {
        details::fetch(shared, &contact, Urgency::User).await.map_err(|error| words(what, &error))?;
    }
    let cached = shared.cache.details(contact.clone()).await.map_err(local(what))?;
    if offline && cached.fetched_at.is_none() {
        return Err(not_found(what, &format!("{contact} is not in the cache"), "leave out --offline"));
    }
    Ok(cached)
}

/// The task with this ID: from the cache, or from all tasks of the location.
async fn task(shared: &WorkerShared, id: TaskId, contact: Option<ContactId>) -> Result<Task, Failure> {
    let what = format!("find task {id}");
    let cached = shared.cache.task(id.clone()).await.map_err(local("read the cache"))?;
    if let Some(contact) = contact.or_else(|| cached.as_ref().map(|task| task.contact.clone())) {
        let get = endpoints::GetTask { contact, task: id };
        return match (shared.read(&get).await, cached) {
            (Ok(task), _) => Ok(task.value),
            // Offline, an edit can be based on the cached copy.
            (Err(ApiError::Retry { .. }), Some(task)) => Ok(task),
            (Err(error), _) => Err(words(&what, &error)),
        };
    }
    let everything = TaskFilter::default();
    let tasks = location_tasks(shared, &everything, Some(&id)).await.map_err(|error| words(&what, &error))?;
    tasks.into_iter().find(|task| task.id == id).ok_or_else(|| {
        not_found(&what, "no contact of this location has it", "check the id, or name its contact with --contact")
    })
}

/// The note with this ID; its contact is known if the note was seen before.
async fn note(shared: &WorkerShared, id: NoteId, contact: Option<ContactId>) -> Result<Answer, Failure> {
    let what = "fetch the note";
    let known = shared.cache.note(id.clone()).await.map_err(local("read the cache"))?;
    let contact = contact.or_else(|| known.as_ref().map(|note| note.contact.clone()));
    let Some(contact) = contact else {
        return Err(not_found(what, "this machine has not seen it", "name its contact with --contact"));
    };
    let note = match (shared.read(&endpoints::GetNote { contact, note: id }).await, known) {
        (Ok(note), _) => note.value,
        // Offline, an edit can be based on the cached copy.
        (Err(ApiError::Retry { .. }), Some(note)) => note,
        (Err(error), _) => return Err(words(what, &error)),
    };
    Ok(Answer::Note(Box::new(note_view(note))))
}

/// All tasks that match, or those up to the one we want.
async fn location_tasks(
    shared: &WorkerShared,
    filter: &TaskFilter,
    wanted: Option<&TaskId>,
) -> Result<Vec<Task>, ApiError> {
    let (mut tasks, mut seen, mut skip) = (Vec::new(), HashSet::new(), 0);
    loop {
        let search = endpoints::SearchTasks {
            location: shared.client.location().clone(),
            contacts: filter.contact.iter().cloned().collect(),
            completed: filter.completed,
            assigned_to: filter.assigned_to.clone(),
            limit: PAGE,
            skip,
        };
        let page = shared.read(&search).await?;
        skip += u32::try_from(page.len()).unwrap_or(PAGE);
        // Without a sort, a task that changes between pages may appear twice.
        let new: Vec<Task> =
            page.into_iter().map(|task| task.value).filter(|task| seen.insert(task.id.clone())).collect();
        let found = new.iter().any(|task| Some(&task.id) == wanted);
        let end = new.is_empty();
        tasks.extend(new);
        if found || end {
            return Ok(tasks);
        }
    }
}

fn not_found(what: &str, why: &str, next: &str) -> Failure {
    Failure { kind: FailureKind::NotFound, what: what.to_owned(), why: why.to_owned(), next: next.to_owned() }
}

fn local(what: &str) -> impl Fn(StoreError) -> Failure + '_ {
    move |error| local_failure(what, &error)
}
