//! A list of the location's records of one kind: what is known of them, when to read more, and when to tell the screen.
//!
//! Records are read while they are on screen, part by part. What a read asks for, and what it brought, is up to its
//! reader.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::api::{ApiError, backoff};
use crate::domain::{ContactId, Receipt};
use crate::protocol::{Failure, FailureKind, Reading};

use crate::worker::failure::words;

/// How long after a read the next one begins.
const AGAIN: Duration = Duration::from_secs(60);
/// Plus this for each request that it took, so that a large location does not use up the day's limit.
const EACH: Duration = Duration::from_secs(3);
/// The token may get the missing scope later.
const REFUSED: Duration = Duration::from_secs(10 * 60);
/// The server reported a change: the list is read again this soon, if that takes few requests.
const HEARD: Duration = Duration::from_secs(5);
/// Changes that arrive within this time are reported together.
const GATHER: Duration = Duration::from_millis(200);

/// How long to wait after a read that took this many requests.
pub(super) fn pause_after(requests: usize) -> Duration {
    AGAIN.max(EACH * u32::try_from(requests).unwrap_or(u32::MAX))
}

/// A kind of record that the location has a list of.
pub(super) trait ListedRecord: PartialEq + Sized {
    type Id: Clone + Ord + Hash;
    /// What one read covers.
    type Part: Copy + Eq + Hash;
    /// What a read does, in the words of its failure.
    const READ: &str;
    fn id(&self) -> &Self::Id;
    fn contact(&self) -> &ContactId;
    /// The record that an edit changed, and what the list has of it now.
    fn left_by(receipt: &Receipt) -> Option<(Self::Id, Option<Self>)>;
}

/// The known records of a kind, and when to read more.
pub(super) struct LocationList<T: ListedRecord> {
    pub(super) known: BTreeMap<T::Id, Arc<T>>,
    /// The same, as last reported.
    told: Option<Arc<Vec<Arc<T>>>>,
    pub(super) reading: Reading,
    /// The parts on screen, the most important first.
    pub(super) shown: Vec<T::Part>,
    /// They may be read from then on: leafing through a year reads none of its months.
    from: Option<Instant>,
    pub(super) running: Option<(T::Part, Option<AbortHandle>)>,
    /// The last read took few requests.
    light: bool,
    failures: u32,
    /// When each part may be read again.
    pub(super) next: HashMap<T::Part, Instant>,
    /// Nothing is read before this.
    pause: Option<Instant>,
    tell_at: Option<Instant>,
    /// Records that changed here: a read may not show the change yet.
    pub(super) changed: HashMap<T::Id, Instant>,
}

impl<T: ListedRecord> Default for LocationList<T> {
    fn default() -> Self {
        Self {
            known: BTreeMap::new(),
            told: None,
            reading: Reading::Idle,
            shown: Vec::new(),
            from: None,
            running: None,
            light: false,
            failures: 0,
            next: HashMap::new(),
            pause: None,
            tell_at: None,
            changed: HashMap::new(),
        }
    }
}

impl<T: ListedRecord> LocationList<T> {
    /// Takes in the cache's data.
    pub(super) fn load(&mut self, records: Vec<T>) {
        self.known = records.into_iter().map(|one| (one.id().clone(), Arc::new(one))).collect();
        self.told = None;
    }

    /// Sets what is on screen, and from when on it may be read. A read of something else ends if its job is known.
    pub(super) fn look(&mut self, shown: Vec<T::Part>, from: Instant) {
        let is_idle = |(part, job): &mut (T::Part, Option<AbortHandle>)| job.is_some() && !shown.contains(part);
        if let Some((_, Some(job))) = self.running.take_if(is_idle) {
            job.abort();
            self.reading = Reading::Idle;
        }
        (self.shown, self.from) = (shown, Some(from));
    }

    /// Reads now what is on screen.
    pub(super) fn hurry(&mut self) {
        self.next.clear();
        self.pause = None;
    }

    /// The server reported a change of a contact's records; a read shows which.
    pub(super) fn hear(&mut self, part: T::Part, now: Instant) {
        if let (true, Some(next)) = (self.light, self.next.get_mut(&part)) {
            *next = (*next).min(now + HEARD);
        }
    }

    /// The server can be reached again.
    pub(super) fn online(&mut self) {
        if matches!(&self.reading, Reading::Failed(Failure { kind: FailureKind::Network, .. })) {
            self.hurry();
        }
    }

    /// The parts on screen, and when each is due.
    fn reads(&self) -> impl Iterator<Item = (T::Part, Instant)> {
        let from = self.from.max(self.pause);
        self.shown.iter().filter_map(move |part| Some((*part, self.next.get(part).copied().max(from)?)))
    }

    /// When something is due.
    pub(super) fn due(&self, focused: bool) -> Option<Instant> {
        let read = (focused && self.running.is_none()).then(|| self.reads().map(|(_, due)| due).min()).flatten();
        [read, self.tell_at].into_iter().flatten().min()
    }

