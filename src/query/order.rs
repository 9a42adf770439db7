//! The order of a list. It is total: the same rows always come in the same order.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::Timestamp;

use crate::domain::User;

use super::chunk::{Chunk, SearchField};
use super::fold::folded;
use super::previous_order::PreviousOrder;
use super::{Column, Roster, RowIx, Sort, SortBy};

/// How many orders are kept; one more pushes out the oldest.
const KEPT: usize = 12;

/// How many orders of earlier rosters are kept for a later one.
const PREVIOUS: usize = 3;

/// The orders of one version of a roster, each sorted on first use.
#[derive(Debug, Default)]
pub(super) struct Orders(Mutex<OrderCache>);

#[derive(Debug, Default)]
struct OrderCache {
    /// The most recently used is last.
    kept: Vec<OrderSlot>,
    /// Orders of earlier rosters, until this one has sorted its own.
    previous: Vec<(OrderKey, PreviousOrder)>,
}

type OrderCell = Arc<OnceLock<Arc<[RowIx]>>>;

#[derive(Debug)]
struct OrderSlot {
    wanted: OrderKey,
    by: AskedBy,
    found: OrderCell,
}

/// Who asked for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum AskedBy {
    /// Another order is built on it.
    Order,
    Reader,
}

/// An order, with a hash of the user names that it depends on; 0 if it depends on none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OrderKey {
    sort: Sort,
    names: u64,
}

impl Orders {
    fn known(&self) -> MutexGuard<'_, OrderCache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, wanted: OrderKey, by: AskedBy) -> OrderCell {
        let kept = &mut self.known().kept;
        let at = kept.iter().position(|slot| slot.wanted == wanted);
        if at.is_none() && kept.len() == KEPT {
            kept.remove(0);
        }
        let mut slot = at.map_or_else(|| OrderSlot { wanted, by, found: OrderCell::default() }, |at| kept.remove(at));
        slot.by = slot.by.max(by);
        let found = Arc::clone(&slot.found);
        kept.push(slot);
        found
    }

    /// The starting orders for the next roster, which is made of this one's chunks and others.
    pub(super) fn heir(&self, chunks: &[Arc<Chunk>]) -> Self {
        let known = self.known();
        let asked = known.kept.iter().rev().filter(|slot| slot.by == AskedBy::Reader);
        let found =
            asked.filter_map(|slot| Some((slot.wanted, PreviousOrder::new(chunks, Arc::clone(slot.found.get()?)))));
        let mut previous: Vec<(OrderKey, PreviousOrder)> = found.take(PREVIOUS).collect();
        for (wanted, earlier) in &known.previous {
            let has_newer = previous.iter().any(|(other, _)| other == wanted);
            if previous.len() < PREVIOUS && !has_newer {
                previous.extend(earlier.handed_on(chunks).map(|earlier| (*wanted, earlier)));
            }
        }
        Self(Mutex::new(OrderCache { kept: Vec::new(), previous }))
    }

    fn previous(&self, wanted: OrderKey) -> Option<PreviousOrder> {
        self.known().previous.iter().find(|(other, _)| *other == wanted).map(|(_, previous)| previous.clone())
    }

    /// Drops the earlier roster's order once this one has its own. Until then the next roster may need it.
    fn forget_previous(&self, wanted: OrderKey) {
        self.known().previous.retain(|(other, _)| *other != wanted);
    }
}

/// The owners' names, folded.
#[derive(Default)]
struct OwnerNames<'u>(HashMap<&'u str, String>);

impl<'u> OwnerNames<'u> {
    /// Empty unless the list is sorted by owner.
    fn new(sort: Sort, users: &'u [User]) -> Self {
        let users = if sort.asks_for_owners() { users } else { &[] };
        Self(users.iter().map(|user| (user.id.as_str(), folded(user.name.trim()))).collect())
    }

    fn hash(&self) -> u64 {
        if self.0.is_empty() {
            return 0;
        }
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_unstable();
        BuildHasherDefault::<DefaultHasher>::default().hash_one(all)
    }
}

/// All rows in order; sorted once for each order of a roster.
pub(super) fn ordered(roster: &Roster, sort: Sort, users: &[User]) -> Arc<[RowIx]> {
    ordered_by(roster, sort, &OwnerNames::new(sort, users), AskedBy::Reader)
}

