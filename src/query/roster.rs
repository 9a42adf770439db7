//! The contacts of a location as compact rows: cheap to clone, cheap to change.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::ContactId;

use super::chunk::{CHUNK_ROWS, Chunk, ChunkWriter, id_hash};
use super::order::Orders;
use super::shared_names::SharedNames;
use super::{ContactRow, RowRef};

/// The contacts of a location as compact rows, in order of arrival.
///
/// A roster never changes; [`Roster::with`] makes the next one and shares the unchanged parts.
#[derive(Clone, Default)]
pub struct Roster {
    chunks: Vec<Arc<Chunk>>,
    /// The number of rows before each chunk.
    starts: Vec<u32>,
    len: u32,
    pub(super) orders: Arc<Orders>,
    pub(super) shared: Arc<SharedNames>,
}

/// The place of a row in one version of a roster: `0..len`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowIx(pub u32);

impl Roster {
    /// Rows in this order. Of two with the same id the later one counts, in the place of the first.
    pub fn from_rows(rows: impl IntoIterator<Item = ContactRow>) -> Self {
        Self::default().with(rows.into_iter().collect(), &[])
    }

    pub fn len(&self) -> usize {
        self.len as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The row at `ix`, which must come from this same version.
    ///
    /// # Panics
    /// If `ix` is not one of this roster's rows.
    pub fn get(&self, ix: RowIx) -> RowRef<'_> {
        let chunk = self.starts.partition_point(|&start| start <= ix.0) - 1;
        RowRef { chunk: &self.chunks[chunk], at: (ix.0 - self.starts[chunk]) as usize }
    }

    /// Whether both are the same version: nothing changed between them.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.orders, &other.orders)
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
        let hash = id_hash(id);
        self.chunks.iter().enumerate().find_map(|(index, chunk)| Some((index, chunk.find(id, hash)?)))
    }

    /// The roster after a change: known ids are replaced in place, new ones go at the end, removed ones are dropped. An
    /// id in both lists is removed; of two upserts with the same id the later one counts.
    #[must_use]
    pub fn with(&self, upserts: Vec<ContactRow>, removed: &[ContactId]) -> Self {
        let removed: HashSet<&ContactId> = removed.iter().collect();
        self.changed(self.sort_out(upserts, &removed))
    }

    /// The roster with these rows at the end. Their ids must be new and distinct: skipping the search for each id saves
    /// most of the time with a million rows.
    #[must_use]
    pub fn followed_by(&self, rows: Vec<ContactRow>) -> Self {
        self.changed(RosterChanges { new: rows, ..RosterChanges::default() })
    }

    fn changed(&self, mut changes: RosterChanges) -> Self {
        if changes.by_chunk.is_empty() && changes.new.is_empty() {
            return self.clone();
        }
        let mut next = RosterWriter::default();
        for (index, chunk) in self.chunks.iter().enumerate() {
            let is_last = index + 1 == self.chunks.len();
            let takes_more = is_last && !changes.new.is_empty() && chunk.len() < CHUNK_ROWS;
            match changes.by_chunk.get(&index) {
                None if !takes_more => next.chunks.push(Arc::clone(chunk)),
                change => next.rewrite(chunk, change.unwrap_or(&ChunkChange::default())),
            }
            if !takes_more {
                next.close();
            }
        }
        for row in changes.new.drain(..) {
            next.writer().push(&row);
        }
        next.close();
        let orders = self.orders.heir(&self.chunks).into();
        Self { orders, ..Self::of(next.chunks) }
    }

    /// Sorts changes by the chunk that they fall into.
    fn sort_out(&self, upserts: Vec<ContactRow>, removed: &HashSet<&ContactId>) -> RosterChanges {
        let mut changes = RosterChanges::default();
        let mut new: HashMap<ContactId, usize> = HashMap::new();
        for row in upserts.into_iter().filter(|row| !removed.contains(&row.id)) {
            if let Some((chunk, at)) = self.place(&row.id) {
                let replaced = &mut changes.by_chunk.entry(chunk).or_default().replaced;
                // The later one counts, even if it equals what is there.
                if says_the_same(&row, RowRef { chunk: &self.chunks[chunk], at }) {
                    replaced.remove(&at);
                } else {
                    replaced.insert(at, row);
                }
            } else if let Some(&at) = new.get(&row.id) {
                changes.new[at] = row;
            } else {
                new.insert(row.id.clone(), changes.new.len());
                changes.new.push(row);
            }
        }
        for (chunk, at) in removed.iter().filter_map(|id| self.place(id)) {
            changes.by_chunk.entry(chunk).or_default().removed.insert(at);
        }
        changes.by_chunk.retain(|_, change| !change.replaced.is_empty() || !change.removed.is_empty());
        changes
    }

    fn of(chunks: Vec<Arc<Chunk>>) -> Self {
        let mut len = 0_u32;
        let mut starts = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            starts.push(len);
            len += u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        }
        Self { chunks, starts, len, orders: Arc::default(), shared: Arc::default() }
    }
}

