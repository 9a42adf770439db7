//! Merges as the dashboard knows them: the journal, what people said are not duplicates, and what was asked of the
//! worker and is in no journal yet.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::domain::{ContactId, Dismissal, GroupId, MergeId, MergePhase, MergePlan, MergeProgress, MergeRecord};
use crate::protocol::{ContactPair, MergeDeed, Ticket};
use crate::query::Roster;

use crate::ui::state::list_cursor::ListCursor;

/// Everything that is known of merges.
#[derive(Clone, Debug, Default)]
pub(crate) struct Merges {
    /// By their numbers, the oldest first.
    records: BTreeMap<i64, MergeRecord>,
    decisions: Vec<Dismissal>,
    asked: Vec<(Ticket, Asked)>,
    /// Said here not to be one person, until the groups that the worker finds know it.
    dismissed: HashSet<ContactPair>,
    /// Losers that are, or are about to be, part of another contact.
    taken: HashSet<ContactId>,
    /// Losers that are set aside.
    aside: Arc<HashSet<ContactId>>,
    /// The number of the merge in which a contact was set aside.
    merge_of: HashMap<ContactId, i64>,
    /// Set-aside contacts that somebody has moved since, with the number of their merge.
    moved_on: Vec<(i64, ContactId)>,
    /// The newest merges of many at once that are not all at their end.
    batch: Option<Batch>,
    pub(crate) journal: ListCursor,
    pub(crate) listed: ListCursor,
}

/// Something that was asked of the worker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    Merge(Vec<MergePlan>),
    Deed(MergeDeed, Vec<MergeId>),
    Dismiss(Vec<ContactPair>),
    Reopen(Vec<ContactPair>),
    DryRun,
}

/// How many merges of one batch have come how far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) id: GroupId,
    pub(crate) phase: MergePhase,
    pub(crate) total: usize,
    pub(crate) done: usize,
    pub(crate) stopped: usize,
    pub(crate) paused: usize,
}

impl Batch {
    /// Whether all of it has come to an end.
    pub(crate) fn is_over(&self) -> bool {
        self.done + self.stopped == self.total
    }

    /// Whether any of it continues without the user.
    pub(crate) fn is_live(&self) -> bool {
        self.done + self.stopped + self.paused < self.total
    }
}

/// Both in the order of their ids.
pub(crate) fn pair(a: &ContactId, b: &ContactId) -> ContactPair {
    if a <= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) }
}

impl Merges {
    /// The whole journal.
    pub(crate) fn set(&mut self, records: Vec<MergeRecord>) {
        self.records = records.into_iter().map(|record| (record.number, record)).collect();
        self.reckon();
    }

    /// Takes in how merges stand now; what each was before.
    pub(crate) fn put(&mut self, records: Vec<MergeRecord>) -> Vec<Option<MergeRecord>> {
        self.asked.retain(|(_, asked)| match asked {
            Asked::Deed(_, merges) => !records.iter().any(|record| merges.contains(&record.id)),
            Asked::Merge(_) | Asked::Dismiss(_) | Asked::Reopen(_) | Asked::DryRun => true,
        });
        let before = records.into_iter().map(|record| self.records.insert(record.number, record)).collect();
        self.reckon();
        before
    }

    /// The newest first, those that need somebody before all others.
    pub(crate) fn lines(&self) -> Vec<&MergeRecord> {
        let mut lines: Vec<&MergeRecord> = self.records.values().rev().collect();
        lines.sort_by_key(|record| !self.needs_somebody(record));
        lines
    }

    /// Stopped, or somebody has moved a loser since.
    pub(crate) fn needs_somebody(&self, record: &MergeRecord) -> bool {
        matches!(record.progress, MergeProgress::Stopped(_)) || self.moved_on(record.number).next().is_some()
    }

    /// Losers of this merge that somebody has moved since they were set aside.
    pub(crate) fn moved_on(&self, number: i64) -> impl Iterator<Item = &ContactId> {
        self.moved_on.iter().filter(move |(of, _)| *of == number).map(|(_, id)| id)
    }

