//! One edit in progress: its resolved IDs, its calls, and the rules that every kind of edit shares.

use std::time::Duration;

use crate::api::{ApiError, Endpoint, Received, Urgency};
use crate::domain::{Clash, ContactId, Edit, EditId, EditKind, Entries, Target, clashes};
use crate::protocol::{Failure, FailureKind};
use crate::store::{self, OutboxRow, RowState};
use crate::text;
use crate::worker::shared::WorkerShared;

use crate::worker::attempt::{Setback, of_error};
use crate::worker::write::{Earlier, RecordedWrite};

/// A copy younger than this can be changed without a check.
const FRESH: Duration = Duration::from_secs(5);

pub(super) struct Attempt<'a> {
    pub(super) shared: &'a WorkerShared,
    pub(super) row: &'a OutboxRow,
    /// The server's ID.
    pub(super) contact: ContactId,
    pub(super) write: RecordedWrite<'a>,
}

/// The result of comparing with the server's copy.
#[derive(Debug, PartialEq)]
pub(super) enum BaseCheck {
    /// It already has these values.
    Already,
    /// It is still what the edit was based on, or the user insists.
    Go,
}

impl<'a> Attempt<'a> {
    pub(super) async fn new(shared: &'a WorkerShared, row: &'a OutboxRow) -> Result<Self, Setback> {
        let named = &row.edit.contact;
        let contact = if row.edit.makes_contact() {
            named.clone()
        } else {
            let found = resolve(shared, named.as_str(), named.made_by()).await?;
            ContactId::new(found.ok_or_else(|| refuse(row, "its contact was never created"))?)
        };
        Ok(Self { shared, row, contact, write: RecordedWrite::of_edit(shared, row) })
    }

    /// The record that the edit changes; `None` if the edit that should have created it never did.
    pub(super) async fn find<I: Clone>(
        &self,
        target: &Target<I>,
        name: impl Fn(&I) -> &str,
    ) -> Result<Option<String>, Setback> {
        match target {
            Target::Known(id) => resolve(self.shared, name(id), None).await,
            Target::MadeBy(edit) => resolve(self.shared, "", Some(*edit)).await,
        }
    }

    /// [`Attempt::find`], for edits that need the record.
    pub(super) async fn need<I: Clone>(
        &self,
        target: &Target<I>,
        name: impl Fn(&I) -> &str,
    ) -> Result<String, Setback> {
        let found = self.find(target, name).await?;
        found.ok_or_else(|| refuse(self.row, "the record it changes was never created"))
    }

    /// A read.
    pub(super) async fn get<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, Setback> {
        self.shared.call(endpoint, Urgency::User).await.map_err(|error| of_error(self.row, error))
    }

    /// [`Attempt::get`] for a record that may be gone.
    pub(super) async fn look<E: Endpoint>(&self, endpoint: &E) -> Result<Option<E::Reply>, Setback> {
        match self.shared.call(endpoint, Urgency::User).await {
            Err(ApiError::NotFound { .. }) => Ok(None),
            other => other.map(Some).map_err(|error| of_error(self.row, error)),
        }
    }

    /// A write.
    pub(super) async fn send<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, Setback> {
        self.send_with(endpoint, None).await
    }

    /// [`Attempt::send`], once the ledger remembers this.
    pub(super) async fn send_with<E: Endpoint>(
        &self,
        endpoint: &E,
        probe: Option<Vec<String>>,
    ) -> Result<E::Reply, Setback> {
        self.write.send(endpoint, probe).await?.map_err(|error| of_error(self.row, error))
    }

    /// [`Attempt::send_with`] for a deletion: if the record is already gone, that counts as success.
    pub(super) async fn remove<E: Endpoint<Reply = ()>>(
        &self,
        endpoint: &E,
        probe: Option<Vec<String>>,
    ) -> Result<(), Setback> {
        match self.write.send(endpoint, probe).await? {
            Err(ApiError::NotFound { .. }) => Ok(()),
            other => other.map_err(|error| of_error(self.row, error)),
        }
    }

    /// Creates a record once: not if an earlier attempt did, nor if the one that it replaces is still there.
    pub(super) async fn create<T, E: Endpoint<Reply = Received<T>>>(
        &self,
        listed: Vec<T>,
        replaces: Option<&str>,
        id: impl Fn(&T) -> &str,
        equal: impl Fn(&T) -> bool,
        endpoint: &E,
    ) -> Result<T, Setback> {
        let (mut there, others): (Vec<T>, Vec<T>) = listed.into_iter().partition(|one| Some(id(one)) == replaces);
        if let Some(there) = there.pop() {
            return Ok(there);
        }
        match self.write.earlier(others.into_iter().filter(equal).collect(), id)? {
            Earlier::Made(ours) => Ok(ours),
            Earlier::Nothing(probe) => Ok(self.send_with(endpoint, probe).await?.value),
        }
    }

