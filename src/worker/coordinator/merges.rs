//! How the coordinator runs merges: promised, started when their members are free, steered by the user.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::task::{self, AbortHandle};
use uuid::Uuid;

use crate::domain::{
    AddressWay, Contact, ContactId, Dismissal, GroupId, MergeId, MergePhase, MergePlan, MergeProgress, MergeRecord,
    Obstacle, Scope,
};
use crate::protocol::{ContactPair, Event, Failure, FailureKind, MergeDeed, MergeEvent, Ticket};
use crate::store::{DashboardSession, MergeConflict};
use crate::worker::coordinator::leader_socket::Nudge;
use crate::worker::failure::local_failure;
use crate::worker::merge;
use crate::worker::scan::DuplicateChange;

use crate::worker::coordinator::Coordinator;

/// How many merges run at once.
const AT_ONCE: usize = 3;

/// How many times to try an undo again when the merge moves on in the meantime.
const TRIES: u32 = 5;

/// The coordinator's copy of the journal, and the merges that are running.
#[derive(Debug, Default)]
pub(super) struct MergeQueue {
    records: BTreeMap<MergeId, MergeRecord>,
    jobs: HashMap<MergeId, (MergePhase, AbortHandle)>,
    /// The latest known change.
    seq: i64,
    /// Old copies were wiped.
    wiped: bool,
    /// Who asked for each merge to continue, so that a refusal reaches them.
    asked: HashMap<MergeId, Ticket>,
    decisions: Vec<Dismissal>,
    /// Archived losers: they no longer count as duplicates.
    aside: HashSet<ContactId>,
}

impl MergeQueue {
    /// Whether this contact is archived for a survivor.
    pub(super) fn is_aside(&self, contact: &ContactId) -> bool {
        self.aside.contains(contact)
    }

    /// Stops every merge where it is.
    pub(super) fn stop(&mut self) {
        for (_id, (_phase, job)) in self.jobs.drain() {
            job.abort();
        }
    }

    /// Everyone who takes part in a running merge.
    fn busy(&self) -> HashSet<ContactId> {
        let running = self.jobs.keys().filter_map(|id| self.records.get(id));
        running.flat_map(|record| record.plan.members().cloned()).collect()
    }
}

/// Losers of a merge that is done and not purged.
fn set_aside(record: &MergeRecord) -> &[ContactId] {
    if record.is_archived() { &record.plan.losers } else { &[] }
}

impl Coordinator {
    /// Sends the journal and the decisions, before any network access.
    pub(super) async fn open_journal(&mut self) {
        match merge::tell_all(&self.shared).await {
            Ok(records) => {
                self.merges.aside = records.iter().flat_map(set_aside).cloned().collect();
                self.merges.records = records.into_iter().map(|record| (record.id, record)).collect();
            }
            Err(error) => self.shared.tell(Event::Trouble(local_failure("read the journal of merges", &error))).await,
        }
        self.merges.seq = self.shared.ledger.merges_since(i64::MAX).await.map_or(0, |(_, seq)| seq);
        self.merges.decisions = self.shared.ledger.decisions().await.unwrap_or_default();
    }

    /// Wipes what is old enough, once the server has told the time.
    pub(super) async fn wipe_merges(&mut self) {
        if let Some(now) = self.shared.client.server_time().filter(|_| self.lead.is_some() && !self.merges.wiped) {
            self.merges.wiped = true;
            merge::wipe(&self.shared, now).await;
        }
    }

    /// Takes in what other processes did to the journal.
    pub(super) async fn look_into_journal(&mut self) {
        let Ok((records, seq)) = self.shared.ledger.merges_since(self.merges.seq).await else { return };
        self.merges.seq = seq;
        if !records.is_empty() {
            // Their change may be what a waiting merge needs.
            self.shared.hurry.notify_waiters();
        }
        for record in records {
            if !self.merges.records.contains_key(&record.id) {
                let queued = MergeEvent::Queued { ticket: None, merges: vec![record.clone()] };
                self.shared.tell(Event::Merge(queued)).await;
            }
            self.merging(record).await;
        }
        let decisions = self.shared.ledger.decisions().await.unwrap_or_default();
        if decisions != self.merges.decisions {
            self.decided(decisions).await;
        }
    }

