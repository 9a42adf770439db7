//! Compares two contacts field by field. A missing value is no observation.

mod life;
mod reach;

use super::alike::jaro_winkler;
use super::pool::{Pool, PooledText};
use super::sheet::{RecordSheet, SheetRow};
use super::table::{CountedValue, ValueCounts};
use super::weight::{CLASSES, Level, ONE, Weights, odds};
use crate::normalise::{Kin, akin, cut_short, kin, one_slip};

/// One observation. `chance` is log2 of how often strangers share the value, where that depends on the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PairFact {
    pub(super) level: Level,
    pub(super) chance: i32,
}

/// A level and its chance; `None` if a contact lacks the value.
type MaybeLevel = Option<(Level, i32)>;

/// The most that a pair with nothing against it can speak against.
const FLOOR: i32 = ONE;

/// log2 of ten in fixed point: the worth of one digit.
const TEN: i32 = 3402;

const MOST: usize = 20;

/// All observations about a pair.
#[derive(Clone, Copy, Debug)]
pub(super) struct PairFacts {
    facts: [PairFact; MOST],
    count: usize,
}

impl PairFacts {
    fn new() -> Self {
        Self { facts: [PairFact { level: Level::FirstSame, chance: 0 }; MOST], count: 0 }
    }

    fn see(&mut self, level: Level) {
        self.see_rare(level, 0);
    }

    fn see_rare(&mut self, level: Level, chance: i32) {
        if let Some(place) = self.facts.get_mut(self.count) {
            *place = PairFact { level, chance };
            self.count += 1;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &PairFact> {
        self.facts[..self.count].iter()
    }
}

/// Compares the rows of one sheet with one set of weights.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) sheet: &'a RecordSheet,
    pub(super) counts: &'a ValueCounts,
    pub(super) weights: &'a Weights,
}

impl Judge<'_> {
    /// Log odds that two rows are the same person, in either order.
    pub(super) fn odds(&self, a: u32, b: u32) -> i32 {
        odds(self.sums(&self.facts(a, b)))
    }

    /// A pair's vote on joining its groups: its log odds, but no more against than its own facts say.
    ///
    /// Two random contacts are hardly ever the same person. The pair that joins the groups pays for that once; a pair
    /// with nothing to compare must not pay again.
    pub(super) fn vote(&self, a: u32, b: u32) -> i32 {
        let facts = self.facts(a, b);
        let odds = odds(self.sums(&facts));
        if odds >= 0 {
            return odds;
        }
        let against: i32 = facts.iter().map(|fact| self.bits(*fact).min(0)).sum();
        odds.max(against - FLOOR)
    }

    /// The sums of all weights for each class.
    fn sums(&self, facts: &PairFacts) -> [i32; CLASSES] {
        self.sums_of(facts.iter())
    }

