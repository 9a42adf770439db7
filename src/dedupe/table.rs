//! How often each value occurs, and what follows from that: what a full run finds out about the whole.
//!
//! One change among a hundred thousand contacts must not shift every score, so the single changes that follow a
//! full run are judged by its table.

use serde::{Deserialize, Serialize};

use super::pool::{ByHash, Text, mixed};
use super::sheet::{Row, Sheet, stored};
use super::weight::{ONE, Weights, bits, bits_of};

/// A kind of value that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Counted {
    First,
    Last,
    Email,
    User,
    Domain,
    Phone,
    Birth,
    Address,
    Locality,
    City,
    State,
    PostalCode,
    Company,
    Number,
    Occupation,
}

use Counted as C;

impl Counted {
    pub(super) const ALL: [Self; 15] = [
        C::First,
        C::Last,
        C::Email,
        C::User,
        C::Domain,
        C::Phone,
        C::Birth,
        C::Address,
        C::Locality,
        C::City,
        C::State,
        C::PostalCode,
        C::Company,
        C::Number,
        C::Occupation,
    ];

    /// No value is rarer among strangers, however few contacts there are: birth dates of a lifetime, say.
    fn rarest(self) -> f64 {
        match self {
            C::Birth => 1.0 / 25_000.0,
            C::State => 0.02,
            C::City | C::PostalCode => 1.0 / 20_000.0,
            _ => 1e-9,
        }
    }

    /// Whether a value belongs to somebody, so that strangers share it only where it is nobody's.
    fn owned(self) -> bool {
        matches!(self, C::Email | C::Phone | C::Number | C::Address)
    }

    fn texts(self, row: &Row, sheet: &Sheet, mut give: impl FnMut(Text)) {
        let one = match self {
            C::First => row.first,
            C::Last => row.last,
            C::Birth => row.birth,
            C::Address => row.address,
            C::Locality => row.locality,
            C::City => row.city,
            C::State => row.state,
            C::PostalCode => row.postal_code,
            C::Company => row.company,
            C::Number => row.number,
            C::Occupation => row.occupation,
            C::Phone => return row.phones.into_iter().filter(|&phone| phone != 0).for_each(give),
            C::Email | C::User | C::Domain => {
                for email in row.emails.into_iter().filter(|&email| email != 0) {
                    let found = sheet.pools.boxes[email as usize];
                    give(match self {
                        C::User => found.user,
                        C::Domain => found.domain,
                        _ => email,
                    });
                }
                return;
            }
        };
        if one != 0 {
            give(one);
        }
    }

    fn pool(self, sheet: &Sheet) -> &super::pool::Pool {
        let pools = &sheet.pools;
        match self {
            C::First | C::Last => &pools.names,
            C::Email => &pools.emails,
            C::User => &pools.users,
            C::Domain => &pools.domains,
            C::Phone => &pools.phones,
            C::Birth => &pools.births,
            C::Address => &pools.addresses,
            C::Locality | C::City | C::State => &pools.places,
            C::PostalCode => &pools.postal_codes,
            C::Company => &pools.companies,
            C::Number => &pools.numbers,
            C::Occupation => &pools.occupations,
        }
    }
}

/// A value on more contacts, and of more different names, identifies nobody.
const NOBODYS: (u32, u32) = (40, 20);
/// A value on more contacts, and of more different names, is weak.
const SHARED: (u32, u32) = (5, 4);

/// How an e-mail or phone is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Use {
    #[default]
    Own,
    Shared,
    Nobodys,
}

/// What a full run found out, for storing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Contacts in the full run.
    pub records: u32,
    totals: Vec<u32>,
    /// By kind: hash of the value and its count, from two up, sorted.
    counts: Vec<Vec<(u64, u32)>>,
    /// E-mails and phones that are not one person's, sorted.
    used: [Vec<(u64, Use)>; 2],
    /// Blocking keys above their cap, sorted.
    pub(super) full: Vec<u64>,
    pub(super) weights: Weights,
}

/// The same by the numbers of a sheet, for scoring.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    records: u32,
    totals: Vec<u32>,
    by: Vec<Vec<u32>>,
    used: [Vec<Use>; 2],
    least: Vec<i32>,
}

impl Counts {
    /// Counts all values of a sheet.
    pub(super) fn of(sheet: &Sheet) -> Self {
        use rayon::prelude::*;
        let counted: Vec<(Vec<u32>, u32)> = Counted::ALL
            .par_iter()
            .map(|kind| {
                let (mut counts, mut total) = (vec![0; kind.pool(sheet).len()], 0);
                for row in &sheet.rows {
                    kind.texts(row, sheet, |text| {
                        counts[text as usize] += 1;
                        total += 1;
                    });
                }
                (counts, total)
            })
            .collect();
        let (mut by, totals): (Vec<_>, Vec<_>) = counted.into_iter().unzip();
        let mut usages = [Vec::new(), Vec::new()];
        for kind in Counted::ALL.into_iter().filter(|kind| kind.owned()) {
            let names = names(kind, sheet, &by[kind as usize]);
            let uses = by[kind as usize].iter().zip(&names).map(|(&count, &names)| usage(count, names)).collect();
            match kind {
                C::Email => usages[0] = uses,
                C::Phone => usages[1] = uses,
                _ => {}
            }
            by[kind as usize] = names;
        }
        let mut counts = Self {
            records: u32::try_from(sheet.len()).unwrap_or(u32::MAX),
            totals,
            by,
            used: usages,
            least: Vec::new(),
        };
        counts.settle();
        counts
    }

    fn settle(&mut self) {
        self.least = Counted::ALL.iter().map(|kind| bits(kind.rarest())).collect();
    }