    /// Whether a request of an earlier attempt may have had its effect, unless the user wants it repeated.
    pub(super) fn started(&self) -> bool {
        matches!(self.row.state, RowState::Started { .. })
    }

    /// Compares the server's copy with what the edit was based on and with the edit's result.
    ///
    /// Fields that someone else changed but this edit does not touch don't matter: only the named ones are written.
    pub(super) async fn compare<K: Into<EditKind>>(
        &self,
        before: &Entries,
        after: &Entries,
        now: &Entries,
        rebased: impl FnOnce() -> K,
    ) -> Result<BaseCheck, Setback> {
        if after
            .iter()
            .all(|(field, ours)| now.iter().any(|(name, theirs)| name == field && says_the_same(field, theirs, ours)))
        {
            return Ok(BaseCheck::Already);
        }
        self.write.settled(Duration::ZERO)?;
        let clash: Vec<Clash> = clashes(before, after, now, says_the_same);
        if clash.is_empty() {
            return Ok(BaseCheck::Go);
        }
        if !self.row.insist {
            return Err(Setback::Clash(clash));
        }
        // Undoing this edit must restore what was there when it was confirmed.
        let edit = Edit::new(self.row.edit.contact.clone(), rebased());
        self.shared.ledger.rebase(self.row.id, edit).await?;
        Ok(BaseCheck::Go)
    }

    /// Whether the record to delete still matches what the user saw.
    pub(super) fn unchanged(&self, was: &Entries, now: &Entries) -> Result<(), Setback> {
        let clash: Vec<Clash> = was
            .iter()
            .filter_map(|(field, base)| {
                let theirs = now.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())?;
                let same = says_the_same(field, base, &theirs);
                (!same).then(|| Clash { field: field.clone(), base: base.clone(), ours: String::new(), theirs })
            })
            .collect();
        if clash.is_empty() || self.row.insist { Ok(()) } else { Err(Setback::Clash(clash)) }
    }

    /// Whether the cached copy that the edit was based on is young enough to trust.
    pub(super) async fn fresh(&self) -> bool {
        if self.row.attempts > 0 || self.started() || self.row.insist {
            return false;
        }
        let details = self.shared.cached(self.shared.cache.details(self.contact.clone()).await);
        let fetched_at = details.and_then(|details| details.fetched_at);
        fetched_at.is_some_and(|at| self.shared.is_within(at, FRESH))
    }

    pub(super) fn refuse(&self, why: &str) -> Setback {
        refuse(self.row, why)
    }
}

fn refuse(row: &OutboxRow, why: &str) -> Setback {
    let (kind, what, why) = (FailureKind::Rejected, row.edit.intent(), why.to_owned());
    Setback::Refused { why: Failure { kind, what, why, next: String::new() }, existing: None }
}

/// Follows an ID through all re-creations; `None` if nothing was created in the end.
pub(super) async fn resolve(
    shared: &WorkerShared,
    id: &str,
    made_by: Option<EditId>,
) -> Result<Option<String>, Setback> {
    /// More deletions and undos than anybody makes.
    const STEPS: usize = 1_000;
    let (mut id, mut made_by) = (id.to_owned(), made_by);
    for _step in 0..STEPS {
        if let Some(edit) = made_by.take() {
            match shared.ledger.outcome(edit).await? {
                Some(store::HistoryOutcome::Confirmed(receipt)) => match receipt.id() {
                    Some(made) => made.clone_into(&mut id),
                    None => return Ok(None),
                },
                // Withdrawn, and perhaps redone.
                _ => match shared.ledger.remade(edit.to_string()).await? {
                    Some(again) => {
                        made_by = Some(again);
                        continue;
                    }
                    None => return Ok(None),
                },
            }
        }
        match shared.ledger.remade(id.clone()).await? {
            Some(again) => made_by = Some(again),
            None => return Ok(Some(id)),
        }
    }
    Ok(None)
}

/// Whether a person would consider two values of a field the same.
pub(super) fn says_the_same(field: &str, one: &str, other: &str) -> bool {
    one == other || (field == "body" && text::says_the_same(one, other))
}
