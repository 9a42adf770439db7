//! The outbox: edits in progress, from the promise to the server's answer.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, named_params, params};
use serde_json::json;

use crate::domain::{Clash, ContactId, Deed, Edit, EditId, GroupId, Receipt};
use crate::store::{StoreError, sql};

use super::late::look_later;
use super::rows::{ended, id, outbox_row};
use super::sums::readable;
use super::{EndedEdit, HistoryOutcome, Ledger, OutboxRow, RowState, SentRequests, drop_draft};

impl Ledger {
    /// Puts edits that were made together into the outbox. When this returns, they are on disk.
    ///
    /// The draft in which they were typed, by its key, goes in the same transaction. `session` is the dashboard whose
    /// undo key covers them; none for a command.
    pub async fn insert(
        &self,
        group: GroupId,
        edits: Vec<(EditId, Edit)>,
        draft: Option<String>,
        session: Option<u32>,
        made_at: Timestamp,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        self.write(move |transaction| {
            if let Some(draft) = draft {
                drop_draft(transaction, &draft)?;
            }
            insert(transaction, group, edits, session, Deed::Edit, made_at)
        })
        .await
    }

    /// Every edit in the outbox that can be read, in the order they were made.
    pub async fn outbox(&self) -> Result<Vec<OutboxRow>, StoreError> {
        let file = Arc::clone(&self.file);
        self.read(move |connection| {
            let read = |row: &Row<'_>| Ok(outbox_row(row).ok());
            let all: Vec<_> = sql::rows(connection, "SELECT * FROM outbox ORDER BY seq", [], read)?;
            if all.iter().any(Option::is_none) {
                file.name_damage(connection)?;
            }
            Ok(all.into_iter().flatten().collect())
        })
        .await
    }

    /// One edit of the outbox. A damaged one is not there for anybody who would send it.
    pub async fn row(&self, id: EditId) -> Result<Option<OutboxRow>, StoreError> {
        let file = Arc::clone(&self.file);
        self.read(move |connection| {
            let read = |row: &Row<'_>| Ok(outbox_row(row).ok());
            let row = sql::row(connection, "SELECT * FROM outbox WHERE id = ?1", [id.to_string()], read)?;
            if matches!(row, Some(None)) {
                file.name_damage(connection)?;
            }
            Ok(row.flatten())
        })
        .await
    }

    /// Tries an edit again, not before `at`: its last attempt had no effect.
    pub async fn postpone(&self, id: EditId, at: Timestamp, why: String) -> Result<bool, StoreError> {
        self.change(
            "UPDATE outbox SET attempts = attempts + 1, retry_at = :at, why = :text WHERE id = :id",
            id,
            at,
            Some(why),
        )
        .await
    }

