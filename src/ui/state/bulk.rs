//! Many contacts at once: which are marked, and how far a change of them has come.

use std::collections::HashSet;

use crate::config::Action;
use crate::domain::{ContactId, GroupId};

/// A change of many contacts that is under way.
#[derive(Clone, Debug)]
pub(crate) struct Bulk {
    pub(crate) group: GroupId,
    /// What it does, as a sentence in the past, and what can be done about it: said once the server has confirmed all of
    /// it; `None` where some of it is never sent.
    pub(crate) said: Option<(String, Vec<Action>)>,
    pub(crate) total: usize,
    pub(crate) done: usize,
    pub(crate) failed: usize,
}

impl Bulk {
    pub(crate) fn new(group: GroupId, said: String, offers: Vec<Action>, total: usize) -> Self {
        Self { group, said: Some((said, offers)), total, done: 0, failed: 0 }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.done + self.failed >= self.total
    }
}

/// The marked contacts; a mark outlives a change of the filter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    marked: HashSet<ContactId>,
    /// Where the last mark was set: a range goes from here.
    pub(crate) anchor: Option<ContactId>,
    /// All are to be marked as soon as it is known which these are.
    pub(crate) all_wanted: bool,
}

impl Marks {
    pub(crate) fn len(&self) -> usize {
        self.marked.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.marked.is_empty()
    }

    pub(crate) fn has(&self, contact: &ContactId) -> bool {
        self.marked.contains(contact)
    }

    pub(crate) fn toggle(&mut self, contact: &ContactId) {
        if !self.marked.remove(contact) {
            self.marked.insert(contact.clone());
        }
        self.anchor = Some(contact.clone());
    }

    pub(crate) fn add(&mut self, contacts: impl IntoIterator<Item = ContactId>) {
        self.marked.extend(contacts);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// All of them, in an order that does not change from run to run.
    pub(crate) fn all(&self) -> Vec<ContactId> {
        let mut all: Vec<ContactId> = self.marked.iter().cloned().collect();
        all.sort();
        all
    }

    pub(crate) fn rename(&mut self, from: &ContactId, to: &ContactId) {
        if self.marked.remove(from) {
            self.marked.insert(to.clone());
        }
    }
}
