//! Contacts from CSV files that other programs wrote.
//!
//! Read row by row, because a file may be larger than memory. Anything that cannot be read correctly is refused or
//! reported, never guessed: a wrong column would make wrong duplicates. A row with too few or too many cells, or
//! without an id, is skipped and named by its line: that costs a duplicate at most, and the rest is right without it.
//! If a quote is broken across lines the file is refused, because the quote may have swallowed any number of rows.

mod header;
mod raw;

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use rayon::prelude::*;

use crate::dedupe::{DedupeRecord, RecordSheet};
use crate::domain::counted;

use super::ExitStatus;
use super::fault::Fault;
use header::{BadHeader, CsvColumns, CsvRow, delimiter, listed};
use raw::{RawRows, RowLines, has_stray_quote};

/// Rows per batch.
const BATCH: usize = 8192;
/// Bytes of the file that are read to find the delimiter.
const LOOK: usize = 64 * 1024;
/// Skipped rows are named up to this many.
const NAMED: usize = 5;
/// Appended after the last row, so that a quote left open there has it in its cell.
const END: &[u8] = b"\0end";
const EXPECTED: &str = "the first line must name the columns: id, and for example firstName, lastName, email, phone";

/// Oddities of a file that did not stop the reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Noticed {
    /// Columns with unknown names.
    ignored: Vec<String>,
    /// Columns that repeat another one.
    again: Vec<String>,
    /// The first line that is not UTF-8, and the number of such rows.
    latin: Option<(u64, u64)>,
    /// The first rows that were skipped, and why.
    left: Vec<String>,
    /// How many rows were skipped.
    count: usize,
    rows: usize,
}

impl Noticed {
    /// In words, one line each.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if !self.ignored.is_empty() {
            words.push(format!("ignored columns: {}", listed(&self.ignored)));
        }
        if !self.again.is_empty() {
            let names = listed(&self.again);
            words.push(format!("used only if an earlier column with the same meaning is empty: {names}"));
        }
        if self.count > 0 {
            let more = self.count - self.left.len();
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            words.push(format!("skipped {}: {}{more}", counted(self.count, "row"), self.left.join(", ")));
        }
        match self.latin {
            Some((line, 1)) => words.push(format!("line {line} is not UTF-8: read as Windows-1252")),
            Some((line, count)) => {
                words.push(format!("{count} rows are not UTF-8 (the first is line {line}): read as Windows-1252"));
            }
            None => {}
        }
        if self.rows == 0 {
            words.push("the file has no rows".to_owned());
        }
        words
    }

    fn leave_out(&mut self, place: RowLines, why: &str) {
        self.count += 1;
        if self.left.len() < NAMED {
            self.left.push(format!("line {} ({why})", place.first));
        }
    }
}

/// Adds the rows of a file. Calls `kept` with every contact, and `told` with the number of rows after every batch.
pub(super) fn read(
    path: &Path,
    sheet: &mut RecordSheet,
    kept: &mut dyn FnMut(&DedupeRecord<'_>),
    told: &dyn Fn(u64),
) -> Result<Noticed, Fault> {
    let file = File::open(path).map_err(|error| unreadable(path, &error.to_string(), "check the path"))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(unreadable(path, "it is a folder", "name a CSV file"));
    }
    rows(path, file, sheet, kept, told)
}

fn unreadable(path: &Path, why: &str, next: &str) -> Fault {
    Fault::new(ExitStatus::Failed, &format!("read {}", path.display()), why, next)
}

