//! What the first line of a CSV file says: the delimiter, and what each column holds.

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use crate::dedupe::{DedupeRecord, RecordField, field};

/// Column names listed in a message.
const NAMED: usize = 8;
/// Longest name in a message, in characters.
const LETTERS: usize = 40;

/// A column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CsvColumn {
    Ignored,
    Field(RecordField),
    /// One more e-mail; a contact may have several.
    Email,
    Phone,
}

/// What the columns of a file hold.
#[derive(Debug)]
pub(super) struct CsvColumns {
    all: Vec<CsvColumn>,
    /// Names of unknown columns.
    pub(super) ignored: Vec<String>,
    /// Names of columns that repeat another one.
    pub(super) again: Vec<String>,
}

/// Why the first line cannot be used. Each error names the columns it saw.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadHeader {
    #[error("the file is empty")]
    Empty,
    #[error("its first line has no known column name; it says: {0}")]
    Unknown(String),
    #[error("there is no id column; the columns are: {0}")]
    NoId(String),
    #[error("apart from id there is nothing to compare; the columns are: {0}")]
    OnlyId(String),
}

/// One row, with its further e-mails and phones.
#[derive(Debug, Default)]
pub(super) struct CsvRow {
    row: StringRecord,
    emails: Vec<String>,
    phones: Vec<String>,
}

/// The delimiter: the one that gives the most known columns, then the most columns.
///
/// Besides the comma it tries what spreadsheets write in countries with a decimal comma.
pub(super) fn delimiter(start: &[u8]) -> u8 {
    let seen = |&delimiter: &u8| {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(start);
        let mut header = ByteRecord::new();
        let read = reader.read_byte_record(&mut header).unwrap_or(false);
        let known = header.iter().filter(|name| field(&String::from_utf8_lossy(name)).is_some()).count();
        (known, if read { header.len() } else { 0 })
    };
    // `max_by_key` returns the last of equals.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(seen).unwrap_or(b',')
}

impl CsvColumns {
    pub(super) fn of(header: &StringRecord) -> Result<Self, BadHeader> {
        if header.iter().all(|name| name.trim().is_empty()) {
            return Err(BadHeader::Empty);
        }
        let mut found = Self { all: Vec::with_capacity(header.len()), ignored: Vec::new(), again: Vec::new() };
        for name in header {
            let column = found.column(name);
            found.all.push(column);
        }
        let has = |wanted: fn(RecordField) -> bool| {
            found.all.iter().any(|column| matches!(column, CsvColumn::Field(field) if wanted(*field)))
        };
        let seen = || listed(&header.iter().collect::<Vec<_>>());
        match (has(|field| field == RecordField::Id), has(|field| field != RecordField::Id)) {
            (true, true) => Ok(found),
            (true, false) => Err(BadHeader::OnlyId(seen())),
            (false, true) => Err(BadHeader::NoId(seen())),
            (false, false) => Err(BadHeader::Unknown(seen())),
        }
    }

    fn column(&mut self, name: &str) -> CsvColumn {
        let Some(field) = field(name).or_else(|| several(name)) else {
            if !name.trim().is_empty() {
                self.ignored.push(short(name));
            }
            return CsvColumn::Ignored;
        };
        if !self.all.contains(&CsvColumn::Field(field)) {
            return CsvColumn::Field(field);
        }
        match field {
            RecordField::Email => CsvColumn::Email,
            RecordField::Phone => CsvColumn::Phone,
            other => {
                self.again.push(short(name));
                CsvColumn::Field(other)
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// A row with its further values collected.
    pub(super) fn cells(&self, row: StringRecord) -> CsvRow {
        let mut cells = CsvRow { row, ..CsvRow::default() };
        for (cell, column) in cells.row.iter().zip(&self.all) {
            let more = match column {
                CsvColumn::Ignored | CsvColumn::Field(_) => continue,
                CsvColumn::Email => &mut cells.emails,
                CsvColumn::Phone => &mut cells.phones,
            };
            more.extend(cell.split([',', ';']).filter(|one| !one.trim().is_empty()).map(str::to_owned));
        }
        cells
    }

    pub(super) fn record<'a>(&self, cells: &'a CsvRow) -> DedupeRecord<'a> {
        let mut record =
            DedupeRecord { more_emails: &cells.emails, more_phones: &cells.phones, ..DedupeRecord::default() };
        for (cell, column) in cells.row.iter().zip(&self.all) {
            if let CsvColumn::Field(field) = column {
                record.set(*field, if *field == RecordField::Id { cell.trim() } else { cell });
            }
        }
        record
    }
}

/// The field of a numbered or additional column: "Email 2", "work phone", "Additional Emails".
fn several(name: &str) -> Option<RecordField> {
    let mut plain: String =
        name.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).take(LETTERS).collect();
    for kind in ["additional", "secondary", "alternate", "other", "work", "home", "personal", "office", "business"] {
        if let Some(rest) = plain.strip_prefix(kind) {
            plain = rest.to_owned();
            break;
        }
    }
    match plain.strip_suffix('s').unwrap_or(&plain) {
        "email" | "emailaddress" | "emailaddresse" => Some(RecordField::Email),
        "phone" | "phonenumber" => Some(RecordField::Phone),
        _ => None,
    }
}

fn short(name: &str) -> String {
    name.trim().chars().take(LETTERS).collect()
}

/// A list of column names: the first ones, and how many more there are.
pub(super) fn listed(names: &[impl AsRef<str>]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown: Vec<String> = names.iter().take(NAMED).map(|name| short(name.as_ref())).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_that_by_which_columns_are_known() {
        for (start, expected) in [
            ("id,email\n", b','),
            ("id;email;last, first\n", b';'),
            ("id\temail, the first of, all\n", b'\t'),
            ("id|email", b'|'),
            ("\"id;x\",\"email;y\",\"phone\"", b','),
            ("", b','),
        ] {
            assert_eq!(char::from(delimiter(start.as_bytes())), char::from(expected), "{start}");
        }
    }

    #[test]
    fn a_contact_may_have_several_addresses_and_one_name() {
        let header = StringRecord::from(vec![
            "id",
            "E-mail",
            "email 2",
            "Phone",
            "Work Phone",
            "Additional Phones",
            "surname",
            "last_name",
            "colour",
            "",
        ]);
        let columns = CsvColumns::of(&header).expect("a good header");
        assert_eq!((columns.ignored.join(" "), columns.again.join(" ")), ("colour".into(), "last_name".into()));
        let row = StringRecord::from(vec![" 7 ", "a@x.org", "b@x.org", "1", "", "2; 3", "", "Lee", "red", ""]);
        let cells = columns.cells(row);
        let record = columns.record(&cells);
        assert_eq!((record.id, record.email, record.last_name), ("7", "a@x.org", "Lee"));
        assert_eq!((record.more_emails, record.more_phones), (&["b@x.org".into()][..], &["2".into(), " 3".into()][..]));
    }
}
