//! What is known of the requests of a write that must have one effect: an edit's, or a merge step's.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};
use serde_json::json;

use crate::domain::{EditId, MergeId, MergePhase};
use crate::store::{StoreError, sql};

use super::Ledger;
use super::merges::{goes_on, phase_word};
use super::rows::{json, time};
use super::sums::check;

/// A write that the ledger records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteKey {
    Edit(EditId),
    Step(MergeId, MergePhase, u32),
}

/// The requests of a write so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SentRequests {
    /// How many may have had an effect.
    pub count: u32,
    /// When the latest left.
    pub at: Option<Timestamp>,
    /// How long after leaving it may still take effect, by the kind of its answer; `None` while there was no answer.
    pub settle: Option<Duration>,
    /// IDs of equal records that existed before the first.
    pub probe: Option<Vec<String>>,
}

impl SentRequests {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let settle: Option<i64> = row.get("settle")?;
        Ok(Self {
            count: row.get("sent")?,
            at: time(row.get("started_at")?),
            settle: settle.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis),
            probe: json(row.get("probe")?)?,
        })
    }
}

impl WriteKey {
    /// Updates its row, with a value as `?2`; `false` if there is none that may change.
    fn update(
        self,
        transaction: &Transaction<'_>,
        edit: &str,
        step: &str,
        value: impl rusqlite::ToSql,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Edit(id) => {
                let set = format!("UPDATE outbox SET {edit} WHERE id = ?1 AND state <> 'failed'");
                sql::change(transaction, &set, params![id.to_string(), value])
            }
            Self::Step(merge, phase, n) => {
                let set = format!("UPDATE merge_steps SET {step} WHERE merge = ?3 AND phase = ?4 AND n = ?1");
                sql::change(transaction, &set, params![n, value, merge.to_string(), phase_word(phase)?])
            }
        }
    }

    fn start(self, transaction: &Transaction<'_>, at: Timestamp) -> Result<bool, StoreError> {
        if let Self::Step(merge, phase, _) = self
            && !goes_on(transaction, merge, phase)?
        {
            return Ok(false);
        }
        let sent = "state = 'started', started_at = ?2, sent = sent + 1, settle = NULL";
        let edit = format!("{sent}, retry_at = NULL, why = NULL");
        self.update(transaction, &edit, sent, at.as_millisecond())
    }
}

impl Ledger {
    /// Records that a request of these writes is about to be sent; `probe` has the IDs of equal records that exist.
    ///
    /// Returns those that may be sent: of the others, the user has decided otherwise.
    pub async fn start(
        &self,
        writes: Vec<(WriteKey, Timestamp)>,
        probe: Option<Vec<String>>,
    ) -> Result<Vec<WriteKey>, StoreError> {
        self.write(move |transaction| {
            let mut started = Vec::with_capacity(writes.len());
            for (key, at) in writes {
                if let Some(ids) = &probe {
                    key.update(transaction, "probe = ?2", "probe = ?2", json!(ids).to_string())?;
                }
                if key.start(transaction, at)? {
                    started.push(key);
                }
            }
            Ok(started)
        })
        .await
    }

    /// The latest request certainly had no effect; earlier ones are as unclear as before.
    pub async fn had_no_effect(&self, key: WriteKey) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            let back = |state: &str| {
                format!("sent = max(sent - 1, 0), state = CASE WHEN sent > ?2 THEN 'started' ELSE '{state}' END")
            };
            key.update(transaction, &back("queued"), &back("pending"), 1)
        })
        .await
    }

    /// The answer to the latest request left its effect unclear: it may come for this long after the request.
    pub async fn may_still_come(&self, key: WriteKey, settle: Duration) -> Result<bool, StoreError> {
        let settle = i64::try_from(settle.as_millis()).unwrap_or(i64::MAX);
        self.write(move |transaction| key.update(transaction, "settle = ?2", "settle = ?2", settle)).await
    }

    /// The requests of a merge step so far.
    pub async fn requests_of_step(&self, id: MergeId, phase: MergePhase, n: u32) -> Result<SentRequests, StoreError> {
        self.read(move |connection| {
            let query = "SELECT * FROM merge_steps WHERE merge = ?1 AND phase = ?2 AND n = ?3";
            let sent = sql::row(connection, query, params![id.to_string(), phase_word(phase)?, n], |row| {
                check(row)?;
                SentRequests::read(row)
            })?;
            Ok(sent.unwrap_or_default())
        })
        .await
    }
}
