//! The steps of a merge: what to do, what was sent, what came back.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};

use crate::domain::{JournalStep, MergeId, MergeOp, MergePhase, StepReply, StepState};
use crate::store::ledger::Ledger;
use crate::store::{StoreError, sql};

use crate::store::ledger::merges::rows::{json, touch, word};
use crate::store::ledger::rows::time;
use crate::store::ledger::sums::check;

impl Ledger {
    /// The steps of a phase, in order.
    pub async fn merge_steps(&self, id: MergeId, phase: MergePhase) -> Result<Vec<JournalStep>, StoreError> {
        self.read(move |connection| steps_of(connection, id, phase)).await
    }

    /// Sets the steps of a phase. Completed steps that are unchanged stay completed.
    pub async fn set_merge_steps(&self, id: MergeId, phase: MergePhase, steps: Vec<MergeOp>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            set_steps(transaction, id, phase, &steps)?;
            touch(transaction, id)
        })
        .await
    }

    /// The server has it.
    pub async fn end_merge_step(
        &self,
        id: MergeId,
        phase: MergePhase,
        n: u32,
        reply: StepReply,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let end = "UPDATE merge_steps SET state = 'done', reply = ?4 WHERE merge = ?1 AND phase = ?2 AND n = ?3";
            sql::run(transaction, end, params![id.to_string(), word(phase)?, n, json(&reply)?])?;
            // The user saw what blocked this step only.
            sql::run(transaction, "UPDATE merges SET insist = 0 WHERE id = ?1 AND insist = 1", [id.to_string()])?;
            touch(transaction, id)
        })
        .await
    }

    /// A record that a step created is gone: repeat the step.
    pub async fn repeat_merge_step(&self, id: MergeId, phase: MergePhase, n: u32) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let repeat = "UPDATE merge_steps SET state = 'pending', started_at = NULL, reply = NULL \
                          WHERE merge = ?1 AND phase = ?2 AND n = ?3";
            sql::run(transaction, repeat, params![id.to_string(), word(phase)?, n])
        })
        .await
    }
}

pub(super) fn set_steps(
    transaction: &Transaction<'_>,
    id: MergeId,
    phase: MergePhase,
    steps: &[MergeOp],
) -> Result<(), StoreError> {
    let mut before = steps_of(transaction, id, phase)?;
    let mut sent = sent_of(transaction, id, phase)?;
    // A created record, or one being created, is known by its mark, whatever its wording would be now.
    let same = |known: &MergeOp, op: &MergeOp| {
        let marked = known.mark().is_some() && known.mark() == op.mark() && known.contact() == op.contact();
        known == op || marked
    };
    let mut rows: Vec<JournalStep> = Vec::with_capacity(steps.len());
    for op in steps {
        let known = before.iter().position(|step| same(&step.op, op)).map(|at| before.remove(at));
        let new = || JournalStep { n: u32::MAX, op: op.clone(), state: StepState::Pending, reply: None };
        rows.push(known.unwrap_or_else(new));
    }
    // Steps that were done, or may have been, stay in the journal: an undo needs them.
    before.retain(|step| step.state != StepState::Pending);
    rows.splice(0..0, before);
    transaction
        .execute("DELETE FROM merge_steps WHERE merge = ?1 AND phase = ?2", params![id.to_string(), word(phase)?])?;
    let mut statement = transaction.prepare_cached(
        "INSERT INTO merge_steps (merge, phase, n, op, state, started_at, probe, reply, sent, settle) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for (n, step) in (0_u32..).zip(rows) {
        let (state, at) = match step.state {
            StepState::Pending => ("pending", None),
            StepState::Started { at } => ("started", Some(at.as_millisecond())),
            StepState::Done => ("done", None),
        };
        let reply = step.reply.map(|reply| json(&reply)).transpose()?;
        let (probe, sent, settle) = sent.remove(&step.n).unwrap_or_default();
        let (id, phase) = (id.to_string(), word(phase)?);
        statement.execute(params![id, phase, n, json(&step.op)?, state, at, probe, reply, sent, settle])?;
    }
    Ok(())
}

/// What is known of a step's requests, as stored: probe, count and the time they may take.
type StoredRequests = (Option<String>, i64, Option<i64>);

fn sent_of(
    connection: &Connection,
    id: MergeId,
    phase: MergePhase,
) -> Result<HashMap<u32, StoredRequests>, StoreError> {
    let query = "SELECT n, probe, sent, settle FROM merge_steps WHERE merge = ?1 AND phase = ?2";
    let requests = |row: &Row<'_>| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?)));
    sql::rows(connection, query, params![id.to_string(), word(phase)?], requests)
}

fn steps_of(connection: &Connection, id: MergeId, phase: MergePhase) -> Result<Vec<JournalStep>, StoreError> {
    let query = "SELECT * FROM merge_steps WHERE merge = ?1 AND phase = ?2 ORDER BY n";
    sql::rows(connection, query, params![id.to_string(), word(phase)?], |row| {
        check(row)?;
        let state = match row.get::<_, String>("state")?.as_str() {
            "started" => StepState::Started { at: time(row.get("started_at")?).unwrap_or(Timestamp::UNIX_EPOCH) },
            "done" => StepState::Done,
            _ => StepState::Pending,
        };
        let reply: Option<String> = row.get("reply")?;
        let reply = reply.map(|text| serde_json::from_str(&text)).transpose()?;
        let op = serde_json::from_str(&row.get::<_, String>("op")?)?;
        Ok(JournalStep { n: row.get("n")?, op, state, reply })
    })
}
