//! Which contacts are one person: records in, groups with reasons out.
//!
//! | step | module | rule, and where it is from |
//! |---|---|---|
//! | read | `sheet`, `pool` | standard values, each distinct text once |
//! | block | `block` | only contacts that share a blocking key are compared; keys above a cap say too little |
//! | compare | `compare` | levels of agreement field by field; a missing value is no observation |
//! | weigh | `weight`, `table` | Fellegi and Sunter (1969), with more classes than match and non-match, and term frequencies after Winkler |
//! | learn | `learn` | expectation and maximisation, where no families and colleagues mislead it |
//! | group | `group` | average link, above it the decisions of people |
//! | say why | `reason` | the levels in words, for and against |
//! | change | `index` | one contact at a time, by the table of the last full run |
//!
//! Pure: no I/O, no clock, no chance. The same contacts give the same answer byte for byte, in whatever order they
//! come and on however many threads: rows are put in the order of their ids, sums are integers. It must not know
//! where contacts come from or what is done with a group; which of a group survives a merge is no matter of scores.

mod alike;
mod block;
mod columns;
mod compare;
mod decision;
mod find;
mod fingerprint;
mod group;
mod index;
mod learn;
pub mod merge;
mod pool;
mod reason;
mod record;
mod sheet;
mod table;
mod weight;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub use columns::{Field, field};
pub use decision::{Decision, Decisions};
pub use find::{Found, Group, Options, Pair, Stopped, find};
pub use fingerprint::fingerprint;
pub use group::group_key;
pub use index::{Index, Touched};
pub use reason::Reason;
pub use record::Record;
pub use sheet::Sheet;
pub use table::Table;

/// How a long run tells how far it is, and how it is stopped.
#[derive(Default)]
pub struct Progress<'a> {
    done: AtomicUsize,
    stop: AtomicBool,
    told: Option<&'a (dyn Fn(usize) + Sync)>,
}

impl<'a> Progress<'a> {
    /// `told` hears how many contacts have been compared, from any thread.
    pub fn new(told: &'a (dyn Fn(usize) + Sync)) -> Self {
        Self { told: Some(told), ..Self::default() }
    }

    /// Asks the run to end soon.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> Result<(), Stopped> {
        if self.stop.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }

    fn advance(&self, rows: usize) {
        let done = self.done.fetch_add(rows, Ordering::Relaxed) + rows;
        if let Some(told) = self.told {
            told(done);
        }
    }
}

#[cfg(test)]
mod tests;
