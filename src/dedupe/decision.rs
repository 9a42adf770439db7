//! What people decided about pairs. It outranks every score.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A verdict of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    NotADuplicate,
    /// One person, whatever the values say.
    Merged,
}

/// All verdicts, by the ids of the pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decisions {
    different: BTreeSet<(String, String)>,
    same: BTreeSet<(String, String)>,
}

impl Decisions {
    /// Keeps a verdict; a later one about the same pair replaces it.
    pub fn add(&mut self, a: &str, b: &str, decision: Decision) {
        self.forget(a, b);
        let pair = ordered(a, b);
        if a != b {
            _ = match decision {
                Decision::NotADuplicate => self.different.insert(pair),
                Decision::Merged => self.same.insert(pair),
            };
        }
    }

    /// Takes a verdict back.
    pub fn forget(&mut self, a: &str, b: &str) {
        let pair = ordered(a, b);
        self.different.remove(&pair);
        self.same.remove(&pair);
    }

    pub(super) fn different(&self) -> impl Iterator<Item = (&str, &str)> {
        self.different.iter().map(|(a, b)| (a.as_str(), b.as_str()))
    }

    pub(super) fn same(&self) -> impl Iterator<Item = (&str, &str)> {
        self.same.iter().map(|(a, b)| (a.as_str(), b.as_str()))
    }
}

fn ordered(a: &str, b: &str) -> (String, String) {
    (a.min(b).to_owned(), a.max(b).to_owned())
}
