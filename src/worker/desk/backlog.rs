//! The open tasks of the location at the desk: read while somebody looks, told as they change.

use std::sync::Arc;

use tokio::time::Instant;

use crate::protocol::{EditEvent, Event, Outcome};
use crate::worker::backlog::{self, Read};

use crate::worker::desk::Desk;

impl Desk {
    /// Tells what the cache holds of them.
    pub(super) async fn load_backlog(&mut self) {
        if !self.shared.pace.background {
            return;
        }
        if let Some((tasks, at)) = self.shared.cached(self.shared.cache.open_tasks().await) {
            self.backlog.load(tasks, at);
            let all = self.backlog.all();
            self.shared.tell(Event::LocationTasks(all)).await;
        }
    }

    /// When something is to be done about them.
    pub(super) fn backlog_due(&self) -> Option<Instant> {
        self.backlog.due(*self.shared.focus.borrow(), Instant::now())
    }

    /// Reads and tells them when it is time.
    pub(super) async fn tend_backlog(&mut self, now: Instant) {
        let focused = *self.shared.focus.borrow();
        if self.backlog.begin(focused, now, self.shared.pace.index_lag) {
            self.jobs.spawn(backlog::read(self.shared.clone()));
        }
        if let Some(news) = self.backlog.news(now) {
            self.shared.tell(Event::LocationTasks(news)).await;
        }
    }

    /// News of a reading.
    pub(super) async fn backlog_read(&mut self, read: Read) {
        let now = Instant::now();
        match read {
            Read::Page(tasks, done) => self.backlog.page(tasks, done, now),
            Read::Over(over) => {
                let ended = self.backlog.over(*over, now);
                let all = self.backlog.all();
                if let Some(asked_at) = ended {
                    let (shared, tasks) = (self.shared.clone(), Arc::clone(&all.tasks));
                    self.jobs.spawn(async move {
                        shared.cached(shared.cache.take_open_tasks(tasks, asked_at).await);
                    });
                }
                self.shared.tell(Event::LocationTasks(all)).await;
            }
        }
    }

    /// What is about to be told may be that a task was changed.
    pub(super) fn backlog_hears(&mut self, event: &Event) {
        if let Event::Edit(EditEvent::Settled { outcome: Outcome::Confirmed(confirmed), .. }) = event {
            self.backlog.receipt(&confirmed.receipt, Instant::now());
        }
    }
}
