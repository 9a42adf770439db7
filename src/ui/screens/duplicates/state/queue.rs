//! Contacts that may be one person: the queue of groups to be reviewed, where the cursor is, and who is in which.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::{ContactId, MergeRules};
use crate::protocol::{BulkGroup, DuplicateGroup, Duplicates, Scan};

use crate::ui::state::list_cursor::ListCursor;
use crate::ui::state::merges::Merges;

/// What speaks so loud against a group has to be looked at.
const LOUD: f64 = -2.0;

/// A group that waits for a decision.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    pub(crate) group: Arc<DuplicateGroup>,
    /// Those that are not part of another contact yet.
    pub(crate) members: Vec<ContactId>,
    /// Something speaks loud against it, or it is larger than such groups are.
    pub(crate) attention: bool,
    /// The rule for many at once covers it, as far as is known.
    pub(crate) ready: bool,
}

impl Queued {
    /// A member's letter: `A` for the first.
    pub(crate) fn letter(&self, contact: &ContactId) -> String {
        self.members.iter().position(|member| member == contact).map(letter).unwrap_or_default()
    }
}

/// `A`, `B`, … and behind `Z` a number.
pub(crate) fn letter(at: usize) -> String {
    let letter = u8::try_from(at).ok().filter(|at| *at < 26).map(|at| char::from(b'A' + at));
    letter.map_or_else(|| (at + 1).to_string(), String::from)
}

/// The groups as the dashboard shows them.
#[derive(Clone, Debug, Default)]
pub(crate) struct DuplicateQueue {
    found: Arc<Duplicates>,
    /// The surest first, what was skipped last.
    queue: Vec<Queued>,
    /// The place of each contact's group.
    group_of: HashMap<ContactId, usize>,
    /// By the members.
    skipped: HashSet<Vec<ContactId>>,
    /// Those that a dry run has found not to be covered.
    uncovered: HashSet<Vec<ContactId>>,
    /// A group that is open again: the cursor goes there once it is found, unless it was moved from this place.
    returning: Option<(ContactId, usize)>,
    ready: usize,
    /// Grows with every change of who is in a group.
    version: u64,
    pub(crate) cursor: ListCursor,
}

impl DuplicateQueue {
    /// Takes in what a scan found; the cursor stays with its group.
    pub(crate) fn set(&mut self, found: Arc<Duplicates>, merges: &mut Merges, rules: &MergeRules) {
        // While a scan runs the groups are those of before.
        let same = found.groups.len() == self.found.groups.len() && found.groups == self.found.groups;
        self.found = found;
        if !same {
            let mut group_of: HashMap<&ContactId, usize> = HashMap::new();
            for (at, group) in self.found.groups.iter().enumerate() {
                group_of.extend(group.members.iter().map(|member| (member, at)));
            }
            merges.scanned(|a, b| group_of.get(a).zip(group_of.get(b)).is_some_and(|(a, b)| a == b));
            self.refresh(merges, rules);
        }
    }

