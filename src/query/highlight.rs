//! The parts of a name that a query matched, for highlighting.

use std::ops::Range;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use unicode_segmentation::UnicodeSegmentation;

use super::fold::fold_into;
use super::parse::FilterWord;
use super::tier::{Needle, Tier, tier_at};
use super::{Query, RowRef};

/// The byte ranges of `row.name()` that matched: in order, not touching, made of whole graphemes.
pub fn highlights(row: RowRef<'_>, query: &Query) -> Vec<Range<usize>> {
    if query.words.is_empty() {
        return Vec::new();
    }
    let name = FoldedName::new(row.name());
    let search = row.chunk.search(row.at);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for word in &query.words {
        match name.together(word) {
            Some(found) => ranges.extend(found),
            // Scattered letters do not count if the whole word is in another field.
            None if Needle::new(word).tier(search) == Some(Tier::Subsequence) => ranges.extend(name.scattered(word)),
            None => {}
        }
    }
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

/// A folded name that knows the original grapheme of each folded character.
struct FoldedName {
    text: String,
    /// For each folded character: its start in `text`, and its grapheme's range in the name.
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

    /// The best place where the whole word appears.
    fn together(&self, word: &FilterWord) -> Option<Vec<Range<usize>>> {
        let found = self.text.match_indices(&word.text).map(|(at, _)| at);
        let at = found.max_by_key(|&at| (tier_at(&self.text, at), std::cmp::Reverse(at)))?;
        let end = at + word.text.len();
        let inside = self.origins.iter().filter(|(start, _)| (at..end).contains(start));
        Some(inside.map(|(_, origin)| origin.clone()).collect())
    }

    /// The letters of the word, where the scorer finds them.
    fn scattered(&self, word: &FilterWord) -> Vec<Range<usize>> {
        let indices = SkimMatcherV2::default().respect_case().fuzzy_indices(&self.text, &word.text);
        let indices = indices.map(|(_, indices)| indices).unwrap_or_default();
        indices.into_iter().filter_map(|at| Some(self.origins.get(at)?.1.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::context::context;
    use super::*;
    use crate::domain::ContactId;
    use crate::query::{ContactRow, Roster};
    use proptest::prelude::*;

    fn marked(first_name: &str, email: &str, query: &str) -> String {
        let row =
            ContactRow { first_name: first_name.into(), email: email.into(), ..ContactRow::new(ContactId::new("c")) };
        let roster = Roster::from_rows([row]);
        let (_, row) = roster.rows().next().expect("one row");
        let mut out = row.name().to_owned();
        for range in highlights(row, &Query::parse(query, &context())).into_iter().rev() {
            out.insert(range.end, ']');
            out.insert(range.start, '[');
        }
        out
    }

    #[test]
    fn what_matched_is_marked() {
        for (name, email, query, expected) in [
            ("Ana María López", "", "ana lop", "[Ana] María [Lóp]ez"),
            ("Mariana", "", "ana", "Mari[ana]"),
            ("Mariana Ana", "", "ana", "Mariana [Ana]"),
            ("Siobhán", "", "~sbn", "[S]io[b]há[n]"),
            ("Siobhán", "", "sbn", "Siobhán"),
            ("Weiß", "", "weiss", "[Weiß]"),
            ("王小明", "", "小", "王[小]明"),
            ("Jose\u{301}", "", "jose", "[Jose\u{301}]"),
            ("Allan Nora", "ana@x.ch", "ana", "Allan Nora"),
            ("", "ana@x.ch", "ana", "[ana]@x.ch"),
            ("Ana", "", "zzz", "Ana"),
            ("Ana", "", "", "Ana"),
            ("Anana", "", "anan nana", "[Anana]"),
        ] {
            assert_eq!(marked(name, email, query), expected, "{query} in {name}");
        }
    }

    proptest! {
        #[test]
        fn ranges_are_ordered_and_of_whole_graphemes(name in any::<String>(), query in "[a-zß王\u{301} ]{0,6}") {
            let roster = Roster::from_rows([ContactRow { first_name: name, ..ContactRow::new(ContactId::new("c")) }]);
            let (_, row) = roster.rows().next().expect("one row");
            let mut edges: Vec<usize> = row.name().grapheme_indices(true).map(|(at, _)| at).collect();
            edges.push(row.name().len());
            let mut last = 0;
            for range in highlights(row, &Query::parse(&query, &context())) {
                prop_assert!(range.start >= last && range.start < range.end);
                prop_assert!(edges.contains(&range.start) && edges.contains(&range.end));
                last = range.end;
            }
        }
    }
}
