//! The journal of merges: nothing is written to the server before it stands here, and nothing is forgotten before it is
//! done.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{
    ContactId, GroupId, JournalStep, Member, MergeId, MergeOp, MergePhase, MergePlan, MergeProgress, MergeRecord,
    StepReply, StepState,
};
use crate::store::StoreError;

use super::Ledger;
use super::outbox::immediate;
use super::rows::group;

/// Why a batch was not taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The merge that has one of the members.
    pub by: MergeRecord,
    pub contact: ContactId,
    /// It is about exactly the same members.
    pub same: bool,
}

/// A member before anything was written: as we understand it, and as it was received.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub member: Member,
    /// JSON.
    pub raw: String,
}

/// How a phase ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergeEnd {
    pub left: Vec<(ContactId, Option<Timestamp>)>,
    pub remade: Vec<(ContactId, ContactId)>,
    /// The losers are deleted.
    pub purged: bool,
}

impl Ledger {
    /// Promises merges, all or none; their members must be in no other that is open, nor set aside by one.
    pub async fn insert_merges(
        &self,
        batch: GroupId,
        plans: Vec<(MergeId, MergePlan)>,
        seat: Option<u32>,
        at: Timestamp,
    ) -> Result<Result<Vec<MergeRecord>, Box<Held>>, StoreError> {
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                let mut ids = Vec::with_capacity(plans.len());
                for (id, plan) in plans {
                    if let Some(held) = holder(&transaction, &plan)? {
                        return Ok(Err(Box::new(held)));
                    }
                    insert(&transaction, batch, id, &plan, at)?;
                    ids.push(id);
                }
                transaction.execute(
                    "INSERT INTO groups (id, seat, made_at, deed) VALUES (?1, ?2, ?3, 'merge')",
                    params![batch.to_string(), seat, at.as_millisecond()],
                )?;
                let records =
                    ids.into_iter().filter_map(|id| one(&transaction, id).transpose()).collect::<Result<_, _>>()?;
                transaction.commit()?;
                Ok(Ok(records))
            })
            .await
    }

    /// The whole journal, the oldest first.
    pub async fn merges(&self) -> Result<Vec<MergeRecord>, StoreError> {
        self.db.call(|connection| Ok(changed_since(connection, 0)?.0)).await
    }

    /// Merges that changed after `seq`, and the newest number.
    pub async fn merges_since(&self, seq: i64) -> Result<(Vec<MergeRecord>, i64), StoreError> {
        self.db.call(move |connection| changed_since(connection, seq)).await
    }

    pub async fn merge(&self, id: MergeId) -> Result<Option<MergeRecord>, StoreError> {
        self.db.call(move |connection| one(connection, id)).await
    }

    /// How many merges were asked for together with this one.
    pub async fn merges_together(&self, batch: GroupId) -> Result<u32, StoreError> {
        self.db
            .call(move |connection| {
                let mut statement = connection.prepare_cached("SELECT count(*) FROM merges WHERE batch = ?1")?;
                Ok(statement.query_row([batch.to_string()], |row| row.get(0))?)
            })
            .await
    }

    /// What the members were, survivor first; empty before they were fetched and after they were wiped.
    pub async fn merge_images(&self, id: MergeId) -> Result<Vec<Member>, StoreError> {
        self.db
            .call(move |connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT image FROM merge_members WHERE merge = ?1 AND image IS NOT NULL ORDER BY ord",
                )?;
                let rows = statement.query_map([id.to_string()], |row| row.get::<_, String>(0))?;
                rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
            })
            .await
    }

    /// The steps of a phase, in order.
    pub async fn merge_steps(&self, id: MergeId, phase: MergePhase) -> Result<Vec<JournalStep>, StoreError> {
        self.db.call(move |connection| steps_of(connection, id, phase)).await
    }

    /// Keeps what the members were and what is to be done, in one transaction: after it the merge can be undone.
    pub async fn journal_merge(&self, id: MergeId, images: Vec<Image>, steps: Vec<MergeOp>) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                for image in images {
                    transaction.execute(
                        "UPDATE merge_members SET image = ?3, raw = ?4 WHERE merge = ?1 AND contact = ?2",
                        params![
                            id.to_string(),
                            image.member.contact.id.as_str(),
                            serde_json::to_string(&image.member)?,
                            image.raw
                        ],
                    )?;
                }
                set_steps(&transaction, id, MergePhase::Merge, &steps)?;
                touch(&transaction, id)?;
                Ok(transaction.commit()?)
            })
            .await
    }

    /// Gives a phase its steps. Those that are the same as before and are done stay done.
    pub async fn set_merge_steps(&self, id: MergeId, phase: MergePhase, steps: Vec<MergeOp>) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                set_steps(&transaction, id, phase, &steps)?;
                touch(&transaction, id)?;
                Ok(transaction.commit()?)
            })
            .await
    }

    /// The plan has changed: another way for an address.
    pub async fn set_merge_plan(&self, id: MergeId, plan: MergePlan) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                let plan = serde_json::to_string(&plan)?;
                transaction.execute("UPDATE merges SET plan = ?2 WHERE id = ?1", params![id.to_string(), plan])?;
                touch(&transaction, id)?;
                Ok(transaction.commit()?)
            })
            .await
    }

    /// A request of a step is about to leave; `probe` has the ids of equal records that are there.
    pub async fn start_merge_step(
        &self,
        id: MergeId,
        phase: MergePhase,
        n: u32,
        at: Timestamp,
        probe: Option<Vec<String>>,
    ) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                let probe = probe.map(|ids| json(&ids)).transpose()?;
                connection
                    .prepare_cached(
                        "UPDATE merge_steps SET state = 'started', started_at = ?4, probe = coalesce(probe, ?5) \
                         WHERE merge = ?1 AND phase = ?2 AND n = ?3",
                    )?
                    .execute(params![id.to_string(), word(phase)?, n, at.as_millisecond(), probe])?;
                Ok(())
            })
            .await
    }

    /// Ids of equal records that were there before a step's first request.
    pub async fn merge_probe(&self, id: MergeId, phase: MergePhase, n: u32) -> Result<Vec<String>, StoreError> {
        self.db
            .call(move |connection| {
                let probe: Option<Option<String>> = connection
                    .prepare_cached("SELECT probe FROM merge_steps WHERE merge = ?1 AND phase = ?2 AND n = ?3")?
                    .query_row(params![id.to_string(), word(phase)?, n], |row| row.get(0))
                    .optional()?;
                Ok(probe.flatten().map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
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
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                transaction
                    .prepare_cached(
                        "UPDATE merge_steps SET state = 'done', reply = ?4 WHERE merge = ?1 AND phase = ?2 AND n = ?3",
                    )?
                    .execute(params![id.to_string(), word(phase)?, n, json(&reply)?])?;
                touch(&transaction, id)?;
                Ok(transaction.commit()?)
            })
            .await
    }

    /// What a step made is not there any more: it is to be done again.
    pub async fn repeat_merge_step(&self, id: MergeId, phase: MergePhase, n: u32) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                connection.execute(
                    "UPDATE merge_steps SET state = 'pending', started_at = NULL, reply = NULL \
                     WHERE merge = ?1 AND phase = ?2 AND n = ?3",
                    params![id.to_string(), word(phase)?, n],
                )?;
                Ok(())
            })
            .await
    }

    /// How far the phase has come, by the job that carries it out; `false` when the user holds it, or it is not open.
    pub async fn set_merge_progress(&self, id: MergeId, progress: MergeProgress) -> Result<bool, StoreError> {
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                let now = one(&transaction, id)?.map(|record| record.progress);
                if !now.is_some_and(|now| now.is_live()) {
                    return Ok(false);
                }
                set_progress(&transaction, id, &progress)?;
                transaction.commit()?;
                Ok(true)
            })
            .await
    }

    /// How it is to go on, by the user's word; `false` when it is done with.
    pub async fn steer_merge(&self, id: MergeId, progress: MergeProgress) -> Result<bool, StoreError> {
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                let now = one(&transaction, id)?.map(|record| record.progress);
                if !now.is_some_and(|now| now.is_open()) {
                    return Ok(false);
                }
                set_progress(&transaction, id, &progress)?;
                transaction.commit()?;
                Ok(true)
            })
            .await
    }

    /// Begins another phase, and keeps how the merge stood for the case that it is refused.
    ///
    /// `false` when the merge has come on since `from` was read.
    pub async fn turn_merge(&self, from: &MergeRecord, phase: MergePhase) -> Result<bool, StoreError> {
        let (id, before) = (from.id, (from.phase, from.progress.clone()));
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                let now = one(&transaction, id)?.map(|record| (record.phase, record.progress.is_live()));
                if now.is_none_or(|(phase, live)| phase != before.0 || live != before.1.is_live()) {
                    return Ok(false);
                }
                transaction.execute(
                    "UPDATE merges SET phase = ?2, before = ?3 WHERE id = ?1",
                    params![id.to_string(), word(phase)?, json(&before)?],
                )?;
                set_progress(&transaction, id, &MergeProgress::Queued)?;
                transaction.commit()?;
                Ok(true)
            })
            .await
    }

    /// A phase that could not begin: the merge is as it was before.
    pub async fn turn_merge_back(&self, id: MergeId) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                let before: Option<Option<String>> = transaction
                    .query_row("SELECT before FROM merges WHERE id = ?1", [id.to_string()], |row| row.get(0))
                    .optional()?;
                if let Some(before) = before.flatten() {
                    let (phase, progress): (MergePhase, MergeProgress) = serde_json::from_str(&before)?;
                    transaction.execute(
                        "UPDATE merges SET phase = ?2, before = NULL WHERE id = ?1",
                        params![id.to_string(), word(phase)?],
                    )?;
                    set_progress(&transaction, id, &progress)?;
                }
                Ok(transaction.commit()?)
            })
            .await
    }

    /// The phase is done.
    pub async fn end_merge(&self, id: MergeId, end: MergeEnd, at: Timestamp) -> Result<(), StoreError> {
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                transaction.execute(
                    "UPDATE merges SET ended_at = ?2, left = ?3, before = NULL, \
                     remade = CASE WHEN ?4 = '[]' THEN remade ELSE ?4 END, \
                     purged_at = CASE WHEN ?5 THEN coalesce(purged_at, ?2) ELSE purged_at END WHERE id = ?1",
                    params![id.to_string(), at.as_millisecond(), json(&end.left)?, json(&end.remade)?, end.purged],
                )?;
                set_progress(&transaction, id, &MergeProgress::Done)?;
                Ok(transaction.commit()?)
            })
            .await
    }

    /// Wipes what members were, of merges whose losers were deleted before this time and of undone ones; how many.
    pub async fn wipe_merges(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.db
            .call(move |connection| {
                let transaction = immediate(connection)?;
                let ids: Vec<String> = {
                    let mut statement = transaction.prepare(
                        "SELECT id FROM merges WHERE wiped = 0 AND held = 0 AND coalesce(purged_at, \
                         CASE WHEN phase = 'undo' THEN ended_at END) < ?1",
                    )?;
                    let rows = statement.query_map([before.as_millisecond()], |row| row.get(0))?;
                    rows.collect::<Result<_, _>>()?
                };
                for id in &ids {
                    wipe(&transaction, id)?;
                }
                transaction.commit()?;
                if !ids.is_empty() {
                    super::forget::scrub(connection)?;
                }
                Ok(ids.len())
            })
            .await
    }
}

