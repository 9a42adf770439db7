//! Splits the names of people.

use super::fold::{beginning, plain};
use super::standard::{Correction, Corrections, Standard, Sure};

/// A name in plain lower case, split into its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    /// The first given name, or its initial.
    pub first: String,
    /// The other given names, separated by one space.
    pub middle: String,
    /// The last name without spaces and hyphens: `garcialopez`.
    pub last: String,
    /// The parts of a compound last name: `garcia`, `lopez`.
    pub parts: Vec<String>,
    pub generation: Option<NameSuffix>,
}

/// The suffix that tells father and son apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum NameSuffix {
    Senior = 1,
    Junior = 2,
    Third = 3,
    Fourth = 4,
}

const TITLES: &[&str] = &[
    "dr",
    "mr",
    "mrs",
    "ms",
    "mx",
    "miss",
    "master",
    "rev",
    "revd",
    "reverend",
    "fr",
    "prof",
    "professor",
    "sir",
    "dame",
    "lady",
    "lord",
    "hon",
    "capt",
    "captain",
    "lt",
    "col",
    "sgt",
    "maj",
    "gen",
    "madam",
    "mme",
    "mlle",
    "herr",
    "frau",
    "sr.",
    "sra",
    "srta",
    "doctor",
    "pastor",
    "judge",
];
/// Degrees after the last name; removed only if a last name remains, since "Do" and "Ma" are last names too.
const DEGREES: &[&str] = &[
    "md", "phd", "cpa", "esq", "rn", "dds", "dmd", "jd", "mba", "dvm", "do", "dc", "od", "pe", "msw", "lcsw", "cfp",
    "cfa", "np", "bsc", "msc", "ba", "ma", "obe", "mbe", "cbe", "qc", "kc", "mp", "ret",
];
/// Particles of last names that are often left out.
const PARTICLES: &[&str] = &[
    "de", "da", "do", "dos", "das", "del", "della", "di", "du", "la", "le", "van", "von", "der", "den", "ter", "ten",
    "bin", "ibn", "al", "el", "y", "e", "st", "mc", "mac", "o",
];

/// A name from its two fields, or from one field with the full name.
pub fn person_name(first: &str, last: &str) -> Standard<PersonName> {
    let mut changes = Corrections::default();
    changes.add_if(beginning(first).1 || beginning(last).1, Correction::Cut);
    let (mut first, mut last) = (plain(first), plain(last));
    if last.is_empty()
        && let Some((family, given)) = first.clone().split_once(',')
        && !tokens(given).iter().all(|word| DEGREES.contains(&word.as_str()) || generation(word).is_some())
    {
        (first, last) = (given.to_owned(), family.to_owned());
        changes.add(Correction::Turned);
    }
    let (mut given, mut family) = (tokens(&first), tokens(&last));
    let mut born = None;
    titles(&mut given, &mut family, &mut changes);
    tail(&mut family, &mut born, &mut changes);
    if family.is_empty() {
        tail(&mut given, &mut born, &mut changes);
    }
    joined_particles(&mut given);
    let mut sure = Sure::Certain;
    // "Sue J" is a first name and the initial of a second.
    if family.is_empty() && given.len() > 1 && given.last().is_some_and(|word| word.len() > 1) {
        family = split_off_family(&mut given);
        changes.add(Correction::Split);
        sure = Sure::Likely;
    }
    let value = assembled(given, &family, born);
    changes.add_if(value.first != first || value.last != last, Correction::Spelling);
    Standard { value, changes, sure }
}

fn assembled(given: Vec<String>, family: &[String], generation: Option<NameSuffix>) -> PersonName {
    let mut given = given.into_iter();
    let first = given.next().unwrap_or_default();
    let middle = given.collect::<Vec<_>>().join(" ");
    let bearing: Vec<String> =
        family.iter().filter(|part| part.len() > 1 && !PARTICLES.contains(&part.as_str())).cloned().collect();
    let several = family.len() > 1 && !bearing.is_empty();
    PersonName { first, middle, last: family.concat(), parts: if several { bearing } else { Vec::new() }, generation }
}