fn rows(
    path: &Path,
    input: impl Read,
    sheet: &mut RecordSheet,
    kept: &mut dyn FnMut(&DedupeRecord<'_>),
    told: &dyn Fn(u64),
) -> Result<Noticed, Fault> {
    let (mut reader, delimiter) = reader(path, input)?;
    let (mut noticed, mut columns, mut row) = (Noticed::default(), None, ByteRecord::new());
    let mut taken = Taken { before: sheet.len(), sheet, kept, lines: Vec::new(), waiting: Vec::new() };
    loop {
        let more = reader.read_byte_record(&mut row);
        let more = more.map_err(|error| {
            unreadable(path, &format!("line {}: {error}", reader.get_ref().line()), "fix the file there")
        })?;
        let end = reader.position().byte();
        let (place, raw) = reader.get_mut().row(end);
        if !more || (row.len() == 1 && &row[0] == END) {
            break;
        }
        let quote = memchr::memchr(b'"', raw).is_some() && has_stray_quote(raw, delimiter);
        if quote && place.last > place.first {
            return Err(broken_quote(path, place, row.as_slice().ends_with(END)));
        }
        let (text, is_latin) = decoded(row.clone());
        if is_latin {
            noticed.latin.get_or_insert((place.first, 0)).1 += 1;
        }
        match &columns {
            None => columns = Some(CsvColumns::of(&text).map_err(|error| refused(path, &error))?),
            Some(columns) => match fit(text, quote, columns) {
                Ok(cells) => {
                    if taken.take(cells, place.first, columns) {
                        told(taken.lines.len() as u64);
                    }
                }
                Err(why) => noticed.leave_out(place, &why),
            },
        }
    }
    let columns = columns.ok_or_else(|| refused(path, &BadHeader::Empty))?;
    taken.hand_over(&columns);
    if taken.lines.is_empty() && noticed.count > 0 {
        let why = format!("no row can be used: {}", noticed.left.join(", "));
        return Err(unreadable(path, &why, "fix the file"));
    }
    taken.check_ids(path)?;
    noticed.rows = taken.lines.len();
    (noticed.ignored, noticed.again) = (columns.ignored, columns.again);
    Ok(noticed)
}

/// A reader of rows, header included, and the delimiter.
fn reader<R: Read>(path: &Path, input: R) -> Result<(csv::Reader<RawRows<impl Read + use<R>>>, u8), Fault> {
    let mut input = BufReader::with_capacity(LOOK, input);
    let start = input.fill_buf().map_err(|error| unreadable(path, &error.to_string(), "check the file"))?;
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) || start.contains(&0) {
        return Err(unreadable(path, "it is not text in UTF-8 or Windows-1252", "save it as CSV in UTF-8"));
    }
    let mark = if start.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    let delimiter = delimiter(&start[mark..]);
    input.consume(mark);
    let raw = RawRows::new(input.chain(&b"\n"[..]).chain(END));
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(LOOK);
    Ok((builder.from_reader(raw), delimiter))
}

fn refused(path: &Path, error: &BadHeader) -> Fault {
    let next = match error {
        BadHeader::Empty | BadHeader::Unknown(_) | BadHeader::OnlyId(_) => EXPECTED,
        BadHeader::NoId(_) => "add one: each row needs its own id",
    };
    unreadable(path, &error.to_string(), next)
}

fn broken_quote(path: &Path, place: RowLines, is_open: bool) -> Fault {
    let RowLines { first, last } = place;
    let why = if is_open {
        format!("a quote opened on line {first} or soon after is never closed")
    } else {
        format!("a quote on lines {first} to {last} is not closed where its cell ends")
    };
    unreadable(path, &why, "close it, or double it if it is part of the text")
}

/// The cells of a row, or why it is skipped.
fn fit(row: StringRecord, has_stray_quote: bool, columns: &CsvColumns) -> Result<CsvRow, String> {
    if has_stray_quote {
        return Err("a quote in the middle of a cell".to_owned());
    }
    // Extra delimiters at the end do no harm.
    let extra = row.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty());
    if extra || row.len() < columns.len() {
        return Err(format!("{}, the header has {}", counted(row.len(), "cell"), columns.len()));
    }
    let cells = columns.cells(row);
    if columns.record(&cells).id.is_empty() { Err("no id".to_owned()) } else { Ok(cells) }
}

