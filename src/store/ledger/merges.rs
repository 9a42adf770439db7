//! The journal of merges: nothing is written to the server before it is recorded here, and nothing is dropped before it
//! is done.

mod rows;
mod steps;

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::domain::{
    ContactId, GroupId, Member, MergeId, MergeOp, MergePhase, MergePlan, MergeProgress, MergeRecord, Obstacle,
};
use crate::store::{StoreError, sql};

use crate::store::ledger::Ledger;
use crate::store::ledger::merges::rows::{changed_since, json, next_seq, one, parse, set_progress, touch, word};
use crate::store::ledger::merges::steps::set_steps;
use crate::store::ledger::sums::check;

pub(super) use rows::{RECORD, goes_on, record, word as phase_word};

/// Why a batch was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeConflict {
    /// The merge that already has one of the members.
    pub by: MergeRecord,
    pub contact: ContactId,
    /// It has exactly the same members.
    pub same: bool,
}

/// A member before anything was written: as we parsed it, and as it was received.
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
    /// Promises merges, all or none; no member may be in another open merge, or archived by one.
    pub async fn insert_merges(
        &self,
        batch: GroupId,
        plans: Vec<(MergeId, MergePlan)>,
        session: Option<u32>,
        at: Timestamp,
    ) -> Result<Result<Vec<MergeRecord>, Box<MergeConflict>>, StoreError> {
        let promise = move |transaction: &Transaction<'_>| {
            let mut ids = Vec::with_capacity(plans.len());
            for (id, plan) in plans {
                if let Some(held) = holder(transaction, &plan)? {
                    return Ok(Err(Box::new(held)));
                }
                insert(transaction, batch, id, &plan, at)?;
                ids.push(id);
            }
            transaction.execute(
                "INSERT INTO groups (id, seat, made_at, deed) VALUES (?1, ?2, ?3, 'merge')",
                params![batch.to_string(), session, at.as_millisecond()],
            )?;
            let records =
                ids.into_iter().filter_map(|id| one(transaction, id).transpose()).collect::<Result<_, _>>()?;
            Ok(Ok(records))
        };
        self.write_if(promise, Result::is_ok).await
    }

    /// The whole journal, the oldest first.
    pub async fn merges(&self) -> Result<Vec<MergeRecord>, StoreError> {
        self.read(|connection| Ok(changed_since(connection, 0)?.0)).await
    }

    /// Merges that changed after `seq`, and the latest number.
    pub async fn merges_since(&self, seq: i64) -> Result<(Vec<MergeRecord>, i64), StoreError> {
        self.read(move |connection| changed_since(connection, seq)).await
    }

    pub async fn merge(&self, id: MergeId) -> Result<Option<MergeRecord>, StoreError> {
        self.read(move |connection| one(connection, id)).await
    }

    /// How many merges were requested together with this one.
    pub async fn merges_together(&self, batch: GroupId) -> Result<u32, StoreError> {
        self.read(move |connection| {
            let count = sql::value(connection, "SELECT count(*) FROM merges WHERE batch = ?1", [batch.to_string()])?;
            Ok(count.unwrap_or_default())
        })
        .await
    }

    /// The members before the merge, survivor first; empty before they were fetched and after they were wiped.
    pub async fn merge_images(&self, id: MergeId) -> Result<Vec<Member>, StoreError> {
        self.read(move |connection| {
            let query = "SELECT * FROM merge_members WHERE merge = ?1 AND image IS NOT NULL ORDER BY ord";
            sql::rows(connection, query, [id.to_string()], |row| {
                check(row)?;
                Ok(serde_json::from_str(&row.get::<_, String>("image")?)?)
            })
        })
        .await
    }

    /// Stores the members and the steps in one transaction: after it, the merge can be undone.
    pub async fn journal_merge(&self, id: MergeId, images: Vec<Image>, steps: Vec<MergeOp>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            for image in images {
                let Image { member, raw } = image;
                let put = "UPDATE merge_members SET image = ?3, raw = ?4 WHERE merge = ?1 AND contact = ?2";
                sql::run(transaction, put, params![id.to_string(), member.contact.id.as_str(), json(&member)?, raw])?;
            }
            set_steps(transaction, id, MergePhase::Merge, &steps)?;
            touch(transaction, id)
        })
        .await
    }

    /// The plan has changed: it treats an address in another way.
    pub async fn set_merge_plan(&self, id: MergeId, plan: MergePlan) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let put = "UPDATE merges SET plan = ?2 WHERE id = ?1";
            sql::run(transaction, put, params![id.to_string(), json(&plan)?])?;
            touch(transaction, id)
        })
        .await
    }

    /// Records the phase's progress, as its job reports it; `false` if the user paused it or it is not open.
    pub async fn set_merge_progress(
        &self,
        id: MergeId,
        phase: MergePhase,
        progress: MergeProgress,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            if !goes_on(transaction, id, phase)? {
                return Ok(false);
            }
            if matches!(progress, MergeProgress::Refused(_)) {
                let end = "UPDATE merges SET ended_at = ?2 WHERE id = ?1";
                sql::run(transaction, end, params![id.to_string(), at.as_millisecond()])?;
            }
            set_progress(transaction, id, &progress)?;
            Ok(true)
        })
        .await
    }

    /// Continues as the user says; `false` if the merge is finished.
    ///
    /// `insist`: the user has seen what blocks the next step, and wants it done.
    pub async fn steer_merge(&self, id: MergeId, progress: MergeProgress, insist: bool) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            let now = one(transaction, id)?.map(|record| record.progress);
            if !now.is_some_and(|now| now.is_open()) {
                return Ok(false);
            }
            transaction.execute("UPDATE merges SET insist = ?2 WHERE id = ?1", params![id.to_string(), insist])?;
            set_progress(transaction, id, &progress)?;
            Ok(true)
        })
        .await
    }

    /// Begins another phase, and keeps the merge's previous status in case that phase is refused.
    ///
    /// `false` if the merge has progressed since `from` was read.
    pub async fn turn_merge(&self, from: &MergeRecord, phase: MergePhase) -> Result<bool, StoreError> {
        // A merge that was running stays paused if its undo is refused.
        let held = if from.progress.is_live() { MergeProgress::Paused } else { from.progress.clone() };
        let (id, live, before) = (from.id, from.progress.is_live(), (from.phase, held));
        self.write(move |transaction| {
            let now = one(transaction, id)?.map(|record| (record.phase, record.progress.is_live()));
            if now != Some((before.0, live)) {
                return Ok(false);
            }
            let turn = "UPDATE merges SET phase = ?2, before = ?3, insist = 0 WHERE id = ?1";
            sql::run(transaction, turn, params![id.to_string(), word(phase)?, json(&before)?])?;
            set_progress(transaction, id, &MergeProgress::Queued)?;
            Ok(true)
        })
        .await
    }

    /// A phase could not begin: the merge is as it was before.
    pub async fn turn_merge_back(&self, id: MergeId, phase: MergePhase) -> Result<(), StoreError> {
        self.write(move |transaction| {
            if !goes_on(transaction, id, phase)? {
                return Ok(());
            }
            let before: Option<Option<String>> =
                sql::value(transaction, "SELECT before FROM merges WHERE id = ?1", [id.to_string()])?;
            if let Some(before) = before.flatten() {
                let (phase, progress): (MergePhase, MergeProgress) = serde_json::from_str(&before)?;
                let turn = "UPDATE merges SET phase = ?2, before = NULL WHERE id = ?1";
                sql::run(transaction, turn, params![id.to_string(), word(phase)?])?;
                set_progress(transaction, id, &progress)?;
            }
            Ok(())
        })
        .await
    }

    /// The phase is done; `false` if the user has decided otherwise in the meantime.
    pub async fn end_merge(
        &self,
        id: MergeId,
        phase: MergePhase,
        end: MergeEnd,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            if !goes_on(transaction, id, phase)? {
                return Ok(false);
            }
            transaction.execute(
                "UPDATE merges SET ended_at = ?2, left = ?3, before = NULL, \
                     remade = CASE WHEN ?4 = '[]' THEN remade ELSE ?4 END, \
                     purged_at = CASE WHEN ?5 THEN coalesce(purged_at, ?2) ELSE purged_at END WHERE id = ?1",
                params![id.to_string(), at.as_millisecond(), json(&end.left)?, json(&end.remade)?, end.purged],
            )?;
            set_progress(transaction, id, &MergeProgress::Done)?;
            Ok(true)
        })
        .await
    }

    /// Whether the user has seen what blocks the next step, and wants it done.
    pub async fn merge_insists(&self, id: MergeId) -> Result<bool, StoreError> {
        self.read(move |connection| {
            let insists = sql::value(connection, "SELECT insist FROM merges WHERE id = ?1", [id.to_string()])?;
            Ok(insists.unwrap_or_default())
        })
        .await
    }

    /// Wipes the stored members of undone merges and of those whose losers were deleted before this time; returns how
    /// many.
    pub async fn wipe_merges(&self, before: Timestamp) -> Result<usize, StoreError> {
        let wiped = self.write(move |transaction| {
            let query = "SELECT id FROM merges WHERE wiped = 0 AND held = 0 AND coalesce(purged_at, \
                         CASE WHEN phase = 'undo' OR progress <> '\"done\"' THEN ended_at END) < ?1";
            let ids: Vec<String> = sql::rows(transaction, query, [before.as_millisecond()], |row| Ok(row.get(0)?))?;
            for id in &ids {
                wipe(transaction, id)?;
            }
            Ok(ids.len())
        });
        let count = wiped.await?;
        if count > 0 {
            self.db.scrub().await?;
        }
        Ok(count)
    }
}

