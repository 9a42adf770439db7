//! How the coordinator takes edits, undoes them and discards them.

use uuid::Uuid;

use crate::domain::{Contact, Direction, Edit, EditId, GroupId, Scope};
use crate::protocol::{DraftKey, EditEvent, Event, Failure, FailureKind, MergeDeed, Refused, Reversible, Ticket};
use crate::store::{DashboardSession, OutboxRow, Reversal, Reversed, StoreError};
use crate::worker::coordinator::leader_socket::Nudge;
use crate::worker::failure::local_failure;

use crate::worker::shared::new_edit_id;
use crate::worker::views::being_made;

use crate::worker::coordinator::Coordinator;

impl Coordinator {
    pub(super) async fn apply(&mut self, ticket: Ticket, edits: Vec<Edit>, draft: Option<DraftKey>) {
        let access = self.shared.access();
        if let Some(why) = edits.iter().find_map(|edit| access.refusal(edit.scope())) {
            return self.refuse(ticket, Refused::ReadOnly(access, why)).await;
        }
        let what = edits.first().map(Edit::intent).unwrap_or_default();
        let edits = edits.into_iter().map(|edit| (new_edit_id(), edit)).collect();
        let session = self.session.as_ref().map(DashboardSession::number);
        let (group, name) = (GroupId(Uuid::now_v7()), draft.as_ref().map(DraftKey::name));
        match self.shared.ledger.insert(group, edits, name, session, self.shared.now()).await {
            Ok(rows) => {
                self.queued(Some(ticket), rows).await;
                if let Some(draft) = draft {
                    self.shared.tell(Event::DraftSaved(draft)).await;
                }
                self.tell_reversible().await;
            }
            Err(error) => self.refuse(ticket, Refused::NotSaved(local_failure(&what, &error))).await,
        }
    }

    /// Reports that edits are promised, and makes sure that some process sends them.
    pub(super) async fn queued(&mut self, ticket: Option<Ticket>, rows: Vec<OutboxRow>) {
        let (group, made_at) = rows.first().map_or((None, self.shared.now()), |row| (row.group, row.made_at));
        let edits = rows.iter().map(|row| (row.id, row.edit.clone())).collect();
        let made: Vec<Contact> = rows.iter().filter_map(|row| being_made(&row.edit)).collect();
        for row in rows {
            self.outbox.put(row);
        }
        self.shared.tell(Event::Edit(EditEvent::Queued { ticket, group, edits, made_at })).await;
        if !made.is_empty() {
            self.roster_changed(&made, &[]);
            self.tell_roster_if_due(true).await;
        }
        self.ring(&Nudge::Outbox);
    }

    pub(super) async fn reverse(&mut self, ticket: Ticket, direction: Direction) {
        let access = self.shared.access();
        if let Some(why) = access.refusal(Scope::ContactsWrite) {
            return self.refuse(ticket, Refused::ReadOnly(access, why)).await;
        }
        let Some(session) = self.session.as_ref().map(DashboardSession::number) else {
            return self.refuse(ticket, Refused::NothingToReverse).await;
        };
        let group = GroupId(Uuid::now_v7());
        match self.shared.ledger.reverse(session, direction, group, new_edit_id, self.shared.now()).await {
            Ok(Reversal::Done(reversed)) => self.reversed(ticket, direction, group, reversed).await,
            Ok(Reversal::Merges { label, merges, batch }) => {
                let ids = merges.into_iter().map(|merge| merge.id).collect();
                if self.steer(ticket, ids, MergeDeed::Undo).await == 0 {
                    return;
                }
                let noted = self.shared.ledger.note_undone_merges(session, batch, group, self.shared.now()).await;
                if let Err(error) = noted {
                    tracing::error!(%error, "undo");
                }
                let told = EditEvent::Reversed { ticket, direction, group, label, withdrawn: 0, queued: Vec::new() };
                self.shared.tell(Event::Edit(told)).await;
            }
            Ok(Reversal::Impossible(label)) => self.refuse(ticket, Refused::Irreversible(label)).await,
            Ok(Reversal::Nothing) => self.refuse(ticket, Refused::NothingToReverse).await,
            Err(error) => self.refuse(ticket, Refused::NotSaved(local_failure("undo", &error))).await,
        }
        self.tell_reversible().await;
    }