/// The part of a file that has been read so far.
struct Taken<'a> {
    sheet: &'a mut RecordSheet,
    kept: &'a mut dyn FnMut(&DedupeRecord<'_>),
    /// Rows of the sheet that came from another file.
    before: usize,
    /// The line on which each row of this file begins.
    lines: Vec<u64>,
    waiting: Vec<CsvRow>,
}

impl Taken<'_> {
    /// Takes a row; returns whether it was the last of a batch.
    fn take(&mut self, cells: CsvRow, line: u64, columns: &CsvColumns) -> bool {
        self.lines.push(line);
        self.waiting.push(cells);
        let is_full = self.waiting.len() == BATCH;
        if is_full {
            self.hand_over(columns);
        }
        is_full
    }

    fn hand_over(&mut self, columns: &CsvColumns) {
        let records: Vec<DedupeRecord<'_>> = self.waiting.iter().map(|cells| columns.record(cells)).collect();
        records.iter().for_each(&mut *self.kept);
        self.sheet.extend(&records);
        self.waiting.clear();
    }

    /// Checks that no id appears twice: ids tell the rows apart in the answer.
    fn check_ids(&self, path: &Path) -> Result<(), Fault> {
        let id = |row: u32| self.sheet.id(row);
        let hashed = |row: u32| {
            let mut hasher = DefaultHasher::new();
            id(row).hash(&mut hasher);
            (hasher.finish(), row)
        };
        let end = u32::try_from(self.sheet.len()).unwrap_or(u32::MAX);
        let mut rows: Vec<(u64, u32)> = (u32::try_from(self.before).unwrap_or(u32::MAX)..end).map(hashed).collect();
        rows.par_sort_unstable_by(|x, y| x.0.cmp(&y.0).then_with(|| id(x.1).cmp(id(y.1))).then(x.1.cmp(&y.1)));
        let twice = rows.windows(2).filter(|two| two[0].0 == two[1].0 && id(two[0].1) == id(two[1].1));
        let Some(two) = twice.min_by_key(|two| two[1].1) else { return Ok(()) };
        let line = |row: u32| self.lines.get(row as usize - self.before).copied().unwrap_or_default();
        let why = format!("the id {} appears twice, in lines {} and {}", id(two[0].1), line(two[0].1), line(two[1].1));
        Err(unreadable(path, &why, "give each row its own id: ids tell the rows apart in the answer"))
    }
}

/// As text, and whether it was read as Windows-1252, the most common encoding apart from UTF-8.
fn decoded(row: ByteRecord) -> (StringRecord, bool) {
    match StringRecord::from_byte_record(row) {
        Ok(row) => (row, false),
        Err(error) => {
            let text = |cell: &[u8]| match std::str::from_utf8(cell) {
                Ok(text) => text.to_owned(),
                Err(_) => cell.iter().map(|&byte| windows_1252(byte)).collect(),
            };
            (error.into_byte_record().iter().map(text).collect(), true)
        }
    }
}

