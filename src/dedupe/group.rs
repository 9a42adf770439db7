//! Builds groups from pairs, by average link.
//!
//! Single link chains strangers: one wrong pair joins two families. Here two groups become one only if all pairs
//! across them speak for it on average. Each vote is clipped, so that one strong pair cannot outvote many. People's
//! decisions override all that.

use std::collections::HashMap;

use super::find::{FoundGroup, FoundPair, rounded};
use super::weight::{ONE, probability};

/// The strongest vote of a pair, for or against.
const CLIP: i32 = 8 * ONE;
/// Nobody has more records than this: two groups that would be larger together stay apart.
const LARGEST: usize = 600;

/// A group's name: a hash of its ids, which must be sorted. The same contacts get the same name in every run.
pub fn group_key(ids: &[&str]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, ids.join("\n").as_bytes());
    let start = digest.as_ref().first_chunk().copied().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(start))
}

/// A compared pair; the smaller id is first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JudgedPair {
    pub(super) a: u32,
    pub(super) b: u32,
    /// Log odds that the two are the same person.
    pub(super) odds: i32,
}

/// People's decisions about pairs of rows, ordered by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Decided {
    pub(super) same: Vec<(u32, u32)>,
    pub(super) different: Vec<(u32, u32)>,
}

/// The connected parts of a graph, each sorted; single rows are left out.
pub(super) fn parts(edges: impl Iterator<Item = (u32, u32)>, rows: usize) -> Vec<Vec<u32>> {
    let mut above: Vec<u32> = (0..).take(rows).collect();
    let find = |above: &mut Vec<u32>, mut row: u32| {
        while above[row as usize] != row {
            above[row as usize] = above[above[row as usize] as usize];
            row = above[row as usize];
        }
        row
    };
    for (a, b) in edges {
        let (a, b) = (find(&mut above, a), find(&mut above, b));
        above[a.max(b) as usize] = a.min(b);
    }
    let mut found: HashMap<u32, Vec<u32>> = HashMap::new();
    for row in (0..).take(rows) {
        let top = find(&mut above, row);
        if top != row {
            found.entry(top).or_insert_with(|| vec![top]).push(row);
        }
    }
    let mut parts: Vec<Vec<u32>> = found.into_values().collect();
    parts.sort_unstable();
    parts
}

/// The groups of one part. `edges` are the pairs that speak for it, best first; `vote` judges any pair of rows.
pub(super) fn groups(
    part: &[u32],
    edges: &[JudgedPair],
    decided: &Decided,
    vote: &dyn Fn(u32, u32) -> i32,
) -> Vec<FoundGroup> {
    let mut joining = Joining::new(part, decided, vote);
    for &(a, b) in &joining.said(&decided.same) {
        joining.consider(a, b, true);
    }
    for edge in edges {
        joining.consider(edge.a, edge.b, false);
    }
    joining.finish(edges)
}

struct Joining<'a> {
    group_of: HashMap<u32, usize>,
    groups: Vec<Vec<u32>>,
    /// The sum of all votes across two groups, if known.
    sums: HashMap<(usize, usize), i64>,
    /// The groups that a group has a sum with.
    known: Vec<Vec<usize>>,
    different: Vec<(u32, u32)>,
    vote: &'a dyn Fn(u32, u32) -> i32,
}

impl<'a> Joining<'a> {
    fn new(part: &[u32], decided: &Decided, vote: &'a dyn Fn(u32, u32) -> i32) -> Self {
        let mut joining = Self {
            group_of: part.iter().enumerate().map(|(at, &row)| (row, at)).collect(),
            groups: part.iter().map(|&row| vec![row]).collect(),
            sums: HashMap::new(),
            known: vec![Vec::new(); part.len()],
            different: Vec::new(),
            vote,
        };
        joining.different = joining.said(&decided.different);
        joining
    }

    /// The decisions about rows of this part.
    fn said(&self, pairs: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let here = |pair: &&(u32, u32)| self.group_of.contains_key(&pair.0) && self.group_of.contains_key(&pair.1);
        pairs.iter().filter(here).copied().collect()
    }

    fn consider(&mut self, a: u32, b: u32, decided: bool) {
        let (x, y) = (self.group_of[&a], self.group_of[&b]);
        let (x, y) = (x.min(y), x.max(y));
        if x == y || self.kept_apart(x, y) {
            return;
        }
        let fits = self.groups[x].len() + self.groups[y].len() <= LARGEST;
        if decided || (fits && self.sum(x, y) > 0) {
            self.join(x, y);
        }
    }

    fn kept_apart(&self, x: usize, y: usize) -> bool {
        self.different.iter().any(|(a, b)| {
            let (a, b) = (self.group_of[a], self.group_of[b]);
            (a.min(b), a.max(b)) == (x, y)
        })
    }

    fn sum(&mut self, x: usize, y: usize) -> i64 {
        if let Some(&sum) = self.sums.get(&(x, y)) {
            return sum;
        }
        let (left, right) = (&self.groups[x], &self.groups[y]);
        let across = left.iter().flat_map(|&a| right.iter().map(move |&b| (a, b)));
        let sum = across.map(|(a, b)| i64::from((self.vote)(a, b).clamp(-CLIP, CLIP))).sum();
        self.keep(x, y, sum);
        sum
    }

    fn keep(&mut self, x: usize, y: usize, sum: i64) {
        if self.sums.insert((x.min(y), x.max(y)), sum).is_none() {
            self.known[x].push(y);
            self.known[y].push(x);
        }
    }

    /// Moves group `y` into group `x`. Sums that both have are added; others are dropped.
    fn join(&mut self, x: usize, y: usize) {
        let moved = std::mem::take(&mut self.groups[y]);
        for row in &moved {
            self.group_of.insert(*row, x);
        }
        self.groups[x].extend(moved);
        let theirs: HashMap<usize, i64> = self.forget(y).into_iter().collect();
        for (z, sum) in self.forget(x) {
            if let Some(more) = theirs.get(&z).filter(|_| z != y) {
                self.keep(x, z, sum + more);
            }
        }
    }

    fn forget(&mut self, x: usize) -> Vec<(usize, i64)> {
        let partners = std::mem::take(&mut self.known[x]);
        let sum = |z: usize| self.sums.remove(&(x.min(z), x.max(z))).map(|sum| (z, sum));
        partners.into_iter().filter_map(sum).collect()
    }

    fn finish(mut self, edges: &[JudgedPair]) -> Vec<FoundGroup> {
        let mut pairs: HashMap<usize, Vec<FoundPair>> = HashMap::new();
        for edge in edges {
            let (x, y) = (self.group_of[&edge.a], self.group_of[&edge.b]);
            if x == y {
                let score = rounded(probability(edge.odds));
                pairs.entry(x).or_default().push(FoundPair { a: edge.a, b: edge.b, score });
            }
        }
        let several = (0..self.groups.len()).filter(|&at| self.groups[at].len() > 1).collect::<Vec<_>>();
        let group = |at: usize| {
            let pairs = pairs.remove(&at).unwrap_or_default();
            let count = f64::from(u32::try_from(pairs.len()).unwrap_or(u32::MAX));
            // Without such a pair, people joined the group.
            let score =
                if pairs.is_empty() { 1.0 } else { rounded(pairs.iter().map(|pair| pair.score).sum::<f64>() / count) };
            FoundGroup { rows: std::mem::take(&mut self.groups[at]), score, pairs }
        };
        several.into_iter().map(group).collect()
    }
}
