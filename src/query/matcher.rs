//! Which rows match a query, best first, in stages: the character mask rules out most rows, tiers rank the others,
//! and only the best are scored. (Scoring every row takes up to 130 ms per key at 100k rows; this takes 5 to 10 and
//! finds the same first twenty.)

use std::panic;
use std::thread;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use crate::domain::User;

use super::chunk::{Chunk, SearchField};
use super::compiled_filter::CompiledFilter;
use super::facts::Facts;
use super::order::ordered;
use super::parse::{Aside, FilterWord};
use super::tier::{Needle, Tier, is_subsequence};
use super::{Query, Roster, RowIx, RowRef, Sort};

/// How many rows are scored.
const SCORED: usize = 2_000;
/// How many characters of a field are scored: the cost is their number times the pattern's length.
const SCORED_CHARS: usize = 128;
/// What one tier is worth; more than any score.
const TIER_WORTH: i64 = 1_000;
/// What a match in the name is worth over the same match in another field.
const NAME_WORTH: i64 = 24;
/// A shorter list is matched whole before anything is shown: that is fast enough.
const LONG: usize = 128 * 1_024;
/// The most processors to use; the rest are left to others.
const PROCESSORS: usize = 4;
/// How many rows to score between two checks for cancellation.
const PATIENCE: usize = 64;

/// The rows that match a query, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchedRows {
    pub rows: Vec<RowIx>,
    /// These are only the first; the search for the others goes on.
    pub more: bool,
}

impl MatchedRows {
    fn whole(rows: Vec<RowIx>) -> Self {
        Self { rows, more: false }
    }
}

