//! The order of a roster from that of an earlier one: what has not changed keeps its order, the rest is put between.
//!
//! Sorting a million rows takes a second; after one change of a contact, or for each page of a sync, that would be felt.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::chunk::Chunk;
use super::{Roster, RowIx};

/// An order of an earlier roster.
#[derive(Clone, Debug)]
pub(super) struct Former {
    chunks: Vec<Arc<Chunk>>,
    order: Arc<[RowIx]>,
}

impl Former {
    pub(super) fn new(chunks: &[Arc<Chunk>], order: Arc<[RowIx]>) -> Self {
        Self { chunks: chunks.to_vec(), order }
    }

    /// Whether most of its chunks are among these: others are not to be held in memory for the sake of an order that
    /// nobody asks for any more.
    pub(super) fn is_of_use_to(&self, chunks: &[Arc<Chunk>]) -> bool {
        let here: HashSet<*const Chunk> = chunks.iter().map(Arc::as_ptr).collect();
        let shared = self.chunks.iter().filter(|chunk| here.contains(&Arc::as_ptr(chunk))).count();
        2 * shared > self.chunks.len()
    }

    /// The rows of the roster in the order of `compare`, which is the one that this was found by. `None` where more than
    /// half of the rows lie in other chunks than before: then sorting takes less.
    pub(super) fn renewed(&self, roster: &Roster, compare: impl Fn(RowIx, RowIx) -> Ordering) -> Option<Arc<[RowIx]>> {
        let old: HashMap<*const Chunk, usize> =
            self.chunks.iter().enumerate().map(|(index, chunk)| (Arc::as_ptr(chunk), index)).collect();
        // Where each chunk's rows lie now, and the rows that lie in no chunk of before.
        let mut starts = vec![None; self.chunks.len()];
        let mut others = Vec::new();
        for (start, chunk) in roster.chunks() {
            match old.get(&std::ptr::from_ref(chunk)) {
                Some(index) => starts[*index] = Some(start),
                None => others.extend((start..).take(chunk.len()).map(RowIx)),
            }
        }
        if others.len() > roster.len() / 2 {
            return None;
        }
        let mut now = Vec::with_capacity(self.order.len());
        for (chunk, start) in self.chunks.iter().zip(starts) {
            let rows = 0..u32::try_from(chunk.len()).unwrap_or(u32::MAX);
            now.extend(rows.map(|at| start.map(|start| RowIx(start + at))));
        }
        let kept: Vec<RowIx> = self.order.iter().filter_map(|ix| now[ix.0 as usize]).collect();
        others.sort_unstable_by(|a, b| compare(*a, *b));
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
}
