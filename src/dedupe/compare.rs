//! What can be observed about two contacts, field by field. A missing value is no observation.

mod life;
mod reach;

use super::alike::jaro_winkler;
use super::pool::{Pool, Text};
use super::sheet::{Row, Sheet};
use super::table::{Counted, Counts};
use super::weight::{CLASSES, Level, ONE, Weights, odds};
use crate::normalise::{Kin, akin, cut_short, kin, one_slip};

/// One observation, and log2 of how often strangers make it by chance where that depends on the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) level: Level,
    pub(super) chance: i32,
}

/// A level and its chance, where both contacts have the value.
type Seen = Option<(Level, i32)>;

/// A pair without any fact against it speaks so little against.
const FLOOR: i32 = ONE;

/// log2 of ten: what one digit is worth.
const TEN: i32 = 3402;

const MOST: usize = 20;

/// All observations about a pair.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    facts: [Fact; MOST],
    count: usize,
}

impl Facts {
    fn new() -> Self {
        Self { facts: [Fact { level: Level::FirstSame, chance: 0 }; MOST], count: 0 }
    }

    fn see(&mut self, level: Level) {
        self.see_rare(level, 0);
    }

    fn see_rare(&mut self, level: Level, chance: i32) {
        if let Some(place) = self.facts.get_mut(self.count) {
            *place = Fact { level, chance };
            self.count += 1;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.facts[..self.count].iter()
    }
}

/// Compares rows of one sheet by one table.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) counts: &'a Counts,
    pub(super) weights: &'a Weights,
}

