//! What every job of the worker needs, and the ways to make a call. Knows no job.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

use crate::api::{self, ApiError, Endpoint, Passing, Permit, Urgency, endpoints};
use crate::domain::{Access, ContactId, EditId, Location, MergeRules, Scope, UserId};
use crate::protocol::{Event, SyncState};
use crate::store::{Cache, Folder, LOCATION, Ledger, StoreError, WriteKey};
use crate::text;

use crate::worker::notice::{Notice, Notify};
use crate::worker::options::{Clock, Pace, WorkerOptions};

#[derive(Debug)]
pub(super) struct WorkerShared {
    pub(super) client: api::ApiClient,
    pub(super) ledger: Ledger,
    pub(super) cache: Cache,
    pub(super) folder: Folder,
    pub(super) pace: Pace,
    pub(super) events: mpsc::Sender<Event>,
    notify: Notify,
    /// Whether the terminal has the focus.
    pub(super) focus: watch::Sender<bool>,
    /// Whether the user paused syncing contacts.
    pub(super) held: watch::Sender<bool>,
    access: Mutex<Access>,
    /// Who signed in, according to the server.
    user: Option<UserId>,
    location: Mutex<Arc<Location>>,
    /// Contacts whose tasks, notes or appointments have changed since they were fetched, according to the server.
    outdated: Mutex<HashSet<ContactId>>,
    offline: AtomicBool,
    clock: Clock,
    /// When writes were last sent, by the clock that never jumps; and what the ledger calls that moment.
    sent: Mutex<HashMap<WriteKey, (Timestamp, Instant)>>,
    pub(super) merge_rules: MergeRules,
    /// Ends waits that depend on a time.
    pub(super) hurry: tokio::sync::Notify,
}

impl WorkerShared {
    pub(super) fn new(options: WorkerOptions, events: mpsc::Sender<Event>, notify: Notify) -> Self {
        let location = Arc::new(Location::unknown(options.client.location().clone()));
        Self {
            client: options.client,
            ledger: options.ledger,
            cache: options.cache,
            folder: options.folder,
            pace: options.pace,
            events,
            notify,
            focus: watch::Sender::new(true),
            held: watch::Sender::new(false),
            access: Mutex::new(options.access),
            user: options.user,
            location: Mutex::new(location),
            outdated: Mutex::default(),
            offline: AtomicBool::new(false),
            clock: options.clock,
            sent: Mutex::default(),
            merge_rules: options.merge_rules,
            hurry: tokio::sync::Notify::new(),
        }
    }

