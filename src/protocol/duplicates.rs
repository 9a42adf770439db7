//! Contacts that may be one person, as a scan of the local copy found them.

use std::sync::Arc;

use crate::dedupe::Reason;
use crate::domain::ContactId;

/// What a scan found, and how it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duplicates {
    /// The surest first.
    pub groups: Vec<Arc<DuplicateGroup>>,
    pub scan: Scan,
}

/// How a scan stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scan {
    /// None was made, and none is wanted.
    #[default]
    Off,
    /// So many contacts of all have been compared; the groups are those of an earlier one.
    Running { done: usize, total: usize },
    /// The groups are those of the contacts as they are.
    Done,
}

/// Contacts that are likely one person.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicateGroup {
    /// In the order of their ids.
    pub members: Vec<ContactId>,
    /// How likely, from 0 to 1: the mean of its pairs.
    pub score: f64,
    /// Those that speak for it, the surest first.
    pub pairs: Vec<DuplicatePair>,
}

/// Two members, by their places, and what speaks for and against them.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicatePair {
    pub a: usize,
    pub b: usize,
    pub score: f64,
    /// The loudest first.
    pub reasons: Vec<Reason>,
}
