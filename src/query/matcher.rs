//! Which rows a query lets through and in which order, in stages: the character mask sorts out most rows,
//! tiers rank the others, and only the best are scored. (Scoring every row costs up to 130 ms a key at
//! 100k rows; this costs 5 to 10 and finds the same twenty first.)

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::chunk::{Chunk, Field};
use super::order::ordered;
use super::parse::TagTerm;
use super::tier::{Needle, Tier, is_subsequence};
use super::{Query, Roster, RowIx, RowRef, Sort};

/// Rows that are scored.
const SCORED: usize = 2_000;
/// More characters of a field are not scored: the matcher's cost is their product with the pattern's.
const SCORED_CHARS: usize = 128;
/// What a better tier counts for; above any score of a name.
const TIER_WORTH: i64 = 1_000;
/// What a match in the name counts for over the same in another field.
const NAME_WORTH: i64 = 24;
/// Rows between two looks at whether the answer is still wanted.
const PATIENCE: usize = 64;

/// The rows that a query lets through, the best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    pub rows: Vec<RowIx>,
}

/// The rows that match, in order: by how well they match where words are asked for, else as sorted.
/// `None` when `cancelled` said so before the end.
pub fn matches(roster: &Roster, query: &Query, sort: Sort, cancelled: &(dyn Fn() -> bool + Sync)) -> Option<Matches> {
    if cancelled() {
        return None;
    }
    let order = ordered(roster, sort);
    if query.is_empty() {
        return Some(Matches { rows: order.to_vec() });
    }
    let tiers = tiers(roster, query, cancelled)?;
    let found: Vec<(RowIx, Tier)> = order.iter().filter_map(|&ix| Some((ix, tiers[ix.0 as usize]?))).collect();
    if query.words.is_empty() {
        return Some(Matches { rows: found.into_iter().map(|(ix, _)| ix).collect() });
    }
    ranked(roster, query, found, cancelled)
}

/// The tier of every row; `None` for those that do not match.
fn tiers(roster: &Roster, query: &Query, cancelled: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Option<Tier>>> {
    let needles: Vec<Needle<'_>> = query.words.iter().map(Needle::new).collect();
    let wanted = query.words.iter().fold(0, |mask, word| mask | word.mask);
    let mut tiers = Vec::with_capacity(roster.len());
    for (_, chunk) in roster.chunks() {
        if cancelled() {
            return None;
        }
        let tags: Vec<TagSet<'_>> = query.tags.iter().map(|term| TagSet::new(term, chunk)).collect();
        for (at, mask) in chunk.masks.iter().enumerate() {
            let passes = mask & wanted == wanted && tags.iter().all(|tag| tag.holds(chunk, at));
            tiers.push(if passes { row_tier(&needles, chunk.search(at)) } else { None });
        }
    }
    Some(tiers)
}

/// A row is as good as its worst word.
fn row_tier(needles: &[Needle<'_>], search: &str) -> Option<Tier> {
    needles.iter().try_fold(Tier::FieldStart, |worst, needle| Some(worst.min(needle.tier(search)?)))
}

/// A tag term, with the chunk's tags that it names.
struct TagSet<'q> {
    term: &'q TagTerm,
    named: Vec<u16>,
}

impl<'q> TagSet<'q> {
    fn new(term: &'q TagTerm, chunk: &Chunk) -> Self {
        let names = |folded: &str| if term.prefix { folded.starts_with(&term.folded) } else { folded == term.folded };
        let tags = (0..).zip(&chunk.tags);
        Self { term, named: tags.filter(|(_, tag)| names(&tag.folded)).map(|(number, _)| number).collect() }
    }

    fn holds(&self, chunk: &Chunk, at: usize) -> bool {
        let has = !self.named.is_empty() && chunk.tag_ids(at).iter().any(|tag| self.named.contains(tag));
        has != self.term.negated
    }
}

/// The best by tier and score; the others behind them by tier, as sorted. `found` comes as sorted, and
/// every sort here is stable, so that equals keep that order.
fn ranked(
    roster: &Roster,
    query: &Query,
    mut found: Vec<(RowIx, Tier)>,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Matches> {
    found.sort_by_key(|&(_, tier)| std::cmp::Reverse(tier));
    let matcher = SkimMatcherV2::default().respect_case();
    let best = found.len().min(SCORED);
    let mut scored = Vec::with_capacity(best);
    for (nth, &(ix, tier)) in found[..best].iter().enumerate() {
        if nth % PATIENCE == 0 && cancelled() {
            return None;
        }
        scored.push((score(&matcher, query, roster.get(ix)) + TIER_WORTH * tier as i64, ix));
    }
    scored.sort_by_key(|&(score, _)| std::cmp::Reverse(score));
    let rest = found[best..].iter().map(|&(ix, _)| ix);
    Some(Matches { rows: scored.into_iter().map(|(_, ix)| ix).chain(rest).collect() })
}

/// The mean over the words of each one's best field.
fn score(matcher: &SkimMatcherV2, query: &Query, row: RowRef<'_>) -> i64 {
    let search = row.chunk.search(row.at);
    let word_score = |word: &str| {
        let fields = search.split('\n').enumerate();
        let scores = fields.filter_map(|(index, field)| {
            if !is_subsequence(word, field) {
                return None;
            }
            let score = matcher.fuzzy_match(head(field), word)?;
            Some(score + if index == Field::Name as usize { NAME_WORTH } else { 0 })
        });
        scores.max().unwrap_or(0)
    };
    let sum: i64 = query.words.iter().map(|word| word_score(&word.text)).sum();
    let words = i64::try_from(query.words.len()).unwrap_or(i64::MAX);
    (sum / words.max(1)).min(TIER_WORTH - 1)
}

fn head(field: &str) -> &str {
    field.char_indices().nth(SCORED_CHARS).map_or(field, |(end, _)| &field[..end])
}