    /// The part to read now; it counts as started from here on. `lag` is how old an answer may be.
    pub(super) fn begin(&mut self, focused: bool, now: Instant, lag: Duration) -> Option<T::Part> {
        if !focused || self.running.is_some() {
            return None;
        }
        let (part, _) = self.reads().find(|(_, due)| *due <= now)?;
        self.running = Some((part, None));
        self.changed.retain(|_, at| *at + lag > now);
        Some(part)
    }

    pub(super) fn progress(&mut self, done: usize, before: Option<usize>, now: Instant) {
        self.reading = Reading::Running { done, before };
        self.tell_soon(now);
    }

    /// A read of a part ended; returns what it brought if it completed, unless it was abandoned.
    pub(super) fn ended<R>(&mut self, part: T::Part, result: Result<R, ApiError>, now: Instant) -> Option<R> {
        self.running.take_if(|(running, _)| *running == part)?;
        self.tell_soon(now);
        let (pause, reading) = match result {
            Ok(read) => return Some(read),
            Err(ApiError::MissingScope { scope }) => (REFUSED, Reading::Missing(scope)),
            Err(error) => {
                self.failures += 1;
                let failure = words(T::READ, &error);
                let passes = matches!(failure.kind, FailureKind::Network | FailureKind::Garbled);
                (if passes { backoff(self.failures, None, fastrand::f64()) } else { AGAIN }, Reading::Failed(failure))
            }
        };
        (self.pause, self.reading) = (Some(now + pause), reading);
        None
    }

    /// A completed read is taken in; the next one follows after a pause, sooner if something could not be read.
    pub(super) fn completed(&mut self, part: T::Part, whole: bool, light: bool, pause: Duration, now: Instant) {
        self.failures = if whole { 0 } else { self.failures + 1 };
        let pause = if whole { pause } else { backoff(self.failures, None, fastrand::f64()) };
        self.next.insert(part, now + pause);
        (self.pause, self.reading, self.light) = (None, Reading::Idle, light);
    }

    pub(super) fn tell_soon(&mut self, now: Instant) {
        self.tell_at.get_or_insert(now + GATHER);
    }

    /// Whether changes are to be reported now.
    pub(super) fn has_news(&self, now: Instant) -> bool {
        self.tell_at.is_some_and(|at| at <= now)
    }

    /// All that is known, to report it.
    pub(super) fn tell(&mut self) -> Arc<Vec<Arc<T>>> {
        self.tell_at = None;
        self.told.get_or_insert_with(|| Arc::new(self.known.values().cloned().collect())).clone()
    }

    /// Takes in what a read found.
    pub(super) fn found(&mut self, records: impl IntoIterator<Item = T>) {
        for one in records {
            if !self.changed.contains_key(one.id()) {
                self.put(one);
            }
        }
    }

    /// Takes in records that were fetched on their own.
    pub(super) fn fetched(&mut self, records: impl IntoIterator<Item = T>, now: Instant) {
        for one in records {
            self.put(one);
        }
        if self.told.is_none() {
            self.tell_soon(now);
        }
    }

    fn put(&mut self, one: T) {
        if self.known.get(one.id()).is_none_or(|held| **held != one) {
            self.known.insert(one.id().clone(), Arc::new(one));
            self.told = None;
        }
    }

    pub(super) fn remove(&mut self, is_gone: impl Fn(&T) -> bool, now: Instant) {
        let count = self.known.len();
        self.known.retain(|_, one| !is_gone(one));
        if self.known.len() != count {
            self.told = None;
            self.tell_soon(now);
        }
    }

    /// Removes what a read of these did not find, and returns it.
    pub(super) fn remove_missing(
        &mut self,
        there: &HashSet<T::Id>,
        was_read: impl Fn(&T) -> bool,
        now: Instant,
    ) -> Vec<T::Id> {
        let is_gone = |one: &T| !there.contains(one.id()) && !self.changed.contains_key(one.id()) && was_read(one);
        let gone: Vec<T::Id> = self.known.values().filter(|one| is_gone(one)).map(|one| one.id().clone()).collect();
        let ids: HashSet<&T::Id> = gone.iter().collect();
        self.remove(|one| ids.contains(one.id()), now);
        gone
    }

    /// What an edit left on the server.
    pub(super) fn receipt(&mut self, receipt: &Receipt, now: Instant) {
        if let Receipt::ContactGone { id, .. } = receipt {
            self.gone(std::slice::from_ref(id), now);
        } else if let Some((id, left)) = T::left_by(receipt) {
            self.changed.insert(id.clone(), now);
            match left {
                Some(one) => {
                    self.put(one);
                    self.tell_soon(now);
                }
                None => self.remove(|one| *one.id() == id, now),
            }
        }
    }

    /// Contacts are gone, and so are their records.
    pub(super) fn gone(&mut self, contacts: &[ContactId], now: Instant) {
        if !contacts.is_empty() && !self.known.is_empty() {
            self.remove(|one| contacts.contains(one.contact()), now);
        }
    }
}
