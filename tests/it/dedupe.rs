//! The finder on labelled sets: a little under what it reached, so that no change loses quality unseen.
//!
//! The folder that `DEDUPE_DATA_DIR` names holds the public sets; the small set in `tests/data` is our own, written
//! by hand. In a debug build the whole of it takes some seconds: large sets are cut to part of their people.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use ghl_tui::dedupe::{self, DedupeRecord, FindOptions, FoundDuplicates, RecordField, RecordSheet, RunProgress, find};

/// Where the sets lie; `None`, said on stderr, where nobody named it.
#[expect(clippy::print_stderr, reason = "a test that was not run must say so")]
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("DEDUPE_DATA_DIR").map(PathBuf::from);
    assert!(
        folder.is_some() || std::env::var_os("GHL_TUI_REQUIRE_DATA").is_none(),
        "DEDUPE_DATA_DIR must name the folder of the labelled sets here"
    );
    if folder.is_none() {
        eprintln!("DEDUPE_DATA_DIR is not set: the labelled sets are not looked at");
    }
    folder
}

/// Rows of a set and the person of each, in the order of the rows.
struct Labelled {
    headers: Vec<Option<RecordField>>,
    rows: Vec<csv::StringRecord>,
    people: Vec<String>,
}

impl Labelled {
    /// Reads a set; of a large one every `one_in`th person, by a hash of the name.
    fn read(folder: &Path, name: &str, one_in: u32) -> Self {
        let open =
            |name: String| csv::Reader::from_path(folder.join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let truth: HashMap<String, String> = open(format!("{name}_truth.csv"))
            .records()
            .map(|row| row.expect("a row"))
            .map(|row| (row[0].to_owned(), row[1].to_owned()))
            .collect();
        let chosen = |person: &str| {
            let sum = person.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
            (sum >> 8).is_multiple_of(one_in)
        };
        let mut reader = open(format!("{name}.csv"));
        let headers = reader.headers().expect("a header").iter().map(dedupe::field).collect();
        let mut rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
        rows.retain(|row| chosen(&truth[&row[0]]));
        let people = rows.iter().map(|row| truth[&row[0]].clone()).collect();
        Self { headers, rows, people }
    }

    fn run(&self) -> (RecordSheet, FoundDuplicates) {
        let record = |row: &csv::StringRecord| -> Cells {
            row.iter().zip(&self.headers).filter_map(|(cell, field)| Some(((*field)?, cell.to_owned()))).collect()
        };
        let cells: Vec<Cells> = self.rows.iter().map(record).collect();
        let records: Vec<DedupeRecord<'_>> = cells.iter().map(|cells| filled(cells)).collect();
        let mut sheet = RecordSheet::new();
        sheet.extend(&records);
        let found = find(&mut sheet, &FindOptions::default(), &RunProgress::default()).expect("nobody stopped it");
        (sheet, found)
    }
}

type Cells = Vec<(RecordField, String)>;

fn filled(cells: &Cells) -> DedupeRecord<'_> {
    let mut record = DedupeRecord::default();
    for (field, cell) in cells {
        record.set(*field, cell);
    }
    record
}

/// F1 of the groups over all pairs, B-cubed F1, and groups that hold more than one person.
struct Quality {
    f1: f64,
    b_cubed: f64,
    false_merges: usize,
}

fn quality(set: &Labelled, sheet: &RecordSheet, found: &FoundDuplicates) -> Quality {
    let person: HashMap<&str, &str> =
        set.rows.iter().zip(&set.people).map(|(row, person)| (&row[0], person.as_str())).collect();
    let mut sizes: BTreeMap<&str, f64> = BTreeMap::new();
    for person in &set.people {
        *sizes.entry(person).or_default() += 1.0;
    }
    let two = |n: f64| n * (n - 1.0) / 2.0;
    let real: f64 = sizes.values().copied().map(two).sum();
    let (mut together, mut predicted, mut precision, mut recall, mut false_merges) = (0.0, 0.0, 0.0, 0.0, 0);
    let mut grouped = 0;
    for group in &found.groups {
        let mut here: BTreeMap<&str, f64> = BTreeMap::new();
        for &row in &group.rows {
            *here.entry(person[sheet.id(row)]).or_default() += 1.0;
        }
        let size: f64 = here.values().sum();
        predicted += two(size);
        together += here.values().copied().map(two).sum::<f64>();
        precision += here.values().map(|count| count * count / size).sum::<f64>();
        recall += here.iter().map(|(person, count)| count * count / sizes[person]).sum::<f64>();
        false_merges += usize::from(here.len() > 1);
        grouped += group.rows.len();
    }
    let in_group: std::collections::HashSet<&str> =
        found.groups.iter().flat_map(|group| &group.rows).map(|&row| sheet.id(row)).collect();
    let alone = set.rows.iter().zip(&set.people).filter(|(row, _)| !in_group.contains(&row[0]));
    recall += alone.map(|(_, person)| 1.0 / sizes[person.as_str()]).sum::<f64>();
    let all = f64::from(u32::try_from(set.rows.len()).expect("a small set"));
    precision += all - f64::from(u32::try_from(grouped).expect("a small set"));
    let mean = |a: f64, b: f64| 2.0 * a * b / (a + b);
    Quality {
        f1: mean(together / predicted, together / real),
        b_cubed: mean(precision / all, recall / all),
        false_merges,
    }
}

fn hold(folder: &Path, name: &str, one_in: u32, f1: f64, b_cubed: f64, false_merges: usize) {
    let set = Labelled::read(folder, name, one_in);
    let (sheet, found) = set.run();
    let reached = quality(&set, &sheet, &found);
    assert!(
        reached.f1 >= f1 && reached.b_cubed >= b_cubed && reached.false_merges <= false_merges,
        "{name}: F1 {:.4} of {f1}, B-cubed {:.4} of {b_cubed}, false merges {} of {false_merges}",
        reached.f1,
        reached.b_cubed,
        reached.false_merges,
    );
    let unexplained = found.pairs.iter().find(|pair| found.reasons(&sheet, pair.a, pair.b).is_empty());
    assert_eq!(unexplained, None, "{name}: every pair has its reasons");
}

#[test]
fn the_public_sets_are_found_as_well_as_ever() {
    let Some(folder) = folder() else { return };
    hold(&folder, "febrl1", 1, 0.9989, 0.999, 0);
    hold(&folder, "febrl2", 1, 0.9995, 0.9998, 0);
    hold(&folder, "gen5k", 1, 0.970, 0.9935, 19);
    hold(&folder, "splink_fake_1000", 1, 0.88, 0.91, 0);
    hold(&folder, "historical_50k", 8, 0.88, 0.89, 30);
}

#[test]
fn our_own_people_are_found_whole_and_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    hold(&folder, "people", 1, 0.92, 0.97, 2);
}
