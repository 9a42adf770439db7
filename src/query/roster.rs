//! The contacts of a location as compact rows: cheap to clone, cheap to change.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::domain::ContactId;

use super::chunk::{Chunk, ChunkWriter};
use super::order::COLUMNS;
use super::{Row, RowRef};

/// The contacts of a location as compact rows, in the order they came.
///
/// A value never changes; [`Roster::with`] makes the next one and shares what stays the same.
#[derive(Clone, Default)]
pub struct Roster {
    chunks: Vec<Arc<Chunk>>,
    /// Rows before each chunk.
    starts: Vec<u32>,
    len: u32,
    /// Each column's order, found when first asked for.
    pub(super) orders: Arc<[OnceLock<Arc<[RowIx]>>; COLUMNS]>,
}

/// Where a row is in one value of a roster: `0..len`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowIx(pub u32);

impl Roster {
    /// Rows in this order; of two with one id the later one counts, at the place of the first.
    pub fn from_rows(rows: impl IntoIterator<Item = Row>) -> Self {
        Self::default().with(rows.into_iter().collect(), &[])
    }

    pub fn len(&self) -> usize {
        self.len as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The row at `ix`, which this same value gave.
    ///
    /// # Panics
    /// If `ix` is not one of this roster's rows.
    pub fn get(&self, ix: RowIx) -> RowRef<'_> {
        let chunk = self.starts.partition_point(|&start| start <= ix.0) - 1;
        RowRef { chunk: &self.chunks[chunk], at: (ix.0 - self.starts[chunk]) as usize }
    }

    /// All rows in their order.
    pub fn rows(&self) -> impl Iterator<Item = (RowIx, RowRef<'_>)> {
        let rows = self.chunks.iter().flat_map(|chunk| (0..chunk.len()).map(|at| RowRef { chunk, at }));
        (0..).map(RowIx).zip(rows)
    }

    pub fn find(&self, id: &ContactId) -> Option<RowIx> {
        let (chunk, at) = self.place(id)?;
        Some(RowIx(self.starts[chunk] + u32::try_from(at).ok()?))
    }

    /// Each chunk with the position of its first row.
    pub(super) fn chunks(&self) -> impl Iterator<Item = (u32, &Chunk)> {
        self.starts.iter().copied().zip(self.chunks.iter().map(|chunk| &**chunk))
    }

    fn place(&self, id: &ContactId) -> Option<(usize, usize)> {
        self.chunks.iter().enumerate().find_map(|(index, chunk)| Some((index, chunk.find(id)?)))
    }

    /// The roster after a change: known ids are replaced where they stand, new ones follow at the end,
    /// removed ones go. An id in both is removed.
    #[must_use]
    pub fn with(&self, upserts: Vec<Row>, removed: &[ContactId]) -> Self {
        let removed: HashSet<&ContactId> = removed.iter().collect();
        let changes = self.sort_out(upserts, &removed);
        let mut chunks = Vec::with_capacity(self.chunks.len() + 1);
        for (index, chunk) in self.chunks.iter().enumerate() {
            let changed = changes.replaced.get(&index);
            let shrinks = changes.shrinking.contains(&index);
            let grows = index + 1 == self.chunks.len() && !changes.new.is_empty();
            if changed.is_none() && !shrinks && !(grows && chunk.len() < super::chunk::CHUNK_ROWS) {
                chunks.push(Arc::clone(chunk));
                continue;
            }
            let mut writer = ChunkWriter::default();
            for at in 0..chunk.len() {
                let slot_id = &chunk.slots[at].id;
                if shrinks && removed.contains(slot_id) {
                    continue;
                }
                if !writer.has_room() {
                    chunks.push(Arc::new(std::mem::take(&mut writer).finish()));
                }
                match changed.and_then(|changed| changed.get(&at)) {
                    Some(row) => writer.push(row),
                    None => writer.copy(chunk, at),
                }
            }
            if grows {
                append(writer, &changes.new, &mut chunks);
            } else {
                chunks.push(Arc::new(writer.finish()));
            }
        }
        if self.chunks.is_empty() || chunks.is_empty() {
            append(ChunkWriter::default(), &changes.new, &mut chunks);
        }
        Self::of(chunks)
    }

    /// Which chunk each change falls into.
    fn sort_out(&self, upserts: Vec<Row>, removed: &HashSet<&ContactId>) -> Changes {
        let mut changes = Changes::default();
        let mut new: HashMap<ContactId, usize> = HashMap::new();
        for row in upserts.into_iter().filter(|row| !removed.contains(&row.id)) {
            if let Some((chunk, at)) = self.place(&row.id) {
                changes.replaced.entry(chunk).or_default().insert(at, row);
            } else if let Some(&at) = new.get(&row.id) {
                changes.new[at] = row;
            } else {
                new.insert(row.id.clone(), changes.new.len());
                changes.new.push(row);
            }
        }
        changes.shrinking = removed.iter().filter_map(|id| Some(self.place(id)?.0)).collect();
        changes
    }

    fn of(mut chunks: Vec<Arc<Chunk>>) -> Self {
        chunks.retain(|chunk| chunk.len() > 0);
        let mut len = 0_u32;
        let mut starts = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            starts.push(len);
            len += u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        }
        Self { chunks, starts, len, orders: Arc::default() }
    }
}

#[derive(Default)]
struct Changes {
    /// By chunk, then by place in it.
    replaced: HashMap<usize, HashMap<usize, Row>>,
    new: Vec<Row>,
    /// Chunks that lose rows.
    shrinking: HashSet<usize>,
}

fn append(mut writer: ChunkWriter, rows: &[Row], chunks: &mut Vec<Arc<Chunk>>) {
    for row in rows {
        if !writer.has_room() {
            chunks.push(Arc::new(std::mem::take(&mut writer).finish()));
        }
        writer.push(row);
    }
    chunks.push(Arc::new(writer.finish()));
}

impl PartialEq for Roster {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Arc<Chunk>, &Arc<Chunk>)| Arc::ptr_eq(a, b);
        self.len == other.len
            && ((self.chunks.len() == other.chunks.len() && self.chunks.iter().zip(&other.chunks).all(same))
                || self.rows().eq(other.rows()))
    }
}

impl std::fmt::Debug for Roster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Roster({} rows)", self.len)
    }
}
