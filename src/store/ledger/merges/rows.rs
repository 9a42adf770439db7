//! Rows of the journal as values, and the number that shows changes to other processes.

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{GroupId, MergeId, MergePhase, MergeProgress, MergeRecord};
use crate::store::ledger::rows::{group, time};
use crate::store::ledger::sums::{check, readable};
use crate::store::{StoreError, sql};

/// Whether the job of this phase may continue: the user has neither paused nor reversed it.
pub(in crate::store::ledger) fn goes_on(
    transaction: &Transaction<'_>,
    id: MergeId,
    phase: MergePhase,
) -> Result<bool, StoreError> {
    let goes_on = sql::row(transaction, "SELECT * FROM merges WHERE id = ?1", [id.to_string()], |row| {
        check(row)?;
        let (now, progress): (String, String) = (row.get("phase")?, row.get("progress")?);
        Ok(now == word(phase)? && serde_json::from_str::<MergeProgress>(&progress)?.is_live())
    })?;
    Ok(goes_on.unwrap_or_default())
}

pub(super) fn set_progress(
    transaction: &Transaction<'_>,
    id: MergeId,
    progress: &MergeProgress,
) -> Result<(), StoreError> {
    let set = "UPDATE merges SET progress = ?2, held = ?3 WHERE id = ?1";
    sql::run(transaction, set, params![id.to_string(), json(progress)?, progress.is_open()])?;
    touch(transaction, id)
}

/// The next change number.
pub(super) fn next_seq(transaction: &Transaction<'_>) -> Result<i64, StoreError> {
    let mut statement =
        transaction.prepare_cached("UPDATE counters SET value = value + 1 WHERE name = 'merges' RETURNING value")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Marks it as changed: other processes see that by its number.
pub(super) fn touch(transaction: &Transaction<'_>, id: MergeId) -> Result<(), StoreError> {
    let seq = next_seq(transaction)?;
    sql::run(transaction, "UPDATE merges SET seq = ?2 WHERE id = ?1", params![id.to_string(), seq])
}

/// A merge, with the number of completed steps in its phase.
pub(in crate::store::ledger) const RECORD: &str = "SELECT merges.*, \
     (SELECT count(*) FROM merge_steps WHERE merge = merges.id AND phase = merges.phase) AS steps, \
     (SELECT count(*) FROM merge_steps WHERE merge = merges.id AND phase = merges.phase AND state = 'done') AS done \
     FROM merges";

pub(super) fn one(connection: &Connection, id: MergeId) -> Result<Option<MergeRecord>, StoreError> {
    sql::row(connection, &format!("{RECORD} WHERE id = ?1"), [id.to_string()], record)
}

pub(super) fn changed_since(connection: &Connection, seq: i64) -> Result<(Vec<MergeRecord>, i64), StoreError> {
    let newest = connection.query_row("SELECT value FROM counters WHERE name = 'merges'", [], |row| row.get(0))?;
    Ok((readable(connection, &format!("{RECORD} WHERE seq > ?1 ORDER BY number"), [seq], record)?, newest))
}

pub(in crate::store::ledger) fn record(row: &Row<'_>) -> Result<MergeRecord, StoreError> {
    check(row)?;
    let text = |name: &str| row.get::<_, String>(name);
    Ok(MergeRecord {
        id: parse(&text("id")?)?,
        number: row.get("number")?,
        batch: group(Some(text("batch")?))?.unwrap_or(GroupId(uuid::Uuid::nil())),
        plan: serde_json::from_str(&text("plan")?)?,
        phase: parse(&text("phase")?)?,
        progress: serde_json::from_str(&text("progress")?)?,
        done: row.get("done")?,
        steps: row.get("steps")?,
        made_at: time(row.get("made_at")?).unwrap_or(Timestamp::UNIX_EPOCH),
        ended_at: time(row.get("ended_at")?),
        left: serde_json::from_str(&text("left")?)?,
        purged_at: time(row.get("purged_at")?),
        remade: serde_json::from_str(&text("remade")?)?,
        wiped: row.get("wiped")?,
    })
}

/// A value written as one word.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_value(serde_json::Value::from(text))?)
}

pub(in crate::store::ledger) fn word(phase: MergePhase) -> Result<String, StoreError> {
    Ok(serde_json::to_value(phase)?.as_str().unwrap_or_default().to_owned())
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}
