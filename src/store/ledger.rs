//! The ledger: edits on their way, what became of them, and what is being typed.
//!
//! Written with `synchronous=FULL` and never discarded: a damaged ledger stops the program, which keeps the
//! file and copies out what can still be read.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, named_params, params};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::domain::{Edit, EditId, Receipt};

use super::db::{self, Db, Plan};
use super::error::is_damage;
use super::folder::private;
use super::{Folder, OpenError, StoreError, Tuning};

const FILE: &str = "ledger.db";
const MIGRATIONS: &[&str] =
    &[include_str!("../../assets/migrations/ledger-1.sql"), include_str!("../../assets/migrations/ledger-2.sql")];

/// The ledger of a location; cheap to clone.
#[derive(Clone, Debug)]
pub struct Ledger {
    db: Db,
}

/// An edit in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    /// Edits of a contact run in this order.
    pub seq: i64,
    pub id: EditId,
    pub edit: Edit,
    pub made_at: Timestamp,
    pub state: RowState,
    pub attempts: u32,
    /// Ids of equal items that were there before the write.
    pub probe: Option<Vec<String>>,
    pub why: Option<String>,
}

/// How far an edit has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// It surely has had no effect yet.
    Queued { retry_at: Option<Timestamp> },
    /// A request left at this time, and nobody knows yet what it did.
    Started { at: Timestamp },
    /// Refused for good; kept for the user to retry or discard.
    Failed,
}

/// How an edit left the outbox.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Confirmed(Receipt),
    Withdrawn,
    Discarded,
}

/// An edit that has left the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub id: EditId,
    pub edit: Edit,
    pub outcome: Outcome,
}

/// What an undo did.
#[derive(Clone, Debug, PartialEq)]
pub enum Undone {
    /// The edit had not started: it is out of the outbox.
    Withdrawn(Edit),
    /// Its inverse was queued behind it.
    Inverse(OutboxRow),
    /// The edit is not known, was taken back already, or failed.
    Nothing,
}

/// A kept draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub key: String,
    pub text: String,
}

impl Ledger {
    pub fn open(folder: &Folder, tuning: Tuning) -> Result<Self, OpenError> {
        let path = folder.prepare(FILE)?;
        let plan = Plan { synchronous: "FULL", migrations: MIGRATIONS, max_pages: tuning.ledger_max_pages };
        let connection = match db::connect(&path, &plan).and_then(|connection| checked(&path, connection)) {
            Err(OpenError::Database { source, .. }) if is_damage(&source) => {
                return Err(salvage(folder, &path, &source.to_string()));
            }
            other => other?,
        };
        Ok(Self { db: Db::run("ledger", connection) })
    }

    /// Puts an edit into the outbox. When this returns, it is on the disk.
    pub async fn insert(&self, id: EditId, edit: Edit, made_at: Timestamp) -> Result<OutboxRow, StoreError> {
        self.db.call(move |connection| insert(connection, id, &edit, made_at)).await
    }

