//! How good the finder of duplicates is on records whose truth is known.
//!
//! `cargo run --release --example dedupe_score -- RECORDS.csv TRUTH.csv [--errors N] [--json OUT]` prints precision, recall and
//! F1 of the groups over all pairs, B-cubed, groups that hold more than one person, recall of pairs at precision
//! .99, the largest group, time and peak memory; with `--errors` also so many pairs that are wrong, with reasons.
//! The truth is a CSV of `id,cluster`: records of one cluster are one person.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::time::Instant;

use ghl_tui::dedupe::{self, DedupeRecord, FindOptions, FoundDuplicates, RecordField, RecordSheet, RunProgress};

struct Arguments {
    records: String,
    truth: String,
    errors: usize,
    json: Option<String>,
    pairs: Option<String>,
    min_score: f64,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let (mut plain, mut errors, mut json, mut pairs, mut min_score) = (Vec::new(), 0, None, None, 0.05);
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--errors" => errors = given.next().ok_or("--errors needs a number")?.parse()?,
            "--json" => json = given.next(),
            "--pairs" => pairs = given.next(),
            "--min-score" => min_score = given.next().ok_or("--min-score needs a number")?.parse()?,
            _ => plain.push(argument),
        }
    }
    let [records, truth] = plain.try_into().map_err(|_| "needs RECORDS.csv and TRUTH.csv")?;
    Ok(Arguments { records, truth, errors, json, pairs, min_score })
}

#[expect(clippy::print_stdout, reason = "it is what the tool is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    let began = Instant::now();
    let mut sheet = read(&arguments.records)?;
    let after_reading = began.elapsed();
    let found = dedupe::find(
        &mut sheet,
        &FindOptions { min_score: arguments.min_score, ..FindOptions::default() },
        &RunProgress::default(),
    )?;
    let after_finding = began.elapsed();
    if let Some(path) = &arguments.json {
        write(path, &sheet, &found)?;
    }
    let took = began.elapsed();
    if let Some(path) = &arguments.pairs {
        write_pairs(path, &sheet, &found)?;
    }
    let truth = truth(&arguments.truth, &sheet)?;
    let mut measured = Measured::of(&sheet, &found, &truth);
    measured.pairs(&found, &truth);
    println!(
        "{:<12} F1 {:.4} (P {:.4} R {:.4})  B3 {:.4} (P {:.4} R {:.4})  false merges {}  r@p.99 {:.3}  cand {:.4}  largest {}  {:.2} s (read {:.2}, find {:.2}, write {:.2})  {} MB",
        std::path::Path::new(&arguments.records).file_stem().unwrap_or_default().to_string_lossy(),
        measured.f1(),
        measured.precision(),
        measured.recall(),
        measured.b_cubed(),
        measured.b_precision,
        measured.b_recall,
        measured.false_merges,
        measured.recall_at_99,
        measured.given,
        measured.largest,
        took.as_secs_f64(),
        after_reading.as_secs_f64(),
        after_finding.saturating_sub(after_reading).as_secs_f64(),
        took.saturating_sub(after_finding).as_secs_f64(),
        peak_memory()?,
    );
    if arguments.errors > 0 {
        print_errors(&arguments, &sheet, &found, &truth)?;
    }
    Ok(())
}

/// Reads in batches, so that a large file is never whole in memory.
fn read(path: &str) -> Result<RecordSheet, Box<dyn Error>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let fields: Vec<Option<RecordField>> = reader.headers()?.iter().map(dedupe::field).collect();
    let mut sheet = RecordSheet::new();
    let mut batch = Vec::new();
    let mut rows = reader.records();
    loop {
        batch.clear();
        for row in rows.by_ref().take(8192) {
            batch.push(row?);
        }
        if batch.is_empty() {
            return Ok(sheet);
        }
        let records: Vec<DedupeRecord<'_>> = batch.iter().map(|row| record(row, &fields)).collect();
        sheet.extend(&records);
    }
}