/// Latin-1, with typographic signs in place of control characters that nobody types.
fn windows_1252(byte: u8) -> char {
    const FROM_128: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let place = usize::from(byte).checked_sub(128);
    place.and_then(|place| FROM_128.get(place)).copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &[u8]) -> Result<(Vec<String>, Vec<String>), Fault> {
        let mut sheet = RecordSheet::new();
        let noticed = rows(Path::new("people.csv"), text, &mut sheet, &mut |_| {}, &|_| {})?;
        let ids = (0..).take(sheet.len()).map(|row| sheet.id(row).to_owned()).collect();
        Ok((ids, noticed.words()))
    }

    #[test]
    fn what_other_programs_write_is_read() {
        let (ids, words) =
            taken("\u{feff}ID;Vorname;E-Mail\r\n7;J\u{f6}rg;a@b.de\r\n8;;\r\n".as_bytes()).expect("read");
        assert_eq!((ids, words), (vec!["7".to_owned(), "8".to_owned()], vec!["ignored columns: Vorname".to_owned()]));
        let mut names = Vec::new();
        let mut keep = |record: &DedupeRecord<'_>| names.push(record.first_name.to_owned());
        let text = &b"id\tfirst_name\n1\tJos\xe9 \x96\n2\tZo\xc3\xab"[..];
        let noticed = rows(Path::new("x"), text, &mut RecordSheet::new(), &mut keep, &|_| {}).expect("read");
        assert_eq!(noticed.words(), ["line 2 is not UTF-8: read as Windows-1252"]);
        assert_eq!(names, ["José –", "Zoë"]);
        // A line end within quotes, a separator too many, blank lines, no rows at all.
        let (ids, words) = taken(b"id,name,address\n1,Ann,\"1 Main St\nTown, ST\"\n\n2,Bo,,\n").expect("read");
        assert_eq!((ids.join(" ").as_str(), words.len()), ("1 2", 0), "{words:?}");
        assert_eq!(taken(b"id,name").expect("read").1, ["the file has no rows"]);
    }

    #[test]
    fn a_row_that_does_not_fit_is_left_out_and_named_by_its_line() {
        let text = b"id,name,email\r\n1,Ann,a@b.org\r\n2,Bo\r\n\r\n ,Cy,c@b.org\r\n4,Lee, Di,d@b.org\r\n5,\"Ed\" x,\r\n6,Flo,\r\n";
        let (ids, words) = taken(text).expect("read");
        assert_eq!(ids, ["1", "6"]);
        let expected = "skipped 4 rows: line 3 (2 cells, the header has 3), line 5 (no id), \
                        line 6 (4 cells, the header has 3), line 7 (a quote in the middle of a cell)";
        assert_eq!(words, [expected]);
        let many = format!("id,name\n1,Ann\n{}", "2\n".repeat(9));
        let (_, words) = taken(many.as_bytes()).expect("read");
        assert!(
            words[0].starts_with("skipped 9 rows: line 3 (1 cell,") && words[0].ends_with(", and 4 more"),
            "{words:?}"
        );
    }

    #[test]
    fn two_hundred_columns_are_no_matter() {
        let header: Vec<String> = (0..200).map(|n| format!("column {n}")).collect();
        let text = format!("{},id,email\n{},1,a@b.org\n", header.join(","), ",".repeat(199));
        let (ids, words) = taken(text.as_bytes()).expect("read");
        assert_eq!(ids, ["1"]);
        assert!(words[0].ends_with("column 7 and 192 more"), "{words:?}");
    }

    #[test]
    fn what_cannot_be_read_rightly_is_refused() {
        let endless = format!("id,email\n1,a@b.org\n2,\"{}", "3,c@d.org\n".repeat(2_000_000));
        for (text, why) in [
            (&b""[..], "the file is empty"),
            (b"\n\n", "the file is empty"),
            (b"1,Ann,ann@b.org\n2,Bob,bob@b.org\n", "no known column name; it says: 1, Ann, ann@b.org"),
            (b"email,phone\na@b.org,1\n", "no id column; the columns are: email, phone"),
            (b"id,colour\n1,red\n", "apart from id there is nothing to compare"),
            (b"\xff\xfei\0d\0", "not text in UTF-8"),
            // The number of cells is right in both, and rows are swallowed.
            (b"id,email\n1,\"a@b.org\n2,c@d.org\n3,e@f.org\n", "opened on line 2 or soon after is never closed"),
            (b"id,email\n1,\"a@b.org\n2,c@d.org\n3,\"e@f.org\"\n", "a quote on lines 2 to 4 is not closed"),
            (endless.as_bytes(), "line 3: a row is longer than 16 MB"),
            (b"id,email\n,x\n2\n", "no row can be used: line 2 (no id), line 3 (1 cell, the header has 2)"),
            (b"id,name\n7,Ann\n8,Bo\n 7,Cy\n8,Di\n", "the id 7 appears twice, in lines 2 and 4"),
        ] {
            let fault = taken(text).expect_err(why);
            assert!(fault.why.contains(why), "{fault:?}");
            assert!(!fault.next.is_empty() && fault.what.contains("people.csv"), "{fault:?}");
        }
    }
}
