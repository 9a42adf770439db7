//! What can be observed about two contacts, field by field. A missing value is no observation.

use super::alike::jaro_winkler;
use super::pool::{Pool, Text};
use super::sheet::{Row, Sheet};
use super::table::{Counted, Counts, Use};
use super::weight::{CLASSES, Level, ONE, Weights, bits, odds};
use crate::normalise::{akin, one_slip};

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
        let against: i32 = facts.iter().map(|fact| self.bits(fact).min(0)).sum();
        odds.max(against - FLOOR)
    }

    /// The sums of all weights for the four classes.
    fn sums(&self, facts: &Facts) -> [i32; CLASSES] {
        self.sums_of(facts.iter())
    }

    pub(super) fn sums_of<'f>(&self, facts: impl Iterator<Item = &'f Fact>) -> [i32; CLASSES] {
        let mut sums = self.start();
        for fact in facts {
            for (sum, weight) in sums.iter_mut().zip(self.weigh(fact)) {
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
    pub(super) fn weigh(&self, fact: &Fact) -> [i32; CLASSES] {
        self.weights.levels[fact.level as usize].map(|weight| weight.unwrap_or(fact.chance))
    }

    /// How many bits one observation speaks for one person, against the likeliest other class.
    pub(super) fn bits(&self, fact: &Fact) -> i32 {
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
        let same_first = first.is_some_and(|(level, _)| level == Level::FirstSame || level == Level::FirstNick);
        self.middle(a, b, facts);
        match (a.generation, b.generation) {
            (0, 0) => {}
            (0, _) | (_, 0) if same_first => facts.see(Level::GenerationOne),
            (x, y) if x == y => facts.see(Level::GenerationSame),
            (0, _) | (_, 0) => {}
            _ => facts.see(Level::GenerationOther),
        }
        first.is_some_and(|(level, _)| level != Level::FirstOther)
            && last.is_some_and(|(level, _)| level != Level::LastOther)
    }

    /// The levels with first and last name of one turned round, where that fits better.
    fn swapped(&self, a: &Row, b: &Row, first: Seen, last: Seen) -> Option<(Seen, Seen)> {
        let full = a.first != 0 && a.last != 0 && b.first != 0 && b.last != 0;
        let poor = |seen: Seen| seen.is_some_and(|(level, _)| level == Level::FirstOther || level == Level::LastOther);
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
        let level = if x.len() == 1 || y.len() == 1 {
            if x.first() == y.first() { Level::FirstInitial } else { Level::FirstOther }
        } else if akin(roots[a as usize], roots[b as usize]) {
            return Some((Level::FirstNick, self.rarer(Counted::First, a, b)));
        } else if x.len().max(y.len()) > 2 && one_slip(x, y) {
            Level::FirstSlip
        } else if jaro_winkler(x, y) >= 880 {
            Level::FirstAlike
        } else {
            Level::FirstOther
        };
        Some((level, 0))
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

    fn slip(&self, pool: &Pool, a: Text, b: Text, shortest: usize) -> bool {
        let (x, y) = (pool.bytes(a), pool.bytes(b));
        x.len().min(y.len()) >= shortest && one_slip(x, y)
    }

    fn email(&self, a: &Row, b: &Row, names_agree: bool, facts: &mut Facts) {
        let seen = pairs(&a.emails, &b.emails).filter_map(|(x, y)| {
            self.one_email(x, y, [a, b]).map(|seen| self.beside_names(seen, x, [a, b], names_agree))
        });
        if let Some((level, chance)) = seen.min_by_key(|&(level, chance)| (level, chance)) {
            facts.see_rare(level, chance);
        }
    }

    fn one_email(&self, x: Text, y: Text, rows: [&Row; 2]) -> Option<(Level, i32)> {
        let (use_x, use_y) = (self.counts.email_use(x), self.counts.email_use(y));
        if use_x == Use::Nobodys || use_y == Use::Nobodys {
            return None;
        }
        let pools = &self.sheet.pools;
        let (box_x, box_y) = (pools.boxes[x as usize], pools.boxes[y as usize]);
        if x == y {
            let level = if use_x == Use::Shared || box_x.shared { Level::EmailShared } else { Level::EmailSame };
            return Some((level, self.counts.chance(Counted::Email, x)));
        }
        if box_x.shared || box_y.shared {
            let company = box_x.domain == box_y.domain && !box_x.public;
            return company.then(|| (Level::EmailCompany, self.counts.chance(Counted::Domain, box_x.domain)));
        }
        if box_x.user == box_y.user {
            let level = if box_x.user == box_x.letters && rows.into_iter().any(|row| self.made_of_name(box_x.user, row))
            {
                Level::EmailName
            } else {
                Level::EmailUser
            };
            return Some((level, self.counts.chance(Counted::User, box_x.user)));
        }
        if box_x.domain == box_y.domain && self.user_slip(box_x.user, box_y.user) {
            return Some((Level::EmailSlip, 0));
        }
        if box_x.domain == box_y.domain && !box_x.public {
            return Some((Level::EmailCompany, self.counts.chance(Counted::Domain, box_x.domain)));
        }
        Some((Level::EmailOther, 0))
    }

    /// The chance that two of one name have such addresses, where the user is made of the name.
    ///
    /// John Smiths are john.smith and jsmith, with two digits at most: beside equal names only the digits are news.
    fn beside_names(
        &self,
        (level, chance): (Level, i32),
        email: Text,
        rows: [&Row; 2],
        names_agree: bool,
    ) -> (Level, i32) {
        let user = self.sheet.pools.boxes[email as usize].user;
        let share = match level {
            Level::EmailSame => 0.002,
            Level::EmailUser => 0.06,
            Level::EmailSlip => 0.004,
            _ => return (level, chance),
        };
        if !names_agree || !rows.into_iter().any(|row| self.made_of_name(user, row)) {
            return (level, chance);
        }
        let digits = self.sheet.pools.users.bytes(user).iter().filter(|c| c.is_ascii_digit()).count();
        let level = if level == Level::EmailSlip { Level::EmailNear } else { level };
        (level, chance.max(bits(share) - TEN * i32::try_from(digits).unwrap_or(0).min(6)))
    }

    /// A misspelt user; where only digits differ it is as likely the next user of that name.
    fn user_slip(&self, x: Text, y: Text) -> bool {
        let users = &self.sheet.pools.users;
        let (x, y) = (users.bytes(x), users.bytes(y));
        let letters = |user: &[u8]| user.iter().filter(|c| !c.is_ascii_digit()).copied().collect::<Vec<_>>();
        // Another first letter is another first name: jsmith and ksmith.
        x.len().min(y.len()) > 4 && x[0] == y[0] && one_slip(x, y) && letters(x) != letters(y)
    }

    fn made_of_name(&self, user: Text, row: &Row) -> bool {
        let user = self.sheet.pools.users.bytes(user);
        let contains = |name: Text| {
            let name = self.sheet.pools.names.bytes(name);
            name.len() > 2 && user.windows(name.len()).any(|window| window == name)
        };
        contains(row.last) || contains(row.first)
    }

    fn phone(&self, a: &Row, b: &Row, facts: &mut Facts) {
        let seen = pairs(&a.phones, &b.phones).filter_map(|(x, y)| self.one_phone(x, y));
        if let Some((level, chance)) = seen.min_by_key(|&(level, chance)| (level, chance)) {
            facts.see_rare(level, chance);
        }
    }

    fn one_phone(&self, x: Text, y: Text) -> Option<(Level, i32)> {
        let (use_x, use_y) = (self.counts.phone_use(x), self.counts.phone_use(y));
        if use_x == Use::Nobodys || use_y == Use::Nobodys {
            return None;
        }
        if x == y {
            let level = if use_x == Use::Shared { Level::PhoneShared } else { Level::PhoneSame };
            return Some((level, self.counts.chance(Counted::Phone, x)));
        }
        let phones = &self.sheet.pools.phones;
        let (x, y) = (phones.bytes(x), phones.bytes(y));
        let tail = |digits: &[u8]| digits[digits.len().saturating_sub(7)..].to_vec();
        Some(if tail(x) == tail(y) {
            (Level::PhoneTail, 0)
        } else if one_slip(x, y) {
            (Level::PhoneSlip, 0)
        } else {
            (Level::PhoneOther, 0)
        })
    }

    fn birth(&self, a: &Row, b: &Row, facts: &mut Facts) {
        if a.birth == 0 || b.birth == 0 {
            return;
        }
        if a.birth == b.birth {
            return facts.see_rare(Level::BirthSame, self.counts.chance(Counted::Birth, a.birth));
        }
        let births = &self.sheet.pools.births;
        let (x, y) = (births.bytes(a.birth), births.bytes(b.birth));
        let parts = |date: &[u8]| [date[..4].to_vec(), date[4..6].to_vec(), date[6..8].to_vec()];
        if x.len() != 8 || y.len() != 8 {
            return;
        }
        let ([year, month, day], [other_year, other_month, other_day]) = (parts(x), parts(y));
        let vague = |date: &[u8]| &date[4..] == b"0101" || &date[4..] == b"0000";
        let same =
            [year == other_year, month == other_month, day == other_day].into_iter().filter(|&same| same).count();
        facts.see(if year == other_year && month == other_day && day == other_month {
            Level::BirthSwap
        } else if year == other_year && (vague(x) || vague(y)) {
            Level::BirthYear
        } else if same == 2 || one_slip(x, y) {
            Level::BirthNear
        } else {
            Level::BirthOther
        });
    }

    fn place(&self, a: &Row, b: &Row, facts: &mut Facts) {
        let pools = &self.sheet.pools;
        let street = self.address(a, b);
        let here = matches!(street, Some((Level::AddressSame | Level::AddressUnit | Level::AddressNear, _)));
        if let Some((level, chance)) = street {
            facts.see_rare(level, chance);
        }
        let both = |x: Text, y: Text| x != 0 && y != 0;
        let known = if both(a.postal_code, b.postal_code) {
            Some((a.postal_code == b.postal_code, self.slip(&pools.postal_codes, a.postal_code, b.postal_code, 4)))
        } else if both(a.city, b.city) {
            Some((a.city == b.city, self.slip(&pools.places, a.city, b.city, 4)))
        } else {
            None
        };
        if here && let Some((same, slip)) = known {
            let city = both(a.city, b.city) && a.city == b.city;
            facts.see(if same || slip || city { Level::PlaceSame } else { Level::PlaceOther });
            return;
        }
        if both(a.postal_code, b.postal_code) && known.is_some_and(|(same, slip)| same || slip || !both(a.city, b.city))
        {
            match known {
                Some((true, _)) => {
                    facts.see_rare(Level::PostalSame, self.counts.chance(Counted::PostalCode, a.postal_code))
                }
                Some((_, true)) => facts.see(Level::PostalSlip),
                _ => facts.see(Level::PostalOther),
            }
        } else if both(a.city, b.city) {
            if a.city == b.city {
                facts.see_rare(Level::CitySame, self.counts.chance(Counted::City, a.city));
            } else if self.slip(&pools.places, a.city, b.city, 4) {
                facts.see(Level::CitySlip);
            } else {
                facts.see(Level::CityOther);
            }
        } else if both(a.state, b.state) {
            let short = |text: Text| pools.places.bytes(text).len() <= 3;
            if a.state == b.state {
                facts.see_rare(Level::StateSame, self.counts.chance(Counted::State, a.state));
            } else if short(a.state) == short(b.state) {
                facts.see(Level::StateOther);
            }
        }
    }

    fn address(&self, a: &Row, b: &Row) -> Option<(Level, i32)> {
        if a.street == 0 || b.street == 0 {
            return None;
        }
        let pools = &self.sheet.pools;
        if a.address != 0 && a.address == b.address {
            let unit = a.unit != 0 && b.unit != 0 && a.unit != b.unit;
            let level = if unit { Level::AddressUnit } else { Level::AddressSame };
            return Some((level, self.counts.chance(Counted::Address, a.address)));
        }
        let same_house = a.house == b.house && a.house != 0;
        let near_house = self.slip(&pools.houses, a.house, b.house, 2);
        let (x, y) = (pools.streets.bytes(a.street), pools.streets.bytes(b.street));
        let near_street = one_slip(x, y) || (x.len().min(y.len()) > 4 && jaro_winkler(x, y) >= 900);
        Some(if (same_house && near_street) || (a.street == b.street && near_house) {
            (Level::AddressNear, 0)
        } else if a.street == b.street {
            (Level::StreetSame, 0)
        } else {
            (Level::AddressOther, 0)
        })
    }

    fn company(&self, a: &Row, b: &Row, facts: &mut Facts) {
        if a.company == 0 || b.company == 0 {
            return;
        }
        if a.company == b.company {
            return facts.see_rare(Level::CompanySame, self.counts.chance(Counted::Company, a.company));
        }
        let companies = &self.sheet.pools.companies;
        let (x, y) = (companies.bytes(a.company), companies.bytes(b.company));
        let shortest = x.len().min(y.len());
        let inside = shortest >= 5 && (x.starts_with(y) || y.starts_with(x));
        facts.see(if inside || (shortest >= 4 && one_slip(x, y)) { Level::CompanyNear } else { Level::CompanyOther });
    }

    fn rest(&self, a: &Row, b: &Row, facts: &mut Facts) {
        let pools = &self.sheet.pools;
        let both = |x: Text, y: Text| x != 0 && y != 0;
        if both(a.locality, b.locality) {
            if a.locality == b.locality {
                facts.see_rare(Level::LocalitySame, self.counts.chance(Counted::Locality, a.locality));
            } else if self.slip(&pools.places, a.locality, b.locality, 4)
                || jaro_winkler(pools.places.bytes(a.locality), pools.places.bytes(b.locality)) >= 900
            {
                facts.see(Level::LocalityNear);
            } else {
                facts.see(Level::LocalityOther);
            }
        }
        if both(a.number, b.number) {
            if a.number == b.number {
                facts.see_rare(Level::NumberSame, self.counts.chance(Counted::Number, a.number));
            } else if self.slip(&pools.numbers, a.number, b.number, 4) {
                facts.see(Level::NumberSlip);
            } else {
                facts.see(Level::NumberOther);
            }
        }
        if a.gender != 0 && b.gender != 0 {
            facts.see(if a.gender == b.gender { Level::GenderSame } else { Level::GenderOther });
        }
        if both(a.occupation, b.occupation) {
            if a.occupation == b.occupation {
                facts.see_rare(Level::OccupationSame, self.counts.chance(Counted::Occupation, a.occupation));
            } else {
                facts.see(Level::OccupationOther);
            }
        }
    }
}

/// All pairs of one value of each that are there.
fn pairs<'a>(a: &'a [Text], b: &'a [Text]) -> impl Iterator<Item = (Text, Text)> + 'a {
    let there = |text: &&Text| **text != 0;
    a.iter().filter(there).flat_map(move |&x| b.iter().filter(there).map(move |&y| (x, y)))
}