/// Takes out what a merge holds of people; that it was stays.
pub(super) fn wipe(transaction: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    transaction.execute("UPDATE merge_members SET image = NULL, raw = NULL WHERE merge = ?1", [id])?;
    transaction.execute("DELETE FROM merge_steps WHERE merge = ?1", [id])?;
    let plan: String = transaction.query_row("SELECT plan FROM merges WHERE id = ?1", [id], |row| row.get(0))?;
    let plan: MergePlan = serde_json::from_str(&plan)?;
    let bare =
        MergePlan { seen: Vec::new(), patch: crate::domain::ContactPatch::default(), leftovers: Vec::new(), ..plan };
    transaction.execute("UPDATE merges SET wiped = 1, plan = ?2 WHERE id = ?1", params![id, json(&bare)?])?;
    Ok(())
}

/// Merges that have or had this contact, by id, and whether they are open.
pub(super) fn merges_of(transaction: &Transaction<'_>, contact: &ContactId) -> Result<Vec<(String, bool)>, StoreError> {
    let mut statement = transaction.prepare_cached(
        "SELECT DISTINCT merges.id, held FROM merges JOIN merge_members ON merge_members.merge = merges.id \
         WHERE contact = ?1",
    )?;
    let rows = statement.query_map([contact.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The merges that were asked for at once.
pub(super) fn merges_of_batch(transaction: &Transaction<'_>, batch: GroupId) -> Result<Vec<MergeRecord>, StoreError> {
    let mut statement = transaction.prepare_cached(&format!("{RECORD} WHERE batch = ?1 ORDER BY number"))?;
    let rows = statement.query_map([batch.to_string()], |row| Ok(record(row)))?;
    rows.map(|row| row?).collect()
}

/// Erases a merge that is not open.
pub(super) fn erase(transaction: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    for table in ["merge_steps", "merge_members"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE merge = ?1"), [id])?;
    }
    transaction.execute("DELETE FROM merges WHERE id = ?1", [id])?;
    Ok(())
}

fn insert(
    transaction: &Transaction<'_>,
    batch: GroupId,
    id: MergeId,
    plan: &MergePlan,
    at: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO merges (id, batch, plan, phase, progress, held, made_at, seq) \
             VALUES (?1, ?2, ?3, 'merge', ?4, 1, ?5, (SELECT coalesce(max(seq), 0) + 1 FROM merges))",
        )?
        .execute(params![
            id.to_string(),
            batch.to_string(),
            json(plan)?,
            json(&MergeProgress::Queued)?,
            at.as_millisecond()
        ])?;
    for (ord, contact) in (0_i64..).zip(plan.members()) {
        transaction
            .prepare_cached("INSERT INTO merge_members (merge, ord, contact) VALUES (?1, ?2, ?3)")?
            .execute(params![id.to_string(), ord, contact.as_str()])?;
    }
    Ok(())
}

/// The merge that has one of these members already.
fn holder(transaction: &Transaction<'_>, plan: &MergePlan) -> Result<Option<Held>, StoreError> {
    let mut wanted: Vec<&ContactId> = plan.members().collect();
    wanted.sort();
    for contact in plan.members() {
        for (id, _open) in merges_of(transaction, contact)? {
            let Some(by) = one(transaction, parse(&id)?)? else { continue };
            let aside = by.is_set_aside() && by.plan.losers.contains(contact);
            if by.progress.is_open() || aside {
                let mut theirs: Vec<&ContactId> = by.plan.members().collect();
                theirs.sort();
                let same = theirs == wanted;
                return Ok(Some(Held { contact: contact.clone(), same, by }));
            }
        }
    }
    Ok(None)
}

fn set_steps(
    transaction: &Transaction<'_>,
    id: MergeId,
    phase: MergePhase,
    steps: &[MergeOp],
) -> Result<(), StoreError> {
    let mut before = steps_of(transaction, id, phase)?;
    transaction
        .execute("DELETE FROM merge_steps WHERE merge = ?1 AND phase = ?2", params![id.to_string(), word(phase)?])?;
    let mut statement = transaction.prepare_cached(
        "INSERT INTO merge_steps (merge, phase, n, op, state, started_at, reply) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (n, op) in (0_u32..).zip(steps) {
        let known = before.iter().position(|step| step.op == *op).map(|at| before.remove(at));
        let (state, at) = match known.as_ref().map(|step| step.state) {
            None | Some(StepState::Pending) => ("pending", None),
            Some(StepState::Started { at }) => ("started", Some(at.as_millisecond())),
            Some(StepState::Done) => ("done", None),
        };
        let reply = known.and_then(|step| step.reply).map(|reply| json(&reply)).transpose()?;
        statement.execute(params![id.to_string(), word(phase)?, n, json(op)?, state, at, reply])?;
    }
    Ok(())
}

fn steps_of(connection: &Connection, id: MergeId, phase: MergePhase) -> Result<Vec<JournalStep>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT n, op, state, started_at, reply FROM merge_steps WHERE merge = ?1 AND phase = ?2 ORDER BY n",
    )?;
    let mut rows = statement.query(params![id.to_string(), word(phase)?])?;
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        let state = match row.get::<_, String>("state")?.as_str() {
            "started" => StepState::Started { at: time(row.get("started_at")?).unwrap_or(Timestamp::UNIX_EPOCH) },
            "done" => StepState::Done,
            _ => StepState::Pending,
        };
        let reply: Option<String> = row.get("reply")?;
        let reply = reply.map(|text| serde_json::from_str(&text)).transpose()?;
        let op = serde_json::from_str(&row.get::<_, String>("op")?)?;
        steps.push(JournalStep { n: row.get("n")?, op, state, reply });
    }
    Ok(steps)
}

