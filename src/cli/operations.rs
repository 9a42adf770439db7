//! `api --list`: needs no account and no worker.

use std::io::{self, Write};

use serde::Serialize;

use super::ExitStatus;

/// One operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OperationRow {
    pub method: &'static str,
    /// With `{}` for each id.
    pub path: &'static str,
    pub scope: &'static str,
    /// Whether it may be sent again after no answer.
    pub repeat: &'static str,
    pub version: &'static str,
    pub used: &'static str,
}

/// Prints the list as a table, or as one object per line.
pub fn print_operations(
    rows: impl Iterator<Item = OperationRow>,
    out: &mut dyn Write,
    json: bool,
) -> io::Result<ExitStatus> {
    const HEAD: OperationRow = OperationRow {
        method: "METHOD",
        path: "PATH",
        scope: "SCOPE",
        repeat: "REPEAT",
        version: "VERSION",
        used: "USED",
    };
    let rows: Vec<OperationRow> = rows.collect();
    let wide = |of: fn(&OperationRow) -> &str| rows.iter().chain([&HEAD]).map(|row| of(row).len()).max().unwrap_or(0);
    let (path, scope) = (wide(|row| row.path), wide(|row| row.scope));
    for row in std::iter::once(&HEAD).filter(|_| !json).chain(&rows) {
        let OperationRow { method, repeat, version, used, .. } = row;
        let written = if json {
            serde_json::to_writer(&mut *out, row).map_err(io::Error::from).and_then(|()| writeln!(out))
        } else {
            writeln!(out, "{method:<6}  {:<path$}  {:<scope$}  {repeat:<7}  {version:<10}  {used}", row.path, row.scope)
        };
        match written {
            // A reader that stops reading is not a failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            other => other?,
        }
    }
    Ok(ExitStatus::Done)
}