/// Wipes the personal data of a merge; the merge stays in the journal.
pub(super) fn wipe(transaction: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    transaction.execute("UPDATE merge_members SET image = NULL, raw = NULL WHERE merge = ?1", [id])?;
    transaction.execute("DELETE FROM merge_steps WHERE merge = ?1", [id])?;
    let plan = plan_of(transaction, id)?;
    let bare = MergePlan {
        seen: Vec::new(),
        patch: crate::domain::ContactPatch::default(),
        add_tags: Vec::new(),
        add_followers: Vec::new(),
        leftovers: Vec::new(),
        ..plan
    };
    transaction.execute(
        "UPDATE merges SET wiped = 1, plan = ?2, before = NULL, left = '[]', \
         progress = CASE WHEN progress LIKE '{\"refused\"%' THEN ?3 ELSE progress END WHERE id = ?1",
        params![id, json(&bare)?, json(&MergeProgress::Refused(Obstacle::Wiped))?],
    )?;
    Ok(())
}

/// Merges that have or had this contact, by ID, and whether they are open.
pub(super) fn merges_of(transaction: &Transaction<'_>, contact: &ContactId) -> Result<Vec<(String, bool)>, StoreError> {
    // A re-created contact has a new ID.
    let query = "SELECT id, held FROM merges WHERE id IN (SELECT merge FROM merge_members WHERE contact = ?1) \
                 UNION SELECT id, held FROM merges WHERE remade <> '[]' AND instr(remade, ?2) > 0";
    let params = params![contact.as_str(), json(&contact)?];
    sql::rows(transaction, query, params, |row| Ok((row.get(0)?, row.get(1)?)))
}

