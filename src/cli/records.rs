//! Contacts out of CSV files, as they come out of other programs.
//!
//! Read row by row: a file may be larger than the memory. What cannot be read rightly is refused or told of, never
//! guessed at: a wrong column would make wrong duplicates.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use crate::dedupe::{Field, Record, Sheet, field};

use super::ExitStatus;
use super::fault::Fault;

/// Rows handed over at once.
const BATCH: usize = 8192;
/// As much of the file is looked at to see what separates its cells.
const LOOK: usize = 64 * 1024;
/// A row with more bytes and more lines than this is no row: a quote was opened and never closed.
const UNCLOSED: (usize, usize) = (64 * 1024, 200);
/// Names of columns that are told.
const NAMED: usize = 8;

/// What was noticed in a file and did not hinder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Noticed {
    /// Columns that were not understood, or stand for what another column says.
    pub(super) ignored: Vec<String>,
    /// The first line with more cells than the header has, and how many such lines.
    pub(super) long: Option<(u64, u64)>,
    /// The first line that is not UTF-8, and how many such lines.
    pub(super) latin: Option<(u64, u64)>,
    /// The first line without an id, and how many such lines.
    pub(super) nameless: Option<(u64, u64)>,
}

impl Noticed {
    /// In words, a line each.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if !self.ignored.is_empty() {
            let more = self.ignored.len().saturating_sub(NAMED);
            let shown = self.ignored[..self.ignored.len() - more].join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            words.push(format!("ignored columns: {shown}{more}"));
        }
        let lines = |(first, count): (u64, u64)| match count {
            1 => format!("line {first}"),
            _ => format!("{count} lines, the first is {first},"),
        };
        if let Some(seen) = self.nameless {
            words.push(format!("left out for want of an id: {}", lines(seen).trim_end_matches(',')));
        }
        if let Some(seen) = self.long {
            words.push(format!("{} with more cells than the header: read as far as the header goes", lines(seen)));
        }
        if let Some(seen) = self.latin {
            words.push(format!("{} not in UTF-8: read as Latin-1", lines(seen)));
        }
        words
    }
}

/// Adds the rows of a file. `told` hears of every batch how many rows have been read.
pub(super) fn read(path: &Path, sheet: &mut Sheet, told: &dyn Fn(u64)) -> Result<Noticed, Fault> {
    let file = File::open(path).map_err(|error| unreadable(path, &error.to_string(), "check the path"))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(unreadable(path, "it is a folder", "name a CSV file"));
    }
    rows(path, file, sheet, told)
}

fn unreadable(path: &Path, why: &str, next: &str) -> Fault {
    Fault::new(ExitStatus::Failed, &format!("read {}", path.display()), why, next)
}

fn rows(path: &Path, input: impl Read, sheet: &mut Sheet, told: &dyn Fn(u64)) -> Result<Noticed, Fault> {
    let mut input = BufReader::with_capacity(LOOK, input);
    let start = input.fill_buf().map_err(|error| unreadable(path, &error.to_string(), ""))?;
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) || start.contains(&0) {
        return Err(unreadable(path, "it is not text in UTF-8 or Latin-1", "save it as CSV in UTF-8"));
    }
    let delimiter = delimiter(start);
    let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(input);
    let broken = |error: csv::Error| unreadable(path, &error.to_string(), "mend the file");
    let mut noticed = Noticed::default();
    let header = decoded(reader.byte_headers().map_err(broken)?.clone()).0;
    let columns = columns(path, &header, &mut noticed)?;
    let (mut row, mut batch, mut read) = (ByteRecord::new(), Vec::with_capacity(BATCH), 0);
    while reader.read_byte_record(&mut row).map_err(broken)? {
        let line = row.position().map_or(0, csv::Position::line);
        if row.as_slice().len() > UNCLOSED.0 && memchr::memchr_iter(b'\n', row.as_slice()).count() > UNCLOSED.1 {
            let why = format!("a quote that is opened on line {line} is not closed where the cell ends");
            return Err(unreadable(path, &why, "close it, or double it where it belongs to the text"));
        }
        if row.len() > columns.len() {
            count(&mut noticed.long, line);
        }
        let (row, is_latin) = decoded(row.clone());
        if is_latin {
            count(&mut noticed.latin, line);
        }
        if record(&row, &columns).id.is_empty() {
            count(&mut noticed.nameless, line);
            continue;
        }
        batch.push(row);
        if batch.len() == BATCH {
            read += keep(&mut batch, &columns, sheet);
            told(read);
        }
    }
    keep(&mut batch, &columns, sheet);
    Ok(noticed)
}

fn count(seen: &mut Option<(u64, u64)>, line: u64) {
    seen.get_or_insert((line, 0)).1 += 1;
}

