//! The tags and sources that contacts have, the most used first: what a filter is completed with.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::Roster;
use super::chunk::Chunk;

/// Rarer ones are not listed: who means one of them types it.
const LISTED: usize = 2_000;

/// The names that rows of one value of a roster share, each found when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Shared {
    tags: OnceLock<Box<[String]>>,
    sources: OnceLock<Box<[String]>>,
}

impl Roster {
    /// The tags of these contacts, each once whatever its case.
    pub fn tags(&self) -> &[String] {
        self.shared.tags.get_or_init(|| {
            let used = |chunk: &Chunk| (0..chunk.len()).flat_map(|at| chunk.tag_ids(at).to_vec()).collect();
            most_used(self, used, |chunk, tag| (&chunk.tags[tag].text, &chunk.tags[tag].folded))
        })
    }

    /// Where these contacts came from.
    pub fn sources(&self) -> &[String] {
        self.shared.sources.get_or_init(|| {
            let used = |chunk: &Chunk| chunk.slots.iter().filter_map(|slot| slot.source).collect();
            most_used(self, used, |chunk, source| (&chunk.sources[source].text, &chunk.sources[source].folded))
        })
    }
}

/// Counts by number within a chunk, and by name across chunks: a table may hold names that no row has any more.
fn most_used(
    roster: &Roster,
    used: impl Fn(&Chunk) -> Vec<u16>,
    name: impl for<'c> Fn(&'c Chunk, usize) -> (&'c str, &'c str),
) -> Box<[String]> {
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    for (_, chunk) in roster.chunks() {
        let mut numbers: HashMap<u16, usize> = HashMap::new();
        for number in used(chunk) {
            *numbers.entry(number).or_default() += 1;
        }
        for (number, count) in numbers {
            *counts.entry(name(chunk, usize::from(number))).or_default() += count;
        }
    }
    let mut counted: Vec<((&str, &str), usize)> = counts.into_iter().collect();
    counted.sort_unstable_by_key(|((text, _), count)| (Reverse(*count), *text));
    let mut seen = HashSet::new();
    counted.retain(|((_, folded), _)| seen.insert(*folded));
    counted.into_iter().take(LISTED).map(|((text, _), _)| text.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Row;
    use super::*;
    use crate::domain::ContactId;

    #[test]
    fn the_most_used_come_first_and_each_once() {
        let row = |at: usize, tags: &[&str], source: &str| Row {
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            source: source.to_owned(),
            ..Row::new(ContactId::new(format!("c{at}")))
        };
        let rows = [
            row(0, &["VIP", "cold"], "web"),
            row(1, &["vip", "hot"], ""),
            row(2, &["vip", "gone"], "gone"),
            row(3, &["hot"], "Form"),
            row(4, &[], "web"),
        ];
        let roster = Roster::from_rows(rows).with(vec![row(2, &["vip"], "")], &[]);
        assert_eq!(roster.tags(), ["hot", "vip", "cold"]);
        assert_eq!(roster.sources(), ["web", "Form"]);
        assert_eq!(Roster::default().tags(), [""; 0]);
    }
}
