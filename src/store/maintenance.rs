//! Work on a location's files without opening them for use: counting waiting edits, deleting the cache.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::{Folder, OpenError, StoreError};

/// How many edits the server has not confirmed; zero if there is no ledger.
pub fn waiting(folder: &Folder) -> Result<u64, OpenError> {
    let path = folder.file(super::ledger::FILE);
    if !path.is_file() {
        return Ok(0);
    }
    let refuse = |source| OpenError::Database { path: path.clone(), source };
    let connection = ledger(&path).map_err(refuse)?;
    let count: i64 = connection.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).map_err(refuse)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Rows of the ledger that are not as they were written, in words; none if there is no ledger.
pub fn damaged(folder: &Folder) -> Result<Vec<String>, StoreError> {
    let path = folder.file(super::ledger::FILE);
    if path.is_file() { super::ledger::all_bad_rows(&ledger(&path)?) } else { Ok(Vec::new()) }
}

fn ledger(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(super::db::BUSY)?;
    Ok(connection)
}

/// Deletes the copy of the contacts; refused while a program works on it.
pub fn wipe_cache(folder: &Folder) -> Result<(), OpenError> {
    let refuse = |source| OpenError::Folder { path: folder.path().to_owned(), source };
    // The leader writes into the cache, and would continue with a deleted file.
    let Some(_leadership) = folder.lead().map_err(refuse)? else {
        return Err(OpenError::InUse { path: folder.path().to_owned() });
    };
    folder.remove(super::cache::FILE).map_err(refuse)
}
