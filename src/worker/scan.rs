//! Scans for duplicates in the background, never delaying a key.
//!
//! The local copy is read a page at a time and compared on one low-priority thread. After that, single changes are
//! looked up in the scan's index; when the index reports that too much has changed, a new full scan follows. An index
//! that sees no changes for a while is dropped to free its memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::dedupe::{Decision, Decisions, DedupeRecord, DuplicateIndex, FindOptions, RecordSheet, RunProgress, find};
use crate::domain::{Contact, ContactId, MergeRecord};
use crate::protocol::{ContactPair, DuplicateGroup, DuplicatePair, Duplicates, Scan};
use crate::store::StoreError;

use crate::worker::shared::WorkerShared;

/// After the first sync, the screen gets a moment first.
const SOON: Duration = Duration::from_secs(1);
/// Changes that arrive within this time are looked up together.
const GATHER: Duration = Duration::from_millis(700);
/// An index that has been idle this long is dropped.
const IDLE: Duration = Duration::from_secs(5 * 60);
/// A full scan is not repeated sooner, however much changes.
const REST: Duration = Duration::from_secs(60);
/// Contacts per read: few enough that nothing else has to wait long for the cache.
const PAGE: u32 = 500;
/// How far the scan yields to everything else (`nice`).
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// What happened to one contact.
#[derive(Clone, Debug)]
pub(super) enum DuplicateChange {
    Put(Box<Contact>),
    Removed(ContactId),
    /// The user decided that these two are not the same person, or reopened the question.
    Apart(ContactPair, bool),
}

/// The groups and the index that finds them.
pub(super) struct GroupIndex {
    index: DuplicateIndex,
    /// By their first member.
    groups: BTreeMap<ContactId, Arc<DuplicateGroup>>,
    group_of: HashMap<ContactId, ContactId>,
}

impl std::fmt::Debug for GroupIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupIndex").field("groups", &self.groups.len()).finish_non_exhaustive()
    }
}

/// The result of a scan job.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) held: Option<Box<GroupIndex>>,
    /// The most certain first; `None` if it was cancelled.
    pub(super) groups: Option<Vec<Arc<DuplicateGroup>>>,
    pub(super) full: bool,
}

/// When something is due, and what.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    held: Option<Box<GroupIndex>>,
    changes: Vec<DuplicateChange>,
    running: bool,
    full_wanted: bool,
    due: Option<Instant>,
    /// When the last full scan ended.
    full_at: Option<Instant>,
    used: Option<Instant>,
}

/// A job to run now.
pub(super) enum ScanJob {
    Full,
    Changes(Box<GroupIndex>, Vec<DuplicateChange>),
}

impl Scanner {
    /// The copy matches the server: compare everything, unless that was done.
    pub(super) fn fresh(&mut self, now: Instant) {
        if self.full_at.is_none() && !self.running && !self.full_wanted {
            self.want_full(now + SOON);
        }
    }

    fn want_full(&mut self, at: Instant) {
        self.full_wanted = true;
        let at = self.full_at.map_or(at, |last| at.max(last + REST));
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Contacts have changed.
    pub(super) fn changed(&mut self, upserts: &[Contact], removed: &[ContactId], now: Instant) {
        if self.full_at.is_none() && !self.running {
            return;
        }
        self.changes.extend(upserts.iter().map(|contact| DuplicateChange::Put(Box::new(contact.clone()))));
        self.changes.extend(removed.iter().cloned().map(DuplicateChange::Removed));
        let at = now + GATHER;
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Decisions were made.
    pub(super) fn decided(&mut self, changes: Vec<DuplicateChange>, now: Instant) {
        if changes.is_empty() || (self.full_at.is_none() && !self.running) {
            return;
        }
        self.changes.extend(changes);
        // The person deciding is still looking.
        self.due = Some(now);
    }

    /// When to check again.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.running {
            return None;
        }
        let idle = self.held.as_ref().and(self.used).map(|used| used + IDLE);
        [self.due, idle].into_iter().flatten().min()
    }