    pub(super) async fn take_back(&mut self, ticket: Ticket, group: Option<GroupId>) {
        let access = self.shared.access();
        if let Some(why) = access.refusal(Scope::ContactsWrite) {
            return self.refuse(ticket, Refused::ReadOnly(access, why)).await;
        }
        let into = GroupId(Uuid::now_v7());
        match self.shared.ledger.take_back(group, false, into, new_edit_id, self.shared.now()).await {
            Ok(Reversal::Done(reversed)) => self.reversed(ticket, Direction::Undo, into, reversed).await,
            Ok(Reversal::Impossible(label)) => self.refuse(ticket, Refused::Irreversible(label)).await,
            Ok(Reversal::Nothing | Reversal::Merges { .. }) => self.refuse(ticket, Refused::NothingToReverse).await,
            Err(error) => self.refuse(ticket, Refused::NotSaved(local_failure("undo", &error))).await,
        }
        self.tell_reversible().await;
    }

    async fn reversed(&mut self, ticket: Ticket, direction: Direction, group: GroupId, reversed: Reversed) {
        let withdrawn = reversed.withdrawn.len();
        let queued: Vec<EditId> = reversed.rows.iter().map(|row| row.id).collect();
        if withdrawn > 0 {
            self.ended(&reversed.withdrawn).await;
            self.shared.tell(Event::Edit(EditEvent::Withdrawn(reversed.withdrawn))).await;
        }
        if !reversed.rows.is_empty() {
            self.queued(None, reversed.rows).await;
        }
        let told = EditEvent::Reversed { ticket, direction, group, label: reversed.label, withdrawn, queued };
        self.shared.tell(Event::Edit(told)).await;
    }

    pub(super) async fn tell_reversible(&self) {
        let Some(session) = self.session.as_ref().map(DashboardSession::number) else { return };
        match self.shared.ledger.reversible(session).await {
            Ok(found) => {
                let [undo, redo] = found.map(|found| found.map(|(group, label)| Reversible { group, label }));
                self.shared.tell(Event::Reversible { undo, redo }).await;
            }
            Err(error) => tracing::error!(%error, "undo"),
        }
    }

    /// This process took edits out of the outbox.
    pub(super) async fn ended(&mut self, ids: &[EditId]) {
        let mut unmade = Vec::new();
        for id in ids {
            let row = self.outbox.forget(*id);
            unmade.extend(row.and_then(|row| being_made(&row.edit)).map(|contact| contact.id));
            self.seen.ended_here.insert(*id);
        }
        if !unmade.is_empty() {
            self.roster_changed(&[], &unmade);
            self.tell_roster_if_due(true).await;
        }
    }

    pub(super) async fn cancel(&mut self, group: GroupId) {
        match self.shared.ledger.cancel(group, self.shared.now()).await {
            Ok(gone) => {
                self.ended(&gone).await;
                self.shared.tell(Event::Edit(EditEvent::Discarded(gone))).await;
                self.tell_reversible().await;
            }
            Err(error) => self.shared.tell(Event::Trouble(local_failure("cancel", &error))).await,
        }
    }

    pub(super) async fn insist(&mut self, id: EditId) {
        let queued = self.shared.ledger.insist(id).await;
        self.requeued(id, queued, "keep your values").await;
    }

    async fn refuse(&self, ticket: Ticket, why: Refused) {
        self.shared.tell(Event::Edit(EditEvent::Refused { ticket, why })).await;
    }

    pub(super) async fn retry(&mut self, id: EditId) {
        let queued = self.shared.ledger.retry(id).await;
        if matches!(queued, Ok(false)) {
            self.outbox.hurry(id);
        }
        self.requeued(id, queued, "retry").await;
    }

    async fn requeued(&mut self, id: EditId, queued: Result<bool, StoreError>, what: &str) {
        match queued {
            Ok(true) => {
                self.outbox.hurry(id);
                self.shared.tell(Event::Edit(EditEvent::Requeued(id))).await;
                self.ring(&Nudge::Outbox);
            }
            Ok(false) => {}
            Err(error) => self.shared.tell(Event::Trouble(local_failure(what, &error))).await,
        }
    }

    pub(super) async fn discard(&mut self, id: EditId) {
        match self.shared.ledger.discard(id, self.shared.now()).await {
            Ok(Some(_edit)) => {
                self.ended(&[id]).await;
                self.shared.tell(Event::Edit(EditEvent::Discarded(vec![id]))).await;
                self.tell_reversible().await;
            }
            Ok(None) => {
                let why = "it is being sent, or is no longer in the outbox".to_owned();
                let what = "discard the edit".to_owned();
                let failure = Failure { kind: FailureKind::Rejected, what, why, next: String::new() };
                self.shared.tell(Event::Trouble(failure)).await;
            }
            Err(error) => self.shared.tell(Event::Trouble(local_failure("discard", &error))).await,
        }
    }
}
