//! Rows of the outbox and the history as values.

use jiff::Timestamp;
use rusqlite::Row;
use serde::de::DeserializeOwned;

use crate::domain::{EditId, GroupId, Receipt};
use crate::store::StoreError;

use super::sums::check;
use super::{EndedEdit, HistoryOutcome, OutboxRow, RowState, SentRequests};

pub(super) fn outbox_row(row: &Row<'_>) -> Result<OutboxRow, StoreError> {
    check(row)?;
    let state: String = row.get("state")?;
    let state = match state.as_str() {
        "started" => RowState::Started { at: time(row.get("started_at")?).unwrap_or(Timestamp::UNIX_EPOCH) },
        "failed" => RowState::Failed,
        _ => RowState::Queued { retry_at: time(row.get("retry_at")?) },
    };
    Ok(OutboxRow {
        seq: row.get("seq")?,
        id: id(&row.get::<_, String>("id")?)?,
        group: group(row.get("grp")?)?,
        edit: serde_json::from_str(&row.get::<_, String>("edit")?)?,
        made_at: time(row.get("made_at")?).unwrap_or(Timestamp::UNIX_EPOCH),
        state,
        attempts: row.get("attempts")?,
        sent: SentRequests::read(row)?,
        why: row.get("why")?,
        clash: json(row.get("clash")?)?.unwrap_or_default(),
        insist: row.get("insist")?,
    })
}

pub(super) fn ended(row: &Row<'_>) -> Result<EndedEdit, StoreError> {
    check(row)?;
    let receipt: Option<String> = row.get("receipt")?;
    let outcome = match row.get::<_, String>("outcome")?.as_str() {
        "withdrawn" => HistoryOutcome::Withdrawn,
        "discarded" => HistoryOutcome::Discarded,
        _ => HistoryOutcome::Confirmed(json(receipt)?.unwrap_or(Receipt::Nothing)),
    };
    Ok(EndedEdit {
        id: id(&row.get::<_, String>("id")?)?,
        edit: serde_json::from_str(&row.get::<_, String>("edit")?)?,
        outcome,
    })
}

pub(super) fn id(text: &str) -> Result<EditId, serde_json::Error> {
    serde_json::from_value(serde_json::Value::from(text))
}

pub(super) fn group(text: Option<String>) -> Result<Option<GroupId>, serde_json::Error> {
    text.map(|text| serde_json::from_value(serde_json::Value::from(text))).transpose()
}

pub(super) fn json<T: DeserializeOwned>(text: Option<String>) -> Result<Option<T>, serde_json::Error> {
    text.map(|text| serde_json::from_str(&text)).transpose()
}

pub(super) fn time(ms: Option<i64>) -> Option<Timestamp> {
    ms.and_then(|ms| Timestamp::from_millisecond(ms).ok())
}