    /// The time of day. It may jump; [`WorkerShared::age`] does not.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// This long after now, for people to read.
    pub(super) fn after(&self, wait: Duration) -> Timestamp {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        self.now().saturating_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Whether something happened within this time. What lies in the future is of a clock that was set since.
    pub(super) fn is_within(&self, at: Timestamp, time: Duration) -> bool {
        Duration::try_from(self.now().duration_since(at)).is_ok_and(|age| age < time)
    }

    /// The time by the server's clock, for what is compared with its dates.
    pub(super) fn server_time(&self) -> Timestamp {
        self.client.server_time().unwrap_or_else(|| self.now())
    }

    /// A request of this write is about to be sent; returns the time for the ledger, which has milliseconds.
    pub(super) fn sends(&self, key: WriteKey) -> Timestamp {
        const MANY: usize = 1_000;
        let at = Timestamp::from_millisecond(self.now().as_millisecond()).unwrap_or_default();
        let mut sent = lock(&self.sent);
        if sent.len() > MANY {
            sent.retain(|_, (_, since)| since.elapsed() < AN_HOUR);
        }
        sent.insert(key, (at, Instant::now()));
        at
    }

    /// How long ago a write was sent, according to the ledger at `at`. What another run sent in our future, by a clock
    /// that was set since, counts from when we first saw it; a clock that jumps makes no difference from then on.
    pub(super) fn age(&self, key: WriteKey, at: Timestamp) -> Duration {
        let now = Instant::now();
        let passed = Duration::try_from(self.now().duration_since(at)).unwrap_or_default();
        let seen = now.checked_sub(passed.min(AN_HOUR)).unwrap_or(now);
        let mut sent = lock(&self.sent);
        let (of, since) = sent.entry(key).or_insert((at, seen));
        if *of != at {
            (*of, *since) = (at, seen);
        }
        since.elapsed()
    }

    /// Sends an event to the front end, waiting for room; ignored once the front end is gone.
    pub(super) async fn tell(&self, event: Event) {
        let _ = self.events.send(event).await;
    }

    /// Sends a notice to the coordinator.
    pub(super) fn notify(&self, notice: Notice) {
        self.notify.tell(notice);
    }

    pub(super) fn access(&self) -> Access {
        *lock(&self.access)
    }

    /// An answer showed whether the token has a scope.
    async fn learn(&self, scope: Scope, has: bool) {
        let learnt = {
            let mut access = lock(&self.access);
            let before = *access;
            *access = if has { before.having(scope) } else { before.lacking(scope) };
            (*access != before).then_some(*access)
        };
        if let Some(access) = learnt {
            self.tell(Event::Access(access)).await;
        }
    }

    /// Checks what the token may do, by requests that change nothing: scopes not known yet, and those that were
    /// missing, because a token can get them later.
    pub(super) async fn ask_for_access(&self) {
        for (scope, _unlocks) in Scope::FEATURES {
            let access = self.access();
            if access.knows(scope) == Some(true) || (access.is_by_choice() && scope.writes()) {
                continue;
            }
            match api::has_scope(&self.client, scope, Urgency::Background).await {
                Ok(Some(has)) => self.learn(scope, has).await,
                Ok(None) => {}
                // Others will find out, and report it.
                Err(_error) => return,
            }
        }
    }

    /// Which user we are: as the user said, or else as the server said.
    pub(super) async fn tell_me(&self) {
        let said = match self.ledger.setting(ME).await {
            Ok(said) => said.map(UserId::new),
            Err(error) => {
                tracing::error!(%error, "settings");
                None
            }
        };
        self.tell(Event::Me(said.or_else(|| self.user.clone()))).await;
    }

    /// The server reported that some record of this contact changed.
    pub(super) fn outdate(&self, contact: &ContactId) {
        lock(&self.outdated).insert(contact.clone());
    }

    pub(super) fn is_outdated(&self, contact: &ContactId) -> bool {
        lock(&self.outdated).contains(contact)
    }

    /// Clears the mark of [`Self::outdate`]: the contact's tasks, notes and appointments are being fetched.
    pub(super) fn clear_outdated(&self, contact: &ContactId) {
        lock(&self.outdated).remove(contact);
    }

    pub(super) fn location(&self) -> Arc<Location> {
        lock(&self.location).clone()
    }

    /// The location's time zone, asked for if nobody has yet: without it, a local time is not known for what it is.
    pub(super) async fn zone(&self) -> Result<TimeZone, ApiError> {
        if self.location().name.is_empty() {
            self.fetch_location().await?;
        }
        Ok(self.location().zone())
    }

    pub(super) async fn set_location(&self, location: Location) {
        let location = Arc::new(location);
        *lock(&self.location) = location.clone();
        self.tell(Event::Location(location)).await;
    }

    /// One call. Notes whether the server can be reached and whether the token may write.
    pub(super) async fn call<E: Endpoint>(&self, endpoint: &E, urgency: Urgency) -> Result<E::Reply, ApiError> {
        let result = self.client.call(endpoint, urgency).await;
        self.noticed::<E, _>(result).await
    }

    /// [`WorkerShared::call`] for requests that may leave at once.
    pub(super) async fn call_ready<E: Endpoint>(&self, endpoint: &E, permit: Permit) -> Result<E::Reply, ApiError> {
        let result = self.client.call_ready(endpoint, permit).await;
        self.noticed::<E, _>(result).await
    }

    /// Waits until a request may be sent at once.
    pub(super) async fn ready<E: Endpoint>(&self, urgency: Urgency) -> Result<Permit, ApiError> {
        match self.client.ready(urgency).await {
            Ok(permit) => Ok(permit),
            refused => self.noticed::<E, _>(refused).await,
        }
    }

    /// A call of the contact sync, which the user may pause: while it is paused, nothing is sent.
    pub(super) async fn call_unheld<E: Endpoint>(&self, endpoint: &E, urgency: Urgency) -> Result<E::Reply, ApiError> {
        let mut held = self.held.subscribe();
        loop {
            // The sender lives as long as this.
            let _ = held.wait_for(|held| !held).await;
            let permit = self.ready::<E>(urgency).await?;
            // The rate limit may have delayed it for seconds.
            if !*held.borrow() {
                return self.call_ready(endpoint, permit).await;
            }
        }
    }

    async fn noticed<E: Endpoint, T>(&self, result: Result<T, ApiError>) -> Result<T, ApiError> {
        match &result {
            Err(
                ApiError::Retry { cause: Passing::Network, .. }
                | ApiError::SignedOut { .. }
                | ApiError::AgencyToken { .. }
                | ApiError::WrongLocation { .. },
            ) => self.offline.store(true, Ordering::Relaxed),
            Err(ApiError::Unclear { .. }) => {}
            _ => {
                match &result {
                    Ok(_) => self.learn(E::SCOPE, true).await,
                    Err(ApiError::MissingScope { scope }) => self.learn(*scope, false).await,
                    Err(_) => {}
                }
                if self.offline.swap(false, Ordering::Relaxed) {
                    self.notify(Notice::Online);
                }
            }
        }
        result
    }

    /// A read that somebody is waiting for: temporary errors are retried a few times.
    pub(super) async fn read<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, ApiError> {
        self.read_for(endpoint, Urgency::User).await
    }

    /// [`WorkerShared::read`] at another urgency.
    pub(super) async fn read_for<E: Endpoint>(&self, endpoint: &E, urgency: Urgency) -> Result<E::Reply, ApiError> {
        const TRIES: u32 = 3;
        let mut tries = 1;
        loop {
            match self.call(endpoint, urgency).await {
                Err(ApiError::Retry { cause, after, .. }) if tries < TRIES => {
                    let wait = match cause {
                        Passing::Throttled => api::backoff(tries, after, fastrand::f64()),
                        // A waiting user should soon learn that there is no network.
                        Passing::Network | Passing::Server => Duration::from_millis(200) * tries,
                    };
                    tokio::time::sleep(wait).await;
                    tries += 1;
                }
                other => return other,
            }
        }
    }

    /// Passes on a cache error; an emptied cache is filled again.
    pub(super) fn cached<T>(&self, result: Result<T, StoreError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(StoreError::Rebuilt) => {
                self.notify(Notice::CacheLost);
                None
            }
            Err(error) => {
                tracing::error!(%error, "cache");
                None
            }
        }
    }