    /// Those of a stored table, by the numbers of this sheet; a value it does not know is the first of its kind.
    pub(super) fn stored(table: &Table, sheet: &Sheet) -> Self {
        let mut counts = Self {
            records: table.records,
            totals: table.totals.clone(),
            by: vec![vec![0]; Counted::ALL.len()],
            ..Self::default()
        };
        counts.totals.resize(Counted::ALL.len(), 0);
        counts.used = [vec![Use::Own], vec![Use::Own]];
        counts.settle();
        counts.grow(table, sheet);
        counts
    }

    /// Looks up what was pooled since.
    pub(super) fn grow(&mut self, table: &Table, sheet: &Sheet) {
        for kind in Counted::ALL {
            let (pool, counts) = (kind.pool(sheet), &mut self.by[kind as usize]);
            let known = table.counts.get(kind as usize).map_or(&[][..], Vec::as_slice);
            for text in counts.len()..pool.len() {
                let key = stored(pool, Text::try_from(text).unwrap_or(0));
                counts.push(known.binary_search_by_key(&key, |&(key, _)| key).map_or(1, |at| known[at].1));
            }
        }
        for (kind, used, known) in [(C::Email, 0, &table.used[0]), (C::Phone, 1, &table.used[1])] {
            let pool = kind.pool(sheet);
            for text in self.used[used].len()..pool.len() {
                let key = stored(pool, Text::try_from(text).unwrap_or(0));
                self.used[used]
                    .push(known.binary_search_by_key(&key, |&(key, _)| key).map_or(Use::Own, |at| known[at].1));
            }
        }
    }

    /// For storing.
    pub(super) fn table(&self, sheet: &Sheet, full: Vec<u64>, weights: Weights) -> Table {
        let counts = Counted::ALL.map(|kind| {
            let pool = kind.pool(sheet);
            let several = (0..).zip(&self.by[kind as usize]).filter(|&(_, &count)| count > 1);
            let mut found: Vec<(u64, u32)> = several.map(|(text, &count)| (stored(pool, text), count)).collect();
            found.sort_unstable();
            found
        });
        let used = [(C::Email, 0), (C::Phone, 1)].map(|(kind, used)| {
            let pool = kind.pool(sheet);
            let not_own = (0..).zip(&self.used[used]).filter(|&(_, &used)| used != Use::Own);
            let mut found: Vec<(u64, Use)> = not_own.map(|(text, &used)| (stored(pool, text), used)).collect();
            found.sort_unstable();
            found
        });
        Table { records: self.records, totals: self.totals.clone(), counts: counts.into(), used, full, weights }
    }

    pub(super) fn count(&self, kind: Counted, text: Text) -> u32 {
        self.by[kind as usize].get(text as usize).copied().unwrap_or(1).max(1)
    }

    /// log2 of the share of strangers that have this value by chance.
    ///
    /// The pair at hand is among those counted, so a value that only the two have counts half.
    pub(super) fn chance(&self, kind: Counted, text: Text) -> i32 {
        let count = self.count(kind, text);
        if kind.owned() {
            // Counted are different names, not records: those of one person are no coincidence.
            let others = if count > 2 { bits_of(count - 2) - ONE } else { -6 * ONE };
            return (others - bits_of(self.totals[kind as usize].max(2))).max(self.least[kind as usize]);
        }
        let others = bits_of((2 * count).saturating_sub(3).max(1)) - ONE;
        let all = bits_of(self.totals[kind as usize].max(2));
        (others - all).max(self.least[kind as usize])
    }

    /// Whether more than one contact in twenty has a value of this kind.
    pub(super) fn abound(&self, kind: Counted) -> bool {
        self.totals[kind as usize] > self.records / 20
    }

    pub(super) fn email_use(&self, email: Text) -> Use {
        self.used[0].get(email as usize).copied().unwrap_or_default()
    }

    pub(super) fn phone_use(&self, phone: Text) -> Use {
        self.used[1].get(phone as usize).copied().unwrap_or_default()
    }

    /// log2 of how many contacts there are, which is how many strangers one has.
    pub(super) fn strangers(&self) -> i32 {
        bits_of(self.records.max(2)) - ONE
    }
}

/// How an e-mail or phone is used that so many contacts of so many different names have.
fn usage(count: u32, names: u32) -> Use {
    let above = |limit: (u32, u32)| count > limit.0 && names > limit.1;
    if above(NOBODYS) {
        Use::Nobodys
    } else if above(SHARED) {
        Use::Shared
    } else {
        Use::Own
    }
}

/// How many different initials have each value: misspelt names keep theirs mostly.
fn names(kind: Counted, sheet: &Sheet, counts: &[u32]) -> Vec<u32> {
    let mut initials: ByHash<Vec<u16>> = ByHash::default();
    for row in &sheet.rows {
        let initial = |text: Text| u16::from(sheet.pools.names.bytes(text).first().copied().unwrap_or(0));
        let (first, last) = (initial(row.first), initial(row.last));
        // Swapped names are the same name.
        let both = first.min(last) << 8 | first.max(last);
        kind.texts(row, sheet, |text| {
            if counts[text as usize] > 2 && first != 0 && last != 0 {
                let found = initials.entry(mixed(0, u64::from(text))).or_default();
                if !found.contains(&both) {
                    found.push(both);
                }
            }
        });
    }
    let names =
        |text: u32| initials.get(&mixed(0, u64::from(text))).map_or(1, |found| u32::try_from(found.len()).unwrap_or(1));
    (0..).zip(counts).map(|(text, &count)| if count > 2 { names(text) } else { count }).collect()
}
