//! Which part of a name a query matched, to be shown.

use std::ops::Range;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use unicode_segmentation::UnicodeSegmentation;

use super::fold::fold_into;
use super::parse::Word;
use super::tier::tier_at;
use super::{Query, RowRef};

/// The byte ranges of `row.name()` that matched: in order, apart from one another, of whole graphemes.
pub fn highlights(row: RowRef<'_>, query: &Query) -> Vec<Range<usize>> {
    if query.words.is_empty() {
        return Vec::new();
    }
    let name = FoldedName::new(row.name());
    let mut ranges: Vec<Range<usize>> = query.words.iter().flat_map(|word| name.matched(word)).collect();
    ranges.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// A name folded, with the grapheme that each folded character came from.
struct FoldedName {
    text: String,
    /// For each folded character its start in `text` and its grapheme in the name.
    origins: Vec<(usize, Range<usize>)>,
}

impl FoldedName {
    fn new(name: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(name.len()), origins: Vec::with_capacity(name.len()) };
        for (start, grapheme) in name.grapheme_indices(true) {
            let from = folded.text.len();
            fold_into(grapheme, &mut folded.text);
            let chars = folded.text[from..].char_indices();
            let origin = start..start + grapheme.len();
            folded.origins.extend(chars.map(|(at, _)| (from + at, origin.clone())));
        }
        folded
    }

    fn matched(&self, word: &Word) -> Vec<Range<usize>> {
        let found = self.text.match_indices(&word.text).map(|(at, _)| at);
        if let Some(at) = found.max_by_key(|&at| (tier_at(&self.text, at), std::cmp::Reverse(at))) {
            let end = at + word.text.len();
            let inside = self.origins.iter().filter(|(start, _)| (at..end).contains(start));
            return inside.map(|(_, origin)| origin.clone()).collect();
        }
        if word.exact {
            return Vec::new();
        }
        let indices = SkimMatcherV2::default().respect_case().fuzzy_indices(&self.text, &word.text);
        let indices = indices.map(|(_, indices)| indices).unwrap_or_default();
        indices.into_iter().filter_map(|at| Some(self.origins.get(at)?.1.clone())).collect()
    }
}
