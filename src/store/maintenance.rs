//! Work on a location's files without opening them for use: counting waiting edits, deleting the cache.

use rusqlite::{Connection, OpenFlags};

use super::{Folder, OpenError};

/// How many edits the server has not confirmed; zero if there is no ledger.
pub fn waiting(folder: &Folder) -> Result<u64, OpenError> {
    let path = folder.file(super::ledger::FILE);
    if !path.is_file() {
        return Ok(0);
    }
    let refuse = |source| OpenError::Database { path: path.clone(), source };
    let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(refuse)?;
    connection.busy_timeout(super::db::BUSY).map_err(refuse)?;
    let count: i64 = connection.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).map_err(refuse)?;
    Ok(u64::try_from(count).unwrap_or_default())
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
