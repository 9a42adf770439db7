//! Fetching ahead at the desk: only while nothing else is to be done.

use tokio::time::Instant;

use crate::worker::ahead;

use crate::worker::desk::Desk;

impl Desk {
    /// Fetches ahead when it is time.
    pub(super) fn fetch_ahead(&mut self, now: Instant) {
        let edits = self.outbox.is_running() || self.outbox.next_due().is_some();
        let unseen = !*self.shared.focus.borrow();
        let busy = edits || unseen || self.pulls.running || self.pulls.failures > 0 || self.is_held();
        let Some(sight) = self.ahead.take(now, busy) else { return };
        let shown = self.look.contact.clone();
        let job = self.jobs.spawn(ahead::fetch(self.shared.clone(), shown, sight));
        self.ahead.began(job);
    }
}
