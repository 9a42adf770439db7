//! Text in plain small letters, the form in which values of different spelling meet.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// What is longer is no name, address or number; only the beginning is read, so that a pasted book costs nothing.
const LONGEST: usize = 256;

/// The beginning of a text, blanks around it gone, and whether something was cut.
pub(super) fn beginning(text: &str) -> (&str, bool) {
    let text = text.trim();
    if text.len() <= LONGEST {
        return (text, false);
    }
    let end = (0..=LONGEST).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    (&text[..end], true)
}

/// The text in ASCII and lower case: "Müller" as `muller`, "田中" as `tianzhong`.
///
/// Other scripts are romanised, so that every later step may count bytes.
pub(super) fn plain(text: &str) -> String {
    let (text, _) = beginning(text);
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|&c| canonical_combining_class(c) == 0) {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            out.extend(any_ascii::any_ascii_char(c).chars().map(|c| c.to_ascii_lowercase()));
        }
    }
    out
}

/// Words of letters and digits; apostrophes vanish inside a word, everything else parts words.
pub(super) fn words(plain: &str) -> impl Iterator<Item = String> {
    let joined: String = plain.chars().filter(|c| !matches!(c, '\'' | '`')).collect();
    let words: Vec<String> =
        joined.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.into_iter()
}

/// Whether two texts are one typing error apart: a letter more, less, other, or two turned round.
pub fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if b.len() - a.len() > 1 {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (left, right) = (&a[same..], &b[same..]);
    if a.len() < b.len() {
        return left == &right[1..];
    }
    let Some(after) = left.get(1..) else { return false };
    if after == &right[1..] {
        return true;
    }
    left.len() >= 2 && left[0] == right[1] && left[1] == right[0] && left[2..] == right[2..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_small_ascii() {
        for (text, expected) in
            [("  Müller ", "muller"), ("ŁÓDŹ", "lodz"), ("José", "jose"), ("O’Brien", "o'brien"), ("田中", "tianzhong")]
        {
            assert_eq!(plain(text), expected, "{text}");
        }
        assert!(plain(&"é".repeat(1 << 20)).len() <= LONGEST);
        assert_eq!(words("o'brien-smith, j.").collect::<Vec<_>>(), ["obrien", "smith", "j"]);
    }

    #[test]
    fn one_slip_is_one_letter_or_two_turned() {
        for (a, b) in [("smith", "smth"), ("smith", "smiht"), ("smith", "smyth"), ("smith", "smiith"), ("a", "")] {
            assert!(one_slip(a.as_bytes(), b.as_bytes()) && one_slip(b.as_bytes(), a.as_bytes()), "{a} {b}");
        }
        for (a, b) in [("smith", "smith"), ("smith", "smihz"), ("smith", "sm"), ("ab", "cd"), ("", "")] {
            assert!(!one_slip(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
    }
}
