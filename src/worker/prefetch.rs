//! Fetches data before it is needed, while nothing else is running: the tasks of the contacts in sight in one search,
//! and the records of the contacts above and below the cursor.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::api::endpoints::SearchTasks;
use crate::api::{ApiError, Received, Urgency};
use crate::domain::{ContactId, Scope, Task};
use crate::protocol::Prefetch;

use crate::worker::details;
use crate::worker::notice::Notice;
use crate::worker::shared::WorkerShared;

/// How often to check again while something else is running.
const BUSY: Duration = Duration::from_secs(1);
/// Data younger than this is not prefetched again: opening the contact fetches it anyway.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// Tasks per page; the server may return fewer.
const PAGE: u32 = 100;
/// No known server returns fewer: a page with fewer tasks is the last.
const SMALLEST: usize = 20;
/// Contacts with more pages of tasks than this are not prefetched.
const PAGES: u32 = 5;
/// How often to check whether the details of the contact under the cursor have arrived.
const LOOKS: u32 = 10;

/// The contacts in sight, and when to prefetch for them.
#[derive(Debug, Default)]
pub(super) struct Prefetcher {
    sight: Prefetch,
    due: Option<Instant>,
    job: Option<AbortHandle>,
    /// When the tasks of these were searched.
    searched: HashMap<ContactId, Instant>,
}

impl Prefetcher {
    /// Other contacts are in sight: jobs for the previous ones end.
    pub(super) fn look(&mut self, sight: Prefetch, now: Instant, rest: Duration) {
        self.stop();
        let somebody = !sight.visible.is_empty() || !sight.adjacent.is_empty();
        self.due = somebody.then_some(now + rest);
        self.sight = sight;
    }

    pub(super) fn stop(&mut self) {
        if let Some(job) = self.job.take() {
            job.abort();
        }
    }

    /// When to fetch, or to check whether it may.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What to fetch now; postponed while other work goes first.
    pub(super) fn take(&mut self, now: Instant, busy: bool) -> Option<Prefetch> {
        self.due.filter(|due| *due <= now)?;
        if busy {
            self.due = Some(now + BUSY);
            return None;
        }
        self.due = None;
        self.searched.retain(|_, at| *at + FRESH > now);
        let mut sight = self.sight.clone();
        sight.visible.retain(|contact| !contact.is_provisional() && !self.searched.contains_key(contact));
        sight.adjacent.retain(|contact| !contact.is_provisional());
        Some(sight)
    }

    pub(super) fn began(&mut self, job: AbortHandle) {
        self.job = Some(job);
    }

    /// The tasks of these are known.
    pub(super) fn searched(&mut self, contacts: Vec<ContactId>, now: Instant) {
        self.searched.extend(contacts.into_iter().map(|contact| (contact, now)));
    }
}

/// Prefetches; ended when other contacts are in sight.
pub(super) async fn fetch(shared: Arc<WorkerShared>, shown: Option<ContactId>, sight: Prefetch) {
    if let Some(shown) = shown.filter(|shown| !shown.is_provisional()) {
        // The contact under the cursor goes first.
        let mut looks = 0;
        while !details::is_younger(&shared, &shown, FRESH).await {
            looks += 1;
            if looks > LOOKS {
                return;
            }
            tokio::time::sleep(BUSY).await;
        }
    }
    let Prefetch { visible, adjacent } = sight;
    if let Err(error) = tasks(&shared, visible).await {
        tracing::debug!(%error, "tasks ahead");
        return;
    }
    for contact in adjacent {
        if details::is_younger(&shared, &contact, FRESH).await {
            continue;
        }
        match details::fetch(&shared, &contact, Urgency::Ahead).await {
            // Opening a contact that is gone reports it, and the sweep finds it too.
            Ok(()) | Err(ApiError::NotFound { .. }) => {}
            Err(error) => {
                tracing::debug!(%error, "details ahead");
                return;
            }
        }
    }
}

/// Fetches the unknown tasks of contacts in one search.
async fn tasks(shared: &WorkerShared, visible: Vec<ContactId>) -> Result<(), ApiError> {
    if shared.access().knows(Scope::LocationTasksReadonly) == Some(false) {
        return Ok(());
    }
    let mut contacts = Vec::new();
    for contact in visible {
        if !details::is_younger(shared, &contact, FRESH).await {
            contacts.push(contact);
        }
    }
    if contacts.is_empty() {
        return Ok(());
    }
    let asked_at = shared.now();
    let Some(tasks) = search(shared, &contacts).await? else { return Ok(()) };
    let taken = shared.cache.take_tasks(contacts.clone(), details::records(tasks), asked_at).await;
    if shared.cached(taken).is_some() {
        shared.notify(Notice::TasksSearched(contacts));
    }
    Ok(())
}

/// All tasks of some contacts, open and done; nothing if there are too many.
async fn search(shared: &WorkerShared, contacts: &[ContactId]) -> Result<Option<Vec<Received<Task>>>, ApiError> {
    let mut all: Vec<Received<Task>> = Vec::new();
    for _page in 0..PAGES {
        let search = SearchTasks {
            location: shared.client.location().clone(),
            contacts: contacts.to_vec(),
            completed: None,
            assigned_to: None,
            limit: PAGE,
            skip: u32::try_from(all.len()).unwrap_or(u32::MAX),
        };
        let page = shared.call(&search, Urgency::Ahead).await?;
        let count = page.len();
        let known = |task: &Received<Task>| all.iter().any(|other| other.value.id == task.value.id);
        let new: Vec<_> = page.into_iter().filter(|task| !known(task)).collect();
        let over = count < SMALLEST || new.is_empty();
        all.extend(new);
        if over {
            return Ok(Some(all));
        }
    }
    Ok(None)
}
