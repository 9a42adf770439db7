//! Checksums of rows. Knows no table.

use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Row};

use crate::store::{StoreError, sql};

const COLUMN: &str = "sum";

/// FNV-1a of 64 bits: any single byte that differs makes another sum.
#[derive(Clone, Copy)]
struct RowSum(u64);

impl RowSum {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// A value with its kind and length, so that no two rows read alike.
    fn value(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => self.bytes(b"n"),
            ValueRef::Integer(number) => {
                self.bytes(b"i");
                self.bytes(&number.to_le_bytes());
            }
            ValueRef::Real(number) => {
                self.bytes(b"r");
                self.bytes(&number.to_le_bytes());
            }
            ValueRef::Text(text) | ValueRef::Blob(text) => {
                self.bytes(b"t");
                self.bytes(&(text.len() as u64).to_le_bytes());
                self.bytes(text);
            }
        }
    }

    fn get(self) -> i64 {
        self.0.cast_signed()
    }
}

/// Makes `row_sum` known, which the triggers of the ledger call.
pub(in crate::store) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("row_sum", -1, flags, |values| {
        let mut sum = RowSum::new();
        (0..values.len()).for_each(|at| sum.value(values.get_raw(at)));
        Ok(sum.get())
    })
}

/// Refuses a row that is not as it was written. Of a row with a checksum, all columns before it are covered.
pub(super) fn check(row: &Row<'_>) -> Result<(), StoreError> {
    let Ok(at) = row.as_ref().column_index(COLUMN) else { return Ok(()) };
    let mut sum = RowSum::new();
    for at in 0..at {
        sum.value(row.get_ref(at)?);
    }
    match row.get_ref(at)? {
        ValueRef::Integer(stored) if stored == sum.get() => Ok(()),
        _ => Err(StoreError::BadRow),
    }
}

/// The rows that can be read. The others stay where they are: [`super::damage::bad_rows`] names them.
pub(super) fn readable<T>(
    connection: &Connection,
    query: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let rows: Vec<Option<T>> = sql::rows(connection, query, params, |row| Ok(read(row).ok()))?;
    Ok(rows.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_stays_the_same_for_ever() {
        let connection = Connection::open_in_memory().expect("opened");
        register(&connection).expect("registered");
        let sum: i64 = connection.query_row("SELECT row_sum(1, 'a', NULL)", [], |row| row.get(0)).expect("summed");
        assert_eq!(sum, 5_781_052_956_300_811_477, "stored ledgers hold it");
    }
}