    /// The next job.
    pub(super) fn take(&mut self, now: Instant) -> Option<ScanJob> {
        if self.running {
            return None;
        }
        if self.used.is_some_and(|used| used + IDLE <= now) && self.changes.is_empty() {
            self.held = None;
            self.used = None;
        }
        if self.due.is_none_or(|due| due > now) {
            return None;
        }
        self.due = None;
        if !self.full_wanted && self.changes.is_empty() {
            return None;
        }
        let rested = self.full_at.is_none_or(|last| last + REST <= now);
        self.running = true;
        match self.held.take() {
            Some(held) if !(self.full_wanted && rested) => {
                Some(ScanJob::Changes(held, std::mem::take(&mut self.changes)))
            }
            _ => {
                // Changes from now on are not in the data we are about to read.
                self.changes.clear();
                self.full_wanted = false;
                Some(ScanJob::Full)
            }
        }
    }

    /// A job has ended.
    pub(super) fn over(&mut self, held: Option<Box<GroupIndex>>, full: bool, now: Instant) {
        self.running = false;
        self.held = held;
        self.used = Some(now);
        // A failed one is repeated after the next sync.
        if full && self.held.is_some() {
            self.full_at = Some(now);
        }
        if self.held.as_ref().is_some_and(|held| held.index.due()) {
            self.want_full(now);
        }
        if !self.changes.is_empty() {
            self.due = Some(now + GATHER);
        }
    }
}

/// One low-priority thread for all scans of this process.
fn pool() -> &'static ThreadPool {
    static POOL: OnceLock<ThreadPool> = OnceLock::new();
    POOL.get_or_init(|| {
        ThreadPoolBuilder::new()
            .num_threads(1)
            .thread_name(|_| "duplicates".to_owned())
            .start_handler(|_| {
                // On Linux this affects only the calling thread.
                #[cfg(target_os = "linux")]
                let _ = rustix::process::nice(NICE);
            })
            .build()
            .expect("a thread can be started")
    })
}

/// Runs work on the scans' own thread, which does not delay the end of the program.
fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (answer, answered) = oneshot::channel();
    pool().spawn(move || {
        // The receiver may be gone.
        let _ = answer.send(work());
    });
    answered
}

/// Compares all contacts of the local copy.
pub(super) async fn full(shared: Arc<WorkerShared>, total: usize, progress: impl Fn(usize)) -> Scanned {
    let none = Scanned { held: None, groups: None, full: true };
    let Some((aside, decisions)) = known(&shared).await else { return none };
    let Some(sheet) = read(&shared, &aside).await else { return none };
    let (tell, mut told) = mpsc::channel(1);
    let work = apart(move || {
        let done = Mutex::new(0);
        let rows_done = |rows: usize| {
            let mut last = done.lock().unwrap_or_else(PoisonError::into_inner);
            // Every hundredth is enough to show progress.
            if rows.saturating_sub(*last) * 100 >= total {
                *last = rows;
                let _ = tell.try_send(rows);
            }
        };
        compare(sheet, decisions, &RunProgress::new(&rows_done))
    });
    while let Some(done) = told.recv().await {
        progress(done);
    }
    let held = work.await.ok();
    let groups = held.as_ref().map(|held| held.sorted());
    Scanned { held, groups, full: true }
}

/// Scans for duplicates once, for a caller who waits.
pub(super) async fn once(shared: &WorkerShared) -> Option<Duplicates> {
    let (aside, decisions) = known(shared).await?;
    let sheet = read(shared, &aside).await?;
    let held = apart(move || compare(sheet, decisions, &RunProgress::default())).await.ok()?;
    Some(Duplicates { groups: held.sorted(), scan: Scan::Done })
}

/// The archived contacts and the decisions.
pub(super) async fn known(shared: &WorkerShared) -> Option<(HashSet<ContactId>, Decisions)> {
    let failed = |error: &StoreError| tracing::error!(%error, "journal");
    let records = shared.ledger.merges().await.inspect_err(failed).ok()?;
    let dismissals = shared.ledger.decisions().await.inspect_err(failed).ok()?;
    let aside = records.into_iter().filter(MergeRecord::is_archived).flat_map(|record| record.plan.losers).collect();
    let mut decisions = Decisions::default();
    for said in dismissals {
        decisions.add(said.a.as_str(), said.b.as_str(), Decision::NotADuplicate);
    }
    Some((aside, decisions))
}

