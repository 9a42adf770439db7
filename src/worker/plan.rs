//! What a bulk action would take: one edit for each contact or task that needs a change, and the requests for them.

use std::collections::HashMap;

use crate::api::endpoints::{GetTasks, SearchTasks};
use crate::api::{ApiError, Urgency};
use crate::domain::{
    BusinessEdit, Contact, ContactEdit, ContactField, ContactId, ContactPatch, Edit, EditKind, Named, TagEdit, Target,
    Task, TaskEdit, UserId,
};
use crate::protocol::{BulkAction, Planned};
use crate::store::StoreError;

use crate::worker::attempt::TOGETHER;
use crate::worker::shared::WorkerShared;

/// Contacts per task search.
const ASKED: usize = 50;
/// Tasks per page of the search; the server may return fewer.
const PAGE: u32 = 100;

/// Plans an action for these contacts, from the cache; tasks are fetched.
pub(super) async fn plan(shared: &WorkerShared, contacts: Vec<ContactId>, action: &BulkAction) -> Planned {
    let mut planned = Planned::default();
    let mut known: Vec<Contact> = Vec::with_capacity(contacts.len());
    for contact in contacts {
        // A contact that is not in the cache is not on screen.
        if let Some(Some(cached)) = shared.cached(shared.cache.contact(contact).await) {
            known.push(cached.contact);
        }
    }
    let count = known.len();
    if *action == BulkAction::CompleteTasks {
        match open_tasks(shared, &known).await {
            Ok(tasks) => planned.edits = tasks.into_iter().map(completion).collect(),
            Err(error) => planned.trouble = Some(error.to_string()),
        }
        // Each is checked before it is completed: completing it twice would fire automations twice.
        planned.requests = 2 * planned.edits.len();
        return planned;
    }
    if let BulkAction::TagOnce(tags) = action {
        match once(shared, &known, tags).await {
            Ok(edits) => planned.edits = edits,
            Err(error) => planned.trouble = Some(error.to_string()),
        }
    } else {
        planned.edits = known.iter().filter_map(|contact| edit(contact, action)).collect();
    }
    planned.unchanged = count - planned.edits.len();
    planned.requests = match action {
        BulkAction::AddTags(_) | BulkAction::TagOnce(_) | BulkAction::RemoveTags(_) | BulkAction::SetBusiness(_) => {
            planned.edits.len().div_ceil(TOGETHER)
        }
        BulkAction::Assign(_) | BulkAction::CompleteTasks => 2 * planned.edits.len(),
        // The contact, its tasks and its notes are read first, so that they can be re-created.
        BulkAction::Delete => 4 * planned.edits.len(),
    };
    planned
}

/// The tags that each contact neither has nor ever got from here.
async fn once(shared: &WorkerShared, contacts: &[Contact], tags: &[String]) -> Result<Vec<Edit>, StoreError> {
    let mut missing: Vec<(ContactId, Vec<String>)> =
        contacts.iter().map(|contact| (contact.id.clone(), Vec::new())).collect();
    for tag in tags {
        let given = shared.ledger.tagged(tag.clone()).await?;
        for (known, (contact, missing)) in contacts.iter().zip(&mut missing) {
            if !has(known, tag) && !given.contains(contact) {
                missing.push(tag.clone());
            }
        }
    }
    missing.retain(|(_, tags)| !tags.is_empty());
    Ok(missing.into_iter().map(|(contact, tags)| Edit::new(contact, TagEdit::Add { tags })).collect())
}

fn has(contact: &Contact, tag: &str) -> bool {
    contact.tags.iter().any(|held| held.to_lowercase() == tag.to_lowercase())
}

fn completion(task: Task) -> Edit {
    Edit::new(task.contact, TaskEdit::Complete { task: Target::Known(task.id), title: task.title, completed: true })
}

/// What one contact needs; `None` if nothing would change.
fn edit(known: &Contact, action: &BulkAction) -> Option<Edit> {
    let has = |tag: &String| has(known, tag);
    let what: EditKind = match action {
        BulkAction::AddTags(tags) if !tags.iter().all(has) => TagEdit::Add { tags: tags.clone() }.into(),
        BulkAction::RemoveTags(tags) if tags.iter().any(has) => TagEdit::Remove { tags: tags.clone() }.into(),
        BulkAction::Assign(owner) if known.owner != *owner => {
            let patch = |owner: &Option<UserId>| {
                let value = owner.as_ref().map(|id| id.as_str().to_owned());
                ContactPatch { fields: [(ContactField::Owner, value)].into(), ..ContactPatch::default() }
            };
            ContactEdit::Patch { name: known.name(), before: patch(&known.owner), after: patch(owner) }.into()
        }
        BulkAction::SetBusiness(after) if known.business.as_ref() != after.as_ref().map(|one| &one.id) => {
            let before = known.business.clone().map(|id| Named { name: id.as_str().to_owned(), id });
            BusinessEdit::Set { before, after: after.clone() }.into()
        }
        BulkAction::Delete => ContactEdit::Delete { name: known.name() }.into(),
        BulkAction::AddTags(_)
        | BulkAction::RemoveTags(_)
        | BulkAction::Assign(_)
        | BulkAction::SetBusiness(_)
        | BulkAction::CompleteTasks
        | BulkAction::TagOnce(_) => return None,
    };
    Some(Edit::new(known.id.clone(), what))
}

/// The open tasks of contacts: by the location's search, or one by one if the token may not search.
async fn open_tasks(shared: &WorkerShared, contacts: &[Contact]) -> Result<Vec<Task>, ApiError> {
    let mut tasks = HashMap::new();
    for some in contacts.chunks(ASKED) {
        let ids: Vec<ContactId> = some.iter().map(|contact| contact.id.clone()).collect();
        let mut skip = 0;
        loop {
            let search = SearchTasks {
                location: shared.client.location().clone(),
                contacts: ids.clone(),
                completed: Some(false),
                assigned_to: None,
                limit: PAGE,
                skip,
            };
            let page = match shared.call(&search, Urgency::User).await {
                Err(ApiError::MissingScope { .. }) => return one_by_one(shared, contacts).await,
                Err(_) => shared.read(&search).await?,
                Ok(page) => page,
            };
            if page.is_empty() {
                break;
            }
            skip += u32::try_from(page.len()).unwrap_or(PAGE);
            tasks.extend(page.into_iter().map(|task| (task.value.id.clone(), task.value)));
        }
    }
    Ok(tasks.into_values().filter(|task| !task.completed).collect())
}

async fn one_by_one(shared: &WorkerShared, contacts: &[Contact]) -> Result<Vec<Task>, ApiError> {
    let mut tasks = Vec::new();
    for contact in contacts {
        let listed = shared.read(&GetTasks { contact: contact.id.clone() }).await?;
        tasks.extend(listed.into_iter().map(|task| task.value).filter(|task| !task.completed));
    }
    Ok(tasks)
}
