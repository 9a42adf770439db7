//! Handles single changes after a full run: only the affected contacts are compared and grouped again.
//!
//! Frequencies, caps and weights stay those of the full run, so a change moves no other score, and the answer equals
//! a run from scratch with the same table. [`DuplicateIndex::due`] says when too much has changed since.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::block::{cap, keys};
use super::compare::Judge;
use super::decision::{Decision, Decisions};
use super::find::{FoundGroup, FoundPair, odds_of, rounded};
use super::group::{Decided, JudgedPair, groups};
use super::pool::ByHash;
use super::reason::{Reason, reasons};
use super::table::{FrequencyTable, ValueCounts};
use super::weight::probability;
use super::{DedupeRecord, RecordSheet};

/// Less likely pairs are not kept.
const KEPT: f64 = 0.2;
/// A full run is due once one contact in this many has changed.
const CHANGED: usize = 100;

/// All contacts, ready for single changes.
#[derive(Debug)]
pub struct DuplicateIndex {
    sheet: RecordSheet,
    alive: Vec<bool>,
    table: FrequencyTable,
    counts: ValueCounts,
    rows: HashMap<Box<str>, u32>,
    /// Key and row, sorted: the contacts of the full run.
    base: Vec<(u64, u32)>,
    /// For each value of the leading bits, where its keys begin in `base`: hashes are spread evenly.
    begins: Vec<u32>,
    /// Rows added since, by key.
    later: ByHash<Vec<u32>>,
    /// How many living contacts have a key, where this differs from `base`.
    sizes: ByHash<u32>,
    /// The likely pairs of each row, with their log odds.
    edges: Vec<Vec<(u32, i32)>>,
    /// By the row with the smallest id. `group_of` maps each row to that row.
    groups: BTreeMap<u32, FoundGroup>,
    group_of: HashMap<u32, u32>,
    decisions: Decisions,
    changed: usize,
    crossed: bool,
}

/// The effect of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Contacts whose group may have changed, sorted.
    pub ids: Vec<String>,
}

impl DuplicateIndex {
    /// Groups all contacts of a sheet with a stored table: a run from scratch.
    pub fn new(mut sheet: RecordSheet, table: FrequencyTable, decisions: Decisions) -> Self {
        use rayon::prelude::*;
        sheet.sort();
        let counts = ValueCounts::stored(&table, &sheet);
        let mut base: Vec<(u64, u32)> = sheet
            .rows
            .par_iter()
            .enumerate()
            .flat_map_iter(|(at, row)| {
                let number = u32::try_from(at).unwrap_or(u32::MAX);
                keys(row, &sheet.pools).into_iter().map(move |key| (key, number))
            })
            .collect();
        base.par_sort_unstable();
        let rows = (0..).take(sheet.len()).map(|row| (sheet.id(row).into(), row)).collect();
        let mut index = Self {
            alive: vec![true; sheet.len()],
            edges: vec![Vec::new(); sheet.len()],
            sheet,
            table,
            counts,
            rows,
            begins: begins(&base),
            base,
            later: ByHash::default(),
            sizes: ByHash::default(),
            groups: BTreeMap::new(),
            group_of: HashMap::new(),
            decisions,
            changed: 0,
            crossed: false,
        };
        let all: Vec<u32> = (0..).take(index.sheet.len()).collect();
        let found: Vec<Vec<(u32, i32)>> = all.par_iter().map(|&row| index.compared(row)).collect();
        index.edges = found;
        index.regroup(&all);
        index
    }

    /// Adds a contact, or replaces the one with its id.
    pub fn put(&mut self, record: &DedupeRecord<'_>) -> Touched {
        let mut touched = self.take_out(record.id);
        let row = u32::try_from(self.sheet.len()).unwrap_or(u32::MAX);
        self.sheet.extend(std::slice::from_ref(record));
        self.counts.grow(&self.table, &self.sheet);
        self.alive.push(true);
        self.edges.push(Vec::new());
        self.rows.insert(record.id.into(), row);
        self.changed += 1;
        let mut again = vec![row];
        for key in keys(&self.sheet.rows[row as usize], &self.sheet.pools) {
            self.later.entry(key).or_default().push(row);
            again.extend(self.resized(key, 1));
        }
        self.compare_again(&again, &mut touched);
        self.told(&touched)
    }

    /// Removes a contact.
    pub fn remove(&mut self, id: &str) -> Touched {
        let touched = self.take_out(id);
        self.changed += usize::from(!touched.is_empty());
        let rows: Vec<u32> = touched.iter().copied().collect();
        self.regroup(&rows);
        self.told(&touched)
    }

    /// Stores a decision.
    pub fn decide(&mut self, a: &str, b: &str, decision: Decision) -> Touched {
        self.decisions.add(a, b, decision);
        self.after_decision(a, b)
    }

    /// Takes a decision back.
    pub fn undecide(&mut self, a: &str, b: &str) -> Touched {
        self.decisions.forget(a, b);
        self.after_decision(a, b)
    }