async fn read(shared: &WorkerShared, aside: &HashSet<ContactId>) -> Option<RecordSheet> {
    let (mut sheet, mut last) = (RecordSheet::new(), None);
    loop {
        let page = shared.cached(shared.cache.contacts(last.take(), PAGE).await)?;
        last = page.last().map(|contact| contact.id.clone());
        let finished = page.len() < PAGE as usize;
        let page: Vec<Contact> = page.into_iter().filter(|contact| !aside.contains(&contact.id)).collect();
        let take = move || {
            let records: Vec<DedupeRecord<'_>> = page.iter().map(DedupeRecord::of).collect();
            sheet.extend(&records);
            sheet
        };
        sheet = apart(take).await.ok()?;
        if finished {
            return Some(sheet);
        }
    }
}

fn compare(mut sheet: RecordSheet, decisions: Decisions, progress: &RunProgress<'_>) -> Box<GroupIndex> {
    let options = FindOptions { decisions: decisions.clone(), ..FindOptions::default() };
    let table = find(&mut sheet, &options, progress).expect("nobody stops it").table;
    let index = DuplicateIndex::new(sheet, table, decisions);
    let mut held = GroupIndex { index, groups: BTreeMap::new(), group_of: HashMap::new() };
    let groups: Vec<DuplicateGroup> = held.index.groups().into_iter().map(|group| told(&held.index, group)).collect();
    for group in groups {
        held.keep(group);
    }
    Box::new(held)
}

/// Looks up single changes.
pub(super) async fn changes(mut held: Box<GroupIndex>, changes: Vec<DuplicateChange>) -> Scanned {
    let work = apart(move || {
        for change in changes {
            held.take(&change);
        }
        held
    });
    let held = work.await.ok();
    let groups = held.as_ref().map(|held| held.sorted());
    Scanned { held, groups, full: false }
}

impl GroupIndex {
    fn take(&mut self, change: &DuplicateChange) {
        let touched = match change {
            DuplicateChange::Put(contact) => self.index.put(&DedupeRecord::of(contact)),
            DuplicateChange::Removed(contact) => self.index.remove(contact.as_str()),
            DuplicateChange::Apart((a, b), true) => self.index.decide(a.as_str(), b.as_str(), Decision::NotADuplicate),
            DuplicateChange::Apart((a, b), false) => self.index.undecide(a.as_str(), b.as_str()),
        };
        let touched: Vec<ContactId> = touched.ids.into_iter().map(ContactId::new).collect();
        for id in &touched {
            if let Some(first) = self.group_of.get(id)
                && let Some(group) = self.groups.remove(&first.clone())
            {
                for member in &group.members {
                    self.group_of.remove(member);
                }
            }
        }
        for id in touched {
            if !self.group_of.contains_key(&id)
                && let Some(group) = self.index.group(id.as_str())
            {
                let group = told(&self.index, group);
                self.keep(group);
            }
        }
    }

    fn keep(&mut self, group: DuplicateGroup) {
        let Some(first) = group.members.first().cloned() else { return };
        for member in &group.members {
            self.group_of.insert(member.clone(), first.clone());
        }
        self.groups.insert(first, Arc::new(group));
    }

    /// The most certain first; ties in the order of their IDs.
    fn sorted(&self) -> Vec<Arc<DuplicateGroup>> {
        let mut groups: Vec<Arc<DuplicateGroup>> = self.groups.values().cloned().collect();
        groups.sort_by(|one, other| other.score.total_cmp(&one.score));
        groups
    }
}

