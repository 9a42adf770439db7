//! Records that may still turn up: their creation was sent more than once.

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use serde_json::json;

use crate::domain::{ContactId, Deed, Edit, EditId, GroupId};
use crate::store::{StoreError, sql};

use super::outbox::insert;
use super::rows::time;
use super::sums::{check, readable};
use super::{Ledger, OutboxRow, RowState};

/// A creation that was sent more than once.
#[derive(Clone, Debug, PartialEq)]
pub struct LateLook {
    pub number: i64,
    pub edit: Edit,
    /// IDs that are no copies: those from before, and the one that counts.
    pub known: Vec<String>,
    /// Not after the first request.
    pub sent_at: Timestamp,
    /// When the write was settled.
    pub since: Timestamp,
    /// How often a copy was looked for since.
    pub looks: u32,
}

impl Ledger {
    /// Every creation whose copies are still looked for.
    pub async fn late_looks(&self) -> Result<Vec<LateLook>, StoreError> {
        self.read(|connection| {
            readable(connection, "SELECT * FROM late_looks ORDER BY number", [], |row| {
                check(row)?;
                let at = |name: &str| Ok::<_, StoreError>(time(row.get(name)?).unwrap_or(Timestamp::UNIX_EPOCH));
                Ok(LateLook {
                    number: row.get("number")?,
                    edit: serde_json::from_str(&row.get::<_, String>("edit")?)?,
                    known: serde_json::from_str(&row.get::<_, String>("known")?)?,
                    sent_at: at("sent_at")?,
                    since: at("since")?,
                    looks: row.get("looks")?,
                })
            })
        })
        .await
    }

    /// Remembers to look for copies of what this edit creates.
    pub async fn look_later(
        &self,
        edit: Edit,
        known: Vec<String>,
        sent_at: Timestamp,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            look_later(transaction, &edit.contact, &serde_json::to_string(&edit)?, &known, sent_at, since)
        })
        .await
    }

    /// Records a look. What it found goes into the outbox as edits that remove it, failed for this reason: the user
    /// decides. `again`: another look follows.
    pub async fn looked(
        &self,
        look: &LateLook,
        found: Vec<(EditId, String, Edit)>,
        again: bool,
        group: GroupId,
        why: String,
        at: Timestamp,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let (number, mut known) = (look.number, look.known.clone());
        self.write(move |transaction| {
            known.extend(found.iter().map(|(_, record, _)| record.clone()));
            let known = json!(known).to_string();
            let looked = "UPDATE late_looks SET looks = looks + 1, known = ?2 WHERE number = ?1";
            sql::run(transaction, looked, params![number, known])?;
            if !again {
                transaction.execute("DELETE FROM late_looks WHERE number = ?1", [number])?;
            }
            if found.is_empty() {
                return Ok(Vec::new());
            }
            let edits = found.into_iter().map(|(id, _, edit)| (id, edit)).collect();
            let rows = insert(transaction, group, edits, None, Deed::Edit, at)?;
            let fail = "UPDATE outbox SET state = 'failed', why = ?2 WHERE grp = ?1";
            sql::run(transaction, fail, params![group.to_string(), why])?;
            let failed = |row| OutboxRow { state: RowState::Failed, why: Some(why.clone()), ..row };
            Ok(rows.into_iter().map(failed).collect())
        })
        .await
    }

    /// Whether the server's answer to a write of ours named this record, or the user was asked about it.
    pub async fn made_here(&self, record: String) -> Result<bool, StoreError> {
        self.read(move |connection| {
            let named = "SELECT EXISTS (SELECT 1 FROM history WHERE instr(receipt, ?1) > 0) \
                         OR EXISTS (SELECT 1 FROM merge_steps WHERE instr(reply, ?1) > 0) \
                         OR EXISTS (SELECT 1 FROM outbox WHERE instr(edit, ?1) > 0)";
            Ok(sql::value(connection, named, [json!(record).to_string()])?.unwrap_or_default())
        })
        .await
    }
}

pub(super) fn look_later(
    transaction: &Transaction<'_>,
    contact: &ContactId,
    edit: &str,
    known: &[String],
    sent_at: Timestamp,
    since: Timestamp,
) -> Result<(), StoreError> {
    sql::run(
        transaction,
        "INSERT INTO late_looks (contact, edit, known, sent_at, since) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![contact.as_str(), edit, json!(known).to_string(), sent_at.as_millisecond(), since.as_millisecond()],
    )
}
