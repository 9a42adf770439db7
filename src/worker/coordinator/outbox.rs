//! The coordinator's copy of the outbox: which edit may run next, and what other processes did to it.
//!
//! One lane per contact: its edits run in the order they were made, one at a time; a failed one lets the next pass.
//! Several lanes run in parallel.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::time::Instant;

use crate::domain::{ContactId, Edit, EditId, EditKind, GroupId, Pending};
use crate::store::{OutboxRow, RowState};

use crate::worker::attempt::{EditEnd, Shareable, TOGETHER, key};

use crate::worker::views::pending;
use crate::worker::write::WaitsFor;

/// How many requests run at once, each for one lane or for edits that go together.
const LANES: usize = 4;

#[derive(Debug, Default)]
pub(super) struct OutboxQueue {
    /// By the order they were made.
    entries: BTreeMap<i64, OutboxEntry>,
    by_id: HashMap<EditId, i64>,
    running: HashSet<EditId>,
    /// Running requests; each carries one edit or many.
    requests: usize,
    /// Contacts in a running merge: their edits wait for it to finish.
    held: HashSet<ContactId>,
}

#[derive(Debug)]
struct OutboxEntry {
    row: OutboxRow,
    /// Not before this; for a started edit, when to check again. By the clock that never jumps: what another run or
    /// another process waits for is its own.
    until: Option<Instant>,
    waits_for: WaitsFor,
}

/// Edits that share a request, and what further edits must share with them.
type SendBatch = (Option<(GroupId, Shareable)>, Vec<EditId>);

/// How the outbox in the file differs from this copy.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Difference {
    pub(super) added: Vec<OutboxRow>,
    pub(super) changed: Vec<OutboxRow>,
}

impl OutboxQueue {
    /// Remembers an edit; one that waits here goes on waiting.
    pub(super) fn put(&mut self, row: OutboxRow) {
        let waits = matches!(row.state, RowState::Queued { retry_at: Some(_) });
        let known = self.entries.remove(&row.seq).filter(|_| waits);
        let (until, waits_for) = known.map_or((None, WaitsFor::Time), |entry| (entry.until, entry.waits_for));
        self.by_id.insert(row.id, row.seq);
        self.entries.insert(row.seq, OutboxEntry { row, until, waits_for });
    }

    pub(super) fn forget(&mut self, id: EditId) -> Option<OutboxRow> {
        let seq = self.by_id.remove(&id)?;
        self.entries.remove(&seq).map(|entry| entry.row)
    }

    fn entry_mut(&mut self, id: EditId) -> Option<&mut OutboxEntry> {
        self.entries.get_mut(self.by_id.get(&id)?)
    }

    /// Whether an edit may run now.
    pub(super) fn has_due(&self, now: Instant) -> bool {
        self.due(now).next().is_some()
    }