fn ordered_by(roster: &Roster, sort: Sort, owners: &OwnerNames<'_>, by: AskedBy) -> Arc<[RowIx]> {
    let wanted = OrderKey { sort, names: owners.hash() };
    let slot = roster.orders.slot(wanted, by);
    let renewed = || roster.orders.previous(wanted)?.renewed(roster, |a, b| compare_rows(roster, sort, owners, a, b));
    let order = slot.get_or_init(|| renewed().unwrap_or_else(|| sorted(roster, sort, owners)));
    roster.orders.forget_previous(wanted);
    Arc::clone(order)
}

fn sorted(roster: &Roster, sort: Sort, owners: &OwnerNames<'_>) -> Arc<[RowIx]> {
    match sort {
        Sort { first, second: Some(second) } => refined(roster, first, second, owners),
        Sort { first: SortBy { column, descending: true }, second: None } => descending(roster, column, owners),
        Sort { first: SortBy { column, descending: false }, second: None } => ascending(roster, column, owners),
    }
}

/// Compares two rows as [`sorted`] does.
fn compare_rows(roster: &Roster, sort: Sort, owners: &OwnerNames<'_>, a: RowIx, b: RowIx) -> Ordering {
    let by = |SortBy { column, descending }: SortBy| {
        let (a, b) = (value_of(roster, a, column, owners), value_of(roster, b, column, owners));
        let order = compare(a, b);
        if descending && a.empty == b.empty { order.reverse() } else { order }
    };
    let second = || sort.second.map_or(Ordering::Equal, by);
    by(sort.first).then_with(second).then_with(|| roster.get(a).id().cmp(roster.get(b).id()))
}

/// The value that a row is sorted by. Its first bytes are kept apart: they nearly always decide and lie close together.
#[derive(Clone, Copy)]
struct SortValue<'a> {
    empty: bool,
    prefix: u64,
    rest: &'a str,
}

struct RowKey<'a> {
    value: SortValue<'a>,
    id: &'a str,
    ix: RowIx,
}

fn ascending(roster: &Roster, column: Column, owners: &OwnerNames<'_>) -> Arc<[RowIx]> {
    let mut keys: Vec<RowKey<'_>> = Vec::with_capacity(roster.len());
    for (start, chunk) in roster.chunks() {
        let rows = (start..).take(chunk.len()).enumerate();
        keys.extend(rows.map(|(at, ix)| {
            let id = chunk.slots[at].id.as_str();
            RowKey { value: value(chunk, at, column, owners), id, ix: RowIx(ix) }
        }));
    }
    keys.sort_unstable_by(|a, b| compare(a.value, b.value).then_with(|| a.id.cmp(b.id)));
    keys.iter().map(|key| key.ix).collect()
}

/// Descending by value, still ascending by id, empty values still last.
fn descending(roster: &Roster, column: Column, owners: &OwnerNames<'_>) -> Arc<[RowIx]> {
    let ascending = ordered_by(roster, Sort::by(SortBy { column, descending: false }), owners, AskedBy::Order);
    let of = |ix| value_of(roster, ix, column, owners);
    let filled = ascending.partition_point(|&ix| !of(ix).empty);
    let (filled, empty) = ascending.split_at(filled);
    let equal = |a: &RowIx, b: &RowIx| compare(of(*a), of(*b)) == Ordering::Equal;
    let runs: Vec<&[RowIx]> = filled.chunk_by(equal).collect();
    runs.into_iter().rev().flatten().chain(empty).copied().collect()
}

/// Sorts rows that are equal by the first column by the second. Each run is in order of id, and the sort is stable.
fn refined(roster: &Roster, first: SortBy, second: SortBy, owners: &OwnerNames<'_>) -> Arc<[RowIx]> {
    let coarse = ordered_by(roster, Sort::by(first), owners, AskedBy::Order);
    let of = |ix| value_of(roster, ix, first.column, owners);
    let mut order = Vec::with_capacity(coarse.len());
    for run in coarse.chunk_by(|a, b| compare(of(*a), of(*b)) == Ordering::Equal) {
        if let [one] = run {
            order.push(*one);
            continue;
        }
        let mut keyed: Vec<(SortValue<'_>, RowIx)> =
            run.iter().map(|&ix| (value_of(roster, ix, second.column, owners), ix)).collect();
        keyed.sort_by(|(a, _), (b, _)| {
            let order = compare(*a, *b);
            if second.descending && a.empty == b.empty { order.reverse() } else { order }
        });
        order.extend(keyed.into_iter().map(|(_, ix)| ix));
    }
    order.into()
}

fn compare(a: SortValue<'_>, b: SortValue<'_>) -> Ordering {
    a.empty.cmp(&b.empty).then(a.prefix.cmp(&b.prefix)).then_with(|| a.rest.cmp(b.rest))
}

fn value_of<'a>(roster: &'a Roster, ix: RowIx, column: Column, owners: &'a OwnerNames<'_>) -> SortValue<'a> {
    let row = roster.get(ix);
    value(row.chunk, row.at, column, owners)
}

