//! The reasons for and against a pair, in words.

use super::alike::jaro_winkler;
use super::compare::{Judge, PairFact};
use super::pool::PooledText;
use super::sheet::SheetRow;
use super::weight::{Level, ONE, PairClass};
use crate::normalise::form_of;

/// One reason for or against two contacts being the same person.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub words: String,
    /// Its weight: one bit doubles the odds; negative bits speak against.
    pub bits: f64,
}

/// The observations about a pair in words, strongest first.
pub(super) fn reasons(judge: &Judge<'_>, a: u32, b: u32) -> Vec<Reason> {
    let facts: Vec<PairFact> = judge.facts(a, b).iter().copied().collect();
    let rows = (&judge.sheet.rows[a as usize], &judge.sheet.rows[b as usize]);
    let other = likeliest_other(judge, &facts);
    let has = |level: Level| facts.iter().any(|fact| fact.level == level);
    let same_name = has(Level::FirstSame) && has(Level::LastSame);
    let mut weighed: Vec<(i32, Level, String)> = Vec::new();
    for fact in &facts {
        let bits = judge.bits(*fact);
        match fact.level {
            Level::FirstSame if same_name => {}
            Level::LastSame if same_name => {
                let first: i32 =
                    facts.iter().filter(|fact| fact.level == Level::FirstSame).map(|fact| judge.bits(*fact)).sum();
                weighed.push((bits + first, fact.level, "same name".to_owned()));
            }
            level => weighed.push((bits, level, words(judge, rows, level, other))),
        }
    }
    weighed.sort_by_key(|(bits, level, _)| (std::cmp::Reverse(bits.abs()), *level));
    if weighed.is_empty() {
        return vec![Reason { words: "nothing to compare".to_owned(), bits: 0.0 }];
    }
    weighed.into_iter().map(|(bits, _, words)| Reason { words, bits: f64::from(bits) / f64::from(ONE) }).collect()
}

/// What the two most likely are if they are not the same person.
fn likeliest_other(judge: &Judge<'_>, facts: &[PairFact]) -> PairClass {
    let sums = judge.sums_of(facts.iter());
    let others = [PairClass::Household, PairClass::Colleague, PairClass::Namesake, PairClass::Unrelated];
    others.into_iter().max_by_key(|&class| sums[class as usize]).unwrap_or(PairClass::Unrelated)
}

fn words(judge: &Judge<'_>, rows: (&SheetRow, &SheetRow), level: Level, other: PairClass) -> String {
    let (a, b) = rows;
    match level {
        Level::FirstNick | Level::FirstBothShort => nick(judge, a, b),
        Level::FirstShort | Level::FirstSlip | Level::FirstAlike => {
            alike(judge, "first names", [(a.first, b.first), (a.first, b.last), (a.last, b.first)])
        }
        Level::LastSlip | Level::LastAlike => {
            alike(judge, "last names", [(a.last, b.last), (a.last, b.first), (a.first, b.last)])
        }
        Level::FirstKnown | Level::FirstUnlike | Level::FirstOther => {
            format!("different first names{}", question(other))
        }
        Level::LastPart => "last names share a part".to_owned(),
        Level::LastOther => {
            format!("different last names{}", if a.first == b.first { " (marriage?)" } else { "" })
        }
        Level::GenerationSame | Level::GenerationOne | Level::GenerationOther => generation(a, b),
        _ => fixed(level).to_owned(),
    }
}

fn question(other: PairClass) -> &'static str {
    match other {
        PairClass::Household => " (same household?)",
        PairClass::Colleague => " (colleagues?)",
        _ => "",
    }
}

fn nick(judge: &Judge<'_>, a: &SheetRow, b: &SheetRow) -> String {
    let text = |text: PooledText| judge.sheet.pools.names.text(text);
    // Either may have ended up in the last name field.
    for (x, y) in [(a.first, b.first), (a.first, b.last), (a.last, b.first)] {
        let (x, y) = (text(x), text(y));
        for (form, full) in [(x, y), (y, x)] {
            // Annie is no shorter than Ann.
            if form_of(form, full) && form.len() <= full.len() {
                return format!("{} is short for {}", capital(form), capital(full));
            }
        }
        let both = format!("{} and {}", capital(x.min(y)), capital(x.max(y)));
        if form_of(x, y) || form_of(y, x) {
            return format!("{both} are forms of the same name");
        }
    }
    // That both are short for a third name is no reason that anybody would recognise.
    "related first names".to_owned()
}

