//! One write with one effect: recorded, sent, and looked for after an unclear answer. Edits and merge steps share it.

use std::borrow::Borrow;
use std::time::Duration;

use crate::api::endpoints::{FindDuplicate, SearchContacts, TimeSpan};
use crate::api::{ApiError, Doubt, Endpoint, Passing, Urgency};
use crate::domain::{Contact, ContactField, ContactPatch};
use crate::store::{OutboxRow, SentRequests, StoreError, WriteKey};

use crate::worker::shared::WorkerShared;

/// A rejected token is tried again this often: it may have been fixed.
const SIGNED_OUT: Duration = Duration::from_secs(60);
/// A full disk may have room again this soon.
pub(super) const LOCAL: Duration = Duration::from_secs(10);
/// After an unclear answer, the first check of the server's data.
pub(super) const FIRST_LOOK: Duration = Duration::from_millis(300);
/// A request may take effect for at most this many write time-outs; later effects are looked for once it is settled.
const LONGEST: u32 = 30;
/// Clocks differ: a contact created this long before the request is not ours.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// Why a write does not go on now.
#[derive(Debug)]
pub(super) enum Pause {
    /// This attempt certainly had no effect, and may be repeated.
    Later { why: String, wait: Option<Duration>, waits_for: WaitsFor },
    /// A request was sent; its effect is unknown. We look again after `wait`, or soon and then less and less often.
    Unclear { why: String, wait: Option<Duration> },
    /// The user has decided otherwise: nothing may be sent.
    Over,
    /// The ledger could not be read or written.
    Local(StoreError),
}

/// What lets a waiting write continue, besides time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitsFor {
    /// Nothing else.
    Time,
    /// The network.
    Network,
    /// A token that the server accepts.
    Token,
}

impl From<StoreError> for Pause {
    fn from(error: StoreError) -> Self {
        Self::Local(error)
    }
}

impl Pause {
    /// What a failed call means; the error itself if the server would give the same answer again.
    pub(super) fn of(error: ApiError) -> Result<Self, ApiError> {
        Ok(match error {
            ApiError::Retry { cause, after, why } => {
                let waits_for = if cause == Passing::Network { WaitsFor::Network } else { WaitsFor::Time };
                Self::Later { why, wait: after, waits_for }
            }
            ApiError::Unclear { why, .. } => Self::Unclear { why, wait: None },
            // Usually a proxy's bad moment; if it persists, the waits grow.
            ApiError::Garbled { why } => Self::Later { why, wait: None, waits_for: WaitsFor::Time },
            // The user's edits wait for a token that works.
            ApiError::SignedOut { .. } | ApiError::AgencyToken { .. } | ApiError::WrongLocation { .. } => {
                Self::Later { why: error.to_string(), wait: Some(SIGNED_OUT), waits_for: WaitsFor::Token }
            }
            ApiError::Reject { .. }
            | ApiError::Duplicate { .. }
            | ApiError::NotFound { .. }
            | ApiError::MissingScope { .. }
            | ApiError::ReadOnly { .. } => return Err(error),
        })
    }
}

/// A write in progress.
pub(super) struct RecordedWrite<'a> {
    pub(super) shared: &'a WorkerShared,
    pub(super) key: WriteKey,
    pub(super) urgency: Urgency,
    /// The requests of earlier attempts.
    pub(super) sent: SentRequests,
    /// It creates a contact: the server may refuse that and do it anyway.
    pub(super) wary: bool,
}

/// Whether an earlier request created the record.
pub(super) enum Earlier<T> {
    Made(T),
    /// A request may be sent; the ledger remembers these equal records first.
    Nothing(Option<Vec<String>>),
}

impl<'a> RecordedWrite<'a> {
    /// The write of an edit.
    pub(super) fn of_edit(shared: &'a WorkerShared, row: &OutboxRow) -> Self {
        let (key, urgency, sent) = (WriteKey::Edit(row.id), Urgency::User, row.sent.clone());
        Self { shared, key, urgency, sent, wary: row.edit.makes_contact() }
    }

