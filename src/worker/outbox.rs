//! The outbox as the desk remembers it: which edit may run next, and what other processes did to it.
//!
//! One lane per contact: its edits run in the order they were made, one at a time; a failed one lets the
//! next pass. Several lanes run side by side.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use crate::domain::{ContactId, EditId, Pending, Progress};
use crate::store::{OutboxRow, RowState};

use super::shared::After;

/// How many lanes run at once.
const LANES: usize = 4;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// By the order they were made.
    entries: BTreeMap<i64, Entry>,
    running: HashSet<EditId>,
}

#[derive(Debug)]
struct Entry {
    row: OutboxRow,
    /// Not before; for a started edit, when to look again.
    until: Option<Timestamp>,
    /// It waits for the network and nothing else.
    network: bool,
}

/// How the outbox in the file differs from the one remembered.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Difference {
    pub(super) added: Vec<OutboxRow>,
    pub(super) changed: Vec<OutboxRow>,
    pub(super) gone: Vec<OutboxRow>,
}

impl Outbox {
    /// Remembers an edit.
    pub(super) fn put(&mut self, row: OutboxRow) {
        let until = match row.state {
            RowState::Queued { retry_at } => retry_at,
            RowState::Started { .. } | RowState::Failed => None,
        };
        self.entries.insert(row.seq, Entry { row, until, network: false });
    }

    pub(super) fn forget(&mut self, id: EditId) {
        self.entries.retain(|_seq, entry| entry.row.id != id);
    }

    /// Edits that may run now, one of each free lane; they count as running from here on.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<EditId> {
        let free = LANES.saturating_sub(self.running.len());
        let due: Vec<EditId> = self
            .heads()
            .filter(|entry| !self.running.contains(&entry.row.id) && entry.until.is_none_or(|until| until <= now))
            .map(|entry| entry.row.id)
            .take(free)
            .collect();
        self.running.extend(&due);
        due
    }

    /// When the next edit that waits may run.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.heads().filter(|entry| !self.running.contains(&entry.row.id)).filter_map(|entry| entry.until).min()
    }

    /// The first edit of each lane that has not failed.
    fn heads(&self) -> impl Iterator<Item = &Entry> {
        let mut seen: HashSet<&ContactId> = HashSet::new();
        self.entries
            .values()
            .filter(|entry| entry.row.state != RowState::Failed)
            .filter(move |entry| seen.insert(entry.row.edit.contact()))
    }

    /// An attempt is over.
    pub(super) fn ran(&mut self, id: EditId, after: After) {
        self.running.remove(&id);
        match after {
            After::Gone => self.forget(id),
            After::Stays { state, until, why, network } => {
                if let Some(entry) = self.entries.values_mut().find(|entry| entry.row.id == id) {
                    entry.row.state = state;
                    entry.row.why = Some(why);
                    entry.until = until;
                    entry.network = network;
                }
            }
        }
    }

    /// The network is back: what waited for it need not wait any longer.
    pub(super) fn online(&mut self) {
        for entry in self.entries.values_mut().filter(|entry| entry.network) {
            entry.network = false;
            entry.until = None;
        }
    }

    /// This one need not wait any longer.
    pub(super) fn hurry(&mut self, id: EditId) {
        if let Some(entry) = self.entries.values_mut().find(|entry| entry.row.id == id) {
            entry.until = None;
            if entry.row.state == RowState::Failed {
                entry.row.state = RowState::Queued { retry_at: None };
            }
        }
    }

    pub(super) fn is_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// Takes the file's rows over and says what is new; what runs here is left to its job to tell.
    pub(super) fn replace(&mut self, rows: Vec<OutboxRow>) -> Difference {
        let mut difference = Difference::default();
        let there: HashSet<EditId> = rows.iter().map(|row| row.id).collect();
        let running = &self.running;
        self.entries.retain(|_seq, entry| {
            let keep = there.contains(&entry.row.id) || running.contains(&entry.row.id);
            if !keep {
                difference.gone.push(entry.row.clone());
            }
            keep
        });
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

/// A row as the front end sees it.
pub(super) fn pending(row: &OutboxRow) -> Pending {
    let why = row.why.clone().unwrap_or_default();
    let progress = match row.state {
        RowState::Queued { retry_at: Some(until) } => Progress::Waiting { until, why },
        RowState::Queued { retry_at: None } => Progress::Queued,
        RowState::Started { .. } => Progress::Sending,
        RowState::Failed => Progress::Failed { why },
    };
    Pending { id: Some(row.id), edit: row.edit.clone(), progress, made_at: row.made_at }
}

#[cfg(test)]
mod tests {
    use crate::domain::Edit;

    use super::*;

    fn row(seq: i64, contact: &str, state: RowState) -> OutboxRow {
        OutboxRow {
            seq,
            id: id(seq),
            edit: Edit::AddNote { contact: ContactId::new(contact), body: String::new() },
            made_at: Timestamp::UNIX_EPOCH,
            state,
            attempts: 0,
            probe: None,
            why: None,
        }
    }

    fn id(seq: i64) -> EditId {
        EditId(uuid::Uuid::from_u128(seq.unsigned_abs().into()))
    }

    const QUEUED: RowState = RowState::Queued { retry_at: None };
    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn edits_of_a_contact_run_one_after_the_other_and_a_failed_one_blocks_nobody() {
        let mut outbox = Outbox::default();
        for (seq, contact, state) in [(1, "a", RowState::Failed), (2, "a", QUEUED), (3, "a", QUEUED), (4, "b", QUEUED)]
        {
            outbox.put(row(seq, contact, state));
        }
        assert_eq!(outbox.take_due(NOW), [id(2), id(4)]);
        assert_eq!(outbox.take_due(NOW), []);
        outbox.ran(id(2), After::Gone);
        assert_eq!(outbox.take_due(NOW), [id(3)]);
    }

    #[test]
    fn one_that_waits_keeps_its_lane_until_the_network_is_back() {
        let mut outbox = Outbox::default();
        outbox.put(row(1, "a", QUEUED));
        outbox.put(row(2, "a", QUEUED));
        assert_eq!(outbox.take_due(NOW), [id(1)]);
        let until = NOW + jiff::SignedDuration::from_secs(30);
        let state = RowState::Queued { retry_at: Some(until) };
        outbox.ran(id(1), After::Stays { state, until: Some(until), why: String::new(), network: true });
        assert_eq!(outbox.take_due(NOW), []);
        assert_eq!(outbox.next_due(), Some(until));
        outbox.online();
        assert_eq!(outbox.take_due(NOW), [id(1)]);
    }

    #[test]
    fn what_another_process_did_is_noticed_once() {
        let mut outbox = Outbox::default();
        outbox.put(row(1, "a", QUEUED));
        outbox.put(row(2, "b", QUEUED));
        let there = vec![row(2, "b", RowState::Failed), row(3, "c", QUEUED)];
        let difference = outbox.replace(there.clone());
        assert_eq!(difference.gone, [row(1, "a", QUEUED)]);
        assert_eq!(difference.changed, [row(2, "b", RowState::Failed)]);
        assert_eq!(difference.added, [row(3, "c", QUEUED)]);
        assert_eq!(outbox.replace(there), Difference::default());
    }
}