fn record<'a>(row: &'a csv::StringRecord, fields: &[Option<RecordField>]) -> DedupeRecord<'a> {
    let mut record = DedupeRecord::default();
    for (cell, field) in row.iter().zip(fields) {
        if let Some(field) = field {
            record.set(*field, cell);
        }
    }
    record
}

/// The person of each row.
fn truth(path: &str, sheet: &RecordSheet) -> Result<Vec<u32>, Box<dyn Error>> {
    let mut people: HashMap<String, u32> = HashMap::new();
    let mut of_id: HashMap<String, u32> = HashMap::new();
    for row in csv::Reader::from_path(path)?.records() {
        let row = row?;
        let next = u32::try_from(people.len())?;
        let person = *people.entry(row[1].to_owned()).or_insert(next);
        of_id.insert(row[0].to_owned(), person);
    }
    (0..u32::try_from(sheet.len())?)
        .map(|row| of_id.get(sheet.id(row)).copied().ok_or_else(|| format!("no truth for {}", sheet.id(row)).into()))
        .collect()
}

fn words(found: &FoundDuplicates, sheet: &RecordSheet, a: u32, b: u32) -> Vec<String> {
    found.reasons(sheet, a, b).into_iter().map(|reason| reason.words).collect()
}

fn write(path: &str, sheet: &RecordSheet, found: &FoundDuplicates) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(fs::File::create(path)?);
    for group in &found.groups {
        let cluster: Vec<&str> = group.rows.iter().map(|&row| sheet.id(row)).collect();
        let pairs: Vec<serde_json::Value> = group
            .pairs
            .iter()
            .map(|pair| serde_json::json!({"a": sheet.id(pair.a), "b": sheet.id(pair.b), "score": pair.score, "reasons": words(found, sheet, pair.a, pair.b)}))
            .collect();
        let reasons = group.pairs.first().map(|pair| words(found, sheet, pair.a, pair.b));
        serde_json::to_writer(
            &mut out,
            &serde_json::json!({"cluster": cluster, "score": group.score, "reasons": reasons, "pairs": pairs}),
        )?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

fn write_pairs(path: &str, sheet: &RecordSheet, found: &FoundDuplicates) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(fs::File::create(path)?);
    for pair in &found.pairs {
        let reasons = words(found, sheet, pair.a, pair.b);
        serde_json::to_writer(
            &mut out,
            &serde_json::json!({"a": sheet.id(pair.a), "b": sheet.id(pair.b), "score": pair.score, "reasons": reasons}),
        )?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

#[derive(Default)]
struct Measured {
    together: u64,
    predicted: u64,
    real: u64,
    b_precision: f64,
    b_recall: f64,
    false_merges: usize,
    largest: usize,
    recall_at_99: f64,
    given: f64,
}

impl Measured {
    fn of(sheet: &RecordSheet, found: &FoundDuplicates, truth: &[u32]) -> Self {
        let mut sizes: HashMap<u32, u64> = HashMap::new();
        for &person in truth {
            *sizes.entry(person).or_default() += 1;
        }
        let mut measured = Self { real: sizes.values().map(|&size| choose_two(size)).sum(), ..Self::default() };
        let mut grouped = vec![false; sheet.len()];
        let alone = |row: usize| vec![u32::try_from(row).unwrap_or_default()];
        let all = f64::from(u32::try_from(sheet.len()).unwrap_or(u32::MAX));
        for group in &found.groups {
            for &row in &group.rows {
                grouped[row as usize] = true;
            }
        }
        let groups = found.groups.iter().map(|group| group.rows.clone());
        for rows in groups.chain((0..sheet.len()).filter(|&row| !grouped[row]).map(alone)) {
            let mut people: BTreeMap<u32, u64> = BTreeMap::new();
            for &row in &rows {
                *people.entry(truth[row as usize]).or_default() += 1;
            }
            measured.predicted += choose_two(rows.len() as u64);
            measured.false_merges += usize::from(people.len() > 1);
            measured.largest = measured.largest.max(rows.len());
            for (person, &count) in &people {
                measured.together += choose_two(count);
                measured.b_precision += real(count * count) / real(rows.len() as u64) / all;
                measured.b_recall += real(count * count) / real(sizes[person]) / all;
            }
        }
        measured
    }

    fn pairs(&mut self, found: &FoundDuplicates, truth: &[u32]) {
        let mut scored: Vec<(f64, bool)> =
            found.pairs.iter().map(|pair| (pair.score, truth[pair.a as usize] == truth[pair.b as usize])).collect();
        scored.sort_by(|x, y| y.0.total_cmp(&x.0));
        let (mut right, mut seen) = (0, 0);
        for run in scored.chunk_by(|x, y| x.0.total_cmp(&y.0).is_eq()) {
            right += run.iter().filter(|(_, right)| *right).count() as u64;
            seen += run.len() as u64;
            if real(right) >= 0.99 * real(seen) {
                self.recall_at_99 = real(right) / real(self.real);
            }
        }
        self.given = real(right) / real(self.real);
    }

    fn precision(&self) -> f64 {
        real(self.together) / real(self.predicted)
    }

    fn recall(&self) -> f64 {
        real(self.together) / real(self.real)
    }

    fn f1(&self) -> f64 {
        mean(self.precision(), self.recall())
    }

    fn b_cubed(&self) -> f64 {
        mean(self.b_precision, self.b_recall)
    }
}

fn mean(a: f64, b: f64) -> f64 {
    2.0 * a * b / (a + b)
}

fn choose_two(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

fn real(n: u64) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

/// In megabytes.
fn peak_memory() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? / 1024)
}

#[expect(clippy::print_stdout, reason = "it is what the tool is for")]
fn print_errors(
    arguments: &Arguments,
    sheet: &RecordSheet,
    found: &FoundDuplicates,
    truth: &[u32],
) -> Result<(), Box<dyn Error>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(&arguments.records)?;
    let rows: HashMap<String, String> = reader
        .records()
        .map(|row| row.map(|row| (row[0].to_owned(), row.iter().skip(1).collect::<Vec<_>>().join(" | "))))
        .collect::<Result<_, _>>()?;
    let mut group_of: HashMap<u32, usize> = HashMap::new();
    for (number, group) in found.groups.iter().enumerate() {
        group_of.extend(group.rows.iter().map(|&row| (row, number)));
    }
    let together = |a: u32, b: u32| group_of.get(&a).is_some_and(|group| group_of.get(&b) == Some(group));
    let scores: HashMap<(u32, u32), f64> = found.pairs.iter().map(|pair| ((pair.a, pair.b), pair.score)).collect();
    let mut wrong = Vec::new();
    for group in &found.groups {
        for (at, &a) in group.rows.iter().enumerate() {
            wrong.extend(
                group.rows[at + 1..]
                    .iter()
                    .filter(|&&b| truth[a as usize] != truth[b as usize])
                    .map(|&b| ("FALSE", a, b)),
            );
        }
    }
    let mut people: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (row, &person) in (0..).zip(truth) {
        people.entry(person).or_default().push(row);
    }
    for rows in people.values() {
        for (at, &a) in rows.iter().enumerate() {
            wrong.extend(rows[at + 1..].iter().filter(|&&b| !together(a, b)).map(|&b| ("MISSED", a, b)));
        }
    }
    // Spread over the file instead of the first ones.
    wrong.sort_by_key(|&(_, a, b)| (a.wrapping_mul(2_654_435_761) ^ b.wrapping_mul(40_503), a, b));
    for kind in ["FALSE", "MISSED"] {
        for (_, a, b) in wrong.iter().filter(|wrong| wrong.0 == kind).take(arguments.errors) {
            let score = scores.get(&(*a, *b)).copied().unwrap_or(-1.0);
            println!("{kind} {score:.3} {}", words(found, sheet, *a, *b).join(", "));
            println!("   {}\n   {}", rows[sheet.id(*a)], rows[sheet.id(*b)]);
        }
    }
    Ok(())
}
