//! Follows changes made elsewhere: by processes on the same files, and on the server if it reports them.

use tokio::time::Instant;

use crate::protocol::{ChangeHint, EditEvent, Event, Failure, FailureKind, Outcome, SyncState};
use crate::store::{self, EndedEdit, OutboxRow, RowState};
use crate::worker::change_hints::{self, HintLookup, LAG};
use crate::worker::coordinator::leader_socket::{LeaderSocket, Nudge};
use crate::worker::coordinator::outbox::Difference;
use crate::worker::details;
use crate::worker::shared::FRESH_AT;
use crate::worker::views::confirmed;

use crate::worker::views::being_made;

use crate::worker::coordinator::Coordinator;

impl Coordinator {
    pub(super) fn try_to_lead(&mut self) {
        if self.lead.is_some() {
            return;
        }
        match self.shared.folder.lead() {
            Ok(Some(leadership)) => {
                self.lead = Some((leadership, LeaderSocket::hang(&self.shared.folder.leader_socket())));
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the lock of the location cannot be used"),
        }
    }

    /// Checks what other processes did, and whether their leader has ended.
    pub(super) async fn follow(&mut self) {
        self.try_to_lead();
        self.look_into_ledger().await;
        let cache = self.shared.cached(self.shared.cache.data_version().await).unwrap_or(self.seen.cache);
        if cache != self.seen.cache && self.shared.pace.background {
            self.seen.cache = cache;
            self.reload_cache().await;
        }
    }

    pub(super) async fn look_into_ledger(&mut self) {
        let version = self.shared.ledger.data_version().await.unwrap_or(self.seen.ledger);
        if version == self.seen.ledger {
            return;
        }
        self.seen.ledger = version;
        self.look_into_journal().await;
        let Ok(rows) = self.shared.ledger.outbox().await else { return };
        let Difference { added, changed } = self.outbox.replace(rows);
        for row in added {
            let edits = vec![(row.id, row.edit.clone())];
            let told = EditEvent::Queued { ticket: None, group: row.group, edits, made_at: row.made_at };
            self.shared.tell(Event::Edit(told)).await;
            if let Some(contact) = being_made(&row.edit) {
                self.roster_changed(&[contact], &[]);
            }
            if row.state != (RowState::Queued { retry_at: None }) {
                self.tell_changed(row).await;
            }
        }
        for row in changed {
            self.tell_changed(row).await;
        }
        let Ok((ended, newest)) = self.shared.ledger.ended_since(self.seen.ended).await else { return };
        self.seen.ended = newest;
        for ended in ended {
            if !self.seen.ended_here.remove(&ended.id) {
                let made = being_made(&ended.edit).map(|contact| contact.id);
                self.roster_changed(&[], made.as_slice());
                self.tell_ended(ended).await;
            }
        }
    }

    async fn tell_changed(&self, row: OutboxRow) {
        let why = row.why.unwrap_or_default();
        let told = match row.state {
            RowState::Queued { retry_at: Some(until) } => {
                EditEvent::Waiting { id: row.id, until, why, signed_out: false }
            }
            RowState::Queued { retry_at: None } => EditEvent::Requeued(row.id),
            RowState::Started { .. } => EditEvent::Sending(row.id),
            RowState::Failed if !row.clash.is_empty() => {
                EditEvent::Settled { id: row.id, edit: row.edit, outcome: Outcome::Clash(row.clash) }
            }
            RowState::Failed => {
                let what = row.edit.intent();
                let why = Failure { kind: FailureKind::Rejected, what, why, next: String::new() };
                EditEvent::Settled { id: row.id, edit: row.edit, outcome: Outcome::Rejected { why, existing: None } }
            }
        };
        self.shared.tell(Event::Edit(told)).await;
    }

    async fn tell_ended(&mut self, ended: EndedEdit) {
        let EndedEdit { id, edit, outcome } = ended;
        let told = match outcome {
            store::HistoryOutcome::Confirmed(receipt) => {
                EditEvent::Settled { id, edit, outcome: Outcome::Confirmed(confirmed(receipt)) }
            }
            store::HistoryOutcome::Withdrawn => EditEvent::Withdrawn(vec![id]),
            store::HistoryOutcome::Discarded => EditEvent::Discarded(vec![id]),
        };
        let told = Event::Edit(told);
        self.lists_take_receipt(&told);
        self.shared.tell(told).await;
    }

    async fn reload_cache(&mut self) {
        let before = self.seen.seq;
        let Some((upserts, removed, seq)) = self.shared.cached(self.shared.cache.changed_since(before).await) else {
            return;
        };
        self.seen.seq = seq;
        if !upserts.is_empty() || !removed.is_empty() {
            self.roster_changed(&upserts, &removed);
        }
        self.neighbours.all_changed(&self.shared);
        let Some(contact) = self.in_view.contact.clone() else { return };
        let changed = self.shared.cache.details_changed_since(contact.clone(), before).await;
        if self.shared.cached(changed) == Some(true) {
            details::tell_cached(&self.shared, &contact, None).await;
        }
        if let Some(Some(at)) = self.shared.cached(self.shared.cache.meta(FRESH_AT).await) {
            self.shared.tell(Event::Sync(SyncState::Fresh { at })).await;
        }
    }

    /// The server reported a change: the leader looks it up.
    pub(super) async fn heard(&mut self, heard: ChangeHint) {
        let contacts = match heard {
            ChangeHint::Contact(contact) => vec![contact],
            ChangeHint::Task(task) => {
                let known = self.shared.cached(self.shared.cache.task(task).await).flatten();
                known.map(|task| task.contact).into_iter().collect()
            }
            ChangeHint::Somebody => Vec::new(),
        };
        self.hint_lists();
        if self.lead.is_some() {
            self.hints.hear(contacts, Instant::now());
        } else {
            self.ring(&Nudge::ChangeHint(contacts));
        }
    }

    /// Looks up the changes that the server reported.
    pub(super) fn look_up(&mut self, now: Instant) {
        let shown = self.in_view.contact.clone();
        let Some(HintLookup { few, search, shown: refresh }) = self.hints.take(now, shown.as_ref()) else { return };
        if search {
            let soon = now + LAG;
            self.pulls.next = Some(self.pulls.next.map_or(soon, |next| next.min(soon)));
        }
        let shared = self.shared.clone();
        self.jobs.spawn(async move {
            change_hints::fetch(&shared, few).await;
            if let Some(contact) = shown.filter(|_| refresh) {
                details::refresh(&shared, &contact).await;
            }
        });
    }
}
