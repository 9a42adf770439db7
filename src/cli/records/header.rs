//! What the first line says: what separates the cells, and what each column holds.

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use crate::dedupe::{DedupeRecord, RecordField, field};

/// Names of columns that are told.
const NAMED: usize = 8;
/// No name is told longer than this.
const LETTERS: usize = 40;

/// A column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Ignored,
    Field(RecordField),
    /// A further one of something of which a contact may have several.
    Email,
    Phone,
}

/// What the columns of a file hold.
#[derive(Debug)]
pub(super) struct Columns {
    all: Vec<Column>,
    /// Names of those that are not understood.
    pub(super) ignored: Vec<String>,
    /// Names of those that hold what another one holds.
    pub(super) again: Vec<String>,
}

/// Why the first line will not do. Each says which columns it saw.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadHeader {
    #[error("it is empty")]
    Empty,
    #[error("its first line names no column that is known; it says: {0}")]
    Unknown(String),
    #[error("it has no column id; its columns are: {0}")]
    NoId(String),
    #[error("it has nothing to compare beside id; its columns are: {0}")]
    OnlyId(String),
}

/// One row and the further values that it has.
#[derive(Debug, Default)]
pub(super) struct Cells {
    row: StringRecord,
    emails: Vec<String>,
    phones: Vec<String>,
}

/// What separates the cells: that by which most columns are known, then that by which there are most.
///
/// Beside the comma it is what spreadsheets write in countries where the comma is in numbers.
pub(super) fn delimiter(start: &[u8]) -> u8 {
    let seen = |&delimiter: &u8| {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(start);
        let mut header = ByteRecord::new();
        let read = reader.read_byte_record(&mut header).unwrap_or(false);
        let known = header.iter().filter(|name| field(&String::from_utf8_lossy(name)).is_some()).count();
        (known, if read { header.len() } else { 0 })
    };
    // The last of equals is taken.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(seen).unwrap_or(b',')
}

impl Columns {
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
            found.all.iter().any(|column| matches!(column, Column::Field(field) if wanted(*field)))
        };
        let seen = || listed(&header.iter().collect::<Vec<_>>());
        match (has(|field| field == RecordField::Id), has(|field| field != RecordField::Id)) {
            (true, true) => Ok(found),
            (true, false) => Err(BadHeader::OnlyId(seen())),
            (false, true) => Err(BadHeader::NoId(seen())),
            (false, false) => Err(BadHeader::Unknown(seen())),
        }
    }

    fn column(&mut self, name: &str) -> Column {
        let Some(field) = field(name).or_else(|| several(name)) else {
            if !name.trim().is_empty() {
                self.ignored.push(short(name));
            }
            return Column::Ignored;
        };
        if !self.all.contains(&Column::Field(field)) {
            return Column::Field(field);
        }
        match field {
            RecordField::Email => Column::Email,
            RecordField::Phone => Column::Phone,
            other => {
                self.again.push(short(name));
                Column::Field(other)
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// A row with its further values found.
    pub(super) fn cells(&self, row: StringRecord) -> Cells {
        let mut cells = Cells { row, ..Cells::default() };
        for (cell, column) in cells.row.iter().zip(&self.all) {
            let more = match column {
                Column::Ignored | Column::Field(_) => continue,
                Column::Email => &mut cells.emails,
                Column::Phone => &mut cells.phones,
            };
            more.extend(cell.split([',', ';']).filter(|one| !one.trim().is_empty()).map(str::to_owned));
        }
        cells
    }

    pub(super) fn record<'a>(&self, cells: &'a Cells) -> DedupeRecord<'a> {
        let mut record =
            DedupeRecord { more_emails: &cells.emails, more_phones: &cells.phones, ..DedupeRecord::default() };
        for (cell, column) in cells.row.iter().zip(&self.all) {
            if let Column::Field(field) = column {
                record.set(*field, if *field == RecordField::Id { cell.trim() } else { cell });
            }
        }
        record
    }
}

/// The field of a column that is one of several: "Email 2", "work phone", "Additional Emails".
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

/// Names of columns as they are listed: the first ones, and how many more there are.
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
        let columns = Columns::of(&header).expect("a good header");
        assert_eq!((columns.ignored.join(" "), columns.again.join(" ")), ("colour".into(), "last_name".into()));
        let row = StringRecord::from(vec![" 7 ", "a@x.org", "b@x.org", "1", "", "2; 3", "", "Lee", "red", ""]);
        let cells = columns.cells(row);
        let record = columns.record(&cells);
        assert_eq!((record.id, record.email, record.last_name), ("7", "a@x.org", "Lee"));
        assert_eq!((record.more_emails, record.more_phones), (&["b@x.org".into()][..], &["2".into(), " 3".into()][..]));
    }
}