/// The rows that match: by quality of the match if the query has words, else as sorted. Owners sort by the names of
/// these `users`. `None` if `cancelled` returned true before the end.
pub fn matches(
    roster: &Roster,
    query: &Query,
    sort: Sort,
    users: &[User],
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<MatchedRows> {
    listed(roster, query, &Facts::default(), sort, users, cancelled)
}

/// [`matches()`], with what is known of contacts beyond their rows. Archived contacts are listed only if the query asks
/// for them, and then alone.
pub fn listed(
    roster: &Roster,
    query: &Query,
    facts: &Facts,
    sort: Sort,
    users: &[User],
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<MatchedRows> {
    if cancelled() {
        return None;
    }
    let order = ordered(roster, sort, users);
    if query.words.is_empty() && query.terms.is_empty() {
        if query.is_empty() && facts.aside.is_empty() {
            return Some(MatchedRows::whole(order.to_vec()));
        }
        let mut wanted = vec![true; roster.len()];
        keep_apart(roster, query.aside, facts, &mut wanted, false);
        return Some(MatchedRows::whole(order.iter().copied().filter(|ix| wanted[ix.0 as usize]).collect()));
    }
    let mut tiers = tiers(roster, query, facts, cancelled)?;
    keep_apart(roster, query.aside, facts, &mut tiers, None);
    if query.words.is_empty() {
        return Some(MatchedRows::whole(order.iter().copied().filter(|ix| tiers[ix.0 as usize].is_some()).collect()));
    }
    let mut rows = by_tier(&order, &tiers);
    let best = rows.len().min(SCORED);
    let tier = |ix: RowIx| tiers[ix.0 as usize].unwrap_or(Tier::Subsequence);
    rank(roster, query, &mut rows[..best], tier, cancelled)?;
    Some(MatchedRows::whole(rows))
}

/// The first rows of [`listed`], found without reading every row: if enough of the first sorted rows match perfectly,
/// the best of all are among them. `None` if too few do, or if the list is short.
pub fn first_listed(
    roster: &Roster,
    query: &Query,
    facts: &Facts,
    sort: Sort,
    users: &[User],
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<MatchedRows> {
    let words_alone = !query.words.is_empty() && query.terms.is_empty() && query.aside == Aside::Without;
    if !words_alone || roster.len() < LONG || cancelled() {
        return None;
    }
    let order = ordered(roster, sort, users);
    let (needles, wanted) = needles(query);
    let is_best = |ix: &RowIx| {
        let row = roster.get(*ix);
        row.chunk.masks[row.at] & wanted == wanted
            && row_tier(&needles, row.chunk.search(row.at)) == Some(Tier::FieldStart)
            && !facts.aside.contains(row.id())
    };
    let mut rows: Vec<RowIx> = order.iter().take(LONG / 2).filter(|ix| is_best(ix)).take(SCORED).copied().collect();
    if rows.len() < SCORED {
        return None;
    }
    rank(roster, query, &mut rows, |_| Tier::FieldStart, cancelled)?;
    Some(MatchedRows { rows, more: true })
}

/// Drops the archived contacts from `rows`, or all others, as the query asks.
fn keep_apart<T: Clone>(roster: &Roster, wanted: Aside, facts: &Facts, rows: &mut [T], out: T) {
    let aside = facts.aside.iter().filter_map(|id| roster.find(id)).map(|ix| ix.0 as usize);
    match wanted {
        Aside::Without => aside.for_each(|at| rows[at] = out.clone()),
        Aside::Only => {
            let kept: Vec<(usize, T)> = aside.map(|at| (at, rows[at].clone())).collect();
            rows.fill(out);
            for (at, row) in kept {
                rows[at] = row;
            }
        }
        Aside::Neither => rows.fill(out),
    }
}

/// How many rows [`listed`] would give. `None` if `cancelled` returned true before the end.
pub fn count(roster: &Roster, query: &Query, facts: &Facts, cancelled: &(dyn Fn() -> bool + Sync)) -> Option<usize> {
    let aside: Vec<usize> = facts.aside.iter().filter_map(|id| roster.find(id)).map(|ix| ix.0 as usize).collect();
    if query.words.is_empty() && query.terms.is_empty() {
        return Some(match query.aside {
            Aside::Without => roster.len() - aside.len(),
            Aside::Only => aside.len(),
            Aside::Neither => 0,
        });
    }
    let tiers = tiers(roster, query, facts, cancelled)?;
    let of_aside = aside.into_iter().filter(|at| tiers[*at].is_some()).count();
    Some(match query.aside {
        Aside::Without => tiers.iter().flatten().count() - of_aside,
        Aside::Only => of_aside,
        Aside::Neither => 0,
    })
}

/// How well a text matches all of these words; `None` if it does not. For short lists: actions, names.
pub fn score_words(text: &str, words: &str) -> Option<i64> {
    /// In bytes; more was pasted by mistake, and would be compared with every text of the list in every frame.
    const MOST: usize = 1024;
    if words.len() > MOST {
        return None;
    }
    let (text, matcher) = (super::fold::folded(text), SkimMatcherV2::default());
    let mut total = 0;
    for word in super::fold::folded(words).split_whitespace() {
        let whole = if text.contains(word) { TIER_WORTH } else { 0 };
        total += matcher.fuzzy_match(&text, word)? + whole;
    }
    Some(total)
}

/// The tier of every row; `None` for those that do not match. A long list is split among the processors.
fn tiers(
    roster: &Roster,
    query: &Query,
    facts: &Facts,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Option<Tier>>> {
    let chunks: Vec<&Chunk> = roster.chunks().map(|(_, chunk)| chunk).collect();
    let processors = thread::available_parallelism().map_or(1, |count| count.get().min(PROCESSORS));
    if roster.len() < LONG || processors == 1 {
        return tiers_of(&chunks, query, facts, cancelled);
    }
    thread::scope(|scope| {
        let parts = chunks.chunks(chunks.len().div_ceil(processors));
        let work: Vec<_> = parts.map(|part| scope.spawn(move || tiers_of(part, query, facts, cancelled))).collect();
        let mut tiers = Vec::with_capacity(roster.len());
        for part in work {
            tiers.extend(part.join().unwrap_or_else(|panic| panic::resume_unwind(panic))?);
        }
        Some(tiers)
    })
}

fn tiers_of(
    chunks: &[&Chunk],
    query: &Query,
    facts: &Facts,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Option<Tier>>> {
    let (needles, wanted) = needles(query);
    let mut tiers = Vec::with_capacity(chunks.iter().map(|chunk| chunk.len()).sum());
    for chunk in chunks {
        if cancelled() {
            return None;
        }
        let filter = CompiledFilter::new(query, chunk, facts);
        for (at, mask) in chunk.masks.iter().enumerate() {
            let passes = mask & wanted == wanted && filter.holds(at);
            tiers.push(if passes { row_tier(&needles, chunk.search(at)) } else { None });
        }
    }
    Some(tiers)
}

/// The words, ready to search, and the letters that a row needs for all of them.
fn needles(query: &Query) -> (Vec<Needle<'_>>, u64) {
    let needles = query.words.iter().map(Needle::new).collect();
    (needles, query.words.iter().fold(0, |mask, word| mask | word.mask))
}

/// A row ranks by its worst word.
fn row_tier(needles: &[Needle<'_>], search: &str) -> Option<Tier> {
    needles.iter().try_fold(Tier::FieldStart, |worst, needle| Some(worst.min(needle.tier(search)?)))
}

/// The rows that match: best tier first, and in this order within a tier.
fn by_tier(order: &[RowIx], tiers: &[Option<Tier>]) -> Vec<RowIx> {
    // Where the next row of each tier goes.
    let mut next = [0; Tier::COUNT];
    for tier in tiers.iter().flatten() {
        next[..*tier as usize].iter_mut().for_each(|worse| *worse += 1);
    }
    let mut rows = vec![RowIx(0); tiers.iter().flatten().count()];
    for &ix in order {
        if let Some(tier) = tiers[ix.0 as usize] {
            let place = &mut next[tier as usize];
            rows[*place] = ix;
            *place += 1;
        }
    }
    rows
}

/// Sorts the rows by tier and score; equal ones keep their order.
fn rank(
    roster: &Roster,
    query: &Query,
    rows: &mut [RowIx],
    tier: impl Fn(RowIx) -> Tier,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<()> {
    let matcher = SkimMatcherV2::default().respect_case();
    let mut scored = Vec::with_capacity(rows.len());
    for (nth, &ix) in rows.iter().enumerate() {
        if nth % PATIENCE == 0 && cancelled() {
            return None;
        }
        scored.push((score(&matcher, query, roster.get(ix)) + TIER_WORTH * tier(ix) as i64, ix));
    }
    scored.sort_by_key(|&(score, _)| std::cmp::Reverse(score));
    for (row, (_, ix)) in rows.iter_mut().zip(scored) {
        *row = ix;
    }
    Some(())
}

/// Each word's best field score, averaged over the words.
fn score(matcher: &SkimMatcherV2, query: &Query, row: RowRef<'_>) -> i64 {
    let search = row.chunk.search(row.at);
    let word_score = |word: &FilterWord| {
        let fields = search.split('\n').enumerate();
        let scores = fields.filter_map(|(index, field)| {
            if !is_subsequence(&word.text, field) || !(word.scatters || stands_together(word, field)) {
                return None;
            }
            let score = matcher.fuzzy_match(head(field), &word.text)?;
            Some(score + if index == SearchField::Name as usize { NAME_WORTH } else { 0 })
        });
        scores.max().unwrap_or(0)
    };
    let sum: i64 = query.words.iter().map(word_score).sum();
    let words = i64::try_from(query.words.len()).unwrap_or(i64::MAX);
    (sum / words.max(1)).min(TIER_WORTH - 1)
}

fn stands_together(word: &FilterWord, field: &str) -> bool {
    field.contains(&word.text) || word.as_typed.as_ref().is_some_and(|typed| field.contains(typed))
}

fn head(field: &str) -> &str {
    field.char_indices().nth(SCORED_CHARS).map_or(field, |(end, _)| &field[..end])
}

#[cfg(test)]
mod tests {
    use super::super::context::context;
    use super::super::fold::{folded, romanised};
    use super::super::{Column, ContactRow, SortBy};
    use super::*;
    use crate::domain::ContactId;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn people() -> Roster {
        let people = [
            ("Ana María", "López", "ana@example.com", "+14155550100", "Acme", "VIP"),
            ("Mariana", "Lopez", "mlopez@example.com", "+14155550101", "", ""),
            ("Anatol", "Gallop", "ag@example.com", "+442079460000", "", "cold"),
            ("Jürgen", "Müller", "jm@example.de", "+4930123456", "Müller & Söhne", "vip gold"),
            ("SIOBHÁN", "Ó Súilleabháin", "s@example.ie", "", "", "2024-05"),
            ("小明", "王", "wxm@example.cn", "", "", "VIP"),
            ("محمد", "الأحمد", "m@example.ae", "", "", ""),
            ("", "", "nobody@example.com", "", "", ""),
            ("", "", "", "", "", ""),
        ];
        let row = |(at, (first, last, email, phone, company, tag)): (usize, (&str, &str, &str, &str, &str, &str))| {
            ContactRow {
                first_name: first.into(),
                last_name: last.into(),
                email: email.into(),
                phone: phone.into(),
                company: company.into(),
                tags: vec![tag.into()],
                ..ContactRow::new(ContactId::new(format!("c{at}")))
            }
        };
        Roster::from_rows(people.into_iter().enumerate().map(row))
    }

    fn names(roster: &Roster, query: &str, sort: Sort) -> Vec<String> {
        let found = matches(roster, &Query::parse(query, &context()), sort, &[], &|| false).expect("not cancelled");
        found.rows.into_iter().map(|ix| roster.get(ix).name().to_owned()).collect()
    }

    fn found(query: &str) -> Vec<String> {
        names(&people(), query, Sort::default())
    }

    #[test]
    fn the_one_meant_comes_first() {
        for (query, first) in [
            ("ana lop", "Ana María López"),
            ("lopez ana", "Ana María López"),
            ("muller", "Jürgen Müller"),
            ("MÜL", "Jürgen Müller"),
            ("siobhan", "SIOBHÁN Ó Súilleabháin"),
            ("sbhn", "SIOBHÁN Ó Súilleabháin"),
            ("~sbn", "SIOBHÁN Ó Súilleabháin"),
            ("小明", "小明 王"),
            ("wang", "小明 王"),
            ("محمد", "محمد الأحمد"),
            ("415 555", "Ana María López"),
            ("(415) 555-0101", "Mariana Lopez"),
            ("2024-05", "SIOBHÁN Ó Súilleabháin"),
            ("nobody", "nobody@example.com"),
            ("acme", "Ana María López"),
        ] {
            assert_eq!(found(query).first().map(String::as_str), Some(first), "{query}");
        }
    }

    #[test]
    fn what_does_not_match_is_not_listed() {
        assert_eq!(found("zzz"), Vec::<String>::new());
        assert_eq!(found("ana muller"), Vec::<String>::new());
        // The digits occur in this order in a number, but not together.
        assert_eq!(found("4150100"), Vec::<String>::new());
        assert_eq!(found("明小"), Vec::<String>::new());
        // Its letters stand in "Ana María", but apart.
        assert_eq!(found("ama"), Vec::<String>::new());
        assert_eq!(found("~ama").first().map(String::as_str), Some("Ana María López"));
    }

    #[test]
    fn tags_narrow_the_list() {
        assert_eq!(found("tag:vip"), ["Ana María López", "小明 王"]);
        assert_eq!(found("tag:vip*"), ["Ana María López", "Jürgen Müller", "小明 王"]);
        assert_eq!(found("tag:vip lopez"), ["Ana María López"]);
        assert_eq!(found("-tag:vip* -tag:cold").len(), 5);
    }

    #[test]
    fn orders_are_total_and_put_the_empty_last() {
        let roster = people();
        let by = |column, descending| names(&roster, "", Sort::by(SortBy { column, descending }));
        let up = by(Column::Name, false);
        assert_eq!(up[..3], ["Ana María López", "Anatol Gallop", "Jürgen Müller"]);
        assert_eq!(up.last().map(String::as_str), Some(""));
        let down = by(Column::Name, true);
        assert_eq!(down.last().map(String::as_str), Some(""));
        assert!(down[..8].iter().eq(up[..8].iter().rev()));
        assert_eq!(by(Column::Company, false)[..2], ["Ana María López", "Jürgen Müller"]);
        for column in [Column::Email, Column::Phone, Column::Added, Column::Updated] {
            assert_eq!(by(column, true).len(), roster.len());
        }
    }

    #[test]
    fn dates_order_by_time() {
        let row = |id: &str, second| ContactRow {
            added: Some(jiff::Timestamp::from_second(second).expect("in range")),
            ..ContactRow::new(ContactId::new(id))
        };
        let roster = Roster::from_rows([row("a", 5), ContactRow::new(ContactId::new("b")), row("c", -5), row("d", 5)]);
        let ids = |descending| {
            let sort = Sort::by(SortBy { column: Column::Added, descending });
            let found = matches(&roster, &Query::default(), sort, &[], &|| false).expect("not cancelled");
            found.rows.into_iter().map(|ix| roster.get(ix).id().to_string()).collect::<String>()
        };
        assert_eq!(ids(false), "cadb");
        assert_eq!(ids(true), "adcb");
    }

    #[test]
    fn stops_when_told() {
        let roster = people();
        let query = Query::parse("a", &context());
        let asked = AtomicUsize::new(0);
        assert!(
            matches(&roster, &query, Sort::default(), &[], &|| asked.fetch_add(1, Ordering::Relaxed) >= 1).is_none()
        );
        assert!(matches(&roster, &query, Sort::default(), &[], &|| true).is_none());
    }

    /// What matching means, said plainly.
    fn naive(row: RowRef<'_>, query: &Query) -> bool {
        let digits: String = row.phone().chars().filter(char::is_ascii_digit).collect();
        let name = format!("{} {}", row.first_name(), row.last_name());
        let mut fields: Vec<String> = [name.trim(), row.email(), row.company(), row.city()].map(folded).to_vec();
        fields.extend(row.tags().map(folded));
        fields.push(digits);
        let latin: Vec<String> = fields.iter().filter_map(|field| romanised(field)).collect();
        fields.extend(latin);
        query.words.iter().all(|word| {
            let scattered = |field: &String| {
                let mut chars = field.chars();
                word.text.chars().all(|wanted| chars.any(|c| c == wanted))
            };
            let together = |field: &String| stands_together(word, field);
            if word.scatters { fields.iter().any(scattered) } else { fields.iter().any(together) }
        })
    }

    fn text() -> impl Strategy<Value = String> {
        let piece = proptest::sample::select(vec![
            "a",
            "n",
            "an",
            "é",
            "É",
            "l",
            "o",
            " ",
            "王",
            "明",
            "م",
            "1",
            "41",
            "-",
            "ß",
            "@",
            ".",
            "김",
            "é\u{301}",
            "Ж",
        ]);
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn the_first_of_a_long_list_are_those_of_the_whole() {
        let mut rng = fastrand::Rng::with_seed(5);
        let names = ["Gabor", "Garcia", "Agatha", "Magda", "Olga", "Ingrid", "G.", "Hugo"];
        let rows = (0..LONG + LONG / 4).map(|at| ContactRow {
            first_name: names[rng.usize(..names.len())].to_owned(),
            last_name: format!("{}{}", names[rng.usize(..names.len())], rng.u16(..)),
            ..ContactRow::new(ContactId::new(format!("c{at}")))
        });
        let roster = Roster::from_rows(rows);
        let aside = roster.rows().step_by(7).map(|(_, row)| row.id().clone()).collect();
        let facts = Facts { aside: std::sync::Arc::new(aside), ..Facts::default() };
        let first = |query: &str, facts: &Facts| {
            first_listed(&roster, &Query::parse(query, &context()), facts, Sort::default(), &[], &|| false)
        };
        for (query, facts) in [("g", &Facts::default()), ("g", &facts), ("ga", &facts)] {
            let first = first(query, facts).expect("many match well");
            let parsed = Query::parse(query, &context());
            let whole = listed(&roster, &parsed, facts, Sort::default(), &[], &|| false).expect("not cancelled");
            assert!(first.more && first.rows.len() == SCORED && !whole.more);
            assert_eq!(first.rows, whole.rows[..SCORED], "{query}");
        }
        // Few of the first match well, or terms are asked for.
        for query in ["garcia60", "agda", "ga o", "g has:email", "", "is:set-aside g"] {
            assert_eq!(first(query, &facts), None, "{query}");
        }
    }

    proptest! {
        #[test]
        fn the_stages_find_what_the_definition_says(
            fields in proptest::collection::vec((text(), text(), text(), text()), 1..12),
            query in text(),
            apart in proptest::sample::select(vec!["", "~"]),
        ) {
            let rows = fields.into_iter().enumerate().map(|(at, (first_name, last_name, phone, tag))| ContactRow {
                first_name,
                last_name,
                phone,
                tags: vec![tag],
                ..ContactRow::new(ContactId::new(format!("c{at}")))
            });
            let roster = Roster::from_rows(rows);
            let query = Query::parse(&format!("{apart}{query}"), &context());
            let mut found = matches(&roster, &query, Sort::default(), &[], &|| false).expect("not cancelled").rows;
            found.sort_unstable();
            let expected: Vec<RowIx> =
                roster.rows().filter(|(_, row)| naive(*row, &query)).map(|(ix, _)| ix).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_query_is_answered(query in any::<String>()) {
            let roster = people();
            let query = Query::parse(&query, &context());
            prop_assert!(matches(&roster, &query, Sort::default(), &[], &|| false).is_some());
            for (_, row) in roster.rows() {
                crate::query::highlights(row, &query);
            }
        }
    }
}