    /// Rebuilds the queue: groups leave it once they are decided.
    pub(crate) fn refresh(&mut self, merges: &Merges, rules: &MergeRules) {
        let here = self.group().map(|queued| queued.members.clone());
        let returning = self.returning.take().filter(|(_, from)| *from == self.cursor.at).map(|(member, _)| member);
        let open = |group: &Arc<DuplicateGroup>| {
            let members: Vec<ContactId> =
                group.members.iter().filter(|member| !merges.is_taken(member)).cloned().collect();
            let undecided =
                members.iter().enumerate().any(|(at, a)| members[at + 1..].iter().any(|b| !merges.is_dismissed(a, b)));
            undecided.then(|| {
                let against = group.pairs.iter().flat_map(|pair| &pair.reasons).any(|reason| reason.bits <= LOUD);
                let small = members.len() <= rules.bulk_members;
                let ready = small && group.score >= rules.bulk_score && !self.uncovered.contains(&members);
                let attention = against || !small;
                Queued { group: Arc::clone(group), members, attention, ready }
            })
        };
        let queue: Vec<Queued> = self.found.groups.iter().filter_map(open).collect();
        let (mut queue, later): (Vec<Queued>, Vec<Queued>) =
            queue.into_iter().partition(|queued| !self.skipped.contains(&queued.members));
        queue.extend(later);
        self.queue = queue;
        self.ready = self.queue.iter().filter(|queued| queued.ready).count();
        self.version += 1;
        self.group_of = HashMap::with_capacity(self.queue.len() * 2);
        for (at, queued) in self.queue.iter().enumerate() {
            self.group_of.extend(queued.members.iter().map(|member| (member.clone(), at)));
        }
        let kept = here.and_then(|members| members.iter().find_map(|member| self.group_of.get(member).copied()));
        self.go(kept.unwrap_or(self.cursor.at));
        if let Some(member) = returning.filter(|member| !self.go_to(member)) {
            self.returning = Some((member, self.cursor.at));
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Everybody who is in a group.
    pub(crate) fn members(&self) -> impl Iterator<Item = &ContactId> {
        self.group_of.keys()
    }

    pub(crate) fn scan(&self) -> Scan {
        self.found.scan
    }

    pub(crate) fn groups(&self) -> &[Queued] {
        &self.queue
    }

    /// How many the rule for many at once covers.
    pub(crate) fn ready(&self) -> usize {
        self.ready
    }

    pub(crate) fn ready_groups(&self) -> Vec<BulkGroup> {
        let ready = self.queue.iter().filter(|queued| queued.ready);
        ready.map(|queued| BulkGroup { members: queued.members.clone(), score: queued.group.score }).collect()
    }

    /// A dry run says that the rule does not cover these.
    pub(crate) fn leave_out(&mut self, groups: impl IntoIterator<Item = Vec<ContactId>>) {
        self.uncovered.extend(groups);
    }

    /// A group may be another by now: the next dry run looks at it again.
    pub(crate) fn look_again(&mut self) {
        if let Some(queued) = self.queue.get(self.cursor.at) {
            self.uncovered.remove(&queued.members);
        }
    }

    pub(crate) fn skipped(&self) -> usize {
        self.queue.iter().rev().take_while(|queued| self.skipped.contains(&queued.members)).count()
    }

    /// The group under the cursor.
    pub(crate) fn group(&self) -> Option<&Queued> {
        self.queue.get(self.cursor.at)
    }

    /// The others that may be the same person.
    pub(crate) fn others(&self, contact: &ContactId) -> usize {
        self.group_of.get(contact).map_or(0, |at| self.queue[*at].members.len() - 1)
    }

    /// Puts the cursor on a group, or on the last where there are fewer.
    pub(crate) fn go(&mut self, at: usize) {
        self.cursor.at = at.min(self.queue.len().saturating_sub(1));
    }

    /// Puts the cursor on a contact's group; whether it is in one.
    pub(crate) fn go_to(&mut self, contact: &ContactId) -> bool {
        let Some(at) = self.group_of.get(contact).copied() else { return false };
        self.go(at);
        true
    }

    /// A group that was skipped or decided comes back to its place, under the cursor; one that was decided may have to
    /// be found again first.
    pub(crate) fn bring_back(&mut self, members: &Vec<ContactId>, merges: &Merges, rules: &MergeRules) {
        self.skipped.remove(members);
        self.returning = members.first().map(|first| (first.clone(), self.cursor.at));
        self.refresh(merges, rules);
    }

    /// The group under the cursor goes behind all others, and the next one takes its place.
    pub(crate) fn skip(&mut self) {
        let Some(queued) = self.queue.get(self.cursor.at) else { return };
        self.skipped.insert(queued.members.clone());
        let queued = self.queue.remove(self.cursor.at);
        self.queue.push(queued);
        for (at, queued) in self.queue.iter().enumerate().skip(self.cursor.at) {
            for member in &queued.members {
                self.group_of.insert(member.clone(), at);
            }
        }
    }
}
