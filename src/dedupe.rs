//! Which contacts are one person: records in, groups with reasons out.

mod alike;
mod block;
mod columns;
mod compare;
mod decision;
mod find;
mod group;
mod index;
mod learn;
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