    /// The groups, ordered by first id.
    pub fn groups(&self) -> Vec<&FoundGroup> {
        let mut found: Vec<&FoundGroup> = self.groups.values().collect();
        found.sort_unstable_by_key(|group| self.sheet.id(group.rows[0]));
        found
    }

    /// The group of a contact.
    pub fn group(&self, id: &str) -> Option<&FoundGroup> {
        self.groups.get(self.group_of.get(self.rows.get(id)?)?)
    }

    /// The id of a row in a group or pair.
    pub fn id(&self, row: u32) -> &str {
        self.sheet.id(row)
    }

    /// All likely pairs, joined or not, ordered by id.
    pub fn pairs(&self) -> Vec<FoundPair> {
        let of_row = |(a, edges): (u32, &Vec<(u32, i32)>)| {
            let behind = edges.iter().filter(|(b, _)| self.sheet.id(a) < self.sheet.id(*b));
            behind.map(|&(b, odds)| FoundPair { a, b, score: rounded(probability(odds)) }).collect::<Vec<_>>()
        };
        let mut found: Vec<FoundPair> = (0..).zip(&self.edges).flat_map(of_row).collect();
        found.sort_unstable_by_key(|pair| (self.sheet.id(pair.a), self.sheet.id(pair.b)));
        found
    }

    /// Why two rows are, or are not, the same person.
    pub fn reasons(&self, a: u32, b: u32) -> Vec<Reason> {
        reasons(&self.judge(), a, b)
    }

    /// Whether a full run is due: one contact in a hundred has changed, or a value became too common.
    pub fn due(&self) -> bool {
        self.crossed || self.changed * CHANGED > self.rows.len().max(CHANGED)
    }

