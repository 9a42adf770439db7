//! The rows that cannot be read, by their checksum or otherwise: what they are, for people.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::domain::{DamagedEdit, Edit};
use crate::store::StoreError;

use super::Ledger;
use super::merges::{RECORD, record};
use super::rows::outbox_row;
use super::sums::check;

type Readable = fn(&Row<'_>) -> Result<(), StoreError>;

/// A table whose rows carry a checksum: what to call a row, how to read all, and how to read one.
type SummedTable = (&'static str, &'static str, Readable);

/// What may still be sent, or be undone by the journal of merges.
const TABLES: &[SummedTable] = &[
    ("edit", "SELECT * FROM outbox", |row| outbox_row(row).map(drop)),
    ("merge", RECORD, |row| record(row).map(drop)),
    ("member of a merge", "SELECT * FROM merge_members", check),
    ("step of a merge", "SELECT * FROM merge_steps", check),
    ("look for copies", "SELECT * FROM late_looks", check),
];
/// It may be long, so it is not looked through at each start; whoever reads a row of it looks at its checksum.
const HISTORY: SummedTable = ("ended edit", "SELECT * FROM history", check);

/// Rows that cannot be read or are not as they were written: what they are, where, and how they begin. Without the
/// history.
pub(super) fn bad_rows(connection: &Connection) -> Result<Vec<String>, StoreError> {
    bad_rows_of(connection, TABLES)
}

/// [`bad_rows`], and those of the history.
pub(in crate::store) fn all_bad_rows(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut bad = bad_rows(connection)?;
    bad.extend(bad_rows_of(connection, &[HISTORY])?);
    Ok(bad)
}

fn bad_rows_of(connection: &Connection, tables: &[SummedTable]) -> Result<Vec<String>, StoreError> {
    let mut bad = Vec::new();
    for (noun, sql, read) in tables {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if read(row).is_err() {
                let first = row.get_ref(0)?;
                let number = first.as_i64().map_or_else(|_text| text(first), |number| number.to_string());
                let content = ["edit", "plan", "op", "image"].iter().find_map(|name| row.get_ref(*name).ok());
                bad.push(format!("{noun} {number} ({})", content.map_or_else(String::new, words)));
            }
        }
    }
    Ok(bad)
}

impl Ledger {
    /// The edits of the outbox that are damaged, the oldest first.
    pub async fn damaged_edits(&self) -> Result<Vec<DamagedEdit>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare("SELECT * FROM outbox ORDER BY seq")?;
            let mut rows = statement.query([])?;
            let mut damaged = Vec::new();
            while let Some(row) = rows.next()? {
                if outbox_row(row).is_err() {
                    let id = row.get_ref("id")?.as_str().ok().and_then(|id| id.parse().ok());
                    damaged.push(DamagedEdit { row: row.get("seq")?, id, words: words(row.get_ref("edit")?) });
                }
            }
            Ok(damaged)
        })
        .await
    }

    /// Deletes an edit of the outbox that is damaged; `false` if there is none in this row.
    pub async fn drop_damaged(&self, row: i64) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            let read = |row: &Row<'_>| Ok(outbox_row(row).is_err());
            let is_damaged = transaction.query_row("SELECT * FROM outbox WHERE seq = ?1", [row], read).optional()?;
            if is_damaged == Some(true) {
                transaction.execute("DELETE FROM outbox WHERE seq = ?1", [row])?;
            }
            Ok(is_damaged == Some(true))
        })
        .await
    }
}

/// What an edit seems to be, or how another value begins.
fn words(value: ValueRef<'_>) -> String {
    let edit = value.as_str().ok().and_then(|json| serde_json::from_str::<Edit>(json).ok());
    edit.map_or_else(|| text(value), |edit| format!("{} for contact {}", edit.intent(), edit.contact))
}

/// The beginning of a text that may be damaged.
fn text(value: ValueRef<'_>) -> String {
    const ENOUGH: usize = 100;
    let text = value.as_bytes().map(String::from_utf8_lossy).unwrap_or_default();
    text.chars().filter(|letter| !letter.is_control()).take(ENOUGH).collect()
}