fn plan_of(transaction: &Transaction<'_>, id: &str) -> Result<MergePlan, StoreError> {
    let plan: String = transaction.query_row("SELECT plan FROM merges WHERE id = ?1", [id], |row| row.get(0))?;
    Ok(serde_json::from_str(&plan)?)
}

/// The merges that were requested together.
pub(super) fn merges_of_batch(transaction: &Transaction<'_>, batch: GroupId) -> Result<Vec<MergeRecord>, StoreError> {
    sql::rows(transaction, &format!("{RECORD} WHERE batch = ?1 ORDER BY number"), [batch.to_string()], record)
}

/// How many merges of a batch can be undone, and the plan of the first.
pub(super) fn reversible_of_batch(
    transaction: &Transaction<'_>,
    batch: GroupId,
) -> Result<Option<(usize, MergePlan)>, StoreError> {
    let mut statement =
        transaction.prepare_cached("SELECT id, phase, progress, wiped FROM merges WHERE batch = ?1 ORDER BY number")?;
    let mut rows = statement.query([batch.to_string()])?;
    let (mut count, mut first) = (0, None);
    while let Some(row) = rows.next()? {
        let (id, phase): (String, MergePhase) = (row.get(0)?, parse(&row.get::<_, String>(1)?)?);
        let progress: MergeProgress = serde_json::from_str(&row.get::<_, String>(2)?)?;
        if can_be_reversed(phase, &progress, row.get(3)?) {
            count += 1;
            first.get_or_insert(id);
        }
    }
    first.map(|first| Ok((count, plan_of(transaction, &first)?))).transpose()
}

