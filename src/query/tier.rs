//! How well a word sits in a row's search text, told cheaply enough to ask of every row.

use memchr::memmem::Finder;

use super::parse::Word;

/// From the loosest to the closest; the score of a better tier always counts more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    /// The letters occur in this order within one field.
    Subsequence,
    Substring,
    WordStart,
    FieldStart,
}

/// A word made ready to be looked for many times.
pub(super) struct Needle<'q> {
    pub(super) word: &'q Word,
    finder: Finder<'q>,
}

impl<'q> Needle<'q> {
    pub(super) fn new(word: &'q Word) -> Self {
        Self { word, finder: Finder::new(word.text.as_bytes()) }
    }

    /// The best tier of the word in a search text (fields ended by `\n`), `None` when it does not match.
    pub(super) fn tier(&self, search: &str) -> Option<Tier> {
        let mut best = None;
        for at in self.finder.find_iter(search.as_bytes()) {
            let tier = tier_at(search, at);
            if tier == Tier::FieldStart {
                return Some(tier);
            }
            best = best.max(Some(tier));
        }
        if best.is_some() || self.word.exact {
            return best;
        }
        search.split('\n').any(|field| is_subsequence(&self.word.text, field)).then_some(Tier::Subsequence)
    }
}

pub(super) fn tier_at(search: &str, at: usize) -> Tier {
    match search[..at].chars().next_back() {
        None | Some('\n') => Tier::FieldStart,
        Some(before) if !before.is_alphanumeric() => Tier::WordStart,
        Some(_) => Tier::Substring,
    }
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