    /// Starts merges whose members are free, if this process leads.
    pub(super) fn run_due_merges(&mut self) {
        if self.lead.is_none() || self.stopping || self.shared.access().is_by_choice() {
            return;
        }
        let mut due = Vec::new();
        let mut waiting: Vec<&MergeRecord> =
            self.merges.records.values().filter(|record| record.progress.is_live()).collect();
        if waiting.is_empty() {
            self.outbox.hold(HashSet::new());
            return;
        }
        let mut busy = self.merges.busy();
        let edited = self.outbox.busy();
        waiting.sort_by_key(|record| record.number);
        for record in waiting {
            if self.merges.jobs.contains_key(&record.id) {
                continue;
            }
            let free = record.plan.members().all(|one| !busy.contains(one) && !edited.contains(one));
            if free && self.merges.jobs.len() + due.len() < AT_ONCE {
                due.push((record.id, record.phase));
            }
            // Later merges wait for earlier ones.
            busy.extend(record.plan.members().cloned());
        }
        for (id, phase) in due {
            let job = self.jobs.spawn(merge::carry_out(self.shared.clone(), id, phase));
            self.merges.jobs.insert(id, (phase, job));
        }
        self.outbox.hold(self.merges.busy());
    }

    pub(super) async fn merge(&mut self, ticket: Ticket, plans: Vec<MergePlan>) {
        let what = "merge the contacts";
        if let Some(why) = self.shared.access().refusal(Scope::ContactsWrite) {
            let failure = refusal(FailureKind::Access, what, why, "sign in with a token that has it");
            return self.refuse_merge(ticket, failure, None).await;
        }
        let plans = plans.into_iter().map(|plan| (MergeId(Uuid::now_v7()), plan)).collect();
        let session = self.session.as_ref().map(DashboardSession::number);
        let batch = GroupId(Uuid::now_v7());
        match self.shared.ledger.insert_merges(batch, plans, session, self.shared.now()).await {
            Ok(Ok(records)) => {
                for record in &records {
                    self.merges.records.insert(record.id, record.clone());
                }
                let queued = MergeEvent::Queued { ticket: Some(ticket), merges: records };
                self.shared.tell(Event::Merge(queued)).await;
                self.tell_reversible().await;
                self.ring(&Nudge::Outbox);
            }
            Ok(Err(held)) => {
                let MergeConflict { by, contact, same } = *held;
                let name = by.plan.seen(&contact).map_or_else(|| contact.to_string(), Contact::name);
                let state = by.word();
                let why = if same {
                    format!("they are already in merge #{}: {state}", by.number)
                } else if by.progress.is_open() {
                    format!("{name} is in merge #{} ({}), which is not finished: {state}", by.number, by.plan.name())
                } else {
                    format!("{name} was archived by merge #{} ({})", by.number, by.plan.name())
                };
                let next = format!("finish or undo merge #{} first", by.number);
                let failure = refusal(FailureKind::Rejected, what, why, &next);
                self.refuse_merge(ticket, failure, same.then_some(by.id)).await;
            }
            Err(error) => self.refuse_merge(ticket, local_failure(what, &error), None).await,
        }
    }

    async fn refuse_merge(&self, ticket: Ticket, why: Failure, merge: Option<MergeId>) {
        self.shared.tell(Event::Merge(MergeEvent::Refused { ticket, why, merge })).await;
    }

    /// Steers merges as the user says; returns how many accepted it.
    pub(super) async fn steer(&mut self, ticket: Ticket, merges: Vec<MergeId>, deed: MergeDeed) -> usize {
        if deed != MergeDeed::Pause
            && let Some(why) = self.shared.access().refusal(Scope::ContactsWrite)
        {
            let failure = refusal(FailureKind::Access, "continue the merge", why, "sign in with a token that has it");
            self.refuse_merge(ticket, failure, None).await;
            return 0;
        }
        let mut steered = 0;
        // The latest first: later merges are undone before those they build on.
        for id in merges.into_iter().rev() {
            self.merges.asked.insert(id, ticket);
            match self.steer_one(id, deed).await {
                Ok(()) => steered += 1,
                Err(failure) => self.refuse_merge(ticket, failure, Some(id)).await,
            }
            merge::tell(&self.shared, id).await;
        }
        self.tell_reversible().await;
        self.ring(&Nudge::Outbox);
        steered
    }