    pub(super) fn sums_of<'f>(&self, facts: impl Iterator<Item = &'f PairFact>) -> [i32; CLASSES] {
        let mut sums = self.start();
        for fact in facts {
            for (sum, weight) in sums.iter_mut().zip(self.weigh(*fact)) {
                *sum += weight;
            }
        }
        sums
    }

    fn start(&self) -> [i32; CLASSES] {
        let strangers = self.counts.strangers();
        let [person, household, colleague, namesake] = self.weights.priors.map(|prior| prior - strangers);
        [person, household, colleague, namesake, 0]
    }

    /// The weight that one observation adds to each class.
    pub(super) fn weigh(&self, fact: PairFact) -> [i32; CLASSES] {
        self.weights.levels[fact.level as usize].map(|weight| weight.unwrap_or(fact.chance))
    }

    /// How strongly one observation speaks for the same person, against the likeliest other class.
    pub(super) fn bits(&self, fact: PairFact) -> i32 {
        let [person, household, colleague, _, unrelated] = self.weigh(fact);
        person - household.max(colleague).max(unrelated)
    }

    pub(super) fn facts(&self, a: u32, b: u32) -> PairFacts {
        let (a, b) = (&self.sheet.rows[a as usize], &self.sheet.rows[b as usize]);
        let mut facts = PairFacts::new();
        let names_agree = self.names(a, b, &mut facts);
        self.email(a, b, names_agree, &mut facts);
        self.phone(a, b, &mut facts);
        self.birth(a, b, &mut facts);
        self.place(a, b, &mut facts);
        self.company(a, b, &mut facts);
        self.rest(a, b, &mut facts);
        facts
    }

    /// Compares the names. Returns whether first and last name agree.
    fn names(&self, a: &SheetRow, b: &SheetRow, facts: &mut PairFacts) -> bool {
        // A single name may be a last name in the wrong field.
        let (mut first_a, mut first_b, mut last_a, mut last_b) = (a.first, b.first, a.last, b.last);
        if last_a == 0 && first_a != 0 && first_a == last_b && first_a != first_b {
            (first_a, last_a) = (0, last_b);
        } else if last_b == 0 && first_b != 0 && first_b == last_a && first_a != first_b {
            (first_b, last_b) = (0, last_a);
        }
        let mut first = self.first(first_a, first_b);
        let mut last = self.last(a, b, last_a, last_b);
        if let Some(turned) = self.swapped(a, b, first, last) {
            (first, last) = turned;
            facts.see(Level::Swapped);
        }
        for (level, chance) in first.into_iter().chain(last) {
            facts.see_rare(level, chance);
        }
        let same_first = first
            .is_some_and(|(level, _)| matches!(level, Level::FirstSame | Level::FirstNick | Level::FirstBothShort));
        self.middle(a, b, facts);
        match (a.generation, b.generation) {
            (0, 0) => {}
            (0, _) | (_, 0) if same_first => facts.see(Level::GenerationOne),
            (x, y) if x == y => facts.see(Level::GenerationSame),
            (0, _) | (_, 0) => {}
            _ => facts.see(Level::GenerationOther),
        }
        first.is_some_and(|(level, _)| !level.differs()) && last.is_some_and(|(level, _)| !level.differs())
    }

    /// The levels with the names of one contact swapped, if that fits better.
    fn swapped(
        &self,
        a: &SheetRow,
        b: &SheetRow,
        first: MaybeLevel,
        last: MaybeLevel,
    ) -> Option<(MaybeLevel, MaybeLevel)> {
        let full = a.first != 0 && a.last != 0 && b.first != 0 && b.last != 0;
        let poor = |seen: MaybeLevel| seen.is_some_and(|(level, _)| level.differs());
        if !full || !poor(first) || !poor(last) || (a.first != b.last && a.last != b.first) {
            return None;
        }
        // Which of the two spells a usual name?
        let usual = |row: &SheetRow| {
            let of = |kind, text| i64::from(self.counts.chance(kind, text));
            of(CountedValue::First, row.first) + of(CountedValue::Last, row.last)
                - of(CountedValue::First, row.last)
                - of(CountedValue::Last, row.first)
        };
        let names = &self.sheet.pools.names;
        let found = if (usual(a), names.bytes(a.first)) >= (usual(b), names.bytes(b.first)) {
            (self.first(a.first, b.last), self.last(a, b, a.last, b.first))
        } else {
            (self.first(a.last, b.first), self.last(a, b, a.first, b.last))
        };
        (!(poor(found.0) && poor(found.1))).then_some(found)
    }

    /// The chance of the more common of two values: a common value is weak evidence, even misspelt.
    fn rarer(&self, kind: CountedValue, a: PooledText, b: PooledText) -> i32 {
        self.counts.chance(kind, a).max(self.counts.chance(kind, b))
    }

    fn first(&self, a: PooledText, b: PooledText) -> MaybeLevel {
        if a == 0 || b == 0 {
            return None;
        }
        if a == b {
            let level = if self.sheet.pools.names.bytes(a).len() == 1 { Level::FirstInitial } else { Level::FirstSame };
            return Some((level, self.counts.chance(CountedValue::First, a)));
        }
        let names = &self.sheet.pools.names;
        let (x, y) = (names.bytes(a), names.bytes(b));
        let roots = &self.sheet.pools.roots;
        let known = |text: PooledText| !roots[text as usize].is_empty();
        let both_known = known(a) && known(b);
        let with_roots = |text: PooledText| (names.text(text), roots[text as usize]);
        let level = if x.len() == 1 || y.len() == 1 {
            if x.first() == y.first() { Level::FirstInitial } else { Level::FirstUnlike }
        } else if let Some(kin) = kin(with_roots(a), with_roots(b)) {
            let level = match kin {
                Kin::FormAndFull => Level::FirstNick,
                Kin::TwoForms => Level::FirstBothShort,
            };
            return Some((level, self.rarer(CountedValue::First, a, b)));
        } else if x.len().max(y.len()) > 2 && one_slip(x, y) {
            // Tim and Tom, Emil and Emily: one letter apart, but two names.
            if both_known { Level::FirstAlike } else { Level::FirstSlip }
        } else if both_known {
            // Magda and Magdalena, but also Joseph and Josephine.
            if cut_short(names.text(a), names.text(b)) { Level::FirstAlike } else { Level::FirstKnown }
        } else if self.shortened(a, b) {
            Level::FirstShort
        } else {
            match jaro_winkler(x, y) {
                880.. => Level::FirstAlike,
                700.. => Level::FirstOther,
                _ => Level::FirstUnlike,
            }
        };
        Some((level, 0))
    }

    /// Whether one name may be a misspelt nickname of the other, or its beginning.
    fn shortened(&self, a: PooledText, b: PooledText) -> bool {
        let pools = &self.sheet.pools;
        let near = |x: PooledText, y: PooledText| {
            pools.misspelt[x as usize].as_ref().is_some_and(|roots| akin(roots, pools.roots[y as usize]))
        };
        near(a, b) || near(b, a) || cut_short(pools.names.text(a), pools.names.text(b))
    }

    fn last(&self, a: &SheetRow, b: &SheetRow, last_a: PooledText, last_b: PooledText) -> MaybeLevel {
        if last_a == 0 || last_b == 0 {
            return None;
        }
        if last_a == last_b {
            return Some((Level::LastSame, self.counts.chance(CountedValue::Last, last_a)));
        }
        let shared = |parts: [PooledText; 2], whole: PooledText, other: [PooledText; 2]| {
            parts.into_iter().filter(move |&part| part != 0 && (part == whole || other.contains(&part)))
        };
        let parts = shared(a.parts, last_b, b.parts).chain(shared(b.parts, last_a, a.parts));
        if let Some(chance) = parts.map(|part| self.counts.chance(CountedValue::Last, part)).min() {
            return Some((Level::LastPart, chance));
        }
        if last_a == b.middle || last_b == a.middle {
            return Some((Level::LastMiddle, 0));
        }
        let names = &self.sheet.pools.names;
        let (x, y) = (names.bytes(last_a), names.bytes(last_b));
        let level = if x.len().min(y.len()) > 2 && one_slip(x, y) {
            Level::LastSlip
        } else if jaro_winkler(x, y) >= 900 {
            Level::LastAlike
        } else {
            Level::LastOther
        };
        Some((level, 0))
    }

    fn middle(&self, a: &SheetRow, b: &SheetRow, facts: &mut PairFacts) {
        if a.middle == 0 || b.middle == 0 {
            return;
        }
        let names = &self.sheet.pools.names;
        let (x, y) = (names.bytes(a.middle), names.bytes(b.middle));
        if x.len() > 1 && y.len() > 1 && (a.middle == b.middle || one_slip(x, y)) {
            facts.see(Level::MiddleSame);
        } else if x.first() == y.first() {
            facts.see(Level::MiddleInitial);
        } else {
            facts.see(Level::MiddleOther);
        }
    }
}

fn slip(pool: &Pool, a: PooledText, b: PooledText, shortest: usize) -> bool {
    let (x, y) = (pool.bytes(a), pool.bytes(b));
    x.len().min(y.len()) >= shortest && one_slip(x, y)
}
