//! Contacts that may be one person: the groups of the newest scan, where the cursor is, and who is in which.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::ContactId;
use crate::protocol::{DuplicateGroup, Duplicates, Scan};

/// The groups as the dashboard shows them.
#[derive(Clone, Debug, Default)]
pub(super) struct Suspects {
    found: Arc<Duplicates>,
    /// The place of each contact's group.
    group_of: HashMap<ContactId, usize>,
    pub(super) cursor: usize,
    pub(super) offset: usize,
    /// The member under the cursor.
    pub(super) member: usize,
}

impl Suspects {
    /// Takes in what a scan found; the cursor stays with its group.
    pub(super) fn set(&mut self, found: Arc<Duplicates>) {
        let here = self.group().map(|group| group.members.clone());
        // While a scan runs the groups are those of before.
        if found.groups.len() != self.found.groups.len() || found.groups != self.found.groups {
            self.group_of = HashMap::with_capacity(found.groups.len() * 2);
            for (at, group) in found.groups.iter().enumerate() {
                self.group_of.extend(group.members.iter().map(|member| (member.clone(), at)));
            }
        }
        self.found = found;
        let kept = here.and_then(|members| members.iter().find_map(|member| self.group_of.get(member).copied()));
        self.go(kept.unwrap_or(self.cursor));
    }

    pub(super) fn scan(&self) -> Scan {
        self.found.scan
    }

    pub(super) fn groups(&self) -> &[Arc<DuplicateGroup>] {
        &self.found.groups
    }

    /// The group under the cursor.
    pub(super) fn group(&self) -> Option<&DuplicateGroup> {
        self.found.groups.get(self.cursor).map(Arc::as_ref)
    }

    /// The others that may be the same person.
    pub(super) fn others(&self, contact: &ContactId) -> usize {
        self.group_of.get(contact).map_or(0, |at| self.found.groups[*at].members.len() - 1)
    }

    /// Puts the cursor on a group, or on the last where there are fewer.
    pub(super) fn go(&mut self, at: usize) {
        let at = at.min(self.found.groups.len().saturating_sub(1));
        if at != self.cursor {
            self.member = 0;
        }
        self.cursor = at;
        let members = self.group().map_or(0, |group| group.members.len());
        self.member = self.member.min(members.saturating_sub(1));
    }

    /// Puts the cursor on a contact's group; whether it is in one.
    pub(super) fn go_to(&mut self, contact: &ContactId) -> bool {
        let Some(at) = self.group_of.get(contact).copied() else { return false };
        self.go(at);
        let place = self.group().and_then(|group| group.members.iter().position(|member| member == contact));
        self.member = place.unwrap_or(0);
        true
    }

    /// The next or the previous member of the group.
    pub(super) fn step_member(&mut self, forward: bool) {
        let members = self.group().map_or(1, |group| group.members.len());
        self.member = (self.member + if forward { 1 } else { members - 1 }) % members;
    }
}