fn says_the_same(row: &ContactRow, known: RowRef<'_>) -> bool {
    let mut writer = ChunkWriter::default();
    writer.push(row);
    RowRef { chunk: &writer.finish(), at: 0 } == known
}

#[derive(Default)]
struct RosterChanges {
    by_chunk: HashMap<usize, ChunkChange>,
    new: Vec<ContactRow>,
}

/// The changes of one chunk, by place.
#[derive(Default)]
struct ChunkChange {
    replaced: HashMap<usize, ContactRow>,
    removed: HashSet<usize>,
}

/// Writes the chunks of a new roster; the last one may still be open.
#[derive(Default)]
struct RosterWriter {
    chunks: Vec<Arc<Chunk>>,
    open: ChunkWriter,
}

impl RosterWriter {
    /// The open chunk, with room for another row.
    fn writer(&mut self) -> &mut ChunkWriter {
        if !self.open.has_room() {
            self.close();
        }
        &mut self.open
    }

    fn rewrite(&mut self, chunk: &Chunk, change: &ChunkChange) {
        if self.open.is_empty() && change.removed.is_empty() {
            self.open = ChunkWriter::over(chunk);
        }
        for at in (0..chunk.len()).filter(|at| !change.removed.contains(at)) {
            match change.replaced.get(&at) {
                Some(row) => self.writer().push(row),
                None => self.writer().copy(chunk, at),
            }
        }
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.chunks.push(Arc::new(std::mem::take(&mut self.open).finish()));
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(id: u16, version: u8) -> ContactRow {
        ContactRow {
            first_name: format!("First{version}"),
            last_name: format!("Łast{id}"),
            email: format!("a{id}@example.com"),
            tags: vec![format!("tag {}", version % 3), format!("id {}", id % 7)],
            ..ContactRow::new(ContactId::new(format!("c{id}")))
        }
    }

    #[test]
    fn rows_come_back_clean_and_whole() {
        let contact = ContactRow {
            first_name: " Ana \x1b[31m".into(),
            last_name: "Łopez\n".into(),
            email: "ana@example.com".into(),
            phone: "+14155550100".into(),
            company: "Acme".into(),
            city: "Łódź".into(),
            tags: vec!["VIP".into(), "\u{202e}".into(), "hot lead".into()],
            owner: Some(crate::domain::UserId::new("u1")),
            source: "web".into(),
            added: Some(jiff::Timestamp::UNIX_EPOCH),
            updated: None,
            dnd: true,
            id: ContactId::new("c1"),
        };
        let roster = Roster::from_rows([contact]);
        let row = roster.get(roster.find(&ContactId::new("c1")).expect("just put in"));
        assert_eq!((row.name(), row.first_name(), row.last_name()), ("Ana Łopez", "Ana", "Łopez"));
        assert_eq!((row.email(), row.phone(), row.company()), ("ana@example.com", "+14155550100", "Acme"));
        assert_eq!((row.city(), row.source(), row.dnd()), ("Łódź", "web", true));
        assert_eq!(row.tags().collect::<Vec<_>>(), ["VIP", "hot lead"]);
        assert_eq!(row.owner().map(crate::domain::UserId::as_str), Some("u1"));
        assert_eq!((row.added(), row.updated()), (Some(jiff::Timestamp::UNIX_EPOCH), None));
        assert_eq!(roster.find(&ContactId::new("c2")), None);
    }

    #[test]
    fn the_name_is_what_people_know_the_contact_by() {
        let named = |edit: &dyn Fn(&mut ContactRow)| {
            let mut row = ContactRow::new(ContactId::new("c"));
            edit(&mut row);
            Roster::from_rows([row]).get(RowIx(0)).name().to_owned()
        };
        assert_eq!(named(&|row| row.last_name = "López".into()), "López");
        assert_eq!(named(&|row| (row.email, row.company) = ("a@b.c".into(), "Acme".into())), "Acme");
        assert_eq!(named(&|row| (row.email, row.phone) = ("a@b.c".into(), "+1".into())), "a@b.c");
        assert_eq!(named(&|_| ()), "");
    }

    #[test]
    fn rows_beyond_a_full_chunk_are_kept() {
        let full = u16::try_from(CHUNK_ROWS).expect("fits");
        let roster = Roster::from_rows((0..full).map(|id| row(id, 0)));
        let more = roster.with(vec![row(full, 0), row(3, 1)], &[ContactId::new("c7")]);
        assert_eq!(more.len(), CHUNK_ROWS);
        let of = |id: &str| more.find(&ContactId::new(id)).map(|ix| more.get(ix).first_name().to_owned());
        assert_eq!(of(&format!("c{full}")).as_deref(), Some("First0"));
        assert_eq!(of("c3").as_deref(), Some("First1"));
        assert_eq!(of("c7"), None);
    }

    #[test]
    fn new_rows_follow_without_being_looked_for() {
        let all: Vec<ContactRow> = (0..9_000).map(|id| row(id, 0)).collect();
        let pages = all.chunks(1_300).fold(Roster::default(), |roster, page| roster.followed_by(page.to_vec()));
        assert!(pages == Roster::from_rows(all));
        assert_eq!(pages.find(&ContactId::new("c8999")), Some(RowIx(8_999)));
    }

    #[test]
    fn tables_that_fill_up_open_the_next_chunk() {
        let tags = |id: u16| (0..200).map(|tag| format!("t{id}-{tag}")).collect();
        let roster = Roster::from_rows((0..400).map(|id| ContactRow { tags: tags(id), ..row(id, 0) }));
        assert_eq!(roster.len(), 400);
        for (id, (_, row)) in (0_u16..).zip(roster.rows()) {
            assert!(row.tags().eq(tags(id).iter().map(String::as_str)), "row {id}");
        }
    }

    #[test]
    fn tables_that_fill_up_while_a_chunk_is_rewritten_split_it() {
        let roster = Roster::from_rows((0..600).map(|id| row(id, 0)));
        let tags = |id: u16| (0..200).map(|tag| format!("t{id}-{tag}")).collect();
        let changed: Vec<ContactRow> = (0..500).map(|id| ContactRow { tags: tags(id), ..row(id, 1) }).collect();
        let next = roster.with(changed, &[]);
        assert_eq!(next.len(), 600);
        for (ix, row) in next.rows() {
            assert_eq!(next.find(row.id()), Some(ix));
        }
        assert_eq!(next.get(RowIx(499)).tags().count(), 200);
        assert_eq!(next.get(RowIx(599)).tags().collect::<Vec<_>>(), ["tag 0", "id 4"]);
    }

    #[test]
    fn what_says_nothing_new_changes_nothing() {
        let roster = Roster::from_rows((0..9).map(|id| row(id, 0)));
        assert!(roster.with(vec![row(3, 0), row(8, 0)], &[ContactId::new("c99")]).is(&roster));
        assert!(!roster.with(vec![row(3, 1)], &[]).is(&roster));
        // The later of two counts, also where it is what is there.
        assert!(roster.with(vec![row(3, 1), row(3, 0)], &[]).is(&roster));
    }

    #[derive(Clone, Debug)]
    enum Change {
        Put(u16, u8),
        Remove(u16),
    }

    fn changes() -> impl Strategy<Value = Vec<Vec<Change>>> {
        let change = prop_oneof![
            3 => (0_u16..40, 0_u8..9).prop_map(|(id, version)| Change::Put(id, version)),
            1 => (0_u16..40).prop_map(Change::Remove),
        ];
        proptest::collection::vec(proptest::collection::vec(change, 0..30), 0..6)
    }

    proptest! {
        #[test]
        fn a_changed_roster_equals_one_made_anew(batches in changes()) {
            let mut roster = Roster::default();
            let mut model: Vec<ContactRow> = Vec::new();
            for batch in batches {
                let removed: Vec<ContactId> = batch.iter().filter_map(|change| match change {
                    Change::Remove(id) => Some(row(*id, 0).id),
                    Change::Put(..) => None,
                }).collect();
                let puts: Vec<ContactRow> = batch.iter().filter_map(|change| match change {
                    Change::Put(id, version) => Some(row(*id, *version)),
                    Change::Remove(_) => None,
                }).collect();
                roster = roster.with(puts.clone(), &removed);
                for put in puts {
                    match model.iter_mut().find(|row| row.id == put.id) {
                        Some(known) => *known = put,
                        None => model.push(put),
                    }
                }
                model.retain(|row| !removed.contains(&row.id));
            }
            let anew = Roster::from_rows(model.clone());
            prop_assert!(roster == anew);
            for (ix, row) in roster.rows() {
                prop_assert_eq!(roster.find(row.id()), Some(ix));
                prop_assert!(roster.get(ix) == row);
            }
        }
    }
}
