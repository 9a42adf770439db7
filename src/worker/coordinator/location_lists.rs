//! Keeps the location's open tasks and appointments current for the coordinator: read while they are on screen,
//! reported as they change.

use std::sync::Arc;

use tokio::time::Instant;

use crate::protocol::{EditEvent, Event, Outcome};
use crate::worker::agenda::{self, AgendaRead};
use crate::worker::open_tasks::{self, TasksRead};

use crate::worker::coordinator::Coordinator;
use crate::worker::coordinator::report::JobReport;

/// The cache's key for the list of calendars.
const CALENDARS: &str = "calendars";

impl Coordinator {
    /// Reports what the cache has.
    pub(super) async fn load_lists(&mut self) {
        if !self.shared.pace.background {
            return;
        }
        if let Some((tasks, at)) = self.shared.cached(self.shared.cache.open_tasks().await) {
            self.open_tasks.load(tasks, at);
            let all = self.open_tasks.all();
            self.shared.tell(Event::OpenTasks(all)).await;
        }
        if let Some(cached) = self.shared.cached(self.shared.cache.agenda().await) {
            let calendars = self.shared.cached(self.shared.cache.meta(CALENDARS).await).flatten();
            self.agenda.load(cached.appointments, cached.months, calendars.unwrap_or_default());
            let all = self.agenda.all();
            self.shared.tell(Event::LocationAppointments(all)).await;
        }
    }

    /// When the lists next need work.
    pub(super) fn lists_due(&self) -> Option<Instant> {
        let focused = *self.shared.focus.borrow();
        [self.open_tasks.list.due(focused), self.agenda.list.due(focused)].into_iter().flatten().min()
    }

    /// Reads and reports them when it is time.
    pub(super) async fn tend_lists(&mut self, now: Instant) {
        let (focused, lag, zone) =
            (*self.shared.focus.borrow(), self.shared.pace.index_lag, self.shared.location().zone());
        if self.open_tasks.begin(focused, now, lag) {
            let tell = self.reporter(JobReport::OpenTasks);
            self.jobs.spawn(open_tasks::read(self.shared.clone(), tell));
        }
        if let Some(month) = self.agenda.begin(focused, now, lag, &zone) {
            let tell = self.reporter(JobReport::Agenda);
            let job = self.jobs.spawn(agenda::read(self.shared.clone(), month, zone, tell));
            self.agenda.begun(job);
        }
        if self.open_tasks.list.has_news(now) {
            let all = self.open_tasks.all();
            self.shared.tell(Event::OpenTasks(all)).await;
        }
        if self.agenda.list.has_news(now) {
            let all = self.agenda.all();
            self.shared.tell(Event::LocationAppointments(all)).await;
        }
    }

    /// Handles progress of a read of the open tasks.
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

    /// Handles progress of a read of the appointments.
    pub(super) async fn agenda_read(&mut self, read: AgendaRead) {
        let now = Instant::now();
        match read {
            AgendaRead::Calendars(calendars) => {
                if self.agenda.calendars(calendars.clone()) {
                    self.shared.cached(self.shared.cache.set_meta(CALENDARS, calendars).await);
                }
            }
            AgendaRead::Calendar { month, found, done, of } => self.agenda.found(month, found, done, of, now),
            AgendaRead::Over(over) => {
                if let Some(kept) = self.agenda.over(*over, now) {
                    let shared = self.shared.clone();
                    self.jobs.spawn(async move {
                        let agenda::Kept { month, asked_at, there, gone } = kept;
                        shared.cached(shared.cache.take_month(month, asked_at, there, gone).await);
                    });
                }
                let all = self.agenda.all();
                self.shared.tell(Event::LocationAppointments(all)).await;
            }
        }
    }

    /// The change to be reported may concern a task or an appointment.
    pub(super) fn lists_take_receipt(&mut self, event: &Event) {
        if let Event::Edit(EditEvent::Settled { outcome: Outcome::Confirmed(confirmed), .. }) = event {
            let now = Instant::now();
            self.open_tasks.list.receipt(&confirmed.receipt, now);
            self.agenda.list.receipt(&confirmed.receipt, now);
        }
    }

    /// The server reported a change that they may not show yet.
    pub(super) fn hint_lists(&mut self) {
        let now = Instant::now();
        self.open_tasks.list.hear((), now);
        self.agenda.hear(now);
    }
}
