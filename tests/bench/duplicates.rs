//! How long a search for duplicates takes, what it holds, and what one change costs afterwards.
//!
//! `cargo bench --bench duplicates` compares made-up contacts, 20,000 to 1,000,000 of them, and at 100,000 changes a
//! thousand singly; it ends with an error where those do not lead to the groups of a run from scratch by the same
//! table. `tests/tools/beside_splink.py` says how to measure a public tool beside this one.

use std::error::Error;
use std::fs;
use std::time::{Duration, Instant};

use fastrand::Rng;
use ghl_tui::dedupe::{
    Decisions, DedupeRecord, DuplicateIndex, FindOptions, RecordField, RecordSheet, RunProgress, find,
};

const SYLLABLES: [&str; 20] = [
    "ba", "cor", "del", "fen", "gar", "hol", "ka", "lin", "mor", "ne", "pel", "ros", "sta", "tav", "u", "ver", "wil",
    "y", "zan", "dri",
];
const FIRST: [&str; 12] =
    ["Adele", "Bruno", "Maria", "John", "Farid", "Greta", "Hugo", "Robert", "Anna", "Kira", "Michael", "Yannick"];
/// One contact in so many is there again.
const AGAIN: usize = 7;
const CHANGES: usize = 1_000;

type Cells = [(RecordField, String); 8];

fn main() -> Result<(), Box<dyn Error>> {
    for contacts in [20_000, 100_000, 1_000_000] {
        let people = people(contacts);
        run(&people, contacts == 100_000)?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what a benchmark is for")]
fn run(people: &[Cells], with_changes: bool) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let mut sheet = sheet(people);
    let read = began.elapsed();
    let found = find(&mut sheet, &FindOptions::default(), &RunProgress::default())?;
    let groups = found.groups.len();
    println!(
        "{:>9} contacts: read {:.2} s, compared {:.2} s, {groups} groups, {} MB at most so far",
        people.len(),
        read.as_secs_f64(),
        began.elapsed().saturating_sub(read).as_secs_f64(),
        peak_memory()?,
    );
    if with_changes {
        let table = found.table.clone();
        let mut index = DuplicateIndex::new(sheet, found.table, Decisions::default());
        let mut people = people.to_vec();
        let mut took = changes(&mut index, &mut people);
        took.sort_unstable();
        let at = |part: usize| took[(took.len() * part / 100).min(took.len() - 1)].as_secs_f64() * 1e3;
        println!(
            "          one change: p50 {:.2} ms, p99 {:.2} ms, at most {:.2} ms ({} changes)",
            at(50),
            at(99),
            at(100),
            took.len()
        );
        let scratch = DuplicateIndex::new(self::sheet(&people), table, Decisions::default());
        if ids(&index) != ids(&scratch) {
            return Err("the changes led to other groups than a run from scratch".into());
        }
        println!("          and the same groups as from scratch");
    }
    Ok(())
}

fn changes(index: &mut DuplicateIndex, people: &mut [Cells]) -> Vec<Duration> {
    let mut random = Rng::with_seed(5);
    (0..CHANGES)
        .map(|_| {
            let (one, other) = (random.usize(..people.len()), random.usize(..people.len()));
            let field = random.usize(1..people[one].len());
            // What someone else has, or a value of one's own.
            people[one][field].1 = if random.bool() {
                people[other][field].1.clone()
            } else {
                misspelt(&people[one][field].1, &mut random)
            };
            let began = Instant::now();
            index.put(&record(&people[one]));
            began.elapsed()
        })
        .collect()
}

fn ids(index: &DuplicateIndex) -> Vec<Vec<String>> {
    let ids = |group: &ghl_tui::dedupe::FoundGroup| {
        let mut ids: Vec<String> = group.rows.iter().map(|&row| index.id(row).to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    let mut groups: Vec<Vec<String>> = index.groups().into_iter().map(ids).collect();
    groups.sort_unstable();
    groups
}

fn sheet(people: &[Cells]) -> RecordSheet {
    let mut sheet = RecordSheet::new();
    for batch in people.chunks(8192) {
        sheet.extend(&batch.iter().map(record).collect::<Vec<_>>());
    }
    sheet
}

fn record(cells: &Cells) -> DedupeRecord<'_> {
    let mut record = DedupeRecord::default();
    for (field, cell) in cells {
        record.set(*field, cell);
    }
    record
}

/// People of whom some are there twice, with what comes between two entries of one person.
fn people(contacts: usize) -> Vec<Cells> {
    let mut random = Rng::with_seed(11);
    let mut people: Vec<Cells> = Vec::with_capacity(contacts);
    for number in 0..contacts {
        let id = format!("c{number:07}");
        if number > 0 && random.usize(..AGAIN) == 0 {
            let mut again = people[random.usize(..people.len())].clone();
            again[0].1 = id;
            for _slip in 0..random.usize(..3) {
                let field = random.usize(1..again.len());
                again[field].1 = if random.bool() { String::new() } else { misspelt(&again[field].1, &mut random) };
            }
            people.push(again);
            continue;
        }
        let last: String = (0..random.usize(2..4)).map(|_| SYLLABLES[random.usize(..SYLLABLES.len())]).collect();
        let first = FIRST[random.usize(..FIRST.len())];
        let (house, street) = (random.u32(1..2_000), SYLLABLES[random.usize(..SYLLABLES.len())]);
        people.push([
            (RecordField::Id, id),
            (RecordField::FirstName, first.to_owned()),
            (RecordField::LastName, last.clone()),
            (RecordField::Email, format!("{}.{last}{}@mail.example", first.to_lowercase(), random.u32(..100_000))),
            (RecordField::Phone, format!("+1{}{:07}", random.u32(201..990), random.u32(2_000_000..9_999_999))),
            (RecordField::Address1, format!("{house} {street} Street")),
            (RecordField::City, format!("{}ton", SYLLABLES[random.usize(..SYLLABLES.len())])),
            (RecordField::PostalCode, format!("{:05}", random.u32(10_000..99_999))),
        ]);
    }
    people
}

/// Two letters changed places.
fn misspelt(text: &str, random: &mut Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() > 2 {
        let at = random.usize(1..letters.len());
        letters.swap(at - 1, at);
    }
    letters.into_iter().collect()
}

/// In megabytes.
fn peak_memory() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? / 1024)
}
