//! Phone numbers for comparing: the digits that reach the same telephone, whatever the format.
//!
//! Not for writing: see [`super::phone()`]. A million numbers pass through here, so the two common forms, with a plus or
//! dialled inside North America, need no library; the others take some 2 µs each.

use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

use super::fold::{beginning, plain};
use super::standard::{Correction, Corrections, Standard, Sure};

/// A telephone line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneLine {
    /// Calling code of the country; 0 if unknown.
    pub country: u16,
    /// The number inside the country, without a trunk zero.
    pub national: u64,
}

/// Two-digit calling codes; 1 and 7 have one digit, all others three (ITU-T E.164, list of assigned codes).
const TWO_DIGITS: &[u16] = &[
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62,
    63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
];
/// Countries of the North American plan that contacts are likely to be in.
const NORTH_AMERICA: &[&str] = &["us", "ca", "pr", "do", "jm", "tt", "bs", "bb"];
/// The fewest digits worth comparing.
const SHORTEST: usize = 7;

/// The line that a number reaches, dialled in `country` (ISO code, or empty); `None` if it is too short or too long.
pub fn line(typed: &str, country: &str) -> Option<Standard<PhoneLine>> {
    let (text, cut) = beginning(typed);
    let (main, extended) = without_extension(text);
    let mut changes = Corrections::default();
    changes.add_if(extended, Correction::ExtensionOff);
    changes.add_if(cut, Correction::Cut);
    let digits: String = main.chars().filter_map(|c| c.to_digit(10)).filter_map(|d| char::from_digit(d, 10)).collect();
    if digits.len() < SHORTEST || digits.len() > 18 {
        return None;
    }
    let country = plain(country);
    let american = country.is_empty() || NORTH_AMERICA.contains(&country.as_str()) || country.starts_with("united st");
    let plus = main.trim_start().starts_with('+');
    let (value, sure) = read(main, &digits, plus, &country, american)?;
    changes.add_if(!plus, Correction::Dialling);
    changes.add_if(main.len() != digits.len() + usize::from(plus), Correction::Spelling);
    let sure = if invented(value.national) { Sure::Placeholder } else { sure };
    Some(Standard { value, changes, sure })
}

fn read(main: &str, digits: &str, plus: bool, country: &str, american: bool) -> Option<(PhoneLine, Sure)> {
    if plus {
        return Some((international(digits), Sure::Certain));
    }
    if let Some(rest) = digits.strip_prefix("00").filter(|rest| rest.len() > SHORTEST && !rest.starts_with('0')) {
        return Some((international(rest), Sure::Certain));
    }
    if let Some(rest) = digits.strip_prefix("011").filter(|rest| american && rest.len() > 9) {
        return Some((international(rest), Sure::Certain));
    }
    if american && !digits.starts_with('0') {
        let sure = if country.is_empty() { Sure::Likely } else { Sure::Certain };
        match (digits.len(), digits.strip_prefix('1')) {
            (10, None) => return Some((PhoneLine { country: 1, national: digits.parse().ok()? }, sure)),
            (11, Some(rest)) => return Some((PhoneLine { country: 1, national: rest.parse().ok()? }, sure)),
            _ => {}
        }
    }
    if !american && let Some(found) = by_library(main, country) {
        return Some((found, Sure::Certain));
    }
    // Unknown country: without the trunk zero both spellings are the same.
    Some((PhoneLine { country: 0, national: digits.trim_start_matches('0').parse().unwrap_or(0) }, Sure::Guess))
}

fn by_library(main: &str, country: &str) -> Option<PhoneLine> {
    let region: Region = country.to_uppercase().parse().ok()?;
    let number = PHONE_NUMBER_UTIL.parse(main, Some(region)).ok()?;
    Some(PhoneLine { country: u16::try_from(number.country_code).ok()?, national: number.national_number })
}

/// Digits that begin with a country code; a "(0)" after it is dropped.
fn international(digits: &str) -> PhoneLine {
    let code = |length: usize| digits.get(..length).and_then(|code| code.parse::<u16>().ok()).unwrap_or(0);
    let length = match digits.as_bytes().first() {
        Some(b'1' | b'7') => 1,
        _ if TWO_DIGITS.contains(&code(2)) => 2,
        _ => 3,
    };
    let rest = digits[length..].trim_start_matches('0');
    PhoneLine { country: code(length), national: rest.parse().unwrap_or(0) }
}

/// The number before "x12", "ext. 12", ";ext=12", "#12".
fn without_extension(text: &str) -> (&str, bool) {
    let marks = |c: char| matches!(c, 'x' | 'X' | 'e' | 'E' | ';' | '#' | ',');
    let behind = text.char_indices().skip(SHORTEST).find(|&(_, c)| marks(c)).map(|(at, _)| at);
    behind.map_or((text, false), |at| (&text[..at], true))
}

/// All digits equal, or counting up or down: nobody's number.
fn invented(national: u64) -> bool {
    let digits = national.to_string();
    let steps = |step: i16| {
        digits.as_bytes().windows(2).all(|pair| {
            let (a, b) = (i16::from(pair[0]), i16::from(pair[1]));
            (a + step - b).rem_euclid(10) == 0
        })
    };
    let tail = digits.as_bytes().get(digits.len().saturating_sub(7)..).unwrap_or_default();
    national == 0 || steps(1) || steps(-1) || tail.iter().all(|digit| Some(digit) == tail.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_one_line() {
        for (typed, country, expected) in [
            ("(415) 555-0142", "US", (1, 4_155_550_142)),
            ("+1 415 555 0142 ext. 7", "", (1, 4_155_550_142)),
            ("1-415-555-0142 x 12", "", (1, 4_155_550_142)),
            ("4155550142", "", (1, 4_155_550_142)),
            ("+44 (0)7911 123456", "GB", (44, 7_911_123_456)),
            ("0044 7911123456", "GB", (44, 7_911_123_456)),
            ("07911 123456", "GB", (44, 7_911_123_456)),
            ("07911 123456", "", (0, 7_911_123_456)),
            ("+61 416 123 456", "AU", (61, 416_123_456)),
            ("+370 800 12345", "", (370, 80_012_345)),
        ] {
            let found = line(typed, country).map(|found| (found.value.country, found.value.national));
            assert_eq!(found, Some(expected), "{typed}");
        }
        for wrong in ["", "call me", "12", "+", &"1".repeat(40)] {
            assert_eq!(line(wrong, "US"), None, "{wrong}");
        }
    }

    #[test]
    fn invented_numbers_are_flagged() {
        for typed in [
            "000-000-0000",
            "555-555-5555",
            "(123) 456-7890",
            "9999999999",
            "+11111111111",
            "+10000000000",
            "9876543210",
        ] {
            assert_eq!(line(typed, "US").map(|found| found.sure), Some(Sure::Placeholder), "{typed}");
        }
        assert_eq!(line("415 555 0142", "US").map(|found| found.sure), Some(Sure::Certain));
    }
}