    pub(crate) fn attention(&self) -> usize {
        self.moved_on.len()
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// The merge under the cursor of the journal.
    pub(crate) fn here(&self) -> Option<&MergeRecord> {
        self.lines().get(self.journal.at).copied()
    }

    /// Merges of which the losers are still there.
    pub(crate) fn undoable(&self) -> usize {
        self.records.values().filter(|record| record.is_archived()).count()
    }

    pub(crate) fn stopped(&self) -> usize {
        self.records.values().filter(|record| matches!(record.progress, MergeProgress::Stopped(_))).count()
    }

    /// Merges that go on without the user, or are about to.
    pub(crate) fn live(&self) -> usize {
        self.records.values().filter(|record| record.progress.is_live()).count()
    }

    /// The unfinished merge that holds a contact.
    pub(crate) fn holder(&self, contact: &ContactId) -> Option<&MergeRecord> {
        let holds =
            |record: &&MergeRecord| record.progress.is_open() && record.plan.members().any(|member| member == contact);
        self.records.values().find(holds)
    }

    /// The merge in which a contact was set aside.
    pub(crate) fn aside_in(&self, contact: &ContactId) -> Option<&MergeRecord> {
        self.records.get(self.merge_of.get(contact)?)
    }

    /// Who is set aside.
    pub(crate) fn aside(&self) -> &Arc<HashSet<ContactId>> {
        &self.aside
    }

    pub(crate) fn is_taken(&self, contact: &ContactId) -> bool {
        self.taken.contains(contact)
    }

    pub(crate) fn is_dismissed(&self, a: &ContactId, b: &ContactId) -> bool {
        !self.dismissed.is_empty() && self.dismissed.contains(&pair(a, b))
    }

    pub(crate) fn decisions(&self) -> &[Dismissal] {
        &self.decisions
    }

    pub(crate) fn set_decisions(&mut self, mut decisions: Vec<Dismissal>) {
        decisions.sort_by_key(|decision| std::cmp::Reverse(decision.at));
        let is_decided = |(a, b): &ContactPair| decisions.iter().any(|decision| decision.a == *a && decision.b == *b);
        self.asked.retain(|(_, asked)| match asked {
            Asked::Dismiss(pairs) => !pairs.iter().all(is_decided),
            Asked::Reopen(pairs) => pairs.iter().any(is_decided),
            Asked::Merge(_) | Asked::Deed(..) | Asked::DryRun => true,
        });
        self.decisions = decisions;
    }

    /// What is said here holds until a scan says so itself: `together` tells whether a group still has both.
    pub(crate) fn scanned(&mut self, together: impl Fn(&ContactId, &ContactId) -> bool) {
        self.dismissed.retain(|(a, b)| together(a, b));
    }

    /// Something was asked of the worker: the screen shows it as if it were so.
    pub(crate) fn ask(&mut self, ticket: Ticket, asked: Asked) {
        match &asked {
            Asked::Dismiss(pairs) => self.dismissed.extend(pairs.iter().cloned()),
            Asked::Reopen(pairs) => self.dismissed.retain(|known| !pairs.contains(known)),
            Asked::Merge(_) | Asked::Deed(..) | Asked::DryRun => {}
        }
        self.asked.push((ticket, asked));
        self.reckon();
    }

    /// It is in the journal.
    pub(crate) fn answered(&mut self, ticket: Ticket) -> Option<Asked> {
        let at = self.asked.iter().position(|(of, _)| *of == ticket)?;
        let (_, asked) = self.asked.remove(at);
        self.reckon();
        Some(asked)
    }

    /// It was not taken: what the screen showed is taken back.
    pub(crate) fn refused(&mut self, ticket: Ticket) -> Option<Asked> {
        let asked = self.answered(ticket);
        if let Some(Asked::Dismiss(pairs)) = &asked {
            self.dismissed.retain(|known| !pairs.contains(known));
        }
        asked
    }

    /// Who has moved on, by the newest roster.
    pub(crate) fn look(&mut self, roster: &Roster) {
        let updated = |id: &ContactId| roster.find(id).and_then(|ix| roster.get(ix).updated());
        let aside = self.records.values().filter(|record| record.is_archived());
        let moved = aside.flat_map(|record| record.left.iter().map(move |(id, left)| (record.number, id, left)));
        self.moved_on = moved
            .filter(|(_, id, left)| left.zip(updated(id)).is_some_and(|(left, now)| now > left))
            .map(|(number, id, _)| (number, id.clone()))
            .collect();
    }

    pub(crate) fn batch(&self) -> Option<&Batch> {
        self.batch.as_ref()
    }

    /// Merges of a batch that go on by themselves, or, where `paused`, that are held.
    pub(crate) fn of_batch(&self, batch: GroupId, paused: bool) -> Vec<MergeId> {
        let wanted = |record: &&MergeRecord| {
            let held = record.progress == MergeProgress::Paused;
            record.batch == batch && if paused { held } else { record.progress.is_live() }
        };
        self.records.values().filter(wanted).map(|record| record.id).collect()
    }

    /// What follows from the journal and from what was asked.
    fn reckon(&mut self) {
        self.taken.clear();
        self.merge_of.clear();
        let mut aside = HashSet::new();
        for record in self.records.values() {
            if holds_losers(record) {
                self.taken.extend(record.plan.losers.iter().cloned());
            }
            if record.is_archived() {
                self.merge_of.extend(record.plan.losers.iter().map(|loser| (loser.clone(), record.number)));
                aside.extend(record.plan.losers.iter().cloned());
            }
        }
        for (_, asked) in &self.asked {
            if let Asked::Merge(plans) = asked {
                self.taken.extend(plans.iter().flat_map(|plan| plan.losers.iter().cloned()));
            }
        }
        // Kept where nothing has changed: who holds it then need not match again.
        if *self.aside != aside {
            self.aside = Arc::new(aside);
        }
        self.moved_on.retain(|(number, _)| self.records.get(number).is_some_and(MergeRecord::is_archived));
        self.batch = self.newest_batch();
    }

    fn newest_batch(&self) -> Option<Batch> {
        let open = |record: &&MergeRecord| record.progress.is_live() || record.progress == MergeProgress::Paused;
        let newest = self.records.values().rev().filter(open).map(|record| self.counted(record.batch, record.phase));
        newest.into_iter().find(|batch| batch.total > 1)
    }

    /// How the merges of a batch stand that are in this phase.
    pub(crate) fn counted(&self, id: GroupId, phase: MergePhase) -> Batch {
        let mut batch = Batch { id, phase, total: 0, done: 0, stopped: 0, paused: 0 };
        for record in self.records.values().filter(|record| record.batch == id && record.phase == phase) {
            batch.total += 1;
            match record.progress {
                MergeProgress::Done => batch.done += 1,
                MergeProgress::Stopped(_) | MergeProgress::Refused(_) => batch.stopped += 1,
                MergeProgress::Paused => batch.paused += 1,
                MergeProgress::Queued | MergeProgress::Running | MergeProgress::Waiting { .. } => {}
            }
        }
        batch
    }
}

/// Whether the losers of a merge are, or are about to be, part of the survivor.
fn holds_losers(record: &MergeRecord) -> bool {
    match (record.phase, &record.progress) {
        (MergePhase::Merge, MergeProgress::Refused(_)) | (MergePhase::Undo, MergeProgress::Done) => false,
        (MergePhase::Merge | MergePhase::Undo | MergePhase::Purge, _) => true,
    }
}