    async fn steer_one(&mut self, id: MergeId, deed: MergeDeed) -> Result<(), Failure> {
        let what = "continue the merge";
        let local = |error| local_failure(what, &error);
        let Some(record) = self.shared.ledger.merge(id).await.map_err(local)? else {
            return Err(refusal(FailureKind::NotFound, what, format!("no merge {id}"), "ghl-tui duplicates merges"));
        };
        let not_now = |wanted: &str| {
            let why = format!("merge #{} is {}", record.number, record.word());
            Err(refusal(FailureKind::Rejected, wanted, why, ""))
        };
        let taken = match deed {
            MergeDeed::Pause if record.progress.is_live() => {
                self.stop_job(id);
                self.shared.ledger.steer_merge(id, MergeProgress::Paused, false).await.map_err(local)?
            }
            MergeDeed::Pause => return not_now("pause the merge"),
            MergeDeed::Resume if record.progress.is_live() => {
                self.shared.hurry.notify_waiters();
                true
            }
            MergeDeed::Resume => match &record.progress {
                progress @ (MergeProgress::Paused | MergeProgress::Stopped(_)) => {
                    let insist = is_seen(record.phase, progress);
                    self.shared.ledger.steer_merge(id, MergeProgress::Queued, insist).await.map_err(local)?
                }
                _ => return not_now("resume the merge"),
            },
            MergeDeed::LeaveAddress | MergeDeed::DeleteFirst => {
                if !matches!(record.progress, MergeProgress::Stopped(Obstacle::Address { .. })) {
                    return not_now("choose what to do about the address");
                }
                let way = if deed == MergeDeed::LeaveAddress { AddressWay::LeaveIt } else { AddressWay::DeleteFirst };
                merge::another_way(&self.shared, record.clone(), way).await.map_err(local)?;
                self.shared.ledger.steer_merge(id, MergeProgress::Queued, false).await.map_err(local)?
            }
            MergeDeed::Undo => return self.undo_merge(record).await,
            MergeDeed::Purge if record.is_archived() => {
                self.shared.ledger.turn_merge(&record, MergePhase::Purge).await.map_err(local)?
            }
            MergeDeed::Purge => return not_now("delete the archived contacts"),
        };
        // Another process, or the job, was faster.
        if taken { Ok(()) } else { not_now(what) }
    }

    async fn undo_merge(&mut self, record: MergeRecord) -> Result<(), Failure> {
        let what = "undo the merge";
        let (id, number) = (record.id, record.number);
        if record.phase == MergePhase::Undo && record.progress.is_open() {
            if !record.progress.is_live() {
                let insist = is_seen(record.phase, &record.progress);
                let queued = self.shared.ledger.steer_merge(id, MergeProgress::Queued, insist).await;
                queued.map_err(|error| local_failure(what, &error))?;
            }
            return Ok(());
        }
        let live = record.phase == MergePhase::Merge && record.progress.is_live();
        if !live && !record.can_be_undone() {
            let why = if record.wiped { Obstacle::Wiped.to_string() } else { record.word().to_owned() };
            return Err(refusal(FailureKind::Rejected, what, format!("merge #{number}: {why}"), ""));
        }
        // Later merges of the same contacts must be undone first.
        let further = |other: &&MergeRecord| {
            let stands = other.phase != MergePhase::Undo && !matches!(other.progress, MergeProgress::Refused(_));
            let survivor = other.plan.losers.contains(&record.plan.survivor);
            let loser = record.plan.losers.iter().any(|loser| other.plan.members().any(|member| member == loser));
            other.number > number && stands && (survivor || loser)
        };
        if let Some(other) = self.merges.records.values().find(further) {
            let why = format!("merge #{} builds on it", other.number);
            let next = format!("undo merge #{} first", other.number);
            return Err(refusal(FailureKind::Rejected, what, why, &next));
        }
        self.stop_job(id);
        let local = |error| local_failure(what, &error);
        // The job, perhaps in another process, may have moved on in the meantime.
        for _try in 0..TRIES {
            let Some(record) = self.shared.ledger.merge(id).await.map_err(local)? else { return Ok(()) };
            let live = record.phase == MergePhase::Merge && record.progress.is_live();
            if !live && !record.can_be_undone() {
                break;
            }
            if self.shared.ledger.turn_merge(&record, MergePhase::Undo).await.map_err(local)? {
                return Ok(());
            }
        }
        let why = format!("merge #{number} has moved on in the meantime");
        Err(refusal(FailureKind::Rejected, what, why, "try again"))
    }

    fn stop_job(&mut self, id: MergeId) {
        if let Some((_phase, job)) = self.merges.jobs.remove(&id) {
            job.abort();
        }
    }

