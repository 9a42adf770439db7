//! Looks into a location's cache as it lies there: for completions, which must not leave a trace.

use std::path::Path;

use rusqlite::{Connection, Row, params};

use crate::domain::{ContactId, Location};

use super::cache::{self, LOCATION};
use super::{StoreError, db};

/// Contacts whose id begins so, or if there is none, whose name or e-mail does; with their names.
pub fn contacts_like(folder: &Path, start: &str, most: u32) -> Result<Vec<(ContactId, String)>, StoreError> {
    let connection = open(folder)?;
    let mut statement = connection.prepare("SELECT * FROM listed WHERE id >= ?1 ORDER BY id LIMIT ?2")?;
    let rows = statement.query_map(params![start, most], contact)?.collect::<Result<Vec<_>, _>>()?;
    let by_id: Vec<_> = rows.into_iter().filter(|(id, _)| id.as_str().starts_with(start)).collect();
    if !by_id.is_empty() {
        return Ok(by_id);
    }
    let mut statement = connection.prepare(
        "SELECT * FROM listed WHERE first LIKE ?1 ESCAPE '\\' OR last LIKE ?1 ESCAPE '\\' OR email LIKE ?1 ESCAPE '\\' \
         OR company LIKE ?1 ESCAPE '\\' OR first || ' ' || last LIKE ?1 ESCAPE '\\' ORDER BY first, last LIMIT ?2",
    )?;
    let start = start.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let rows = statement.query_map(params![format!("{start}%"), most], contact)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The location with its users, fields and tags.
pub fn cached_location(folder: &Path) -> Result<Option<Location>, StoreError> {
    cache::meta(&open(folder)?, LOCATION)
}

fn open(folder: &Path) -> Result<Connection, StoreError> {
    Ok(db::read_only(&folder.join(cache::FILE))?)
}

fn contact(row: &Row<'_>) -> rusqlite::Result<(ContactId, String)> {
    let text = |column: &str| row.get::<_, String>(column);
    let name = format!("{} {}", text("first")?, text("last")?);
    let others = [text("company")?, text("email")?, text("phone")?];
    let name = std::iter::once(name.trim().to_owned()).chain(others).find(|name| !name.is_empty());
    Ok((ContactId::new(text("id")?), name.unwrap_or_default()))
}
