//! Keeps the location's appointments current for the coordinator: read while they are on screen, reported as they
//! change.

use tokio::time::Instant;

use crate::protocol::{EditEvent, Event, Outcome};
use crate::worker::agenda::{self, AgendaRead};

use crate::worker::coordinator::Coordinator;
use crate::worker::coordinator::report::JobReport;

/// The cache's key for the list of calendars.
const CALENDARS: &str = "calendars";

impl Coordinator {
    /// Reports what the cache has.
    pub(super) async fn load_agenda(&mut self) {
        if !self.shared.pace.background {
            return;
        }
        if let Some(cached) = self.shared.cached(self.shared.cache.agenda().await) {
            let calendars = self.shared.cached(self.shared.cache.meta(CALENDARS).await).flatten();
            self.agenda.load(cached.appointments, cached.months, calendars.unwrap_or_default());
            let all = self.agenda.all();
            self.shared.tell(Event::LocationAppointments(all)).await;
        }
    }

    /// When the appointments next need work.
    pub(super) fn agenda_due(&self) -> Option<Instant> {
        self.agenda.due(*self.shared.focus.borrow())
    }

    /// Reads and reports them when it is time.
    pub(super) async fn tend_agenda(&mut self, now: Instant) {
        let (focused, zone) = (*self.shared.focus.borrow(), self.shared.location().zone());
        if let Some(month) = self.agenda.begin(focused, now, self.shared.pace.index_lag, &zone) {
            let tell = self.reporter(JobReport::Agenda);
            let job = self.jobs.spawn(agenda::read(self.shared.clone(), month, zone, tell));
            self.agenda.begun(job);
        }
        if let Some(news) = self.agenda.news(now) {
            self.shared.tell(Event::LocationAppointments(news)).await;
        }
    }

    /// Handles progress of a read.
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

    /// The change to be reported may concern an appointment.
    pub(super) fn agenda_hears(&mut self, event: &Event) {
        if let Event::Edit(EditEvent::Settled { outcome: Outcome::Confirmed(confirmed), .. }) = event {
            self.agenda.receipt(&confirmed.receipt, Instant::now());
        }
    }
}