    fn judge(&self) -> Judge<'_> {
        Judge { sheet: &self.sheet, counts: &self.counts, weights: &self.table.weights }
    }

    fn told(&self, touched: &BTreeSet<u32>) -> Touched {
        let mut ids: Vec<String> = touched.iter().map(|&row| self.sheet.id(row).to_owned()).collect();
        ids.sort_unstable();
        ids.dedup();
        Touched { ids }
    }

    /// Takes a contact out of all keys and pairs. Returns the rows to group again.
    fn take_out(&mut self, id: &str) -> BTreeSet<u32> {
        let Some(row) = self.rows.remove(id) else { return BTreeSet::new() };
        let mut touched = self.connected(&[row]);
        self.alive[row as usize] = false;
        self.cut(row);
        let mut again = Vec::new();
        for key in keys(&self.sheet.rows[row as usize], &self.sheet.pools) {
            again.extend(self.resized(key, -1));
        }
        self.compare_again(&again, &mut touched);
        touched
    }

    /// Counts a key up or down. Returns the contacts to compare again: all holders of a key that crosses twice its cap.
    /// Above that a key is skipped, as in a full run, so that a flood of equal contacts stays cheap.
    fn resized(&mut self, key: u64, by: i64) -> Vec<u32> {
        let before = self.size(key);
        let after = u32::try_from(i64::from(before) + by).unwrap_or(0);
        self.sizes.insert(key, after);
        let cap = cap(key);
        self.crossed |= after > cap && by > 0 && self.table.full.binary_search(&key).is_err();
        let skipped = |size: u32| size > 2 * cap;
        if skipped(before) == skipped(after) { Vec::new() } else { self.holders(key).collect() }
    }

    fn size(&self, key: u64) -> u32 {
        self.sizes.get(&key).copied().unwrap_or_else(|| u32::try_from(self.in_base(key).len()).unwrap_or(u32::MAX))
    }

    fn in_base(&self, key: u64) -> &[(u64, u32)] {
        let at = leading(key);
        let near = &self.base[self.begins[at] as usize..self.begins[at + 1] as usize];
        let begin = near.partition_point(|&(known, _)| known < key);
        let count = near[begin..].partition_point(|&(known, _)| known == key);
        &near[begin..begin + count]
    }

    /// The living contacts with a key.
    fn holders(&self, key: u64) -> impl Iterator<Item = u32> {
        let later = self.later.get(&key).into_iter().flatten().copied();
        self.in_base(key).iter().map(|&(_, row)| row).chain(later).filter(|&row| self.alive[row as usize])
    }

    /// The likely pairs of a row.
    fn compared(&self, row: u32) -> Vec<(u32, i32)> {
        let mut others: Vec<u32> = Vec::new();
        for key in keys(&self.sheet.rows[row as usize], &self.sheet.pools) {
            if self.table.full.binary_search(&key).is_err() && self.size(key) <= 2 * cap(key) {
                others.extend(self.holders(key).filter(|&other| other != row));
            }
        }
        others.sort_unstable();
        others.dedup();
        let (judge, least) = (self.judge(), odds_of(KEPT));
        others.into_iter().map(|other| (other, judge.odds(row, other))).filter(|&(_, odds)| odds >= least).collect()
    }

    fn cut(&mut self, row: u32) {
        for (other, _) in std::mem::take(&mut self.edges[row as usize]) {
            self.edges[other as usize].retain(|&(back, _)| back != row);
        }
    }

    /// Finds the pairs of these rows again and regroups all rows that they touch, now or before.
    fn compare_again(&mut self, again: &[u32], touched: &mut BTreeSet<u32>) {
        let again: BTreeSet<u32> = again.iter().copied().filter(|&row| self.alive[row as usize]).collect();
        let rows: Vec<u32> = again.iter().copied().collect();
        touched.extend(self.connected(&rows));
        for &row in &rows {
            self.cut(row);
            let found = self.compared(row);
            for &(other, odds) in &found {
                self.edges[other as usize].push((row, odds));
            }
            self.edges[row as usize] = found;
        }
        touched.extend(self.connected(&rows));
        let all: Vec<u32> = touched.iter().copied().collect();
        self.regroup(&all);
    }

    fn after_decision(&mut self, a: &str, b: &str) -> Touched {
        let rows: Vec<u32> = [a, b].into_iter().filter_map(|id| self.rows.get(id).copied()).collect();
        let mut touched = self.connected(&rows);
        // Also rows that a decision no longer joins.
        for row in rows {
            if let Some(group) = self.group_of.get(&row).and_then(|first| self.groups.get(first)) {
                touched.extend(&group.rows);
            }
        }
        let all: Vec<u32> = touched.iter().copied().collect();
        let touched = self.connected(&all);
        let all: Vec<u32> = touched.iter().copied().collect();
        self.regroup(&all);
        self.told(&touched)
    }

    /// The rows that strong pairs or decisions connect with these.
    fn connected(&self, rows: &[u32]) -> BTreeSet<u32> {
        let mut found: BTreeSet<u32> = rows.iter().copied().collect();
        let mut open: Vec<u32> = rows.to_vec();
        while let Some(row) = open.pop() {
            let strong = self.edges[row as usize].iter().filter(|(_, odds)| *odds > 0).map(|&(other, _)| other);
            let decided = self.decisions.same_as(self.sheet.id(row)).filter_map(|id| self.rows.get(id).copied());
            for other in strong.chain(decided) {
                if found.insert(other) {
                    open.push(other);
                }
            }
        }
        found
    }

    /// People's decisions about these rows, ordered by id.
    fn decided(&self, part: &[u32]) -> Decided {
        let mut ids: Vec<&str> = part.iter().map(|&row| self.sheet.id(row)).collect();
        ids.sort_unstable();
        let rows = |a: &str, b: &str| Some((*self.rows.get(a)?, *self.rows.get(b)?)).filter(|_| a < b);
        let mut decided = Decided::default();
        for a in ids {
            decided.same.extend(self.decisions.same_as(a).filter_map(|b| rows(a, b)));
            decided.different.extend(self.decisions.different_from(a).filter_map(|b| rows(a, b)));
        }
        decided
    }

    /// Groups these rows again. They must include everything that any of them is connected with.
    fn regroup(&mut self, rows: &[u32]) {
        for row in rows {
            if let Some(first) = self.group_of.remove(row) {
                self.groups.remove(&first);
            }
        }
        let mut seen: HashSet<u32> = HashSet::new();
        for &row in rows {
            if !self.alive[row as usize] || seen.contains(&row) || self.alone(row) {
                continue;
            }
            let part: Vec<u32> = self.connected(&[row]).into_iter().collect();
            seen.extend(&part);
            for group in self.joined(&part) {
                let first = group.rows[0];
                for &row in &group.rows {
                    self.group_of.insert(row, first);
                }
                self.groups.insert(first, group);
            }
        }
    }

    fn alone(&self, row: u32) -> bool {
        self.edges[row as usize].iter().all(|&(_, odds)| odds <= 0)
            && self.decisions.same_as(self.sheet.id(row)).next().is_none()
    }

    fn joined(&self, part: &[u32]) -> Vec<FoundGroup> {
        let id = |row: u32| self.sheet.id(row);
        let mut edges: Vec<JudgedPair> = Vec::new();
        for &a in part {
            let behind = self.edges[a as usize].iter().filter(|&&(b, odds)| odds > 0 && id(a) < id(b));
            edges.extend(behind.map(|&(b, odds)| JudgedPair { a, b, odds }));
        }
        edges.sort_unstable_by(|x, y| y.odds.cmp(&x.odds).then_with(|| (id(x.a), id(x.b)).cmp(&(id(y.a), id(y.b)))));
        let judge = self.judge();
        let mut found = groups(part, &edges, &self.decided(part), &|a, b| judge.vote(a, b));
        for group in &mut found {
            group.rows.sort_unstable_by_key(|&row| id(row));
            group.pairs.sort_unstable_by_key(|pair| (id(pair.a), id(pair.b)));
        }
        found
    }
}

/// This many leading bits narrow a key down to a few neighbours.
const LEADING: u32 = 17;

fn leading(key: u64) -> usize {
    usize::try_from(key >> (u64::BITS - LEADING)).unwrap_or(0)
}

fn begins(base: &[(u64, u32)]) -> Vec<u32> {
    let mut begins = vec![0_u32; (1 << LEADING) + 1];
    for &(key, _) in base {
        begins[leading(key) + 1] += 1;
    }
    for at in 1..begins.len() {
        begins[at] += begins[at - 1];
    }
    begins
}