    /// Reports that the server cannot be reached, and when we retry.
    pub(super) async fn tell_offline(&self, retry_at: Timestamp, why: String) {
        let at = self.cached(self.cache.meta(FRESH_AT).await).flatten();
        self.tell(Event::Sync(SyncState::Offline { at, retry_at, why })).await;
    }

    /// Fetches the location's name, users, fields and tags. What the token may not read stays unknown.
    pub(super) async fn fetch_location(&self) -> Result<(), ApiError> {
        let id = self.client.location().clone();
        let (head, users, fields, tags) = (
            endpoints::GetLocation { location: id.clone() },
            endpoints::GetUsers { location: id.clone() },
            endpoints::GetCustomFields { location: id.clone() },
            endpoints::GetTags { location: id },
        );
        let (head, users, fields, tags) =
            tokio::join!(self.read(&head), self.read(&users), self.read(&fields), self.read(&tags));
        let mut location = Location::clone(&self.location());
        if let Some(head) = permitted(head)? {
            location.name = text::clean(&head.name).into_owned();
            (location.time_zone, location.country) = (head.time_zone, head.country);
        }
        location.users = permitted(users)?.unwrap_or(location.users);
        location.custom_fields = permitted(fields)?.unwrap_or(location.custom_fields);
        location.tags = permitted(tags)?.unwrap_or(location.tags);
        if location != *self.location() {
            self.cached(self.cache.set_meta(LOCATION, location.clone()).await);
            self.set_location(location).await;
        }
        Ok(())
    }
}

/// Longer than any write can be unclear.
const AN_HOUR: Duration = Duration::from_secs(60 * 60);

/// The cache's key for the time it was last current.
pub(super) const FRESH_AT: &str = "fresh_at";
/// The ledger's key for which user we are.
pub(super) const ME: &str = "me";
/// The ledger's key for what the screen last showed.
pub(super) const SHOWN: &str = "shown";
/// The ledger's key for the contacts that were in sight then.
pub(super) const IN_SIGHT: &str = "in_sight";

/// A missing scope is no failure here: the program shows IDs instead of names.
fn permitted<T>(result: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ApiError::MissingScope { scope }) => {
            tracing::info!(%scope, "not granted");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// An ID for an edit made now.
pub(super) fn new_edit_id() -> EditId {
    EditId(Uuid::now_v7())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