/// The similarity of the first pair that is similar. The second and third pair cover names in the wrong field.
fn alike(judge: &Judge<'_>, what: &str, pairs: [(PooledText, PooledText); 3]) -> String {
    let names = &judge.sheet.pools.names;
    let likeness = |(a, b): (PooledText, PooledText)| jaro_winkler(names.bytes(a), names.bytes(b));
    match pairs.into_iter().map(likeness).find(|&likeness| likeness >= 700) {
        Some(thousandths) => format!("similar {what} ({:.2})", f64::from(thousandths) / 1000.0),
        None => format!("similar {what}"),
    }
}

fn generation(a: &SheetRow, b: &SheetRow) -> String {
    let name = |generation: u8| ["", "Sr", "Jr", "III", "IV"].get(usize::from(generation)).copied().unwrap_or_default();
    match (name(a.generation), name(b.generation)) {
        (one, "") | ("", one) => format!("only one is {one}"),
        (x, y) if x == y => format!("both are {x}"),
        (x, y) => format!("{} and {} (father and son?)", x.min(y), x.max(y)),
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn fixed(level: Level) -> &'static str {
    match level {
        Level::FirstSame => "same first name",
        Level::FirstNick | Level::FirstBothShort | Level::FirstShort | Level::FirstSlip | Level::FirstAlike => {
            "similar first names"
        }
        Level::FirstInitial => "matching initial",
        Level::FirstKnown | Level::FirstUnlike | Level::FirstOther => "different first names",
        Level::LastSame => "same last name",
        Level::LastPart | Level::LastSlip | Level::LastAlike => "similar last names",
        Level::LastMiddle => "one's last name is the other's middle name",
        Level::LastOther => "different last names",
        Level::Swapped => "first and last names swapped",
        Level::MiddleSame => "same middle name",
        Level::MiddleInitial => "same middle initial",
        Level::MiddleOther => "different middle names",
        Level::GenerationSame | Level::GenerationOne | Level::GenerationOther => "Jr or Sr",
        Level::EmailSame => "same e-mail",
        Level::EmailShared => "same e-mail, shared by several contacts",
        Level::EmailSlip | Level::EmailNear => "e-mails one letter apart",
        Level::EmailUser => "same e-mail name at another domain",
        Level::EmailName => "e-mails built from the same name",
        Level::EmailCompany => "e-mails at the same company",
        Level::EmailOther => "different e-mails",
        Level::PhoneSame => "same phone",
        Level::PhoneShared => "same phone, shared by several contacts",
        Level::PhoneTail => "same last seven digits of the phone",
        Level::PhoneSlip => "phones one digit apart",
        Level::PhoneOther => "different phones",
        Level::BirthSame => "same birth date",
        Level::BirthSwap => "birth dates with day and month swapped",
        Level::BirthNear => "similar birth dates",
        Level::BirthYear => "same birth year",
        Level::BirthOther => "different birth dates",
        Level::AddressSame => "same address",
        Level::AddressUnit => "same building, different unit",
        Level::AddressNear => "similar addresses",
        Level::StreetSame => "same street, different number",
        Level::AddressOther => "different addresses",
        Level::PostalSame => "same postal code",
        Level::PostalSlip => "similar postal codes",
        Level::PostalOther => "different postal codes",
        Level::CitySame => "same city",
        Level::CitySlip => "similar city names",
        Level::CityOther => "different cities",
        Level::StateSame => "same state",
        Level::StateOther => "different states",
        Level::PlaceSame => "same place",
        Level::PlaceOther => "different places",
        Level::LocalitySame => "same second address line",
        Level::LocalityNear => "similar second address lines",
        Level::LocalityOther => "different second address lines",
        Level::CompanySame => "same company",
        Level::CompanyNear => "similar company names",
        Level::CompanyOther => "different companies",
        Level::NumberSame => "same customer number",
        Level::NumberSlip => "similar customer numbers",
        Level::NumberOther => "different customer numbers",
        Level::GenderSame => "same gender",
        Level::GenderOther => "different genders",
        Level::OccupationSame => "same occupation",
        Level::OccupationOther => "different occupations",
    }
}
