//! Not-a-duplicate decisions: pairs of contacts, as they were when the user decided.

use jiff::Timestamp;
use rusqlite::params;

use crate::domain::{ContactId, Dismissal};
use crate::store::{StoreError, sql};

use super::Ledger;

impl Ledger {
    /// Records that these are not the same person; a later decision about the same pair replaces it.
    pub async fn dismiss(&self, dismissals: Vec<Dismissal>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            for said in dismissals {
                let Dismissal { a, b, at, prints } = said.ordered();
                let prints = prints.map(u64::cast_signed);
                sql::run(
                    transaction,
                    "INSERT INTO decisions (a, b, print_a, print_b, at) VALUES (?1, ?2, ?3, ?4, ?5) \
                         ON CONFLICT (a, b) DO UPDATE SET print_a = excluded.print_a, \
                         print_b = excluded.print_b, at = excluded.at",
                    params![a.as_str(), b.as_str(), prints[0], prints[1], at.as_millisecond()],
                )?;
            }
            Ok(())
        })
        .await
    }

    /// Reopens the question whether these are the same person.
    pub async fn reopen(&self, pairs: Vec<(ContactId, ContactId)>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            for (one, other) in pairs {
                let (a, b) = if one <= other { (one, other) } else { (other, one) };
                sql::run(transaction, "DELETE FROM decisions WHERE a = ?1 AND b = ?2", [a.as_str(), b.as_str()])?;
            }
            Ok(())
        })
        .await
    }

    /// All decisions, ordered by ID.
    pub async fn decisions(&self) -> Result<Vec<Dismissal>, StoreError> {
        self.read(|connection| {
            sql::rows(connection, "SELECT a, b, print_a, print_b, at FROM decisions ORDER BY a, b", [], |row| {
                let prints = [row.get::<_, i64>(2)?.cast_unsigned(), row.get::<_, i64>(3)?.cast_unsigned()];
                let at = Timestamp::from_millisecond(row.get(4)?).unwrap_or(Timestamp::UNIX_EPOCH);
                let (a, b) = (row.get::<_, String>(0)?, row.get::<_, String>(1)?);
                Ok(Dismissal { a: ContactId::new(a), b: ContactId::new(b), at, prints })
            })
        })
        .await
    }
}
