//! Why, in words.

use super::alike::jaro_winkler;
use super::compare::{Fact, Judge};
use super::pool::Text;
use super::sheet::Row;
use super::weight::{Class, Level, ONE};
use crate::normalise::{form_both_of, form_of};

/// One thing that speaks for or against two contacts being one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub words: String,
    /// How loud it speaks: one bit doubles the odds; negative ones speak against.
    pub bits: f64,
}

/// The observations about a pair in words, the strongest first.
pub(super) fn reasons(judge: &Judge<'_>, a: u32, b: u32) -> Vec<Reason> {
    let facts: Vec<Fact> = judge.facts(a, b).iter().copied().collect();
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

/// What the two would be, were they not one person.
fn likeliest_other(judge: &Judge<'_>, facts: &[Fact]) -> Class {
    let sums = judge.sums_of(facts.iter());
    let others = [Class::Household, Class::Colleague, Class::Namesake, Class::Unrelated];
    others.into_iter().max_by_key(|&class| sums[class as usize]).unwrap_or(Class::Unrelated)
}

fn words(judge: &Judge<'_>, rows: (&Row, &Row), level: Level, other: Class) -> String {
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
            format!("different last names{}", if a.first == b.first { ", one by marriage?" } else { "" })
        }
        Level::GenerationSame | Level::GenerationOne | Level::GenerationOther => generation(a, b),
        _ => fixed(level).to_owned(),
    }
}

fn question(other: Class) -> &'static str {
    match other {
        Class::Household => ", same household?",
        Class::Colleague => ", colleagues?",
        _ => "",
    }
}

fn nick(judge: &Judge<'_>, a: &Row, b: &Row) -> String {
    let text = |text: Text| judge.sheet.pools.names.text(text);
    // Either may have been typed in the field of the last name.
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
            return format!("{both} are forms of one name");
        }
        if let Some(full) = form_both_of(x, y) {
            let what = if x.len().max(y.len()) <= full.len() { "short for" } else { "forms of" };
            return format!("{both} are both {what} {}", capital(full));
        }
    }
    "first names are forms of one name".to_owned()
}

/// The likeness of the first of these pairs that is alike: the second and third are for names in the wrong field.
fn alike(judge: &Judge<'_>, what: &str, pairs: [(Text, Text); 3]) -> String {
    let names = &judge.sheet.pools.names;
    let likeness = |(a, b): (Text, Text)| jaro_winkler(names.bytes(a), names.bytes(b));
    match pairs.into_iter().map(likeness).find(|&likeness| likeness >= 700) {
        Some(thousandths) => format!("{what} {:.2} alike", f64::from(thousandths) / 1000.0),
        None => format!("{what} alike"),
    }
}

fn generation(a: &Row, b: &Row) -> String {
    let name = |generation: u8| ["", "Sr", "Jr", "III", "IV"].get(usize::from(generation)).copied().unwrap_or_default();
    match (name(a.generation), name(b.generation)) {
        (one, "") | ("", one) => format!("only one is {one}"),
        (x, y) if x == y => format!("both are {x}"),
        (x, y) => format!("{} and {}, father and son?", x.min(y), x.max(y)),
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
            "first names alike"
        }
        Level::FirstInitial => "initial fits",
        Level::FirstKnown | Level::FirstUnlike | Level::FirstOther => "different first names",
        Level::LastSame => "same last name",
        Level::LastPart | Level::LastSlip | Level::LastAlike => "last names alike",
        Level::LastMiddle => "last name of one is middle name of the other",
        Level::LastOther => "different last names",
        Level::Swapped => "first and last name swapped",
        Level::MiddleSame => "same middle name",
        Level::MiddleInitial => "same middle initial",
        Level::MiddleOther => "different middle names",
        Level::GenerationSame | Level::GenerationOne | Level::GenerationOther => "Jr or Sr",
        Level::EmailSame => "same e-mail",
        Level::EmailShared => "same e-mail, used by several",
        Level::EmailSlip | Level::EmailNear => "e-mails one letter apart",
        Level::EmailUser => "same e-mail user on another domain",
        Level::EmailName => "e-mails made of the same name",
        Level::EmailCompany => "e-mails of one company",
        Level::EmailOther => "different e-mails",
        Level::PhoneSame => "same phone",
        Level::PhoneShared => "same phone, used by several",
        Level::PhoneTail => "phones end in the same seven digits",
        Level::PhoneSlip => "phones one digit apart",
        Level::PhoneOther => "different phones",
        Level::BirthSame => "same birth date",
        Level::BirthSwap => "birth dates with day and month swapped",
        Level::BirthNear => "birth dates nearly equal",
        Level::BirthYear => "same birth year",
        Level::BirthOther => "birth dates differ",
        Level::AddressSame => "same address",
        Level::AddressUnit => "same house, other unit",
        Level::AddressNear => "addresses nearly equal",
        Level::StreetSame => "same street, other house",
        Level::AddressOther => "different addresses",
        Level::PostalSame => "same postal code",
        Level::PostalSlip => "postal codes nearly equal",
        Level::PostalOther => "different postal codes",
        Level::CitySame => "same city",
        Level::CitySlip => "cities nearly equal",
        Level::CityOther => "different cities",
        Level::StateSame => "same state",
        Level::StateOther => "different states",
        Level::PlaceSame => "same place",
        Level::PlaceOther => "different places",
        Level::LocalitySame => "same second address line",
        Level::LocalityNear => "second address lines nearly equal",
        Level::LocalityOther => "different second address lines",
        Level::CompanySame => "same company",
        Level::CompanyNear => "companies nearly equal",
        Level::CompanyOther => "different companies",
        Level::NumberSame => "same customer number",
        Level::NumberSlip => "customer numbers nearly equal",
        Level::NumberOther => "different customer numbers",
        Level::GenderSame => "same gender",
        Level::GenderOther => "different genders",
        Level::OccupationSame => "same occupation",
        Level::OccupationOther => "different occupations",
    }
}
