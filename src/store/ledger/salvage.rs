//! Keeps a damaged ledger unchanged, and copies out what can still be read.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use rusqlite::Connection;
use serde_json::json;

use crate::store::folder::private;
use crate::store::{Folder, OpenError};

/// Reads every page once: the ledger is small, and its promises must hold.
pub(super) fn checked(path: &Path, connection: Connection) -> Result<Connection, OpenError> {
    let refuse = |source| OpenError::Database { path: path.to_owned(), source };
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(refuse)?;
    if verdict == "ok" {
        return Ok(connection);
    }
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(refuse(rusqlite::Error::SqliteFailure(code, Some(verdict))))
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

fn readable_rows(path: &Path) -> Vec<serde_json::Value> {
    let mut lines = Vec::new();
    let Ok(connection) = Connection::open(path) else { return lines };
    for (table, columns) in [("outbox", ["id", "edit", "state"]), ("drafts", ["key", "text", "saved_at"])] {
        let sql = format!("SELECT {} FROM {table}", columns.join(", "));
        let Ok(mut statement) = connection.prepare(&sql) else { continue };
        let Ok(mut rows) = statement.query([]) else { continue };
        // Up to the first row that cannot be read: a plain read cannot get past it.
        while let Ok(Some(row)) = rows.next() {
            let value = |index| row.get::<_, rusqlite::types::Value>(index).map_or_else(|_| json!(null), as_json);
            lines.push(json!({ "table": table, columns[0]: value(0), columns[1]: value(1), columns[2]: value(2) }));
        }
    }
    lines
}

fn as_json(value: rusqlite::types::Value) -> serde_json::Value {
    match value {
        rusqlite::types::Value::Integer(number) => json!(number),
        rusqlite::types::Value::Text(text) => json!(text),
        rusqlite::types::Value::Real(number) => json!(number),
        rusqlite::types::Value::Null | rusqlite::types::Value::Blob(_) => json!(null),
    }
}