impl Judge<'_> {
    /// Log odds that two rows are one person; the order of the two does not matter.
    pub(super) fn odds(&self, a: u32, b: u32) -> i32 {
        odds(self.sums(&self.facts(a, b)))
    }

    /// What a pair says about joining its groups: its log odds, but no more against than its own facts say.
    ///
    /// That two contacts picked at random are hardly one person is paid for once, by the pair that brings the
    /// groups together; a pair that has nothing to compare must not pay it again.
    pub(super) fn vote(&self, a: u32, b: u32) -> i32 {
        let facts = self.facts(a, b);
        let odds = odds(self.sums(&facts));
        if odds >= 0 {
            return odds;
        }
        let against: i32 = facts.iter().map(|fact| self.bits(*fact).min(0)).sum();
        odds.max(against - FLOOR)
    }

    /// The sums of all weights for the four classes.
    fn sums(&self, facts: &Facts) -> [i32; CLASSES] {
        self.sums_of(facts.iter())
    }

    pub(super) fn sums_of<'f>(&self, facts: impl Iterator<Item = &'f Fact>) -> [i32; CLASSES] {
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

    /// What one observation adds to each class.
    pub(super) fn weigh(&self, fact: Fact) -> [i32; CLASSES] {
        self.weights.levels[fact.level as usize].map(|weight| weight.unwrap_or(fact.chance))
    }

    /// How many bits one observation speaks for one person, against the likeliest other class.
    pub(super) fn bits(&self, fact: Fact) -> i32 {
        let [person, household, colleague, _, unrelated] = self.weigh(fact);
        person - household.max(colleague).max(unrelated)
    }

    pub(super) fn facts(&self, a: u32, b: u32) -> Facts {
        let (a, b) = (&self.sheet.rows[a as usize], &self.sheet.rows[b as usize]);
        let mut facts = Facts::new();
        let names_agree = self.names(a, b, &mut facts);
        self.email(a, b, names_agree, &mut facts);
        self.phone(a, b, &mut facts);
        self.birth(a, b, &mut facts);
        self.place(a, b, &mut facts);
        self.company(a, b, &mut facts);
        self.rest(a, b, &mut facts);
        facts
    }

    /// Whether first and last name agree; each then costs strangers what the names cost.
    fn names(&self, a: &Row, b: &Row, facts: &mut Facts) -> bool {
        // A single name may be the last one, typed in the wrong field.
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

    /// The levels with first and last name of one turned round, where that fits better.
    fn swapped(&self, a: &Row, b: &Row, first: Seen, last: Seen) -> Option<(Seen, Seen)> {
        let full = a.first != 0 && a.last != 0 && b.first != 0 && b.last != 0;
        let poor = |seen: Seen| seen.is_some_and(|(level, _)| level.differs());
        if !full || !poor(first) || !poor(last) || (a.first != b.last && a.last != b.first) {
            return None;
        }
        // Which of the two is written as people are called?
        let usual = |row: &Row| {
            let of = |kind, text| i64::from(self.counts.chance(kind, text));
            of(Counted::First, row.first) + of(Counted::Last, row.last)
                - of(Counted::First, row.last)
                - of(Counted::Last, row.first)
        };
        let names = &self.sheet.pools.names;
        let found = if (usual(a), names.bytes(a.first)) >= (usual(b), names.bytes(b.first)) {
            (self.first(a.first, b.last), self.last(a, b, a.last, b.first))
        } else {
            (self.first(a.last, b.first), self.last(a, b, a.first, b.last))
        };
        (!(poor(found.0) && poor(found.1))).then_some(found)
    }

    /// The chance of the commoner of two values: what is common is weak evidence however it is misspelt.
    fn rarer(&self, kind: Counted, a: Text, b: Text) -> i32 {
        self.counts.chance(kind, a).max(self.counts.chance(kind, b))
    }

    fn first(&self, a: Text, b: Text) -> Seen {
        if a == 0 || b == 0 {
            return None;
        }
        if a == b {
            let level = if self.sheet.pools.names.bytes(a).len() == 1 { Level::FirstInitial } else { Level::FirstSame };
            return Some((level, self.counts.chance(Counted::First, a)));
        }
        let names = &self.sheet.pools.names;
        let (x, y) = (names.bytes(a), names.bytes(b));
        let roots = &self.sheet.pools.roots;
        let known = |text: Text| !roots[text as usize].is_empty();
        let both_known = known(a) && known(b);
        let with_roots = |text: Text| (names.text(text), roots[text as usize]);
        let level = if x.len() == 1 || y.len() == 1 {
            if x.first() == y.first() { Level::FirstInitial } else { Level::FirstUnlike }
        } else if let Some(kin) = kin(with_roots(a), with_roots(b)) {
            let level = match kin {
                Kin::FormAndFull => Level::FirstNick,
                Kin::TwoForms => Level::FirstBothShort,
            };
            return Some((level, self.rarer(Counted::First, a, b)));
        } else if x.len().max(y.len()) > 2 && one_slip(x, y) {
            // Tim and Tom, Emil and Emily: one letter apart, and two names.
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
    fn shortened(&self, a: Text, b: Text) -> bool {
        let pools = &self.sheet.pools;
        let near = |x: Text, y: Text| {
            pools.misspelt[x as usize].as_ref().is_some_and(|roots| akin(roots, pools.roots[y as usize]))
        };
        near(a, b) || near(b, a) || cut_short(pools.names.text(a), pools.names.text(b))
    }

    fn last(&self, a: &Row, b: &Row, last_a: Text, last_b: Text) -> Seen {
        if last_a == 0 || last_b == 0 {
            return None;
        }
        if last_a == last_b {
            return Some((Level::LastSame, self.counts.chance(Counted::Last, last_a)));
        }
        let shared = |parts: [Text; 2], whole: Text, other: [Text; 2]| {
            parts.into_iter().filter(move |&part| part != 0 && (part == whole || other.contains(&part)))
        };
        let parts = shared(a.parts, last_b, b.parts).chain(shared(b.parts, last_a, a.parts));
        if let Some(chance) = parts.map(|part| self.counts.chance(Counted::Last, part)).min() {
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

    fn middle(&self, a: &Row, b: &Row, facts: &mut Facts) {
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

fn slip(pool: &Pool, a: Text, b: Text, shortest: usize) -> bool {
    let (x, y) = (pool.bytes(a), pool.bytes(b));
    x.len().min(y.len()) >= shortest && one_slip(x, y)
}