    /// Queues an edit again for now, whatever it was waiting for. A started one stays started.
    pub async fn retry(&self, id: EditId) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            let queue = "UPDATE outbox SET state = 'queued', retry_at = NULL, why = NULL, clash = NULL \
                         WHERE id = ?1 AND state IN ('queued', 'failed')";
            sql::change(transaction, queue, [id.to_string()])
        })
        .await
    }

    /// The server refused it permanently.
    pub async fn fail(&self, id: EditId, at: Timestamp, why: String) -> Result<bool, StoreError> {
        self.change(
            "UPDATE outbox SET state = 'failed', retry_at = :at, why = :text, clash = NULL WHERE id = :id",
            id,
            at,
            Some(why),
        )
        .await
    }

    /// The server has it: moves it from the outbox to the history.
    pub async fn confirm(&self, id: EditId, at: Timestamp, receipt: Receipt) -> Result<(), StoreError> {
        self.confirm_all(vec![(id, receipt)], at).await
    }

    /// Removes an edit that has failed or not started; `None` if it is too late.
    pub async fn discard(&self, id: EditId, at: Timestamp) -> Result<Option<Edit>, StoreError> {
        self.write(move |transaction| end(transaction, id, at, &HistoryOutcome::Discarded)).await
    }

    /// The result of an edit that is no longer in the outbox.
    pub async fn outcome(&self, id: EditId) -> Result<Option<HistoryOutcome>, StoreError> {
        self.read(move |connection| {
            let ended = sql::row(connection, "SELECT * FROM history WHERE id = ?1", [id.to_string()], ended)?;
            Ok(ended.map(|ended| ended.outcome))
        })
        .await
    }

    /// Edits that ended after the one numbered `number`, in any process, and the latest number.
    pub async fn ended_since(&self, number: i64) -> Result<(Vec<EndedEdit>, i64), StoreError> {
        self.read(move |connection| {
            let newest = newest_ended(connection)?;
            Ok((readable(connection, "SELECT * FROM history WHERE number > ?1", [number], ended)?, newest))
        })
        .await
    }

    /// The number of the edit that ended last.
    pub async fn newest_ended(&self) -> Result<i64, StoreError> {
        self.read(newest_ended).await
    }

    async fn change(
        &self,
        change: &'static str,
        id: EditId,
        at: Timestamp,
        text: Option<String>,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            let params = named_params! { ":id": id.to_string(), ":at": at.as_millisecond(), ":text": text };
            sql::change(transaction, change, params)
        })
        .await
    }

    /// [`Ledger::confirm`] for several edits in one transaction.
    pub async fn confirm_all(&self, receipts: Vec<(EditId, Receipt)>, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction| {
            for (id, receipt) in receipts {
                end(transaction, id, at, &HistoryOutcome::Confirmed(receipt))?;
            }
            Ok(())
        })
        .await
    }

    /// Someone else changed the same fields: the edit waits for the user's decision.
    pub async fn clash(&self, id: EditId, why: String, clash: Vec<Clash>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let fail = "UPDATE outbox SET state = 'failed', why = ?2, clash = ?3 WHERE id = ?1";
            sql::run(transaction, fail, params![id.to_string(), why, json!(clash).to_string()])
        })
        .await
    }

    /// The user saw both values and keeps the edit's: it is queued again, without another question.
    pub async fn insist(&self, id: EditId) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            let queue = "UPDATE outbox SET state = 'queued', retry_at = NULL, why = NULL, clash = NULL, insist = 1 \
                         WHERE id = ?1 AND state = 'failed'";
            sql::change(transaction, queue, [id.to_string()])
        })
        .await
    }

    /// The values that the edit was based on have changed: it is now based on the newer ones.
    pub async fn rebase(&self, id: EditId, edit: Edit) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let edit = serde_json::to_string(&edit)?;
            sql::run(transaction, "UPDATE outbox SET edit = ?2 WHERE id = ?1", params![id.to_string(), edit])
        })
        .await
    }

    /// Withdraws the edits of a group that have not started.
    pub async fn cancel(&self, group: GroupId, at: Timestamp) -> Result<Vec<EditId>, StoreError> {
        self.write(move |transaction| {
            let mut gone = Vec::new();
            for row in rows_of(transaction, group)? {
                if matches!(row.state, RowState::Queued { .. })
                    && end(transaction, row.id, at, &HistoryOutcome::Discarded)?.is_some()
                {
                    gone.push(row.id);
                }
            }
            Ok(gone)
        })
        .await
    }

    /// The edit that re-created the contact or record with this ID, if any.
    pub async fn remade(&self, old: String) -> Result<Option<EditId>, StoreError> {
        self.read(move |connection| {
            let by: Option<String> = sql::value(connection, "SELECT by FROM remade WHERE old = ?1", [old])?;
            Ok(by.map(|by| id(&by)).transpose()?)
        })
        .await
    }
}

/// The edits of a group that are still in the outbox.
pub(super) fn rows_of(connection: &Connection, group: GroupId) -> Result<Vec<OutboxRow>, StoreError> {
    readable(connection, "SELECT * FROM outbox WHERE grp = ?1 ORDER BY seq", [group.to_string()], outbox_row)
}

/// Puts a group into the outbox; edits for the contact that one of them creates get its provisional ID.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    group: GroupId,
    edits: Vec<(EditId, Edit)>,
    session: Option<u32>,
    deed: Deed,
    made_at: Timestamp,
) -> Result<Vec<OutboxRow>, StoreError> {
    let (word, of) = match deed {
        Deed::Edit => ("edit", None),
        Deed::Undo(of) => ("undo", Some(of.to_string())),
        Deed::Redo(of) => ("redo", Some(of.to_string())),
    };
    let put = "INSERT INTO groups (id, seat, made_at, deed, of) VALUES (?1, ?2, ?3, ?4, ?5)";
    sql::run(transaction, put, params![group.to_string(), session, made_at.as_millisecond(), word, of])?;
    let made = edits.iter().find(|(_, edit)| edit.makes_contact());
    let made = made.map(|(id, _)| ContactId::provisional(*id));
    edits.into_iter().map(|(id, edit)| insert_one(transaction, group, id, edit, made.as_ref(), made_at)).collect()
}