fn value<'a>(chunk: &'a Chunk, at: usize, column: Column, owners: &'a OwnerNames<'_>) -> SortValue<'a> {
    let slot = &chunk.slots[at];
    match column {
        Column::Name => text(display_name(chunk, at)),
        Column::Email => text(chunk.search_field(at, SearchField::Email)),
        Column::Phone => text(chunk.search_field(at, SearchField::Phone)),
        Column::Company => text(chunk.search_field(at, SearchField::Company)),
        Column::City => text(chunk.search_field(at, SearchField::City)),
        Column::Source => text(slot.source.map_or("", |source| &chunk.sources[usize::from(source)].folded)),
        // An owner without a known name sorts by id.
        Column::Owner => text(slot.owner.map_or("", |owner| {
            let id = chunk.owners[usize::from(owner)].as_str();
            owners.0.get(id).filter(|name| !name.is_empty()).map_or(id, String::as_str)
        })),
        Column::Added => moment(slot.added),
        Column::Updated => moment(slot.updated),
        Column::Tags => {
            let tags = chunk.tag_ids(at).len();
            SortValue { empty: tags == 0, prefix: tags as u64, rest: "" }
        }
    }
}

fn text(text: &str) -> SortValue<'_> {
    let mut bytes = [0; 8];
    let len = text.len().min(8);
    bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
    SortValue { empty: text.is_empty(), prefix: u64::from_be_bytes(bytes), rest: text }
}

/// Microseconds since 1970, shifted so that negative ones stay below positive ones.
fn moment(at: Option<Timestamp>) -> SortValue<'static> {
    let micros = at.map_or(0, Timestamp::as_microsecond);
    SortValue { empty: at.is_none(), prefix: micros.cast_unsigned() ^ (1 << 63), rest: "" }
}

