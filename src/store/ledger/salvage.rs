//! Keeps a damaged ledger unchanged, and copies out what can still be read.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value, json};

use crate::store::folder::private;
use crate::store::{Folder, OpenError};

/// Every table, what waits to be sent first, and the order of its keys.
const TABLES: &[(&str, &str)] = &[
    ("outbox", "seq"),
    ("drafts", "rowid"),
    ("merges", "number"),
    ("merge_steps", "merge DESC, phase DESC, n"),
    ("merge_members", "merge DESC, ord"),
    ("late_looks", "number"),
    ("history", "number"),
    ("groups", "number"),
    ("decisions", "a DESC, b"),
    ("remade", "old"),
    ("settings", "key"),
    ("raw_calls", "number"),
];

/// Reads every page once: the ledger is small, and its promises must hold. Values that a column does not allow are a
/// matter of their rows, whose checksums name them.
pub(super) fn checked(path: &Path, connection: Connection) -> Result<Connection, OpenError> {
    let refuse = |source| OpenError::Database { path: path.to_owned(), source };
    let mut verdict = verdict(&connection, "PRAGMA quick_check").map_err(refuse)?;
    // Its indexes too: an edit that is not found by its id would wait for ever. They can be made again.
    if verdict.is_none() && self::verdict(&connection, "PRAGMA integrity_check('outbox')").map_err(refuse)?.is_some() {
        connection.execute_batch("REINDEX outbox").map_err(refuse)?;
        verdict = self::verdict(&connection, "PRAGMA integrity_check('outbox')").map_err(refuse)?;
    }
    let Some(verdict) = verdict else { return Ok(connection) };
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(refuse(rusqlite::Error::SqliteFailure(code, Some(verdict))))
}

/// What is wrong with the file, but for values in rows.
fn verdict(connection: &Connection, check: &str) -> rusqlite::Result<Option<String>> {
    let of_rows = ["ok", "CHECK constraint failed", "NULL value in", "non-", "TEXT value in", "NUMERIC value in"];
    let mut statement = connection.prepare(check)?;
    let mut lines = statement.query([])?;
    while let Some(line) = lines.next()? {
        let line: String = line.get(0)?;
        if !of_rows.iter().any(|start| line.starts_with(start)) {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

/// Copies what can still be read from a damaged ledger, one JSON line per row.
pub(super) fn salvage(folder: &Folder, path: &Path, why: &str) -> OpenError {
    let copy = folder.file("ledger-salvage.jsonl");
    let lines = readable_rows(path);
    let written = private(&copy, OpenOptions::new().write(true).create(true).truncate(true))
        .and_then(|mut file| lines.iter().try_for_each(|line| writeln!(file, "{line}")));
    OpenError::DamagedLedger {
        path: path.to_owned(),
        why: why.to_owned(),
        salvaged: if written.is_ok() { lines.len() } else { 0 },
        copy,
    }
}

/// The rows of every table that can still be read.
fn readable_rows(path: &Path) -> Vec<Value> {
    let Ok(connection) = Connection::open(path) else { return Vec::new() };
    // A table whose description is damaged does not hide the others.
    let _ = connection.pragma_update(None, "writable_schema", true);
    let tables = TABLES.iter().flat_map(|(table, key)| {
        // A plain read cannot get past a bad page: what is behind it is read from the other end.
        let mut rows = rows_of(&connection, table, "");
        if let Err(before) = &mut rows {
            let behind = rows_of(&connection, table, &format!("ORDER BY {key} DESC"));
            let behind: Vec<Value> = behind.unwrap_or_else(|some| some);
            let known: HashSet<String> = before.iter().map(Value::to_string).collect();
            before.extend(behind.into_iter().rev().filter(|row| !known.contains(&row.to_string())));
        }
        rows.unwrap_or_else(|some| some)
    });
    tables.collect()
}

/// All rows of a table, or those before the first that cannot be read.
fn rows_of(connection: &Connection, table: &str, order: &str) -> Result<Vec<Value>, Vec<Value>> {
    let mut lines = Vec::new();
    let Ok(mut statement) = connection.prepare(&format!("SELECT * FROM {table} {order}")) else { return Err(lines) };
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let Ok(mut rows) = statement.query([]) else { return Err(lines) };
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let values = (0..columns.len()).map(|at| row.get_ref(at).map_or(Value::Null, as_json));
                let mut line: Map<String, Value> = columns.iter().cloned().zip(values).collect();
                line.insert("table".to_owned(), json!(table));
                lines.push(Value::Object(line));
            }
            Ok(None) => return Ok(lines),
            Err(_error) => return Err(lines),
        }
    }
}

fn as_json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => json!(number),
        ValueRef::Text(text) | ValueRef::Blob(text) => json!(String::from_utf8_lossy(text)),
        ValueRef::Real(number) => json!(number),
        ValueRef::Null => Value::Null,
    }
}
