//! People's decisions about pairs. They override every score.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// One decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    NotADuplicate,
    /// The same person, whatever the values say.
    Merged,
}

/// All decisions, by the ids of the pair; each is stored in both directions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decisions {
    different: BTreeSet<(String, String)>,
    same: BTreeSet<(String, String)>,
}

impl Decisions {
    /// Stores a decision, replacing an earlier one about the same pair.
    pub fn add(&mut self, a: &str, b: &str, decision: Decision) {
        self.forget(a, b);
        if a != b {
            let said = match decision {
                Decision::NotADuplicate => &mut self.different,
                Decision::Merged => &mut self.same,
            };
            said.insert((a.to_owned(), b.to_owned()));
            said.insert((b.to_owned(), a.to_owned()));
        }
    }

    /// Takes a decision back.
    pub fn forget(&mut self, a: &str, b: &str) {
        for pair in [(a.to_owned(), b.to_owned()), (b.to_owned(), a.to_owned())] {
            self.different.remove(&pair);
            self.same.remove(&pair);
        }
    }

    /// The contacts that are decided to be the same person as this one.
    pub(super) fn same_as(&self, id: &str) -> impl Iterator<Item = &str> {
        partners(&self.same, id)
    }

    pub(super) fn different_from(&self, id: &str) -> impl Iterator<Item = &str> {
        partners(&self.different, id)
    }

    /// Pairs decided to be different people, smaller id first, sorted.
    pub(super) fn different(&self) -> impl Iterator<Item = (&str, &str)> {
        once(&self.different)
    }

    pub(super) fn same(&self) -> impl Iterator<Item = (&str, &str)> {
        once(&self.same)
    }
}

fn partners<'a>(said: &'a BTreeSet<(String, String)>, id: &str) -> impl Iterator<Item = &'a str> {
    let from = (id.to_owned(), String::new());
    let id = id.to_owned();
    said.range(from..).take_while(move |(a, _)| *a == id).map(|(_, b)| b.as_str())
}

fn once(said: &BTreeSet<(String, String)>) -> impl Iterator<Item = (&str, &str)> {
    said.iter().filter(|(a, b)| a < b).map(|(a, b)| (a.as_str(), b.as_str()))
}