fn keep(batch: &mut Vec<StringRecord>, columns: &[Option<Field>], sheet: &mut Sheet) -> u64 {
    let records: Vec<Record<'_>> = batch.iter().map(|row| record(row, columns)).collect();
    sheet.extend(&records);
    let kept = batch.len() as u64;
    batch.clear();
    kept
}

/// What separates the cells: the comma, or what spreadsheets write in countries where the comma is in numbers.
fn delimiter(start: &[u8]) -> u8 {
    let first = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let often = |byte: u8| memchr::memchr_iter(byte, first).count();
    // The last of equals is taken.
    [b'\t', b';', b','].into_iter().max_by_key(|&byte| often(byte)).unwrap_or(b',')
}

/// What each column holds.
fn columns(path: &Path, header: &StringRecord, noticed: &mut Noticed) -> Result<Vec<Option<Field>>, Fault> {
    let expected = "the first line names the columns: id and for instance firstName, lastName, email, phone";
    let columns: Vec<Option<Field>> = header.iter().map(field).collect();
    if header.is_empty() || (header.len() == 1 && header[0].trim().is_empty()) {
        return Err(unreadable(path, "it is empty", expected));
    }
    if columns.iter().all(Option::is_none) {
        return Err(unreadable(path, "none of the columns that its first line names is known", expected));
    }
    if !columns.contains(&Some(Field::Id)) {
        return Err(unreadable(path, "it has no column id", "add one: each row needs a name of its own"));
    }
    if columns.iter().flatten().all(|field| *field == Field::Id) {
        return Err(unreadable(path, "it has no column to compare beside id", expected));
    }
    let unknown = header.iter().zip(&columns).filter(|(_, field)| field.is_none());
    noticed.ignored = unknown.map(|(name, _)| name.trim().chars().take(40).collect()).collect();
    Ok(columns)
}

fn record<'a>(row: &'a StringRecord, columns: &[Option<Field>]) -> Record<'a> {
    let mut record = Record::default();
    for (cell, field) in row.iter().zip(columns) {
        if let Some(field) = field {
            record.set(*field, if *field == Field::Id { cell.trim() } else { cell });
        }
    }
    record
}

/// As text; whether it had to be taken for Latin-1, whose bytes are the characters of these numbers.
fn decoded(row: ByteRecord) -> (StringRecord, bool) {
    match StringRecord::from_byte_record(row) {
        Ok(row) => (row, false),
        Err(error) => {
            let text = |cell: &[u8]| match std::str::from_utf8(cell) {
                Ok(text) => text.to_owned(),
                Err(_) => cell.iter().map(|&byte| char::from(byte)).collect(),
            };
            (error.into_byte_record().iter().map(text).collect(), true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &[u8]) -> Result<(Vec<String>, Vec<String>), Fault> {
        let mut sheet = Sheet::new();
        let noticed = rows(Path::new("people.csv"), text, &mut sheet, &|_| {})?;
        let ids = (0..).take(sheet.len()).map(|row| sheet.id(row).to_owned()).collect();
        Ok((ids, noticed.words()))
    }

    #[test]
    fn what_other_programs_write_is_read() {
        let (ids, words) =
            taken("\u{feff}ID;Vorname;E-Mail\r\n7;J\u{f6}rg;a@b.de\r\n8;;\r\n".as_bytes()).expect("read");
        assert_eq!((ids, words), (vec!["7".to_owned(), "8".to_owned()], vec!["ignored columns: Vorname".to_owned()]));
        let (ids, words) = taken(b"id\tfirst_name\n 1 \tJos\xe9\n\tnobody\n2\tAna\tmore\tand more\n").expect("read");
        assert_eq!(ids, ["1", "2"]);
        assert_eq!(
            words,
            [
                "left out for want of an id: line 3",
                "line 4 with more cells than the header: read as far as the header goes",
                "line 2 not in UTF-8: read as Latin-1",
            ]
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
        let unclosed = format!("id,email\n1,\"a@b.org\n{}", "2,c@d.org\n".repeat(20_000));
        for (text, why) in [
            (&b""[..], "it is empty"),
            (b"\n\n", "it is empty"),
            (b"1,Ann,ann@b.org\n2,Bob,bob@b.org\n", "none of the columns"),
            (b"email,phone\na@b.org,1\n", "it has no column id"),
            (b"id,colour\n1,red\n", "no column to compare"),
            (b"\xff\xfei\0d\0", "not text in UTF-8"),
            (unclosed.as_bytes(), "opened on line 2"),
        ] {
            let fault = taken(text).expect_err(why);
            assert!(fault.why.contains(why), "{fault:?}");
            assert!(!fault.next.is_empty(), "{fault:?}");
        }
    }
}
