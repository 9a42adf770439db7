//! Birth dates, in any format.

use super::fold::plain;
use super::standard::{Correction, Corrections, Standard, Sure};

/// Year, month and day as written; month and day are 0 if only the year is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Birth {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A date in ISO or American form, with dots, in words or as eight digits; `None` for anything else.
///
/// Impossible dates such as 1861-42-18 are kept as guesses: a mistyped date still identifies a person.
pub fn birth(typed: &str) -> Option<Standard<Birth>> {
    let text = plain(typed);
    let day = text.split_once('t').filter(|(day, _)| day.len() >= 8 && day.starts_with(|c: char| c.is_ascii_digit()));
    let text = day.map_or(text.as_str(), |(day, _time)| day);
    let dotted = text.contains('.');
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let (value, century, guess) = match parts.as_slice() {
        [digits] if digits.len() == 8 => in_order(number(&digits[..4])?, &digits[4..6], &digits[6..])?,
        [year] if year.len() == 4 => (Birth { year: number(year)?, month: 0, day: 0 }, false, false),
        [year, month, day, ..] if year.len() == 4 && number(month).is_some() => in_order(number(year)?, month, day)?,
        [a, b, year] if number(a).is_some() && number(b).is_some() => by_place(a, b, year, dotted)?,
        [a, b, year] => in_words(a, b, year)?,
        _ => return None,
    };
    let mut changes = Corrections::default();
    let iso = format!("{:04}-{:02}-{:02}", value.year, value.month, value.day);
    changes.add_if(iso != typed, Correction::Reordered);
    changes.add_if(century, Correction::Century);
    let sure = if placeholder(value) {
        Sure::Placeholder
    } else if guess || century || !possible(value) {
        Sure::Guess
    } else {
        Sure::Certain
    };
    Some(Standard { value, changes, sure })
}

type DateReading = (Birth, bool, bool);

fn in_order(year: u16, month: &str, day: &str) -> Option<DateReading> {
    Some((Birth { year, month: small(month)?, day: small(day)? }, false, false))
}

/// 03/12/1985: month first, as in the United States, unless it cannot be a month; with dots the day comes first.
fn by_place(a: &str, b: &str, year: &str, dotted: bool) -> Option<DateReading> {
    let (a, b) = (small(a)?, small(b)?);
    let (month, day) = if dotted || a > 12 { (b, a) } else { (a, b) };
    let (month, day) = if month > 12 && day <= 12 { (day, month) } else { (month, day) };
    let (year, century) = full_year(year)?;
    Some((Birth { year, month, day }, century, a <= 12 && b <= 12 && a != b))
}

fn in_words(a: &str, b: &str, year: &str) -> Option<DateReading> {
    let (word, day) = if a.starts_with(|c: char| c.is_ascii_digit()) { (b, a) } else { (a, b) };
    let month = (1_u8..).zip(MONTHS).find(|(_, name)| word.starts_with(name))?.0;
    let day = small(day.trim_end_matches(|c: char| c.is_ascii_alphabetic()))?;
    let (year, century) = full_year(year)?;
    Some((Birth { year, month, day }, century, false))
}

fn full_year(text: &str) -> Option<(u16, bool)> {
    let year = number(text)?;
    match text.len() {
        4 => Some((year, false)),
        // Most contacts are adults: 31 and above belongs to the last century.
        2 => Some((if year > 30 { 1900 + year } else { 2000 + year }, true)),
        _ => None,
    }
}

fn number(text: &str) -> Option<u16> {
    text.parse().ok()
}

fn small(text: &str) -> Option<u8> {
    (text.len() <= 2).then(|| text.parse().ok())?
}

/// Forms and imports fill in 1 January of a round year.
fn placeholder(date: Birth) -> bool {
    (date.month, date.day) == (1, 1) && date.year.is_multiple_of(10) || date.year < 1000
}

fn possible(date: Birth) -> bool {
    date.month <= 12 && date.day <= 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_however_they_are_written() {
        for typed in [
            "1985-03-12",
            "03/12/1985",
            "12.03.1985",
            "Mar 12, 1985",
            "12 March 1985",
            "19850312",
            "1985-03-12T00:00:00.000Z",
            "3/12/85",
        ] {
            let found = birth(typed).map(|found| found.value);
            assert_eq!(found, Some(Birth { year: 1985, month: 3, day: 12 }), "{typed}");
        }
        assert_eq!(birth("25/12/1985").map(|found| found.value.day), Some(25));
        for wrong in ["", "soon", "12", "1/2", "a/b/c", "99999999999"] {
            assert_eq!(birth(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn how_sure_a_date_is() {
        for (typed, expected) in [
            ("1985-03-12", Sure::Certain),
            ("1900-01-01", Sure::Placeholder),
            ("01/01/1980", Sure::Placeholder),
            ("1861-42-18", Sure::Guess),
            ("03/12/1985", Sure::Guess),
        ] {
            assert_eq!(birth(typed).map(|found| found.sure), Some(expected), "{typed}");
        }
    }
}
