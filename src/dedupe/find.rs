//! A full run: all contacts, all pairs worth comparing, groups with reasons.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::block::Blocks;
use super::compare::Judge;
use super::decision::Decisions;
use super::group::{Decided, JudgedPair, groups, parts};
use super::learn::learnt;
use super::reason::{Reason, reasons};
use super::table::{CountedValue, FrequencyTable, ValueCounts};
use super::weight::{PairClass, Weights, bits, probability};
use super::{RecordSheet, RunProgress};

/// Options of a full run.
#[derive(Clone, Debug, PartialEq)]
pub struct FindOptions {
    /// Pairs less likely than this are not returned. It never changes the groups.
    pub min_score: f64,
    pub decisions: Decisions,
}

impl Default for FindOptions {
    fn default() -> Self {
        Self { min_score: 0.5, decisions: Decisions::default() }
    }
}

/// Two contacts, by their rows in the sheet, and how likely they are the same person.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundPair {
    pub a: u32,
    pub b: u32,
    pub score: f64,
}

/// Contacts that are the same person.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundGroup {
    /// Rows, ordered by id.
    pub rows: Vec<u32>,
    /// The mean probability of its pairs.
    pub score: f64,
    /// The pairs that speak for it.
    pub pairs: Vec<FoundPair>,
}

/// The result of a full run.
#[derive(Debug)]
pub struct FoundDuplicates {
    /// Ordered by first id; empty if two files were linked.
    pub groups: Vec<FoundGroup>,
    /// Pairs at or above the minimum score, ordered by id.
    pub pairs: Vec<FoundPair>,
    /// For storing: [`super::DuplicateIndex`] judges single changes by it.
    pub table: FrequencyTable,
    counts: ValueCounts,
}

/// The caller stopped the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the end")]
pub struct Stopped;

impl FoundDuplicates {
    /// Why two rows are, or are not, the same person: strongest reason first.
    pub fn reasons(&self, sheet: &RecordSheet, a: u32, b: u32) -> Vec<Reason> {
        reasons(&Judge { sheet, counts: &self.counts, weights: &self.table.weights }, a, b)
    }
}

/// Sorts a sheet by id and compares all its contacts.
///
/// If the sheet holds two files, only pairs across them are compared.
pub fn find(
    sheet: &mut RecordSheet,
    options: &FindOptions,
    progress: &RunProgress<'_>,
) -> Result<FoundDuplicates, Stopped> {
    sheet.sort();
    let sheet = &*sheet;
    let counts = ValueCounts::of(sheet);
    progress.check()?;
    let blocks = Blocks::new(sheet);
    progress.check()?;
    let mut weights = Weights::default();
    let taught = taught(&counts);
    if !taught.is_empty() {
        weights = learnt(&Judge { sheet, counts: &counts, weights: &weights }, &blocks, taught);
    }
    let judge = Judge { sheet, counts: &counts, weights: &weights };
    let wanted = odds_of(options.min_score);
    let edges = edges(&judge, &blocks, wanted.min(0), progress)?;
    let groups = if sheet.linked() { Vec::new() } else { grouped(&judge, &edges, &options.decisions) };
    let pair = |edge: &JudgedPair| FoundPair { a: edge.a, b: edge.b, score: rounded(probability(edge.odds)) };
    let pairs = edges.iter().filter(|edge| edge.odds >= wanted).map(pair).collect();
    let table = counts.table(sheet, blocks.full, weights);
    Ok(FoundDuplicates { groups, pairs, table, counts })
}

/// The classes whose weights can be learnt from the data. Without labels a family with one phone looks like one
/// person, so with phones the weights stay fixed. With e-mails alone, households must be learnt too, to separate them.
fn taught(counts: &ValueCounts) -> &'static [PairClass] {
    if counts.abound(CountedValue::Phone) {
        &[]
    } else if counts.abound(CountedValue::Email) {
        &[PairClass::Person, PairClass::Household]
    } else {
        &[PairClass::Person]
    }
}

/// The log odds of a probability.
pub(super) fn odds_of(score: f64) -> i32 {
    let score = score.clamp(1e-9, 1.0 - 1e-9);
    bits(score / (1.0 - score))
}

/// Rounds to six digits: the rest would be noise.
pub(super) fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6
}

fn edges(
    judge: &Judge<'_>,
    blocks: &Blocks,
    floor: i32,
    progress: &RunProgress<'_>,
) -> Result<Vec<JudgedPair>, Stopped> {
    const CHUNK: usize = 1024;
    let rows = judge.sheet.len();
    let chunks: Vec<Vec<JudgedPair>> = (0..rows.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            progress.check()?;
            let (mut found, mut behind) = (Vec::new(), Vec::new());
            let rows = chunk * CHUNK..((chunk + 1) * CHUNK).min(rows);
            for a in rows.clone().filter_map(|row| u32::try_from(row).ok()) {
                blocks.behind(a, &mut behind);
                for &b in behind.iter().filter(|&&b| judge.sheet.comparable(a, b)) {
                    let odds = judge.odds(a, b);
                    if odds >= floor {
                        found.push(JudgedPair { a, b, odds });
                    }
                }
            }
            progress.advance(rows.len());
            Ok(found)
        })
        .collect::<Result<_, Stopped>>()?;
    Ok(chunks.concat())
}

fn grouped(judge: &Judge<'_>, edges: &[JudgedPair], decisions: &Decisions) -> Vec<FoundGroup> {
    let sheet = judge.sheet;
    let decided = decided(sheet, decisions);
    let mut strong: Vec<JudgedPair> = edges.iter().copied().filter(|edge| edge.odds > 0).collect();
    let all = strong.iter().map(|edge| (edge.a, edge.b)).chain(decided.same.iter().copied());
    let parts = parts(all, sheet.len());
    let mut part_of = vec![0_u32; sheet.len()];
    for (number, part) in (0..).zip(&parts) {
        for &row in part {
            part_of[row as usize] = number;
        }
    }
    strong.par_sort_unstable_by_key(|edge| (part_of[edge.a as usize], Reverse(edge.odds), edge.a, edge.b));
    let vote = |a: u32, b: u32| judge.vote(a, b);
    let mut found: Vec<FoundGroup> = (0_u32..)
        .zip(&parts)
        .collect::<Vec<_>>()
        .into_par_iter()
        .flat_map_iter(|(number, part)| {
            let begin = strong.partition_point(|edge| part_of[edge.a as usize] < number);
            let count = strong[begin..].partition_point(|edge| part_of[edge.a as usize] == number);
            groups(part, &strong[begin..begin + count], &decided, &vote)
        })
        .collect();
    for group in &mut found {
        group.rows.sort_unstable();
        group.pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
    }
    found.par_sort_unstable_by(|x, y| x.rows.cmp(&y.rows));
    found
}

/// The decisions about contacts in the sheet, by row.
fn decided(sheet: &RecordSheet, decisions: &Decisions) -> Decided {
    let rows = |(a, b): (&str, &str)| Some((sheet.find(a)?, sheet.find(b)?));
    Decided {
        same: decisions.same().filter_map(rows).collect(),
        different: decisions.different().filter_map(rows).collect(),
    }
}