    /// Whether an earlier request may have had its effect.
    pub(super) fn tried(&self) -> bool {
        self.sent.count > 0
    }

    /// Whether a record did not exist before the first request.
    pub(super) fn is_new(&self, id: &str) -> bool {
        !self.sent.probe.iter().flatten().any(|known| known == id)
    }

    /// Searches equal records for the one that an earlier request may have created, as long as it may come.
    pub(super) fn earlier<T>(&self, equal: Vec<T>, id: impl Fn(&T) -> &str) -> Result<Earlier<T>, Pause> {
        if !self.tried() {
            return Ok(Earlier::Nothing(Some(equal.iter().map(|one| id(one).to_owned()).collect())));
        }
        if let Some(ours) = equal.into_iter().find(|one| self.is_new(id(one))) {
            return Ok(Earlier::Made(ours));
        }
        // The index may not show a contact yet.
        self.settled(if self.wary { self.shared.pace.index_lag } else { Duration::ZERO })?;
        Ok(Earlier::Nothing(None))
    }

    /// Waits until an earlier request can no longer take effect, and its effect is shown `lag` after it left.
    pub(super) fn settled(&self, lag: Duration) -> Result<(), Pause> {
        let Some(at) = self.sent.at.filter(|_| self.tried()) else { return Ok(()) };
        let age = self.shared.age(self.key, at);
        let settle = self.sent.settle.unwrap_or(self.shared.client.write_timeout()).max(lag);
        match settle.checked_sub(age).filter(|left| !left.is_zero()) {
            None => Ok(()),
            // Soon at first, then less and less often.
            Some(left) => Err(Pause::Unclear {
                why: "no answer: checking whether it took effect".to_owned(),
                wait: Some(left.min(age.max(FIRST_LOOK)) + Duration::from_millis(5)),
            }),
        }
    }

    /// Sends a request. The ledger records it first, with the time, so we wait for room in the rate limit before.
    pub(super) async fn send<E: Endpoint>(
        &self,
        endpoint: &E,
        probe: Option<Vec<String>>,
    ) -> Result<Result<E::Reply, ApiError>, Pause> {
        Self::send_together::<E, &E>(std::slice::from_ref(self), probe, |_started| endpoint).await
    }

    /// [`RecordedWrite::send`] for several writes that share a request; `request` makes it for those that may be sent.
    pub(super) async fn send_together<E: Endpoint, R: Borrow<E>>(
        writes: &[Self],
        probe: Option<Vec<String>>,
        request: impl FnOnce(&[WriteKey]) -> R,
    ) -> Result<Result<E::Reply, ApiError>, Pause> {
        let Some(Self { shared, urgency, .. }) = writes.first() else { return Err(Pause::Over) };
        let permit = match shared.ready::<E>(*urgency).await {
            Ok(permit) => permit,
            Err(error) => return Ok(Err(error)),
        };
        let leaving = writes.iter().map(|write| (write.key, shared.sends(write.key))).collect();
        let started = shared.ledger.start(leaving, probe).await?;
        if started.is_empty() {
            return Err(Pause::Over);
        }
        let result = shared.call_ready(request(&started).borrow(), permit).await;
        for write in writes.iter().filter(|write| started.contains(&write.key)) {
            write.note(&result).await;
        }
        Ok(result)
    }

    /// Records what an answer says about the request's effect.
    async fn note<T>(&self, result: &Result<T, ApiError>) {
        let noted = match result {
            Ok(_) | Err(ApiError::Garbled { .. }) => Ok(true),
            Err(ApiError::Reject { .. } | ApiError::Duplicate { .. }) if self.wary => Ok(true),
            Err(ApiError::Unclear { doubt, .. }) => {
                self.shared.ledger.may_still_come(self.key, self.patience(*doubt)).await
            }
            Err(_) => self.shared.ledger.had_no_effect(self.key).await,
        };
        if let Err(error) = noted {
            // The write stays started, and is looked for.
            tracing::error!(%error, "record an answer");
        }
    }