    /// Every edit in the outbox, in the order they were made.
    pub async fn outbox(&self) -> Result<Vec<OutboxRow>, StoreError> {
        self.db
            .call(|connection| {
                let mut statement = connection.prepare_cached("SELECT * FROM outbox ORDER BY seq")?;
                let rows = statement.query_map([], |row| Ok(outbox_row(row)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }

    /// One edit of the outbox.
    pub async fn row(&self, id: EditId) -> Result<Option<OutboxRow>, StoreError> {
        self.db
            .call(move |connection| {
                let mut statement = connection.prepare_cached("SELECT * FROM outbox WHERE id = ?1")?;
                statement.query_row([id.to_string()], |row| Ok(outbox_row(row))).optional()?.transpose()
            })
            .await
    }

    /// Notes that a request is about to leave, with what was there before.
    ///
    /// `false` when the edit is no longer in the outbox: the user took it back, and nothing may leave.
    pub async fn start(&self, id: EditId, at: Timestamp, probe: Option<Vec<String>>) -> Result<bool, StoreError> {
        self.change(
            "UPDATE outbox SET state = 'started', started_at = :at, probe = coalesce(:probe, probe), \
             retry_at = NULL, why = NULL WHERE id = :id AND state <> 'failed'",
            id,
            at,
            probe.map(|ids| json!(ids).to_string()),
        )
        .await
    }

    /// Puts an edit that surely had no effect back in line, not before `at`.
    pub async fn postpone(&self, id: EditId, at: Timestamp, why: String) -> Result<bool, StoreError> {
        self.change(
            "UPDATE outbox SET state = 'queued', attempts = attempts + 1, retry_at = :at, why = :text WHERE id = :id",
            id,
            at,
            Some(why),
        )
        .await
    }

    /// Puts an edit back in line for now, whatever it waits for. A started one stays started.
    pub async fn retry(&self, id: EditId) -> Result<bool, StoreError> {
        self.db
            .call(move |connection| {
                let changed = connection.execute(
                    "UPDATE outbox SET state = 'queued', retry_at = NULL, why = NULL \
                     WHERE id = ?1 AND state IN ('queued', 'failed')",
                    [id.to_string()],
                )?;
                Ok(changed > 0)
            })
            .await
    }

    /// The server refused it for good.
    pub async fn fail(&self, id: EditId, at: Timestamp, why: String) -> Result<bool, StoreError> {
        self.change("UPDATE outbox SET state = 'failed', retry_at = :at, why = :text WHERE id = :id", id, at, Some(why))
            .await
    }

    /// The server has it: from the outbox to the history.
    pub async fn confirm(&self, id: EditId, at: Timestamp, receipt: Receipt) -> Result<(), StoreError> {
        self.db.call(move |connection| end(connection, id, at, &Outcome::Confirmed(receipt)).map(drop)).await
    }

    /// Takes an edit out that failed or has not started; `None` when it is too late.
    pub async fn discard(&self, id: EditId, at: Timestamp) -> Result<Option<Edit>, StoreError> {
        self.db.call(move |connection| end(connection, id, at, &Outcome::Discarded)).await
    }

    /// Takes an edit back in one transaction: out of the outbox if it has not started, else by its inverse.
    pub async fn undo(&self, of: EditId, id: EditId, at: Timestamp) -> Result<Undone, StoreError> {
        self.db
            .call(move |connection| {
                if let Some(edit) = end(connection, of, at, &Outcome::Withdrawn)? {
                    return Ok(Undone::Withdrawn(edit));
                }
                let made: Option<String> = connection
                    .query_row(
                        "SELECT edit FROM outbox WHERE id = ?1 AND state = 'started' \
                         UNION ALL SELECT edit FROM history WHERE id = ?1 AND outcome = 'confirmed'",
                        [of.to_string()],
                        |row| row.get(0),
                    )
                    .optional()?;
                let Some(made) = made else { return Ok(Undone::Nothing) };
                let inverse = serde_json::from_str::<Edit>(&made)?.inverse(of);
                insert(connection, id, &inverse, at).map(Undone::Inverse)
            })
            .await
    }

    /// What became of an edit that is no longer in the outbox.
    pub async fn outcome(&self, id: EditId) -> Result<Option<Outcome>, StoreError> {
        self.db
            .call(move |connection| {
                let mut statement = connection.prepare_cached("SELECT * FROM history WHERE id = ?1")?;
                let ended = statement.query_row([id.to_string()], |row| Ok(ended(row))).optional()?.transpose()?;
                Ok(ended.map(|ended| ended.outcome))
            })
            .await
    }

    /// Edits that ended after the one numbered `number`, by whichever process, and the newest number.
    pub async fn ended_since(&self, number: i64) -> Result<(Vec<Ended>, i64), StoreError> {
        self.db
            .call(move |connection| {
                let newest = newest_ended(connection)?;
                let mut statement = connection.prepare_cached("SELECT * FROM history WHERE number > ?1")?;
                let rows = statement.query_map([number], |row| Ok(ended(row)))?;
                Ok((rows.map(|row| row?).collect::<Result<_, StoreError>>()?, newest))
            })
            .await
    }

    /// The number of the edit that ended last.
    pub async fn newest_ended(&self) -> Result<i64, StoreError> {
        self.db.call(|connection| newest_ended(connection)).await
    }

    /// Remembers a write in the user's own words; no status when no answer came.
    pub async fn note_raw(
        &self,
        at: Timestamp,
        method: &'static str,
        path: String,
        status: Option<u16>,
    ) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                connection.execute(
                    "INSERT INTO raw_calls (at, method, path, status) VALUES (?1, ?2, ?3, ?4)",
                    params![at.as_millisecond(), method, path, status],
                )?;
                Ok(())
            })
            .await
    }

    pub async fn save_draft(&self, draft: Draft, at: Timestamp) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                connection.execute(
                    "INSERT INTO drafts (key, text, saved_at) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (key) DO UPDATE SET text = excluded.text, saved_at = excluded.saved_at",
                    params![draft.key, draft.text, at.as_millisecond()],
                )?;
                Ok(())
            })
            .await
    }

    pub async fn drop_draft(&self, key: String) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                connection.execute("DELETE FROM drafts WHERE key = ?1", [key])?;
                Ok(())
            })
            .await
    }

    pub async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.db
            .call(|connection| {
                let mut statement = connection.prepare_cached("SELECT key, text FROM drafts ORDER BY key")?;
                let rows = statement.query_map([], |row| Ok(Draft { key: row.get(0)?, text: row.get(1)? }))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Changes when another process has written.
    pub async fn data_version(&self) -> Result<i64, StoreError> {
        self.db.call(|connection| db::data_version(connection)).await
    }

    async fn change(
        &self,
        sql: &'static str,
        id: EditId,
        at: Timestamp,
        text: Option<String>,
    ) -> Result<bool, StoreError> {
        self.db
            .call(move |connection| {
                let mut statement = connection.prepare_cached(sql)?;
                let text_name = if sql.contains(":probe") { ":probe" } else { ":text" };
                let changed = statement.execute(&[
                    (":id", &id.to_string() as &dyn rusqlite::ToSql),
                    (":at", &at.as_millisecond()),
                    (text_name, &text),
                ])?;
                Ok(changed > 0)
            })
            .await
    }
}

fn insert(connection: &Connection, id: EditId, edit: &Edit, made_at: Timestamp) -> Result<OutboxRow, StoreError> {
    connection.execute(
        "INSERT INTO outbox (id, contact, edit, made_at, state) VALUES (:id, :contact, :edit, :at, 'queued')",
        named_params! {
            ":id": id.to_string(),
            ":contact": edit.contact().as_str(),
            ":edit": serde_json::to_string(edit)?,
            ":at": made_at.as_millisecond(),
        },
    )?;
    Ok(OutboxRow {
        seq: connection.last_insert_rowid(),
        id,
        edit: edit.clone(),
        made_at,
        state: RowState::Queued { retry_at: None },
        attempts: 0,
        probe: None,
        why: None,
    })
}

/// Moves an edit from the outbox to the history; by the user's wish only while it cannot have had an effect.
fn end(connection: &mut Connection, id: EditId, at: Timestamp, outcome: &Outcome) -> Result<Option<Edit>, StoreError> {
    let (word, receipt, states) = match outcome {
        Outcome::Confirmed(receipt) => ("confirmed", Some(serde_json::to_string(receipt)?), ["queued", "started"]),
        Outcome::Withdrawn => ("withdrawn", None, ["queued", "queued"]),
        Outcome::Discarded => ("discarded", None, ["queued", "failed"]),
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let taken: Option<(String, i64)> = transaction
        .query_row(
            "DELETE FROM outbox WHERE id = ?1 AND state IN (?2, ?3) RETURNING edit, made_at",
            params![id.to_string(), states[0], states[1]],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((edit, made_at)) = taken else { return Ok(None) };
    transaction.execute(
        "INSERT INTO history (id, edit, made_at, ended_at, outcome, receipt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id.to_string(), edit, made_at, at.as_millisecond(), word, receipt],
    )?;
    transaction.commit()?;
    Ok(Some(serde_json::from_str(&edit)?))
}

fn newest_ended(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("SELECT coalesce(max(number), 0) FROM history", [], |row| row.get(0))?)
}

fn ended(row: &Row<'_>) -> Result<Ended, StoreError> {
    let receipt: Option<String> = row.get("receipt")?;
    let outcome = match row.get::<_, String>("outcome")?.as_str() {
        "withdrawn" => Outcome::Withdrawn,
        "discarded" => Outcome::Discarded,
        _ => Outcome::Confirmed(receipt.map_or(Ok(Receipt::Nothing), |text| serde_json::from_str(&text))?),
    };
    Ok(Ended {
        id: json_text(&row.get::<_, String>("id")?)?,
        edit: serde_json::from_str(&row.get::<_, String>("edit")?)?,
        outcome,
    })
}

fn outbox_row(row: &Row<'_>) -> Result<OutboxRow, StoreError> {
    let state: String = row.get("state")?;
    let state = match state.as_str() {
        "started" => RowState::Started { at: time(row.get("started_at")?).unwrap_or(Timestamp::UNIX_EPOCH) },
        "failed" => RowState::Failed,
        _ => RowState::Queued { retry_at: time(row.get("retry_at")?) },
    };
    Ok(OutboxRow {
        seq: row.get("seq")?,
        id: json_text(&row.get::<_, String>("id")?)?,
        edit: serde_json::from_str(&row.get::<_, String>("edit")?)?,
        made_at: time(row.get("made_at")?).unwrap_or(Timestamp::UNIX_EPOCH),
        state,
        attempts: row.get("attempts")?,
        probe: row.get::<_, Option<String>>("probe")?.map(|text| serde_json::from_str(&text)).transpose()?,
        why: row.get("why")?,
    })
}

/// Reads a plain string as the id it is.
fn json_text<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(serde_json::Value::from(text))
}

fn time(ms: Option<i64>) -> Option<Timestamp> {
    ms.and_then(|ms| Timestamp::from_millisecond(ms).ok())
}

/// Reads every page once: the ledger is small, and what it promises must hold.
fn checked(path: &Path, connection: Connection) -> Result<Connection, OpenError> {
    let refuse = |source| OpenError::Database { path: path.to_owned(), source };
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(refuse)?;
    if verdict == "ok" {
        return Ok(connection);
    }
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(refuse(rusqlite::Error::SqliteFailure(code, Some(verdict))))
}

/// Copies what can still be read out of a damaged ledger, one JSON line a row.
fn salvage(folder: &Folder, path: &Path, why: &str) -> OpenError {
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
        // Up to the first row that cannot be read: what comes after it is out of reach of a plain read.
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