fn set_progress(transaction: &Transaction<'_>, id: MergeId, progress: &MergeProgress) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE merges SET progress = ?2, held = ?3 WHERE id = ?1",
        params![id.to_string(), json(progress)?, progress.is_open()],
    )?;
    touch(transaction, id)
}

/// It has changed: other processes see it by its number.
fn touch(transaction: &Transaction<'_>, id: MergeId) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE merges SET seq = (SELECT max(seq) + 1 FROM merges) WHERE id = ?1")?
        .execute([id.to_string()])?;
    Ok(())
}

/// A merge with how many steps of its phase are done.
const RECORD: &str = "SELECT merges.*, \
     (SELECT count(*) FROM merge_steps WHERE merge = merges.id AND phase = merges.phase) AS steps, \
     (SELECT count(*) FROM merge_steps WHERE merge = merges.id AND phase = merges.phase AND state = 'done') AS done \
     FROM merges";

fn one(connection: &Connection, id: MergeId) -> Result<Option<MergeRecord>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{RECORD} WHERE id = ?1"))?;
    statement.query_row([id.to_string()], |row| Ok(record(row))).optional()?.transpose()
}

fn changed_since(connection: &Connection, seq: i64) -> Result<(Vec<MergeRecord>, i64), StoreError> {
    let newest = connection.query_row("SELECT coalesce(max(seq), 0) FROM merges", [], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(&format!("{RECORD} WHERE seq > ?1 ORDER BY number"))?;
    let rows = statement.query_map([seq], |row| Ok(record(row)))?;
    Ok((rows.map(|row| row?).collect::<Result<_, StoreError>>()?, newest))
}

fn record(row: &Row<'_>) -> Result<MergeRecord, StoreError> {
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

/// What is written as one word.
fn parse<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_value(serde_json::Value::from(text))?)
}

fn word(phase: MergePhase) -> Result<String, StoreError> {
    Ok(serde_json::to_value(phase)?.as_str().unwrap_or_default().to_owned())
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}

fn time(ms: Option<i64>) -> Option<Timestamp> {
    ms.and_then(|ms| Timestamp::from_millisecond(ms).ok())
}
