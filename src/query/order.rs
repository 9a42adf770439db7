//! The order of a list: total, so that the same rows always come the same way.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::chunk::{Chunk, Field};
use super::{Roster, RowIx};

/// Six columns, up and down.
pub(super) const ORDERS: usize = 12;

/// A column that a list can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Column {
    #[default]
    Name,
    Email,
    Phone,
    Company,
    Added,
    Updated,
}

/// By what a list is sorted: by name, ascending, unless said otherwise.
///
/// Rows without a value come last either way; equal ones by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sort {
    pub column: Column,
    pub descending: bool,
}

impl Column {
    /// Every column, in the order in which a key goes through them.
    pub const ALL: [Self; 6] = [Self::Name, Self::Updated, Self::Added, Self::Company, Self::Email, Self::Phone];

    /// The column in a word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "e-mail",
            Self::Phone => "phone",
            Self::Company => "company",
            Self::Added => "added",
            Self::Updated => "updated",
        }
    }
}

impl Sort {
    /// The next column in its natural direction: text from A to Z, dates from the newest back.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Column::ALL.iter().position(|column| *column == self.column).map_or(0, |at| at + 1);
        let column = Column::ALL[at % Column::ALL.len()];
        Self { column, descending: matches!(column, Column::Added | Column::Updated) }
    }

    /// `▲` or `▼` where this is the column that is sorted by.
    pub fn arrow(self, column: Column) -> Option<&'static str> {
        (self.column == column).then_some(if self.descending { "▼" } else { "▲" })
    }
}

/// What a row is sorted by; the first bytes apart, since they decide nearly always and lie close together.
struct Key<'a> {
    empty: bool,
    prefix: u64,
    rest: &'a str,
    id: &'a str,
    ix: RowIx,
}

/// All rows in order; found once for each order of a roster.
pub(super) fn ordered(roster: &Roster, sort: Sort) -> &[RowIx] {
    let of = |descending| &roster.orders[sort.column as usize * 2 + usize::from(descending)];
    let up = of(false).get_or_init(|| ascending(roster, sort.column));
    if sort.descending { of(true).get_or_init(|| descending(roster, sort.column, up)) } else { up }
}

fn ascending(roster: &Roster, column: Column) -> Box<[RowIx]> {
    let mut keys: Vec<Key<'_>> = Vec::with_capacity(roster.len());
    for (start, chunk) in roster.chunks() {
        let rows = (start..).take(chunk.len()).enumerate();
        keys.extend(rows.map(|(at, ix)| key(chunk, at, RowIx(ix), column)));
    }
    keys.sort_unstable_by(compare);
    keys.iter().map(|key| key.ix).collect()
}

/// Backwards by value, still forwards by id, the empty ones still last.
fn descending(roster: &Roster, column: Column, ascending: &[RowIx]) -> Box<[RowIx]> {
    let value = |ix: RowIx| {
        let row = roster.get(ix);
        key(row.chunk, row.at, ix, column)
    };
    let filled = ascending.partition_point(|&ix| !value(ix).empty);
    let (filled, empty) = ascending.split_at(filled);
    let equal = |a: &RowIx, b: &RowIx| compare_values(&value(*a), &value(*b)) == Ordering::Equal;
    let runs: Vec<&[RowIx]> = filled.chunk_by(equal).collect();
    runs.into_iter().rev().flatten().chain(empty).copied().collect()
}

fn compare(a: &Key<'_>, b: &Key<'_>) -> Ordering {
    compare_values(a, b).then_with(|| a.id.cmp(b.id))
}

fn compare_values(a: &Key<'_>, b: &Key<'_>) -> Ordering {
    a.empty.cmp(&b.empty).then(a.prefix.cmp(&b.prefix)).then_with(|| a.rest.cmp(b.rest))
}

fn key(chunk: &Chunk, at: usize, ix: RowIx, column: Column) -> Key<'_> {
    let slot = &chunk.slots[at];
    let id = slot.id.as_str();
    let text = |text: &'_ str| (text.is_empty(), prefix(text));
    let (field, time) = match column {
        Column::Name => (Some(display_name(chunk, at)), None),
        Column::Email => (Some(chunk.search_field(at, Field::Email)), None),
        Column::Phone => (Some(chunk.search_field(at, Field::Phone)), None),
        Column::Company => (Some(chunk.search_field(at, Field::Company)), None),
        Column::Added => (None, slot.added),
        Column::Updated => (None, slot.updated),
    };
    if let Some(field) = field {
        let (empty, prefix) = text(field);
        return Key { empty, prefix, rest: field, id, ix };
    }
    // Microseconds since 1970, moved so that earlier years stay below later ones.
    let micros = time.map_or(0, Timestamp::as_microsecond);
    Key { empty: time.is_none(), prefix: micros.cast_unsigned() ^ (1 << 63), rest: "", id, ix }
}

/// Folded, of what the list shows as the name.
fn display_name(chunk: &Chunk, at: usize) -> &str {
    let fields = [Field::Name, Field::Company, Field::Email, Field::Phone];
    fields.into_iter().map(|field| chunk.search_field(at, field)).find(|text| !text.is_empty()).unwrap_or("")
}

fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let len = text.len().min(8);
    bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
    u64::from_be_bytes(bytes)
}