    /// Edits that may run now: one from each free lane, grouped if they can share a request. They count as running from
    /// here on.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<Vec<EditId>> {
        let mut batches: Vec<SendBatch> = Vec::new();
        let free = LANES.saturating_sub(self.requests);
        for entry in self.due(now) {
            // What may have reached the server is looked at alone, but for tags: to add or remove one twice does no harm.
            let is_tag = matches!(entry.row.edit.what, EditKind::Tag(_));
            let again = matches!(entry.row.state, RowState::Started { .. }) && !is_tag;
            let together = entry.row.group.filter(|_| !again).zip(key(&entry.row.edit));
            let fits = |(key, ids): &&mut SendBatch| key.is_some() && *key == together && ids.len() < TOGETHER;
            if let Some((_, ids)) = batches.iter_mut().find(fits) {
                ids.push(entry.row.id);
            } else if batches.len() < free {
                batches.push((together, vec![entry.row.id]));
            } else if batches.iter().all(|(key, ids)| key.is_none() || ids.len() >= TOGETHER) {
                // Every request we may send is full.
                break;
            }
        }
        self.requests += batches.len();
        let batches: Vec<Vec<EditId>> = batches.into_iter().map(|(_, ids)| ids).collect();
        self.running.extend(batches.iter().flatten());
        batches
    }

    fn due(&self, now: Instant) -> impl Iterator<Item = &OutboxEntry> {
        let room = self.requests < LANES;
        self.heads().filter(move |entry| {
            let free = !self.running.contains(&entry.row.id) && !self.held.contains(&entry.row.edit.contact);
            room && free && entry.until.is_none_or(|until| until <= now)
        })
    }

    /// When the next waiting edit may run.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let waits = |entry: &&OutboxEntry| {
            !self.running.contains(&entry.row.id) && !self.held.contains(&entry.row.edit.contact)
        };
        self.heads().filter(waits).filter_map(|entry| entry.until).min()
    }

    /// Sets the contacts that are in running merges.
    pub(super) fn hold(&mut self, held: HashSet<ContactId>) {
        self.held = held;
    }

    /// Contacts with edits in progress: a merge waits for these.
    pub(super) fn busy(&self) -> HashSet<ContactId> {
        let live = self.entries.values().filter(|entry| entry.row.state != RowState::Failed);
        live.map(|entry| entry.row.edit.contact.clone()).collect()
    }

    /// Whether an edit in progress creates a record that this one might create.
    pub(super) fn creates_like(&self, edit: &Edit) -> bool {
        let live = self.entries.values().filter(|entry| entry.row.state != RowState::Failed);
        live.map(|entry| &entry.row.edit)
            .filter(|other| other.makes_record())
            .any(|other| if edit.makes_contact() { other.makes_contact() } else { self.lane(other) == self.lane(edit) })
    }

    /// The first edit of each lane that has not failed.
    fn heads(&self) -> impl Iterator<Item = &OutboxEntry> {
        let mut seen: HashSet<&ContactId> = HashSet::new();
        self.entries
            .values()
            .filter(|entry| entry.row.state != RowState::Failed)
            .filter(move |entry| seen.insert(self.lane(&entry.row.edit)))
    }

    /// The lane of an edit: a re-created contact runs after the deletion of the old one, and edits of a new contact run
    /// after the edit that creates it.
    fn lane<'a>(&'a self, edit: &'a Edit) -> &'a ContactId {
        let made_by = edit.contact.made_by().and_then(|id| self.entries.get(self.by_id.get(&id)?));
        let made_by = made_by.map_or(edit, |made_by| &made_by.row.edit);
        made_by.replaced_contact().unwrap_or(&edit.contact)
    }

    /// An attempt has ended.
    pub(super) fn ran(&mut self, ends: Vec<(EditId, EditEnd)>) {
        self.requests = self.requests.saturating_sub(1);
        for (id, after) in ends {
            self.running.remove(&id);
            self.end(id, after);
        }
    }

    fn end(&mut self, id: EditId, after: EditEnd) {
        match after {
            EditEnd::Gone => {
                self.forget(id);
            }
            EditEnd::Stays { state, wait, why, waits_for } => {
                if let Some(entry) = self.entry_mut(id) {
                    entry.row.state = state;
                    entry.row.why = Some(why);
                    entry.until = wait.map(|wait| Instant::now() + wait);
                    entry.waits_for = waits_for;
                }
            }
        }
    }

    /// The network is back, or the user has signed in: edits that waited for that may run.
    pub(super) fn online(&mut self) {
        for entry in self.entries.values_mut().filter(|entry| entry.waits_for != WaitsFor::Time) {
            entry.waits_for = WaitsFor::Time;
            entry.until = None;
        }
    }

    /// This edit need not wait any longer.
    pub(super) fn hurry(&mut self, id: EditId) {
        if let Some(entry) = self.entry_mut(id) {
            entry.until = None;
            if entry.row.state == RowState::Failed {
                entry.row.state = RowState::Queued { retry_at: None };
            }
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.requests > 0
    }

    /// Takes over the file's rows and returns what is new; edits that run here are reported by their own jobs.
    pub(super) fn replace(&mut self, rows: Vec<OutboxRow>) -> Difference {
        let mut difference = Difference::default();
        let there: HashSet<EditId> = rows.iter().map(|row| row.id).collect();
        let running = &self.running;
        self.entries.retain(|_seq, entry| there.contains(&entry.row.id) || running.contains(&entry.row.id));
        self.by_id.retain(|id, _seq| there.contains(id) || running.contains(id));
        for row in rows {
            if self.running.contains(&row.id) {
                continue;
            }
            match self.entries.get(&row.seq) {
                None => {
                    difference.added.push(row.clone());
                    self.put(row);
                }
                Some(entry) if entry.row.state != row.state => {
                    difference.changed.push(row.clone());
                    self.put(row);
                }
                Some(_) => {}
            }
        }
        difference
    }

    pub(super) fn pending(&self) -> Vec<Pending> {
        self.entries.values().map(|entry| pending(&entry.row)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::{ContactEdit, TagEdit};

    fn row(seq: i64, contact: &str, state: RowState) -> OutboxRow {
        OutboxRow {
            seq,
            id: id(seq),
            group: None,
            edit: Edit::new(ContactId::new(contact), ContactEdit::Delete { name: String::new() }),
            made_at: Timestamp::UNIX_EPOCH,
            state,
            attempts: 0,
            sent: crate::store::SentRequests::default(),
            why: None,
            clash: Vec::new(),
            insist: false,
        }
    }

    fn id(seq: i64) -> EditId {
        EditId(uuid::Uuid::from_u128(seq.unsigned_abs().into()))
    }

    const QUEUED: RowState = RowState::Queued { retry_at: None };

    #[test]
    fn edits_of_a_contact_run_one_after_the_other_and_a_failed_one_blocks_nobody() {
        let mut outbox = OutboxQueue::default();
        for (seq, contact, state) in [(1, "a", RowState::Failed), (2, "a", QUEUED), (3, "a", QUEUED), (4, "b", QUEUED)]
        {
            outbox.put(row(seq, contact, state));
        }
        assert_eq!(outbox.take_due(Instant::now()), [[id(2)], [id(4)]]);
        assert_eq!(outbox.take_due(Instant::now()), Vec::<Vec<EditId>>::new());
        outbox.ran(vec![(id(2), EditEnd::Gone)]);
        assert_eq!(outbox.take_due(Instant::now()), [[id(3)]]);
    }

    #[test]
    fn the_same_change_of_many_contacts_goes_together() {
        let mut outbox = OutboxQueue::default();
        let group = Some(GroupId(uuid::Uuid::nil()));
        for seq in 1..=250 {
            let contact = ContactId::new(format!("c{seq}"));
            let edit = Edit::new(contact, TagEdit::Add { tags: vec!["vip".to_owned()] });
            outbox.put(OutboxRow { group, edit, ..row(seq, "", QUEUED) });
        }
        outbox.put(row(251, "z", QUEUED));
        let sizes: Vec<usize> = outbox.take_due(Instant::now()).iter().map(Vec::len).collect();
        assert_eq!(sizes, [100, 100, 50, 1]);
    }

    #[test]
    fn one_that_waits_keeps_its_lane_until_the_network_is_back() {
        let mut outbox = OutboxQueue::default();
        outbox.put(row(1, "a", QUEUED));
        outbox.put(row(2, "a", QUEUED));
        assert_eq!(outbox.take_due(Instant::now()), [[id(1)]]);
        let (now, wait) = (Instant::now(), Duration::from_secs(30));
        let state = RowState::Queued { retry_at: Some(Timestamp::UNIX_EPOCH) };
        outbox.ran(vec![(
            id(1),
            EditEnd::Stays { state, wait: Some(wait), why: String::new(), waits_for: WaitsFor::Network },
        )]);
        assert_eq!(outbox.take_due(Instant::now()), Vec::<Vec<EditId>>::new());
        assert!(outbox.next_due().is_some_and(|due| due >= now + wait), "whatever the clock says");
        outbox.online();
        assert_eq!(outbox.take_due(Instant::now()), [[id(1)]]);
    }

    #[test]
    fn what_another_process_did_is_noticed_once() {
        let mut outbox = OutboxQueue::default();
        outbox.put(row(1, "a", QUEUED));
        outbox.put(row(2, "b", QUEUED));
        let there = vec![row(2, "b", RowState::Failed), row(3, "c", QUEUED)];
        let difference = outbox.replace(there.clone());
        assert_eq!(outbox.pending().len(), 2, "the first is gone");
        assert_eq!(difference.changed, [row(2, "b", RowState::Failed)]);
        assert_eq!(difference.added, [row(3, "c", QUEUED)]);
        assert_eq!(outbox.replace(there), Difference::default());
    }
}
