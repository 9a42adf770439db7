//! Compares birth dates, addresses and employers.

use super::{Judge, PairFacts, slip};
use crate::dedupe::alike::jaro_winkler;
use crate::dedupe::pool::PooledText;
use crate::dedupe::sheet::SheetRow;
use crate::dedupe::table::CountedValue;
use crate::dedupe::weight::Level;
use crate::normalise::one_slip;

impl Judge<'_> {
    pub(super) fn birth(&self, a: &SheetRow, b: &SheetRow, facts: &mut PairFacts) {
        if a.birth == 0 || b.birth == 0 {
            return;
        }
        if a.birth == b.birth {
            return facts.see_rare(Level::BirthSame, self.counts.chance(CountedValue::Birth, a.birth));
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

    pub(super) fn place(&self, a: &SheetRow, b: &SheetRow, facts: &mut PairFacts) {
        let pools = &self.sheet.pools;
        let street = self.address(a, b);
        let here = matches!(street, Some((Level::AddressSame | Level::AddressUnit | Level::AddressNear, _)));
        if let Some((level, chance)) = street {
            facts.see_rare(level, chance);
        }
        let both = |x: PooledText, y: PooledText| x != 0 && y != 0;
        let known = if both(a.postal_code, b.postal_code) {
            Some((a.postal_code == b.postal_code, slip(&pools.postal_codes, a.postal_code, b.postal_code, 4)))
        } else if both(a.city, b.city) {
            Some((a.city == b.city, slip(&pools.places, a.city, b.city, 4)))
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
                    facts.see_rare(Level::PostalSame, self.counts.chance(CountedValue::PostalCode, a.postal_code));
                }
                Some((_, true)) => facts.see(Level::PostalSlip),
                _ => facts.see(Level::PostalOther),
            }
        } else if both(a.city, b.city) {
            if a.city == b.city {
                facts.see_rare(Level::CitySame, self.counts.chance(CountedValue::City, a.city));
            } else if slip(&pools.places, a.city, b.city, 4) {
                facts.see(Level::CitySlip);
            } else {
                facts.see(Level::CityOther);
            }
        } else if both(a.state, b.state) {
            let short = |text: PooledText| pools.places.bytes(text).len() <= 3;
            if a.state == b.state {
                facts.see_rare(Level::StateSame, self.counts.chance(CountedValue::State, a.state));
            } else if short(a.state) == short(b.state) {
                facts.see(Level::StateOther);
            }
        }
    }

    fn address(&self, a: &SheetRow, b: &SheetRow) -> Option<(Level, i32)> {
        if a.street == 0 || b.street == 0 {
            return None;
        }
        let pools = &self.sheet.pools;
        if a.address != 0 && a.address == b.address {
            let unit = a.unit != 0 && b.unit != 0 && a.unit != b.unit;
            let level = if unit { Level::AddressUnit } else { Level::AddressSame };
            return Some((level, self.counts.chance(CountedValue::Address, a.address)));
        }
        let same_house = a.house == b.house && a.house != 0;
        let near_house = slip(&pools.houses, a.house, b.house, 2);
        let (x, y) = (pools.streets.bytes(a.street), pools.streets.bytes(b.street));
        let near_street = one_slip(x, y) || (x.len().min(y.len()) > 4 && jaro_winkler(x, y) >= 900);
        let near = (same_house && near_street) || (a.street == b.street && near_house);
        Some(if near || self.lines_crossed(a, b) || self.lines_crossed(b, a) {
            (Level::AddressNear, 0)
        } else if a.street == b.street {
            (Level::StreetSame, 0)
        } else {
            (Level::AddressOther, 0)
        })
    }

    /// Whether one contact's street is in the other's second address line.
    fn lines_crossed(&self, a: &SheetRow, b: &SheetRow) -> bool {
        let pools = &self.sheet.pools;
        let (street, line) = (pools.streets.bytes(a.street), pools.places.bytes(b.locality));
        street.len() >= 4 && line.starts_with(street)
    }

    pub(super) fn company(&self, a: &SheetRow, b: &SheetRow, facts: &mut PairFacts) {
        if a.company == 0 || b.company == 0 {
            return;
        }
        if a.company == b.company {
            return facts.see_rare(Level::CompanySame, self.counts.chance(CountedValue::Company, a.company));
        }
        let companies = &self.sheet.pools.companies;
        let (x, y) = (companies.bytes(a.company), companies.bytes(b.company));
        let shortest = x.len().min(y.len());
        let inside = shortest >= 5 && (x.starts_with(y) || y.starts_with(x));
        facts.see(if inside || (shortest >= 4 && one_slip(x, y)) { Level::CompanyNear } else { Level::CompanyOther });
    }

    pub(super) fn rest(&self, a: &SheetRow, b: &SheetRow, facts: &mut PairFacts) {
        let pools = &self.sheet.pools;
        let both = |x: PooledText, y: PooledText| x != 0 && y != 0;
        if both(a.locality, b.locality) {
            if a.locality == b.locality {
                facts.see_rare(Level::LocalitySame, self.counts.chance(CountedValue::Locality, a.locality));
            } else if slip(&pools.places, a.locality, b.locality, 4)
                || jaro_winkler(pools.places.bytes(a.locality), pools.places.bytes(b.locality)) >= 900
            {
                facts.see(Level::LocalityNear);
            } else if !self.lines_crossed(a, b) && !self.lines_crossed(b, a) {
                facts.see(Level::LocalityOther);
            }
        }
        if both(a.number, b.number) {
            if a.number == b.number {
                facts.see_rare(Level::NumberSame, self.counts.chance(CountedValue::Number, a.number));
            } else if slip(&pools.numbers, a.number, b.number, 4) {
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
                facts.see_rare(Level::OccupationSame, self.counts.chance(CountedValue::Occupation, a.occupation));
            } else {
                facts.see(Level::OccupationOther);
            }
        }
    }
}
