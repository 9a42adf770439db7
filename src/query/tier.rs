//! How well a word matches a row's search text, cheap enough to ask for every row.

use memchr::memmem::Finder;

use super::parse::FilterWord;

/// From the loosest match to the closest; a better tier always outranks any score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    /// One field has the letters in this order.
    Subsequence,
    Substring,
    WordStart,
    FieldStart,
}

impl Tier {
    pub(super) const COUNT: usize = Self::FieldStart as usize + 1;
}

/// A word prepared for many searches.
pub(super) struct Needle<'q> {
    pub(super) word: &'q FilterWord,
    finder: Finder<'q>,
    as_typed: Option<Finder<'q>>,
}

impl<'q> Needle<'q> {
    pub(super) fn new(word: &'q FilterWord) -> Self {
        let as_typed = word.as_typed.as_ref().map(|text| Finder::new(text.as_bytes()));
        Self { word, finder: Finder::new(word.text.as_bytes()), as_typed }
    }

    /// The word's best tier in a search text (each field ends with `\n`); `None` if it does not match.
    pub(super) fn tier(&self, search: &str) -> Option<Tier> {
        let best = contiguous(&self.finder, search);
        if best.is_some() || !self.word.scatters {
            return best.max(self.as_typed.as_ref().and_then(|finder| contiguous(finder, search)));
        }
        in_some_field(&self.word.text, search).then_some(Tier::Subsequence)
    }
}

/// The best tier at which the whole word appears.
fn contiguous(finder: &Finder<'_>, search: &str) -> Option<Tier> {
    let mut best = None;
    for at in finder.find_iter(search.as_bytes()) {
        let tier = tier_at(search, at);
        if tier == Tier::FieldStart {
            return Some(tier);
        }
        best = best.max(Some(tier));
    }
    best
}

pub(super) fn tier_at(search: &str, at: usize) -> Tier {
    match search[..at].chars().next_back() {
        None | Some('\n') => Tier::FieldStart,
        Some(before) if !before.is_alphanumeric() => Tier::WordStart,
        Some(_) => Tier::Substring,
    }
}

/// Whether one field has the letters in this order. One pass: fields are short, and most rows that come this far
/// hold every letter.
fn in_some_field(word: &str, search: &str) -> bool {
    if !word.is_ascii() {
        return search.split('\n').any(|field| is_subsequence(word, field));
    }
    let word = word.as_bytes();
    let mut matched = 0;
    for &byte in search.as_bytes() {
        if byte == b'\n' {
            matched = 0;
        } else if byte == word[matched] {
            matched += 1;
            if matched == word.len() {
                return true;
            }
        }
    }
    false
}

pub(super) fn is_subsequence(word: &str, field: &str) -> bool {
    if word.is_ascii() {
        let mut rest = field.as_bytes();
        return word.bytes().all(|byte| match memchr::memchr(byte, rest) {
            Some(at) => {
                rest = &rest[at + 1..];
                true
            }
            None => false,
        });
    }
    let mut rest = field.chars();
    word.chars().all(|wanted| rest.any(|c| c == wanted))
}