/// A group as the front end knows it: by IDs, with its reasons.
fn told(index: &DuplicateIndex, group: &crate::dedupe::FoundGroup) -> DuplicateGroup {
    let place = |row: u32| group.rows.iter().position(|member| *member == row).unwrap_or_default();
    let mut pairs: Vec<DuplicatePair> = group
        .pairs
        .iter()
        .map(|pair| {
            let (a, b) = (place(pair.a), place(pair.b));
            DuplicatePair { a, b, score: pair.score, reasons: index.reasons(pair.a, pair.b) }
        })
        .collect();
    pairs.sort_by(|one, other| other.score.total_cmp(&one.score).then((one.a, one.b).cmp(&(other.a, other.b))));
    let members = group.rows.iter().map(|row| ContactId::new(index.id(*row))).collect();
    DuplicateGroup { members, score: group.score, pairs }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(id: &str, first: &str, email: &str) -> Contact {
        Contact {
            first_name: Some(first.to_owned()),
            last_name: Some("Okafor".to_owned()),
            email: Some(email.to_owned()),
            ..Contact::unknown(ContactId::new(id))
        }
    }

    fn held(contacts: &[Contact]) -> Box<GroupIndex> {
        let mut sheet = RecordSheet::new();
        let records: Vec<DedupeRecord<'_>> = contacts.iter().map(DedupeRecord::of).collect();
        sheet.extend(&records);
        compare(sheet, Decisions::default(), &RunProgress::default())
    }

    fn ids(held: &GroupIndex) -> Vec<Vec<&str>> {
        held.groups.values().map(|group| group.members.iter().map(ContactId::as_str).collect()).collect()
    }

    #[test]
    fn a_change_moves_only_its_own_group() {
        let people = [
            somebody("a1", "Adaeze", "adaeze.okafor@post.example"),
            somebody("a2", "Adaeze", "Adaeze.Okafor@Post.example"),
            somebody("b1", "Bartholomew", "bart.okafor@post.example"),
        ];
        let mut held = held(&people);
        assert_eq!(ids(&held), [["a1", "a2"]]);
        assert!(held.groups.values().all(|group| group.pairs[0].reasons.iter().any(|why| why.words == "same e-mail")));
        held.take(&DuplicateChange::Put(Box::new(somebody("b2", "Bart", "bart.okafor@post.example"))));
        assert_eq!(ids(&held), [["a1", "a2"], ["b1", "b2"]]);
        held.take(&DuplicateChange::Removed(ContactId::new("a2")));
        assert_eq!(ids(&held), [["b1", "b2"]]);
        held.take(&DuplicateChange::Put(Box::new(somebody("b2", "Zoe", "zoe@example.net"))));
        assert_eq!(ids(&held), Vec::<Vec<&str>>::new());
    }

    #[test]
    fn it_waits_for_a_fresh_copy_gathers_changes_and_gives_its_memory_back() {
        let mut scanner = Scanner::default();
        let start = Instant::now();
        scanner.changed(&[somebody("a", "A", "a@example.com")], &[], start);
        assert_eq!(scanner.due(), None, "nothing was compared yet");
        scanner.fresh(start);
        assert!(scanner.take(start).is_none());
        assert!(matches!(scanner.take(start + SOON), Some(ScanJob::Full)));
        scanner.over(None, true, start + SOON);
        assert_eq!(scanner.due(), None, "it failed");
        scanner.fresh(start);
        assert!(matches!(scanner.take(start + SOON), Some(ScanJob::Full)), "after the next sync again");
        assert!(scanner.take(start + SOON).is_none(), "one at a time");
        // Changes made in the meantime are looked up afterwards.
        scanner.changed(&[somebody("a", "A", "a@example.com")], &[], start + SOON);
        let over = start + SOON * 2;
        scanner.over(Some(held(&[])), true, over);
        scanner.fresh(over);
        match scanner.take(over + GATHER) {
            Some(ScanJob::Changes(_, changes)) => assert_eq!(changes.len(), 1),
            _ => panic!("the change is due"),
        }
        scanner.over(Some(held(&[])), false, over + GATHER);
        assert_eq!(scanner.due(), Some(over + GATHER + IDLE));
        assert!(scanner.take(over + GATHER + IDLE).is_none());
        assert!(scanner.held.is_none());
        // The next change compares all again.
        let later = over + GATHER + IDLE * 2;
        scanner.changed(&[], &[ContactId::new("a")], later);
        assert!(matches!(scanner.take(later + GATHER), Some(ScanJob::Full)));
    }
}
