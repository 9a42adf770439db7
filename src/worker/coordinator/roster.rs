//! The coordinator's list of contacts: from the cache at start, sent again as contacts change.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{Contact, ContactId};
use crate::protocol::Event;
use crate::query::{ContactRow, Roster};

use crate::worker::shared::IN_SIGHT;
use crate::worker::views::being_made;

use crate::worker::coordinator::{CHUNK, Coordinator, ROSTER};

impl Coordinator {
    pub(super) async fn load_roster(&mut self) {
        if !self.shared.pace.background {
            return;
        }
        let cache = &self.shared.cache;
        self.shared.cached(cache.complete_rows().await);
        let mut roster = Roster::default();
        let mut page = self.shared.cached(cache.rows(None, CHUNK).await).unwrap_or_default();
        while let Some(newest) = page.last() {
            // The next page is read while this one is processed.
            let next = cache.rows(Some(newest.id.clone()), CHUNK);
            let taken = async { roster.followed_by(std::mem::take(&mut page)) };
            let (next, taken) = tokio::join!(next, taken);
            roster = taken;
            page = self.shared.cached(next).unwrap_or_default();
        }
        let changed = self.shared.cached(self.shared.cache.changed_since(i64::MAX).await);
        self.seen.seq = changed.map_or(0, |(_, _, seq)| seq);
        self.seen.cache = self.shared.cached(self.shared.cache.data_version().await).unwrap_or_default();
        let made = self.outbox.pending();
        let made =
            made.iter().filter_map(|pending| being_made(&pending.edit)).map(|contact| ContactRow::from(&contact));
        self.roster = roster.with(made.collect(), &[]);
        self.tell_roster().await;
    }

    /// Sends the contacts that were last in sight: the screen has them before the others are read.
    pub(super) async fn show_what_was_in_sight(&self) {
        let kept = self.shared.ledger.setting(IN_SIGHT).await.ok().flatten();
        let ids: Vec<ContactId> = kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default();
        if ids.is_empty() {
            return;
        }
        let contacts = self.shared.cached(self.shared.cache.some_contacts(ids).await).unwrap_or_default();
        let total = self.shared.cached(self.shared.cache.contact_count().await).unwrap_or_default();
        let roster = Arc::new(Roster::from_rows(contacts.iter().map(ContactRow::from)));
        self.shared.tell(Event::Opening { roster, total }).await;
    }

    pub(super) async fn tell_roster_if_due(&mut self, now: bool) {
        let due = |due: Instant| now || due <= Instant::now();
        if self.roster_due.is_some_and(due) {
            // With the fields used in filters, so that no contact briefly matches by its old values.
            self.tell_values().await;
            self.tell_roster().await;
        }
    }

    pub(super) fn roster_changed(&mut self, upserts: &[Contact], removed: &[ContactId]) {
        if self.shared.pace.background {
            let roster = self.roster.with(upserts.iter().map(ContactRow::from).collect(), removed);
            self.values.contacts(upserts, removed);
            if !roster.is(&self.roster) || self.values.has_news() {
                // The screen waits for the first contacts.
                let wait = if self.roster.is_empty() { Duration::ZERO } else { gathering(roster.len()) };
                self.roster_due.get_or_insert_with(|| Instant::now() + wait);
            }
            self.roster = roster;
            if self.shared.pace.scan {
                // An archived contact is no duplicate.
                let (aside, others): (Vec<&Contact>, Vec<&Contact>) =
                    upserts.iter().partition(|contact| self.merges.is_aside(&contact.id));
                let gone: Vec<ContactId> =
                    removed.iter().cloned().chain(aside.iter().map(|one| one.id.clone())).collect();
                let others: Vec<Contact> = others.into_iter().cloned().collect();
                self.scanner.changed(&others, &gone, Instant::now());
            }
        }
    }

    pub(super) async fn tell_roster(&mut self) {
        self.roster_due = None;
        self.shared.tell(Event::Roster(Arc::new(self.roster.clone()))).await;
    }
}

/// How long to collect changes of this many contacts: a longer list takes longer to sort again, and keys have priority.
fn gathering(contacts: usize) -> Duration {
    ROSTER + Duration::from_micros(contacts as u64)
}
