//! Contacts that may be the same person, as a scan of the local copy found them.

use std::sync::Arc;

use crate::dedupe::Reason;
use crate::domain::ContactId;

/// What a scan found, and its status.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duplicates {
    /// The most certain first.
    pub groups: Vec<Arc<DuplicateGroup>>,
    pub scan: Scan,
}

/// The status of a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scan {
    /// No scan was made, and none is wanted.
    #[default]
    Off,
    /// How many of all contacts have been compared; the groups come from an earlier scan.
    Running { done: usize, total: usize },
    /// The groups match the current contacts.
    Done,
}

/// Contacts that are likely the same person.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicateGroup {
    /// Ordered by ID.
    pub members: Vec<ContactId>,
    /// The probability, from 0 to 1: the mean of its pairs.
    pub score: f64,
    /// The pairs that support it, the most certain first.
    pub pairs: Vec<DuplicatePair>,
}

/// Two members, by index, and the evidence for and against them.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicatePair {
    pub a: usize,
    pub b: usize,
    pub score: f64,
    /// The strongest first.
    pub reasons: Vec<Reason>,
}