    /// How long a request may still take effect after such an answer.
    ///
    /// What only changes a record waits as long as what makes one: a late change would overwrite the next edit.
    fn patience(&self, doubt: Doubt) -> Duration {
        self.shared.client.write_timeout() * units(doubt, self.sent.count)
    }

    /// Contacts that an earlier request may have created: the same name, and recently added or with the same address.
    pub(super) async fn equal_contacts(&self, patch: &ContactPatch) -> Result<Vec<Contact>, ApiError> {
        let unit = self.shared.client.write_timeout();
        let from = match self.sent.at.filter(|_| self.tried()) {
            // The clock was set back since: nobody knows how long ago that was.
            Some(at) if at > self.shared.now() => None,
            at => {
                let age = at.map_or(Duration::ZERO, |at| self.shared.age(self.key, at));
                let earlier = unit * LONGEST * self.sent.count.saturating_sub(1);
                self.shared.server_time().checked_sub(age + earlier + SKEW).ok()
            }
        };
        equal_contacts(self.shared, self.urgency, patch, from).await
    }
}

/// [`RecordedWrite::patience`] in write time-outs; longer for each request before that came to nothing.
fn units(doubt: Doubt, earlier: u32) -> u32 {
    let times: u32 = match doubt {
        // The server itself has given up.
        Doubt::Failed | Doubt::Unreadable => 1,
        // Of the way back, or of a gateway: the server may go on for a minute.
        Doubt::Cut => 7,
        Doubt::Silent => 8,
    };
    times.saturating_mul(1 << earlier.min(5)).min(LONGEST)
}

/// Contacts with the name and e-mail of a new one, added since then or with its address.
pub(super) async fn equal_contacts(
    shared: &WorkerShared,
    urgency: Urgency,
    patch: &ContactPatch,
    from: Option<jiff::Timestamp>,
) -> Result<Vec<Contact>, ApiError> {
    let location = shared.client.location().clone();
    let field = |field| patch.fields.get(&field).cloned().flatten().filter(|text: &String| !text.trim().is_empty());
    let (email, phone) = (field(ContactField::Email), field(ContactField::Phone));
    let mut found = Vec::new();
    if email.is_some() || phone.is_some() {
        let duplicate = FindDuplicate { location: location.clone(), email: email.clone(), phone };
        found.extend(shared.read_for(&duplicate, urgency).await?.map(|same| same.value));
    }
    let mut search = SearchContacts {
        location,
        page_limit: shared.pace.page,
        search_after: None,
        updated_since: None,
        newest_first: false,
        added: TimeSpan { from, until: None },
    };
    let mut seen = 0;
    loop {
        let (rows, total) = shared.read_for(&search, urgency).await?;
        seen += rows.len() as u64;
        search.search_after = rows.last().and_then(|row| row.search_after.clone());
        // A short page is not the end of a list.
        let over = rows.is_empty() || seen >= total || search.search_after.is_none();
        found.extend(rows.into_iter().map(|row| row.contact.value));
        if over {
            break;
        }
    }
    let (name, email) = (patch.name().to_lowercase(), email.map(|email| email.trim().to_lowercase()));
    found.retain(|one| {
        let held = one.email.as_deref().unwrap_or_default().to_lowercase();
        one.name().to_lowercase() == name && email.as_ref().is_none_or(|email| *email == held)
    });
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found.dedup_by(|one, other| one.id == other.id);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_come_within_a_minute_is_not_sent_again_before() {
        let minute = 6;
        for (doubt, is_long) in
            [(Doubt::Failed, false), (Doubt::Unreadable, false), (Doubt::Cut, true), (Doubt::Silent, true)]
        {
            assert_eq!(units(doubt, 0) > minute, is_long, "{doubt:?}");
            assert!((0..40).all(|earlier| units(doubt, earlier) <= units(doubt, earlier + 1)), "{doubt:?}");
            assert_eq!(units(doubt, 40), LONGEST, "{doubt:?}");
        }
    }
}
