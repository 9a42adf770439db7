//! The tags and sources that contacts have, the most used first: suggestions for the filter.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::Roster;
use super::chunk::{Chunk, SharedName};

/// Rarer ones are left out; whoever wants one types it.
const LISTED: usize = 2_000;

/// The tags and sources of one version of a roster, each list counted on first use.
#[derive(Debug, Default)]
pub(super) struct SharedNames {
    tags: OnceLock<Box<[String]>>,
    sources: OnceLock<Box<[String]>>,
}

impl Roster {
    /// The tags of these contacts, each once, ignoring case.
    pub fn tags(&self) -> &[String] {
        let find = || {
            let count = |chunk: &Chunk, counts: &mut [usize]| {
                for at in 0..chunk.len() {
                    chunk.tag_ids(at).iter().for_each(|tag| counts[usize::from(*tag)] += 1);
                }
            };
            most_used(self, |chunk| &chunk.tags, count)
        };
        self.shared.tags.get_or_init(find)
    }

    /// The sources of these contacts.
    pub fn sources(&self) -> &[String] {
        let find = || {
            let count = |chunk: &Chunk, counts: &mut [usize]| {
                chunk.slots.iter().filter_map(|slot| slot.source).for_each(|source| counts[usize::from(source)] += 1);
            };
            most_used(self, |chunk| &chunk.sources, count)
        };
        self.shared.sources.get_or_init(find)
    }
}

/// Counts by number within a chunk and by name across chunks. A table may hold names that no row has any more.
fn most_used(
    roster: &Roster,
    names: impl Fn(&Chunk) -> &[SharedName],
    count: impl Fn(&Chunk, &mut [usize]),
) -> Box<[String]> {
    let mut all: HashMap<(&str, &str), usize> = HashMap::new();
    for (_, chunk) in roster.chunks() {
        let names = names(chunk);
        let mut counts = vec![0; names.len()];
        count(chunk, &mut counts);
        for (name, count) in names.iter().zip(counts).filter(|(_, count)| *count > 0) {
            *all.entry((&name.text, &name.folded)).or_default() += count;
        }
    }
    let mut counted: Vec<((&str, &str), usize)> = all.into_iter().collect();
    counted.sort_unstable_by_key(|((text, _), count)| (Reverse(*count), *text));
    let mut seen = HashSet::new();
    counted.retain(|((_, folded), _)| seen.insert(*folded));
    counted.into_iter().take(LISTED).map(|((text, _), _)| text.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::ContactRow;
    use super::*;
    use crate::domain::ContactId;

    #[test]
    fn the_most_used_come_first_and_each_once() {
        let row = |at: usize, tags: &[&str], source: &str| ContactRow {
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            source: source.to_owned(),
            ..ContactRow::new(ContactId::new(format!("c{at}")))
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
