//! Prefetches for the coordinator, only while nothing else is running.

use tokio::time::Instant;

use crate::worker::prefetch;

use crate::worker::coordinator::Coordinator;

impl Coordinator {
    /// Prefetches when it is time.
    pub(super) fn fetch_ahead(&mut self, now: Instant) {
        let edits = self.outbox.is_running() || self.outbox.next_due().is_some();
        let unseen = !*self.shared.focus.borrow();
        let busy = edits || unseen || self.pulls.running || self.pulls.failures > 0 || self.is_held();
        let Some(sight) = self.prefetch.take(now, busy) else { return };
        let shown = self.in_view.contact.clone();
        let job = self.jobs.spawn(prefetch::fetch(self.shared.clone(), shown, sight));
        self.prefetch.began(job);
    }
}