fn insert_one(
    transaction: &Transaction<'_>,
    group: GroupId,
    id: EditId,
    mut edit: Edit,
    made: Option<&ContactId>,
    made_at: Timestamp,
) -> Result<OutboxRow, StoreError> {
    if let Some(made) = made.filter(|_| edit.contact == ContactId::of_group()) {
        edit.contact = made.clone();
    }
    let text = serde_json::to_string(&edit)?;
    sql::run(
        transaction,
        "INSERT INTO outbox (id, grp, contact, edit, made_at, state) VALUES (?1, ?2, ?3, ?4, ?5, 'queued')",
        params![id.to_string(), group.to_string(), edit.contact.as_str(), text, made_at.as_millisecond()],
    )?;
    let seq = transaction.last_insert_rowid();
    if let Some(old) = edit.replaces() {
        remember_remade(transaction, old, id)?;
    }
    Ok(OutboxRow {
        seq,
        id,
        group: Some(group),
        edit,
        made_at,
        state: RowState::Queued { retry_at: None },
        attempts: 0,
        sent: SentRequests::default(),
        why: None,
        clash: Vec::new(),
        insist: false,
    })
}

pub(super) fn remember_remade(transaction: &Transaction<'_>, old: &str, by: EditId) -> Result<(), StoreError> {
    let put = "INSERT INTO remade (old, by) VALUES (?1, ?2) ON CONFLICT (old) DO UPDATE SET by = excluded.by";
    sql::run(transaction, put, params![old, by.to_string()])
}

/// Moves an edit from the outbox to the history; at the user's request only while it cannot have had an effect.
pub(super) fn end(
    transaction: &Transaction<'_>,
    id: EditId,
    at: Timestamp,
    outcome: &HistoryOutcome,
) -> Result<Option<Edit>, StoreError> {
    let (word, receipt, states) = match outcome {
        HistoryOutcome::Confirmed(receipt) => {
            ("confirmed", Some(serde_json::to_string(receipt)?), ["queued", "started"])
        }
        HistoryOutcome::Withdrawn => ("withdrawn", None, ["queued", "queued"]),
        HistoryOutcome::Discarded => ("discarded", None, ["queued", "failed"]),
    };
    let take = "DELETE FROM outbox WHERE id = ?1 AND state IN (?2, ?3) RETURNING *";
    let taken = |row: &Row<'_>| Ok((row.get::<_, String>("edit")?, outbox_row(row)?));
    let taken = sql::row(transaction, take, params![id.to_string(), states[0], states[1]], taken)?;
    let Some((edit, row)) = taken else { return Ok(None) };
    let (made_at, group) = (row.made_at, row.group.map(|group| group.to_string()));
    sql::run(
        transaction,
        "INSERT INTO history (id, grp, edit, made_at, ended_at, outcome, receipt) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![id.to_string(), group, edit, made_at.as_millisecond(), at.as_millisecond(), word, receipt],
    )?;
    let made = match outcome {
        HistoryOutcome::Confirmed(receipt) => receipt.id().map(str::to_owned),
        HistoryOutcome::Withdrawn | HistoryOutcome::Discarded => None,
    };
    // All its requests but one may have been in vain, or not.
    if row.edit.makes_record() && row.sent.count > u32::from(made.is_some()) {
        let contact = made.clone().filter(|_| row.edit.makes_contact()).map(ContactId::new);
        let known: Vec<String> = row.sent.probe.into_iter().flatten().chain(made).collect();
        look_later(transaction, contact.as_ref().unwrap_or(&row.edit.contact), &edit, &known, made_at, at)?;
    }
    Ok(Some(row.edit))
}

fn newest_ended(connection: &Connection) -> Result<i64, StoreError> {
    Ok(sql::value(connection, "SELECT max(number) FROM history", [])?.flatten().unwrap_or_default())
}
