//! Finds contacts that are the same person: records in, groups with reasons out.
//!
//! | step | module | rule, and where it is from |
//! |---|---|---|
//! | read | `sheet`, `pool` | standard values; each distinct text is stored once |
//! | block | `block` | only contacts that share a blocking key are compared; keys above a cap are skipped |
//! | compare | `compare` | levels of agreement field by field; a missing value is no observation |
//! | weigh | `weight`, `table` | Fellegi and Sunter (1969), with more classes than match and non-match, and term frequencies after Winkler |
//! | learn | `learn` | expectation maximisation, where families and colleagues cannot mislead it |
//! | group | `group` | average link; people's decisions override it |
//! | explain | `reason` | the levels in words, for and against |
//! | change | `index` | one contact at a time, by the table of the last full run |
//!
//! Pure: no I/O, no clock, no randomness. The same contacts give the same answer byte for byte, in any order and on
//! any number of threads: rows are sorted by id, and sums are integers. It must not know where contacts come from or
//! what happens to a group; scores have no say in which contact of a group survives a merge.

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

pub use columns::{RecordField, field};
pub use decision::{Decision, Decisions};
pub use find::{FindOptions, FoundDuplicates, FoundGroup, FoundPair, Stopped, find};
pub use fingerprint::fingerprint;
pub use group::group_key;
pub use index::{DuplicateIndex, Touched};
pub use reason::Reason;
pub use record::DedupeRecord;
pub use sheet::RecordSheet;
pub use table::FrequencyTable;

/// Reports the progress of a long run, and stops it.
#[derive(Default)]
pub struct RunProgress<'a> {
    done: AtomicUsize,
    stop: AtomicBool,
    told: Option<&'a (dyn Fn(usize) + Sync)>,
}

impl<'a> RunProgress<'a> {
    /// Calls `told` with the number of contacts compared so far, from any thread.
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
