//! Keeps the location's open tasks current for the coordinator: read while they are on screen, reported as they change.

use std::sync::Arc;

use tokio::time::Instant;

use crate::protocol::{EditEvent, Event, Outcome};
use crate::worker::open_tasks::{self, TasksRead};

use crate::worker::coordinator::Coordinator;
use crate::worker::coordinator::report::JobReport;

impl Coordinator {
    /// Reports what the cache has.
    pub(super) async fn load_open_tasks(&mut self) {
        if !self.shared.pace.background {
            return;
        }
        if let Some((tasks, at)) = self.shared.cached(self.shared.cache.open_tasks().await) {
            self.open_tasks.load(tasks, at);
            let all = self.open_tasks.all();
            self.shared.tell(Event::OpenTasks(all)).await;
        }
    }

    /// When the tasks next need work.
    pub(super) fn open_tasks_due(&self) -> Option<Instant> {
        self.open_tasks.due(*self.shared.focus.borrow(), Instant::now())
    }

    /// Reads and reports them when it is time.
    pub(super) async fn tend_open_tasks(&mut self, now: Instant) {
        let focused = *self.shared.focus.borrow();
        if self.open_tasks.begin(focused, now, self.shared.pace.index_lag) {
            let tell = self.reporter(JobReport::OpenTasks);
            self.jobs.spawn(open_tasks::read(self.shared.clone(), tell));
        }
        if let Some(news) = self.open_tasks.news(now) {
            self.shared.tell(Event::OpenTasks(news)).await;
        }
    }

    /// Handles progress of a read.
    pub(super) async fn open_tasks_read(&mut self, read: TasksRead) {
        let now = Instant::now();
        match read {
            TasksRead::Page(tasks, done) => self.open_tasks.page(tasks, done, now),
            TasksRead::Over(over) => {
                let ended = self.open_tasks.over(*over, now);
                let all = self.open_tasks.all();
                if let Some(asked_at) = ended {
                    let (shared, tasks) = (self.shared.clone(), Arc::clone(&all.tasks));
                    self.jobs.spawn(async move {
                        shared.cached(shared.cache.take_open_tasks(tasks, asked_at).await);
                    });
                }
                self.shared.tell(Event::OpenTasks(all)).await;
            }
        }
    }

    /// The change to be reported may concern a task.
    pub(super) fn open_tasks_hears(&mut self, event: &Event) {
        if let Event::Edit(EditEvent::Settled { outcome: Outcome::Confirmed(confirmed), .. }) = event {
            self.open_tasks.receipt(&confirmed.receipt, Instant::now());
        }
    }
}
