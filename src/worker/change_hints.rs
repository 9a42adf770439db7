//! Changes the server reports: collected for a moment, then looked up, within limits.
//!
//! A few contacts are fetched one by one, because the search shows a change only seconds later. Many would use up the
//! limit, so we search for them instead, once the index can have caught up.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::api::{ApiError, Urgency, endpoints::GetContact};
use crate::domain::ContactId;

use crate::worker::details;
use crate::worker::shared::WorkerShared;

/// Hints that arrive within this time are looked up together.
const GATHER: Duration = Duration::from_millis(400);
/// The next lookup waits at least this long: a flood costs no more than this.
const PAUSE: Duration = Duration::from_secs(2);
/// The search finds more than this many.
const FEW: usize = 6;
/// The search index has caught up by then.
pub(super) const LAG: Duration = Duration::from_secs(4);

/// Hints that have not been looked up yet.
#[derive(Debug, Default)]
pub(super) struct ChangeHints {
    contacts: BTreeSet<ContactId>,
    /// A contact changed that was not named.
    somebody: bool,
    due: Option<Instant>,
    /// When the last lookup ran.
    looked: Option<Instant>,
}

/// What to look up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HintLookup {
    /// To be fetched one by one.
    pub(super) few: Vec<ContactId>,
    /// Use the search.
    pub(super) search: bool,
    /// Tasks, notes and appointments of the visible contact may have changed.
    pub(super) shown: bool,
}

impl ChangeHints {
    /// Adds contacts; none means a contact that was not named.
    pub(super) fn hear(&mut self, contacts: Vec<ContactId>, now: Instant) {
        self.somebody |= contacts.is_empty();
        self.contacts.extend(contacts);
        let paused = self.looked.map_or(now, |looked| looked + PAUSE);
        self.due.get_or_insert_with(|| (now + GATHER).max(paused));
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What to look up now, if it is time.
    pub(super) fn take(&mut self, now: Instant, shown: Option<&ContactId>) -> Option<HintLookup> {
        if self.due.is_none_or(|due| due > now) {
            return None;
        }
        (self.due, self.looked) = (None, Some(now));
        let contacts = std::mem::take(&mut self.contacts);
        let is_shown = shown.is_some_and(|shown| contacts.contains(shown));
        let shown = std::mem::take(&mut self.somebody) || is_shown;
        let many = contacts.len() > FEW;
        let few = if many { Vec::new() } else { contacts.into_iter().collect() };
        Some(HintLookup { search: many, few, shown })
    }
}

/// Fetches contacts one by one.
pub(super) async fn fetch(shared: &WorkerShared, contacts: Vec<ContactId>) {
    for contact in contacts {
        match shared.call(&GetContact { contact: contact.clone() }, Urgency::Background).await {
            Ok(received) => {
                details::take_full(shared, received).await;
                shared.outdate(&contact);
                details::tell_cached(shared, &contact, None).await;
            }
            Err(ApiError::NotFound { .. }) => details::remove(shared, &contact).await,
            // The next poll will find it.
            Err(error) => {
                tracing::debug!(%error, "cannot fetch a contact that the server reported as changed");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: std::ops::Range<usize>) -> Vec<ContactId> {
        range.map(|n| ContactId::new(format!("c{n:03}"))).collect()
    }

    #[test]
    fn what_comes_together_is_looked_up_once_and_a_flood_by_search() {
        let mut ear = ChangeHints::default();
        let start = Instant::now();
        assert_eq!(ear.take(start, None), None);
        ear.hear(ids(0..2), start);
        ear.hear(ids(1..3), start);
        assert_eq!(ear.take(start, None), None, "it waits for more");
        let lookup = ear.take(start + GATHER, Some(&ids(2..3)[0])).expect("due");
        assert_eq!(lookup, HintLookup { few: ids(0..3), search: false, shown: true });
        // Not again at once.
        ear.hear(ids(0..50), start + GATHER);
        assert_eq!(ear.take(start + GATHER * 2, None), None);
        let lookup = ear.take(start + GATHER + PAUSE, None).expect("due");
        assert_eq!(lookup, HintLookup { few: Vec::new(), search: true, shown: false });
        // An unnamed contact.
        ear.hear(Vec::new(), start + PAUSE * 4);
        let lookup = ear.take(start + PAUSE * 4 + GATHER, None).expect("due");
        assert_eq!(lookup, HintLookup { few: Vec::new(), search: false, shown: true });
    }
}