    /// A merge has progressed.
    pub(super) async fn merging(&mut self, record: MergeRecord) {
        // The merge is over, or the user decided, here or in another process, to do something else.
        let job = self.merges.jobs.get(&record.id);
        let over = job.is_some_and(|(phase, _)| *phase != record.phase || !record.progress.is_live());
        if over {
            self.stop_job(record.id);
        }
        let before = self.merges.records.insert(record.id, record.clone());
        let was: Vec<ContactId> = before.as_ref().map(set_aside).unwrap_or_default().to_vec();
        let is = set_aside(&record).to_vec();
        self.shared.tell(Event::Merge(MergeEvent::Changed(record))).await;
        if over {
            self.tell_reversible().await;
        }
        if was == is {
            return;
        }
        for contact in &was {
            self.merges.aside.remove(contact);
        }
        self.merges.aside.extend(is.iter().cloned());
        // An archived contact is no duplicate; one that is back may be.
        let mut back = Vec::new();
        for contact in was.into_iter().filter(|contact| !is.contains(contact)) {
            let cached = self.shared.cached(self.shared.cache.contact(contact).await).flatten();
            back.extend(cached.map(|cached| cached.contact));
        }
        self.scanner.changed(&back, &is, tokio::time::Instant::now());
    }

    /// The job of a merge has ended.
    pub(super) async fn merge_over(&mut self, id: MergeId, job: task::Id) {
        // A later job may have begun in the meantime.
        if self.merges.jobs.get(&id).is_some_and(|(_, known)| known.id() == job) {
            self.merges.jobs.remove(&id);
        }
        self.outbox.hold(self.merges.busy());
        self.tell_reversible().await;
    }

    /// An undo or a purge could not begin.
    pub(super) async fn merge_refused(&mut self, id: MergeId, phase: MergePhase, obstacle: Obstacle) {
        let what = match phase {
            MergePhase::Merge => "merge the contacts",
            MergePhase::Undo => "undo the merge",
            MergePhase::Purge => "delete the archived contacts",
        };
        let ticket = self.merges.asked.remove(&id).unwrap_or(Ticket(0));
        let failure = refusal(FailureKind::Rejected, what, obstacle.to_string(), "");
        self.refuse_merge(ticket, failure, Some(id)).await;
    }

    /// Records that these are not the same person, or removes that decision.
    pub(super) async fn decide(&mut self, ticket: Ticket, pairs: Vec<ContactPair>, different: bool) {
        let result = if different {
            let said = merge::dismissals(&self.shared, pairs).await;
            self.shared.ledger.dismiss(said).await
        } else {
            self.shared.ledger.reopen(pairs).await
        };
        if let Err(error) = result {
            let failure = local_failure("save your decision", &error);
            return self.refuse_merge(ticket, failure, None).await;
        }
        let decisions = self.shared.ledger.decisions().await.unwrap_or_default();
        self.decided(decisions).await;
        self.ring(&Nudge::Outbox);
    }

    async fn decided(&mut self, decisions: Vec<Dismissal>) {
        let pairs = |all: &[Dismissal]| -> HashSet<ContactPair> {
            all.iter().map(|said| (said.a.clone(), said.b.clone())).collect()
        };
        let (before, after) = (pairs(&self.merges.decisions), pairs(&decisions));
        let new = after.difference(&before).map(|pair| DuplicateChange::Apart(pair.clone(), true));
        let open = before.difference(&after).map(|pair| DuplicateChange::Apart(pair.clone(), false));
        self.scanner.decided(new.chain(open).collect(), tokio::time::Instant::now());
        self.merges.decisions.clone_from(&decisions);
        self.shared.tell(Event::Merge(MergeEvent::Decisions(decisions))).await;
    }

    /// Contacts changed: decisions about them may be open again.
    pub(super) async fn reopen_outdated(&mut self, changed: &[Contact]) {
        let over = merge::outdated(&self.merges.decisions, changed);
        if over.is_empty() {
            return;
        }
        if let Err(error) = self.shared.ledger.reopen(over).await {
            tracing::error!(%error, "decisions");
            return;
        }
        let decisions = self.shared.ledger.decisions().await.unwrap_or_default();
        self.decided(decisions).await;
    }
}

/// Whether the user has been told what blocks the merge, so that resuming means going ahead anyway.
fn is_seen(phase: MergePhase, progress: &MergeProgress) -> bool {
    let MergeProgress::Stopped(obstacle) = progress else { return false };
    phase == MergePhase::Undo
        || matches!(obstacle, Obstacle::Changed { .. } | Obstacle::Missing(_) | Obstacle::MovedOn(_))
}

fn refusal(kind: FailureKind, what: &str, why: String, next: &str) -> Failure {
    Failure { kind, what: what.to_owned(), why, next: next.to_owned() }
}
