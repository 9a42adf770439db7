//! Street addresses, taken apart.

use super::fold::{plain, words};
use super::standard::{Correction, Corrections, Standard, Sure};

/// A street address in plain small letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Street {
    /// House number with its letter: `12b`.
    pub number: String,
    /// The name without the kind of street: `main`, `martinlutherking`.
    pub name: String,
    /// `st`, `ave`, …
    pub kind: String,
    /// Flat or suite.
    pub unit: String,
}

/// Kinds of street and directions, long and short.
const SHORT: &[(&str, &str)] = &[
    ("street", "st"),
    ("str", "st"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("road", "rd"),
    ("drive", "dr"),
    ("drv", "dr"),
    ("lane", "ln"),
    ("court", "ct"),
    ("crt", "ct"),
    ("boulevard", "blvd"),
    ("place", "pl"),
    ("way", "way"),
    ("circle", "cir"),
    ("cres", "cres"),
    ("crescent", "cres"),
    ("circuit", "cct"),
    ("terrace", "ter"),
    ("tce", "ter"),
    ("parkway", "pkwy"),
    ("highway", "hwy"),
    ("square", "sq"),
    ("close", "cl"),
    ("trail", "trl"),
    ("parade", "pde"),
    ("grove", "gr"),
    ("gardens", "gdns"),
    ("alley", "aly"),
    ("plaza", "plz"),
    ("loop", "loop"),
    ("row", "row"),
    ("mews", "mews"),
    ("point", "pt"),
    ("ridge", "rdg"),
    ("st", "st"),
    ("ave", "ave"),
    ("rd", "rd"),
    ("dr", "dr"),
    ("ln", "ln"),
    ("ct", "ct"),
    ("blvd", "blvd"),
    ("pl", "pl"),
    ("cir", "cir"),
    ("ter", "ter"),
    ("pkwy", "pkwy"),
    ("hwy", "hwy"),
    ("sq", "sq"),
    ("cl", "cl"),
    ("trl", "trl"),
    ("pde", "pde"),
    ("gr", "gr"),
    ("cct", "cct"),
];
const DIRECTIONS: &[(&str, &str)] = &[
    ("north", "n"),
    ("south", "s"),
    ("east", "e"),
    ("west", "w"),
    ("northeast", "ne"),
    ("northwest", "nw"),
    ("southeast", "se"),
    ("southwest", "sw"),
];
const UNITS: &[&str] = &[
    "apt",
    "apartment",
    "unit",
    "suite",
    "ste",
    "flat",
    "room",
    "rm",
    "lot",
    "floor",
    "fl",
    "bldg",
    "building",
    "trlr",
];

/// A street address, its unit apart and its kind of street shortened.
pub fn street(typed: &str) -> Standard<Street> {
    let plain = plain(typed);
    let mut changes = Corrections::default();
    let mut value = Street::default();
    let mut found: Vec<String> = words(&plain.replace('#', " unit ")).collect();
    if let Some((unit, number)) = plain.split_once('/').filter(|(unit, _)| is_number(unit.trim()))
        && number.starts_with(|c: char| c.is_ascii_digit())
    {
        unit.trim().clone_into(&mut value.unit);
        found.remove(0);
    }
    take_unit(&mut found, &mut value);
    changes.add_if(!value.unit.is_empty(), Correction::UnitApart);
    if let Some(at) = found.iter().position(|word| is_number(word))
        && at <= 1
        && found.len() > 1
    {
        value.number = found.remove(at);
    }
    if found.len() > 1
        && let Some(kind) = found.iter().rposition(|word| short(SHORT, word).is_some())
        && kind > 0
    {
        let word = found.remove(kind);
        let kind = short(SHORT, &word).unwrap_or_default();
        changes.add_if(kind != word, Correction::Shortened);
        kind.clone_into(&mut value.kind);
    }
    let name: Vec<&str> = found.iter().map(|word| short(DIRECTIONS, word).unwrap_or(word)).collect();
    value.name = name.concat();
    changes.add_if(!typed.is_empty() && typed != plain, Correction::Spelling);
    let sure = if value.number.is_empty() { Sure::Guess } else { Sure::Certain };
    Standard { value, changes, sure }
}

/// "Apt 4", "Unit B": the word and what follows it.
fn take_unit(found: &mut Vec<String>, value: &mut Street) {
    while let Some(at) = found.iter().position(|word| UNITS.contains(&word.as_str())) {
        let next = found.get(at + 1).filter(|next| next.len() <= 5 && !UNITS.contains(&next.as_str())).cloned();
        if let Some(unit) = next {
            value.unit = unit;
            found.drain(at..at + 2);
        } else {
            found.remove(at);
        }
    }
    // "Apt4" and "Apt B12" joined to the word.
    let joined = found.iter().position(|word| {
        ["apt", "unit", "ste", "flat"].iter().any(|unit| word.strip_prefix(unit).is_some_and(is_number))
    });
    if let Some(at) = joined {
        found.remove(at).trim_start_matches(|c: char| c.is_ascii_alphabetic()).clone_into(&mut value.unit);
    }
}

fn is_number(word: &str) -> bool {
    word.len() <= 7 && word.starts_with(|c: char| c.is_ascii_digit())
}

fn short(table: &[(&'static str, &'static str)], word: &str) -> Option<&'static str> {
    table.iter().find(|(long, _)| *long == word).map(|(_, short)| *short)
}

/// A postal code without blanks; of an American one the first five digits.
pub fn postal_code(typed: &str) -> String {
    let plain = plain(typed);
    let code: String = plain.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    let digits = code.bytes().all(|c| c.is_ascii_digit());
    if digits && code.len() == 9 { code[..5].to_owned() } else { code }
}

/// A place's name in plain small letters without blanks.
pub fn place(typed: &str) -> String {
    let plain = plain(typed);
    let plain = plain.strip_prefix("city of ").unwrap_or(&plain);
    words(plain).map(|word| if word == "saint" { "st".to_owned() } else { word }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        for (typed, expected) in [
            ("7882 River Circle", "7882|river|cir|"),
            ("7882 RIVER CIR., Apt 4", "7882|river|cir|4"),
            ("12 N Main Street #3b", "12|nmain|st|3b"),
            ("12 North Main St unit 3B", "12|nmain|st|3b"),
            ("5/12 Smith Road", "12|smith|rd|5"),
            ("Flat 2, 10 High Street", "10|high|st|2"),
            ("PO Box 55", "|pobox55||"),
            ("Park", "|park||"),
            ("", "|||"),
        ] {
            let found = street(typed).value;
            let found = format!("{}|{}|{}|{}", found.number, found.name, found.kind, found.unit);
            assert_eq!(found, expected, "{typed}");
        }
        assert_eq!(postal_code("78236-1234"), "78236");
        assert_eq!(postal_code("E16 2HJ"), "e162hj");
        assert_eq!(place("Saint Louis"), place("St. Louis"));
    }
}