/// Whether `u` can undo it: it is done or running, and not undone yet.
pub(super) fn can_be_reversed(phase: MergePhase, progress: &MergeProgress, wiped: bool) -> bool {
    let standing = matches!(progress, MergeProgress::Paused | MergeProgress::Stopped(_) | MergeProgress::Done);
    !wiped && phase != MergePhase::Undo && (standing || phase == MergePhase::Merge && progress.is_live())
}

/// Erases a merge that is not open.
pub(super) fn erase(transaction: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    for table in ["merge_steps", "merge_members"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE merge = ?1"), [id])?;
    }
    sql::run(transaction, "DELETE FROM merges WHERE id = ?1", [id])
}

fn insert(
    transaction: &Transaction<'_>,
    batch: GroupId,
    id: MergeId,
    plan: &MergePlan,
    at: Timestamp,
) -> Result<(), StoreError> {
    let (id, queued, seq) = (id.to_string(), json(&MergeProgress::Queued)?, next_seq(transaction)?);
    sql::run(
        transaction,
        "INSERT INTO merges (id, batch, plan, phase, progress, held, made_at, seq) \
         VALUES (?1, ?2, ?3, 'merge', ?4, 1, ?5, ?6)",
        params![id, batch.to_string(), json(plan)?, queued, at.as_millisecond(), seq],
    )?;
    for (ord, contact) in (0_i64..).zip(plan.members()) {
        let put = "INSERT INTO merge_members (merge, ord, contact) VALUES (?1, ?2, ?3)";
        sql::run(transaction, put, params![id, ord, contact.as_str()])?;
    }
    Ok(())
}

/// The merge that already has one of these members.
fn holder(transaction: &Transaction<'_>, plan: &MergePlan) -> Result<Option<MergeConflict>, StoreError> {
    let mut wanted: Vec<&ContactId> = plan.members().collect();
    wanted.sort();
    for contact in plan.members() {
        for (id, _open) in merges_of(transaction, contact)? {
            let Some(by) = one(transaction, parse(&id)?)? else { continue };
            let aside = by.is_archived() && by.plan.losers.contains(contact);
            if by.progress.is_open() || aside {
                let mut theirs: Vec<&ContactId> = by.plan.members().collect();
                theirs.sort();
                let same = theirs == wanted;
                return Ok(Some(MergeConflict { contact: contact.clone(), same, by }));
            }
        }
    }
    Ok(None)
}