/// The words of a name: apostrophes join, all other non-letters separate.
fn tokens(plain: &str) -> Vec<String> {
    super::fold::words(plain).collect()
}

fn titles(given: &mut Vec<String>, family: &mut Vec<String>, changes: &mut Corrections) {
    while given.len() + family.len() > 1 {
        let start = if given.is_empty() { &mut *family } else { &mut *given };
        if !start.first().is_some_and(|word| TITLES.contains(&word.as_str())) {
            return;
        }
        start.remove(0);
        changes.add(Correction::TitleOff);
    }
}

/// Removes degrees and Jr, Sr, II from the end, as long as a name remains.
fn tail(words: &mut Vec<String>, born: &mut Option<NameSuffix>, changes: &mut Corrections) {
    while words.len() > 1 {
        let Some(word) = words.last() else { return };
        if let Some(found) = generation(word) {
            *born = Some(found);
        } else if DEGREES.contains(&word.as_str()) {
            changes.add(Correction::DegreeOff);
        } else {
            return;
        }
        words.pop();
    }
}

fn generation(word: &str) -> Option<NameSuffix> {
    match word {
        "sr" | "senior" => Some(NameSuffix::Senior),
        "jr" | "jnr" | "junior" | "ii" | "2nd" => Some(NameSuffix::Junior),
        "iii" | "3rd" => Some(NameSuffix::Third),
        "iv" | "4th" => Some(NameSuffix::Fourth),
        _ => None,
    }
}

/// Joins "La Toya", "De Andre", and a last name in the wrong field: "de la Cruz".
fn joined_particles(given: &mut Vec<String>) {
    const BEFORE: [&str; 9] = ["de", "la", "da", "di", "del", "le", "du", "van", "von"];
    let particles = given.iter().take_while(|word| BEFORE.contains(&word.as_str())).count();
    if particles > 0 && particles < given.len() {
        let name = given.drain(..=particles).collect::<String>();
        given.insert(0, name);
    }
}

/// Splits the last word, with the particles before it, off a full name.
fn split_off_family(given: &mut Vec<String>) -> Vec<String> {
    let mut start = given.len() - 1;
    while start > 1 && PARTICLES.contains(&given[start - 1].as_str()) {
        start -= 1;
    }
    given.split_off(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (first, last, expected) in [
            ("Robert", "Smith", "robert||smith|"),
            ("Dr. José M.", "O’Brien-Núñez, MD", "jose|m|obriennunez|obrien nunez"),
            ("Ana María López", "", "ana|maria|lopez|"),
            ("Smith, John", "", "john||smith|"),
            ("Minh", "Do", "minh||do|"),
            ("ludwig van beethoven", "", "ludwig||vanbeethoven|beethoven"),
            ("Dr.", "", "dr|||"),
            ("La Toya", "Banks", "latoya||banks|"),
            ("De La Cruz", "Ana", "delacruz||ana|"),
            ("", "", "|||"),
            ("王", "小明", "wang||xiaoming|"),
        ] {
            let name = person_name(first, last).value;
            let found = format!("{}|{}|{}|{}", name.first, name.middle, name.last, name.parts.join(" "));
            assert_eq!(found, expected, "{first} {last}");
        }
    }

    #[test]
    fn father_and_son_are_kept_apart() {
        for (last, expected) in [
            ("Ford Jr.", Some(NameSuffix::Junior)),
            ("Ford, Sr", Some(NameSuffix::Senior)),
            ("Ford III", Some(NameSuffix::Third)),
            ("Ford", None),
        ] {
            let name = person_name("Henry", last).value;
            assert_eq!((name.last.as_str(), name.generation), ("ford", expected), "{last}");
        }
    }

    #[test]
    fn what_was_changed_is_told() {
        let name = person_name("Dr Ana Lopez, MD", "");
        assert!(
            name.changes.has(Correction::TitleOff)
                && name.changes.has(Correction::DegreeOff)
                && name.changes.has(Correction::Split)
        );
        assert_eq!(name.sure, Sure::Likely);
        assert!(person_name("ana", "lopez").changes.is_empty());
    }
}
