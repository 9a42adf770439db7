//! Text folded for searching: case, accents and compatibility forms gone, other scripts kept as they are.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Appends `text` folded: "Müller" as `muller`, "ŁÓDŹ" as `lodz`, "Søren" as `soren`, "田中" as it is.
pub(super) fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        out.extend(text.chars().map(|c| c.to_ascii_lowercase()));
        return;
    }
    for c in text.nfkd().filter(|&c| canonical_combining_class(c) == 0 && !is_joiner(c)) {
        for c in c.to_lowercase().filter(|&c| canonical_combining_class(c) == 0) {
            if is_latin(c) {
                out.extend(any_ascii::any_ascii_char(c).chars().map(|c| c.to_ascii_lowercase()));
            } else {
                out.push(c);
            }
        }
    }
}

/// `text` folded.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// The same in Latin letters, where folding left others: "田中" as `tianzhong`.
pub(super) fn romanised(folded: &str) -> Option<String> {
    if folded.is_ascii() {
        return None;
    }
    let latin = any_ascii::any_ascii(folded).to_ascii_lowercase().replace('\n', " ");
    (!latin.trim().is_empty()).then_some(latin)
}

/// The digits of a phone number, however it is written.
pub(super) fn digits(phone: &str) -> String {
    phone.nfkd().filter_map(|c| c.to_digit(10)).filter_map(|digit| char::from_digit(digit, 10)).collect()
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
}

/// Latin letters, and punctuation such as curly quotes, that normalization leaves outside ASCII.
fn is_latin(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | '\u{2010}'..='\u{2027}' | '\u{2032}'..='\u{203A}')
}

/// Which characters occur in a text: one bit each for letters and digits, shared bits for the others.
pub(super) fn mask(text: &str) -> u64 {
    text.chars().filter(|&c| c != '\n').fold(0, |mask, c| mask | bit(c))
}

fn bit(c: char) -> u64 {
    let code = u32::from(c);
    match c {
        'a'..='z' => 1 << (code - u32::from('a')),
        '0'..='9' => 1 << (26 + code - u32::from('0')),
        _ => 1 << (36 + code % 28),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        for (text, expected) in [
            ("Müller", "muller"),
            ("ŁÓDŹ", "lodz"),
            ("Søren Weiß", "soren weiss"),
            ("İstanbul", "istanbul"),
            ("ﬁne Ａｂｃ", "fine abc"),
            ("O’Brien", "o'brien"),
            ("田中", "田中"),
            ("مُحَمَّد", "محمد"),
            ("Ёлка", "елка"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
            assert_eq!(folded(&folded(text)), expected, "{text} again");
        }
    }

    #[test]
    fn other_scripts_in_latin_letters() {
        assert_eq!(romanised("王小明").as_deref(), Some("wangxiaoming"));
        assert_eq!(romanised("ana"), None);
    }

    #[test]
    fn phone_numbers_are_their_digits() {
        assert_eq!(digits("+1 (415) 555-0100"), "14155550100");
        assert_eq!(digits("٤١٥"), "");
        assert_eq!(digits("none"), "");
    }
}
