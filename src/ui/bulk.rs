//! Many contacts at once: which are marked, and how far a change of them has come.

use std::collections::HashSet;

use crate::domain::{ContactId, GroupId};

/// A change of many contacts that is under way.
#[derive(Clone, Debug)]
pub(super) struct Bulk {
    pub(super) group: GroupId,
    pub(super) total: usize,
    pub(super) done: usize,
    pub(super) failed: usize,
}

impl Bulk {
    pub(super) fn new(group: GroupId, total: usize) -> Self {
        Self { group, total, done: 0, failed: 0 }
    }

    pub(super) fn is_over(&self) -> bool {
        self.done + self.failed >= self.total
    }
}

/// The marked contacts; a mark outlives a change of the filter.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    marked: HashSet<ContactId>,
    /// Where the last mark was set: a range goes from here.
    pub(super) anchor: Option<ContactId>,
    /// All are to be marked as soon as it is known which these are.
    pub(super) all_wanted: bool,
}

impl Marks {
    pub(super) fn len(&self) -> usize {
        self.marked.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.marked.is_empty()
    }

    pub(super) fn has(&self, contact: &ContactId) -> bool {
        self.marked.contains(contact)
    }

    pub(super) fn toggle(&mut self, contact: &ContactId) {
        if !self.marked.remove(contact) {
            self.marked.insert(contact.clone());
        }
        self.anchor = Some(contact.clone());
    }

    pub(super) fn add(&mut self, contacts: impl IntoIterator<Item = ContactId>) {
        self.marked.extend(contacts);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// All of them, in an order that does not change from run to run.
    pub(super) fn all(&self) -> Vec<ContactId> {
        let mut all: Vec<ContactId> = self.marked.iter().cloned().collect();
        all.sort();
        all
    }

    pub(super) fn rename(&mut self, from: &ContactId, to: &ContactId) {
        if self.marked.remove(from) {
            self.marked.insert(to.clone());
        }
    }
}
