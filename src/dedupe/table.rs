//! How often each value occurs among all contacts, as counted by a full run.
//!
//! One change among a hundred thousand contacts must not shift every score, so the single changes after a full run
//! are judged by its table.

use serde::{Deserialize, Serialize};

use super::pool::{ByHash, PooledText, mixed};
use super::sheet::{RecordSheet, SheetRow, stored};
use super::weight::{ONE, Weights, bits, bits_of};

/// A kind of counted value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum CountedValue {
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

use CountedValue as C;

impl CountedValue {
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

    /// The lowest share of strangers with one value, however few contacts there are: a lifetime has so many birth dates.
    fn rarest(self) -> f64 {
        match self {
            C::Birth => 1.0 / 25_000.0,
            C::State => 0.02,
            C::City | C::PostalCode => 1.0 / 20_000.0,
            _ => 1e-9,
        }
    }

    /// Whether a value normally belongs to one person or household.
    fn owned(self) -> bool {
        matches!(self, C::Email | C::Phone | C::Number | C::Address)
    }

    fn texts(self, row: &SheetRow, sheet: &RecordSheet, mut give: impl FnMut(PooledText)) {
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

    fn pool(self, sheet: &RecordSheet) -> &super::pool::Pool {
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

/// A value on more contacts, with more different names, identifies nobody.
const NOBODYS: (u32, u32) = (40, 20);
/// A value on more contacts, with more different names, is weak evidence.
const SHARED: (u32, u32) = (5, 4);

/// How an e-mail or phone is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum ValueUse {
    #[default]
    Own,
    Shared,
    Nobodys,
}

/// The frequencies that a full run counted, for storing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrequencyTable {
    /// Contacts in the full run.
    pub records: u32,
    totals: Vec<u32>,
    /// By kind: the hash of each value that occurs at least twice, with its count, sorted.
    counts: Vec<Vec<(u64, u32)>>,
    /// E-mails and phones that several people share, sorted.
    used: [Vec<(u64, ValueUse)>; 2],
    /// Blocking keys above their cap, sorted.
    pub(super) full: Vec<u64>,
    pub(super) weights: Weights,
}

/// The same by the text numbers of a sheet, for scoring.
#[derive(Clone, Debug, Default)]
pub(super) struct ValueCounts {
    records: u32,
    totals: Vec<u32>,
    by: Vec<Vec<u32>>,
    used: [Vec<ValueUse>; 2],
    least: Vec<i32>,
}

impl ValueCounts {
    /// Counts all values of a sheet.
    pub(super) fn of(sheet: &RecordSheet) -> Self {
        use rayon::prelude::*;
        let counted: Vec<(Vec<u32>, u32)> = CountedValue::ALL
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
        for kind in CountedValue::ALL.into_iter().filter(|kind| kind.owned()) {
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
        self.least = CountedValue::ALL.iter().map(|kind| bits(kind.rarest())).collect();
    }

    /// The counts of a stored table, by the text numbers of this sheet; an unknown value counts as the first of its kind.
    pub(super) fn stored(table: &FrequencyTable, sheet: &RecordSheet) -> Self {
        let mut counts = Self {
            records: table.records,
            totals: table.totals.clone(),
            by: vec![vec![0]; CountedValue::ALL.len()],
            ..Self::default()
        };
        counts.totals.resize(CountedValue::ALL.len(), 0);
        counts.used = [vec![ValueUse::Own], vec![ValueUse::Own]];
        counts.settle();
        counts.grow(table, sheet);
        counts
    }

    /// Looks up the values that were added since.
    pub(super) fn grow(&mut self, table: &FrequencyTable, sheet: &RecordSheet) {
        for kind in CountedValue::ALL {
            let (pool, counts) = (kind.pool(sheet), &mut self.by[kind as usize]);
            let known = table.counts.get(kind as usize).map_or(&[][..], Vec::as_slice);
            for text in counts.len()..pool.len() {
                let key = stored(pool, PooledText::try_from(text).unwrap_or(0));
                counts.push(known.binary_search_by_key(&key, |&(key, _)| key).map_or(1, |at| known[at].1));
            }
        }
        for (kind, used, known) in [(C::Email, 0, &table.used[0]), (C::Phone, 1, &table.used[1])] {
            let pool = kind.pool(sheet);
            for text in self.used[used].len()..pool.len() {
                let key = stored(pool, PooledText::try_from(text).unwrap_or(0));
                self.used[used]
                    .push(known.binary_search_by_key(&key, |&(key, _)| key).map_or(ValueUse::Own, |at| known[at].1));
            }
        }
    }

    /// The table to store.
    pub(super) fn table(&self, sheet: &RecordSheet, full: Vec<u64>, weights: Weights) -> FrequencyTable {
        let counts = CountedValue::ALL.map(|kind| {
            let pool = kind.pool(sheet);
            let several = (0..).zip(&self.by[kind as usize]).filter(|&(_, &count)| count > 1);
            let mut found: Vec<(u64, u32)> = several.map(|(text, &count)| (stored(pool, text), count)).collect();
            found.sort_unstable();
            found
        });
        let used = [(C::Email, 0), (C::Phone, 1)].map(|(kind, used)| {
            let pool = kind.pool(sheet);
            let not_own = (0..).zip(&self.used[used]).filter(|&(_, &used)| used != ValueUse::Own);
            let mut found: Vec<(u64, ValueUse)> = not_own.map(|(text, &used)| (stored(pool, text), used)).collect();
            found.sort_unstable();
            found
        });
        FrequencyTable {
            records: self.records,
            totals: self.totals.clone(),
            counts: counts.into(),
            used,
            full,
            weights,
        }
    }

    pub(super) fn count(&self, kind: CountedValue, text: PooledText) -> u32 {
        self.by[kind as usize].get(text as usize).copied().unwrap_or(1).max(1)
    }

    /// log2 of the share of strangers that have this value by chance.
    ///
    /// The pair itself is among the counted, so a value that only these two have counts half.
    pub(super) fn chance(&self, kind: CountedValue, text: PooledText) -> i32 {
        let count = self.count(kind, text);
        if kind.owned() {
            // Different names are counted, not records: several records of one person are no coincidence.
            let others = if count > 2 { bits_of(count - 2) - ONE } else { -6 * ONE };
            return (others - bits_of(self.totals[kind as usize].max(2))).max(self.least[kind as usize]);
        }
        let others = bits_of((2 * count).saturating_sub(3).max(1)) - ONE;
        let all = bits_of(self.totals[kind as usize].max(2));
        (others - all).max(self.least[kind as usize])
    }

    /// Whether more than one contact in twenty has a value of this kind.
    pub(super) fn abound(&self, kind: CountedValue) -> bool {
        self.totals[kind as usize] > self.records / 20
    }

    pub(super) fn email_use(&self, email: PooledText) -> ValueUse {
        self.used[0].get(email as usize).copied().unwrap_or_default()
    }

    pub(super) fn phone_use(&self, phone: PooledText) -> ValueUse {
        self.used[1].get(phone as usize).copied().unwrap_or_default()
    }

    /// log2 of the number of contacts: how many strangers each contact has.
    pub(super) fn strangers(&self) -> i32 {
        bits_of(self.records.max(2)) - ONE
    }
}

/// How an e-mail or phone is used, given how many contacts with how many different names have it.
fn usage(count: u32, names: u32) -> ValueUse {
    let above = |limit: (u32, u32)| count > limit.0 && names > limit.1;
    if above(NOBODYS) {
        ValueUse::Nobodys
    } else if above(SHARED) {
        ValueUse::Shared
    } else {
        ValueUse::Own
    }
}

/// How many different initials each value occurs with: misspelt names mostly keep theirs.
fn names(kind: CountedValue, sheet: &RecordSheet, counts: &[u32]) -> Vec<u32> {
    let mut initials: ByHash<Vec<u16>> = ByHash::default();
    for row in &sheet.rows {
        let initial = |text: PooledText| u16::from(sheet.pools.names.bytes(text).first().copied().unwrap_or(0));
        let (first, last) = (initial(row.first), initial(row.last));
        // Swapped names count as one name.
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
