//! Updates the order of an earlier roster for the next one: unchanged rows keep their order, the rest are inserted.
//!
//! Sorting a million rows takes a second. After every change of a contact, or every page of a sync, users would feel it.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::ContactId;

use super::chunk::Chunk;
use super::{Roster, RowIx, RowRef};

/// If more than one row in so many has changed, sorting everything is faster.
const FEW: usize = 16;
/// An order that nobody asked of so many later rosters is dropped.
const HANDED_ON: u8 = 64;

/// An order of an earlier roster.
#[derive(Clone, Debug)]
pub(super) struct PreviousOrder {
    chunks: Vec<Arc<Chunk>>,
    order: Arc<[RowIx]>,
    handed_on: u8,
}

impl PreviousOrder {
    pub(super) fn new(chunks: &[Arc<Chunk>], order: Arc<[RowIx]>) -> Self {
        Self { chunks: chunks.to_vec(), order, handed_on: 0 }
    }

    /// The same order for the next roster; `None` when it would hold more memory than it is worth.
    pub(super) fn handed_on(&self, chunks: &[Arc<Chunk>]) -> Option<Self> {
        let here: HashSet<*const Chunk> = chunks.iter().map(Arc::as_ptr).collect();
        let shared = self.chunks.iter().filter(|chunk| here.contains(&Arc::as_ptr(chunk))).count();
        let handed_on = self.handed_on + 1;
        (2 * shared > self.chunks.len() && handed_on < HANDED_ON).then(|| Self { handed_on, ..self.clone() })
    }

    /// The roster's rows in the order of `compare`, which must be the order that this was sorted by. `None` if too much
    /// has changed.
    pub(super) fn renewed(&self, roster: &Roster, compare: impl Fn(RowIx, RowIx) -> Ordering) -> Option<Arc<[RowIx]>> {
        let (now, mut others) = self.moves(roster);
        if others.len() > roster.len() / FEW {
            return None;
        }
        others.sort_unstable_by(|a, b| compare(*a, *b));
        let kept: Vec<RowIx> = self.order.iter().map(|ix| now[ix.0 as usize]).filter(|ix| *ix != GONE).collect();
        let (mut order, mut kept) = (Vec::with_capacity(roster.len()), kept.as_slice());
        for ix in others {
            let (before, behind) = kept.split_at(kept.partition_point(|other| compare(*other, ix) == Ordering::Less));
            order.extend_from_slice(before);
            order.push(ix);
            kept = behind;
        }
        order.extend_from_slice(kept);
        Some(order.into())
    }

    /// The new place of each unchanged earlier row, or [`GONE`]; then the rows that are new or changed.
    fn moves(&self, roster: &Roster) -> (Vec<RowIx>, Vec<RowIx>) {
        let here: HashMap<*const Chunk, u32> =
            roster.chunks().map(|(start, chunk)| (std::ptr::from_ref(chunk), start)).collect();
        let mut now = Vec::with_capacity(self.order.len());
        let mut before: HashMap<&ContactId, (usize, RowRef<'_>)> = HashMap::new();
        let mut kept = HashSet::new();
        for chunk in &self.chunks {
            let rows = 0..u32::try_from(chunk.len()).unwrap_or(u32::MAX);
            if let Some(start) = here.get(&Arc::as_ptr(chunk)) {
                kept.insert(*start);
                now.extend(rows.map(|at| RowIx(start + at)));
            } else {
                let rows = (0..chunk.len()).map(|at| RowRef { chunk, at });
                before.extend(rows.zip(now.len()..).map(|(row, ix)| (row.id(), (ix, row))));
                now.resize(now.len() + chunk.len(), GONE);
            }
        }
        let mut others = Vec::new();
        for (start, chunk) in roster.chunks().filter(|(start, _)| !kept.contains(start)) {
            for (at, ix) in (0..chunk.len()).zip((start..).map(RowIx)) {
                let row = RowRef { chunk, at };
                match before.get(row.id()) {
                    Some((was, same)) if *same == row => now[*was] = ix,
                    _ => others.push(ix),
                }
            }
        }
        (now, others)
    }
}

/// Stands for a row that is gone or changed.
const GONE: RowIx = RowIx(u32::MAX);