/// What the list shows as the name, folded.
fn display_name(chunk: &Chunk, at: usize) -> &str {
    let fields = [SearchField::Name, SearchField::Company, SearchField::Email, SearchField::Phone];
    fields.into_iter().map(|field| chunk.search_field(at, field)).find(|text| !text.is_empty()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::super::context::context;
    use super::super::{ContactRow, Query, matches};
    use super::*;
    use crate::domain::{ContactId, UserId};
    use proptest::prelude::*;

    fn ids(roster: &Roster, sort: Sort) -> String {
        let users = context().users;
        let found = matches(roster, &Query::default(), sort, users, &|| false).expect("not cancelled");
        found.rows.into_iter().map(|ix| roster.get(ix).id().to_string()).collect::<Vec<_>>().concat()
    }

    fn people() -> Roster {
        let row = |id: &str, city: &str, owner: &str, tags: usize, source: &str| ContactRow {
            city: city.to_owned(),
            owner: (!owner.is_empty()).then(|| UserId::new(owner)),
            tags: (0..tags).map(|tag| format!("t{tag}")).collect(),
            source: source.to_owned(),
            ..ContactRow::new(ContactId::new(id))
        };
        Roster::from_rows([
            row("a", "Bern", "u2", 2, "web"),
            row("b", "", "u1", 0, "Form"),
            row("c", "Aarau", "", 12, ""),
            row("d", "Bern", "x", 1, "web"),
            row("e", "Zürich", "u2", 1, "form"),
        ])
    }

    #[test]
    fn every_column_sorts_both_ways_with_the_empty_last() {
        let roster = people();
        for (text, expected) in [
            ("city", "cadeb"),
            ("-city", "eadcb"),
            // Dr. Osei, Kim Park, x whose name is not known, nobody.
            ("owner", "aebdc"),
            ("-owner", "dbaec"),
            ("tags", "deacb"),
            ("-tags", "cadeb"),
            ("source", "beadc"),
            ("-source", "adbec"),
            ("name", "abcde"),
        ] {
            assert_eq!(ids(&roster, text.parse().expect(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_second_column_orders_what_is_equal_by_the_first() {
        let roster = people();
        for (text, expected) in [
            ("city,tags", "cdaeb"),
            ("city,-tags", "cadeb"),
            ("-city,tags", "edacb"),
            ("source,city", "ebadc"),
            ("source,-city", "ebadc"),
            ("-owner,-city", "dbeac"),
            // Empty ones by the second column, too.
            ("email,city", "cadeb"),
            ("email,-city", "eadcb"),
        ] {
            assert_eq!(ids(&roster, text.parse().expect(text)), expected, "{text}");
        }
    }

    #[test]
    fn owners_sort_by_the_names_that_they_have_now() {
        let roster = people();
        let user = |id: &str, name: &str| User { id: UserId::new(id), name: name.to_owned() };
        let by_owner: Sort = "owner".parse().expect("a column");
        let first = |users: &[User]| roster.get(ordered(&roster, by_owner, users)[0]).id().to_string();
        assert_eq!(first(&[user("u1", "Zoe"), user("u2", "Ann")]), "a");
        assert_eq!(first(&[user("u1", "Ann"), user("u2", "Zoe")]), "b");
        assert_eq!(first(&[user("x", "Aaron")]), "d");
    }

    #[test]
    fn an_order_after_changes_equals_a_fresh_sort() {
        let mut rng = fastrand::Rng::with_seed(11);
        let users = context().users;
        let row = |rng: &mut fastrand::Rng, at: usize| ContactRow {
            first_name: rng.alphabetic().to_string(),
            city: ["Bern", "", "Aarau", "Zug"][rng.usize(..4)].to_owned(),
            tags: vec!["t".to_owned(); rng.usize(..3)],
            owner: rng.bool().then(|| UserId::new(["u1", "u2", "x"][rng.usize(..3)])),
            ..ContactRow::new(ContactId::new(format!("c{at:05}")))
        };
        let mut people: Vec<ContactRow> = (0..14_000).map(|at| row(&mut rng, at)).collect();
        let mut roster = Roster::from_rows(people.clone());
        let sorts = ["name", "-city,name", "owner,-tags"].map(|text| text.parse::<Sort>().expect(text));
        let is_renewed = |roster: &Roster, sort: Sort| {
            let owners = OwnerNames::new(sort, users);
            let previous = roster.orders.previous(OrderKey { sort, names: owners.hash() });
            let renewed = previous.and_then(|it| it.renewed(roster, |a, b| compare_rows(roster, sort, &owners, a, b)));
            renewed.is_some()
        };
        let mut renewed = 0;
        for round in 0..12 {
            // Some are asked for at every change, some after several.
            for sort in sorts.into_iter().take(1 + round % 3) {
                renewed += usize::from(is_renewed(&roster, sort));
                let order = ordered(&roster, sort, users);
                let anew = ordered(&Roster::from_rows(people.clone()), sort, users);
                let id = |of: &Roster, ix: &RowIx| of.get(*ix).id().clone();
                assert!(
                    order.iter().map(|ix| id(&roster, ix)).eq(anew.iter().map(|ix| people[ix.0 as usize].id.clone()))
                );
            }
            let gone: Vec<ContactId> = (0..3).map(|_| people.remove(rng.usize(..people.len())).id).collect();
            let mut upserts: Vec<ContactRow> = (0..5).map(|new| row(&mut rng, 20_000 + round * 10 + new)).collect();
            people.extend(upserts.clone());
            let changed = rng.usize(..4_000);
            people[changed] = ContactRow { id: people[changed].id.clone(), ..row(&mut rng, 0) };
            upserts.push(people[changed].clone());
            roster = roster.with(upserts, &gone);
        }
        assert!(renewed > 12, "{renewed}");
    }

    proptest! {
        #[test]
        fn an_order_is_total_and_does_not_depend_on_where_rows_lie(
            rows in proptest::collection::vec(("[ab]{0,2}", "[ab]{0,2}", 0_usize..3), 1..20),
            first in proptest::sample::select(Column::ALL.to_vec()),
            second in proptest::option::of(proptest::sample::select(Column::ALL.to_vec())),
            down in any::<(bool, bool)>(),
        ) {
            let row = |(at, (city, source, tags)): (usize, &(String, String, usize))| ContactRow {
                city: city.clone(),
                source: source.clone(),
                tags: (0..*tags).map(|tag| format!("t{tag}")).collect(),
                ..ContactRow::new(ContactId::new(format!("c{at:02}")))
            };
            let there = Roster::from_rows(rows.iter().enumerate().map(row));
            let back = Roster::from_rows(rows.iter().enumerate().rev().map(row));
            let sort = Sort {
                first: SortBy { column: first, descending: down.0 },
                second: second.map(|column| SortBy { column, descending: down.1 }),
            };
            prop_assert_eq!(ids(&there, sort), ids(&back, sort));
            prop_assert_eq!(ids(&there, sort).len(), rows.len() * 3);
        }
    }
}
