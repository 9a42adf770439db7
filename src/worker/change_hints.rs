//! What the server says has changed: gathered for a moment, then looked up, within bounds.
//!
//! A few contacts are fetched one by one: the search shows a change only seconds later. Many would use up the limit:
//! the search is asked instead, once it can have caught up.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::api::{ApiError, Urgency, endpoints::GetContact};
use crate::domain::ContactId;

use crate::worker::details;
use crate::worker::shared::WorkerShared;

/// What comes in this time is looked up together.
const GATHER: Duration = Duration::from_millis(400);
/// And the next not before this has passed: a flood costs no more than this.
const PAUSE: Duration = Duration::from_secs(2);
/// More than this are found by the search.
const FEW: usize = 6;
/// The search has caught up by then.
pub(super) const LAG: Duration = Duration::from_secs(4);

/// What has been heard and not looked up yet.
#[derive(Debug, Default)]
pub(super) struct ChangeHints {
    contacts: BTreeSet<ContactId>,
    /// Somebody was meant who was not named.
    somebody: bool,
    due: Option<Instant>,
    /// When the last was looked up.
    looked: Option<Instant>,
}

/// What to look up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HintLookup {
    /// To be fetched one by one.
    pub(super) few: Vec<ContactId>,
    /// Ask the search.
    pub(super) search: bool,
    /// Tasks, notes and appointments of the contact that is shown may have changed.
    pub(super) shown: bool,
}

impl ChangeHints {
    /// Takes in contacts; none: somebody who was not named.
    pub(super) fn hear(&mut self, contacts: Vec<ContactId>, now: Instant) {
        self.somebody |= contacts.is_empty();
        self.contacts.extend(contacts);
        let paused = self.looked.map_or(now, |looked| looked + PAUSE);
        self.due.get_or_insert_with(|| (now + GATHER).max(paused));
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What to look up now, when it is time.
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
            // The poll will find it.
            Err(error) => {
                tracing::debug!(%error, "heard of a contact");
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
        // The next not at once.
        ear.hear(ids(0..50), start + GATHER);
        assert_eq!(ear.take(start + GATHER * 2, None), None);
        let lookup = ear.take(start + GATHER + PAUSE, None).expect("due");
        assert_eq!(lookup, HintLookup { few: Vec::new(), search: true, shown: false });
        // Somebody.
        ear.hear(Vec::new(), start + PAUSE * 4);
        let lookup = ear.take(start + PAUSE * 4 + GATHER, None).expect("due");
        assert_eq!(lookup, HintLookup { few: Vec::new(), search: false, shown: true });
    }
}
