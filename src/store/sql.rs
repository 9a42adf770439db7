//! Statements as single calls: rows as values, and changes. Knows no table.
//!
//! Each is prepared once and kept.

use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;

use super::StoreError;

/// All rows of a query.
pub(super) fn rows<T, C: FromIterator<T>>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<C, StoreError> {
    connection.prepare_cached(sql)?.query_and_then(params, read)?.collect()
}

/// The first row of a query.
pub(super) fn row<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    connection.prepare_cached(sql)?.query_and_then(params, read)?.next().transpose()
}

/// The first column of the first row.
pub(super) fn value<T: FromSql>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, StoreError> {
    row(connection, sql, params, |row| Ok(row.get(0)?))
}

/// The records in the first column, which are stored as JSON.
pub(super) fn records<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<T>, StoreError> {
    rows(connection, sql, params, |row| Ok(serde_json::from_str(&row.get::<_, String>(0)?)?))
}

/// Changes rows; returns whether there were any.
pub(super) fn change(connection: &Connection, sql: &str, params: impl Params) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(sql)?.execute(params)? > 0)
}

/// [`change`] where it does not matter whether there were any.
pub(super) fn run(connection: &Connection, sql: &str, params: impl Params) -> Result<(), StoreError> {
    change(connection, sql, params).map(drop)
}
