//! Pulling contacts: when next, who waits for it, and whether the user paused it.

use std::time::Duration;

use tokio::time::Instant;

use crate::api::{Urgency, backoff};
use crate::protocol::{Answer, Event, Failure, FailureKind, SyncState, Ticket};
use crate::worker::pull;

use crate::worker::coordinator::Coordinator;
use crate::worker::coordinator::report::JobReport;

/// Pulling: when next, and who waits for it.
#[derive(Default)]
pub(super) struct Pulls {
    pub(super) running: bool,
    pub(super) full_wanted: bool,
    pub(super) next: Option<Instant>,
    pub(super) failures: u32,
    pub(super) waiting: Vec<Ticket>,
}

impl Coordinator {
    /// Pauses or resumes syncing contacts: a running pull stops before its next request.
    pub(super) async fn hold(&mut self, hold: bool) {
        if hold && self.lead.is_none() {
            let why = "another ghl-tui process syncs this location".to_owned();
            let (kind, what) = (FailureKind::Rejected, "pause syncing".to_owned());
            return self
                .shared
                .tell(Event::Trouble(Failure { kind, what, why, next: "pause syncing there".to_owned() }))
                .await;
        }
        self.shared.held.send_replace(hold);
        self.shared.tell(Event::SyncHeld(hold)).await;
    }

    pub(super) fn is_held(&self) -> bool {
        *self.shared.held.borrow()
    }

    pub(super) fn start_pull(&mut self, urgency: Urgency) {
        if self.pulls.running {
            return;
        }
        self.pulls.running = true;
        let (shared, full) = (self.shared.clone(), std::mem::take(&mut self.pulls.full_wanted));
        let first = !self.shared.pace.background && self.shared.location().name.is_empty();
        let job = async move {
            if first && let Err(error) = shared.fetch_location().await {
                tracing::warn!(%error, "location");
            }
            pull::pull(&shared, full, urgency).await
        };
        self.spawn(job, JobReport::Pulled);
    }

    pub(super) async fn pulled(&mut self, result: Result<pull::NextPull, Failure>) {
        self.pulls.running = false;
        // A message can be lost when its sender ends; an occasional check costs nothing.
        self.follow().await;
        let answer = match result {
            Ok(next) => {
                self.pulls.failures = 0;
                if self.shared.pace.scan {
                    self.scanner.fresh(Instant::now());
                }
                let wait = match next {
                    pull::NextPull::InTurn => self.poll_interval(),
                    pull::NextPull::Soon => self.poll_interval().min(self.shared.pace.recount),
                };
                self.pulls.next = self.shared.pace.background.then(|| Instant::now() + wait);
                let contacts = self.shared.cached(self.shared.cache.contact_count().await).unwrap_or_default();
                Ok(Answer::Synced { at: self.shared.now(), contacts })
            }
            Err(failure) => {
                self.pulls.failures += 1;
                let wait = match failure.kind {
                    // Unreadable rows may have been cut off in transit.
                    FailureKind::Network | FailureKind::Garbled => backoff(self.pulls.failures, None, fastrand::f64()),
                    _ => self.shared.pace.poll_unfocused,
                };
                self.pulls.next = self.shared.pace.background.then(|| Instant::now() + wait);
                if failure.kind == FailureKind::Network {
                    self.shared.tell_offline(self.shared.after(wait), failure.why.clone()).await;
                } else {
                    self.shared.tell(Event::Sync(SyncState::Blocked { why: failure.clone() })).await;
                }
                Err(failure)
            }
        };
        for ticket in std::mem::take(&mut self.pulls.waiting) {
            self.shared.tell(Event::Answer { ticket, result: answer.clone() }).await;
        }
    }

    pub(super) fn poll_interval(&self) -> Duration {
        let pace = &self.shared.pace;
        if *self.shared.focus.borrow() { pace.poll_focused } else { pace.poll_unfocused }
    }
}
