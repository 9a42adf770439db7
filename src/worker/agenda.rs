//! The appointments of the location: what is known of them, and the job that reads a month.
//!
//! They are read while the agenda is on screen, month by month: the visible month first, then the adjacent ones. Each
//! calendar is read on its own, so a refused one does not affect the others.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::api::endpoints::{GetCalendars, GetEvents};
use crate::api::{ApiError, Passing, Urgency, backoff};
use crate::domain::{Appointment, AppointmentId, CalendarId, ContactId, Month, Named, Receipt};
use crate::protocol::{Failure, FailureKind, LocationAppointments, Reading};

use crate::worker::failure::words;
use crate::worker::shared::WorkerShared;

/// How long after a read of the visible month the next one begins.
const AGAIN: Duration = Duration::from_secs(60);
/// Plus this for each request that it took, so that a location with a hundred calendars does not use up the day's
/// limit.
const EACH: Duration = Duration::from_secs(3);
/// An adjacent month is read again only this often.
const BESIDE: Duration = Duration::from_secs(10 * 60);
/// The token may get the missing scope later.
const REFUSED: Duration = Duration::from_secs(10 * 60);
/// The server reported a change: the visible month is read again this soon, if that takes few requests.
const HEARD: Duration = Duration::from_secs(5);
const LIGHT: usize = 6;
/// Changes that arrive within this time are reported together.
const GATHER: Duration = Duration::from_millis(200);

/// What a read reports.
#[derive(Debug)]
pub(super) enum AgendaRead {
    /// The calendars there are.
    Calendars(Vec<Named<CalendarId>>),
    /// One calendar's appointments in the month, and how many of all calendars are done.
    Calendar {
        month: Month,
        found: Vec<Appointment>,
        done: usize,
        of: usize,
    },
    Over(Box<MonthRead>),
}

/// How a read ended.
#[derive(Debug)]
pub(super) struct MonthRead {
    month: Month,
    /// The first moment of the month, and of the next one.
    span: (Timestamp, Timestamp),
    asked_at: Timestamp,
    result: Result<Through, ApiError>,
}

/// A completed read.
#[derive(Debug, Default)]
struct Through {
    there: HashSet<AppointmentId>,
    /// Calendars that could not be read, and why.
    refused: Vec<(Named<CalendarId>, ApiError)>,
    requests: usize,
}

/// What the cache takes from a read.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) month: Month,
    pub(super) asked_at: Timestamp,
    pub(super) there: Vec<Arc<Appointment>>,
    pub(super) gone: Vec<AppointmentId>,
}

/// The known appointments of the location, and when to read more.
#[derive(Debug, Default)]
pub(super) struct AgendaReader {
    appointments: BTreeMap<AppointmentId, Arc<Appointment>>,
    /// The same, as last reported.
    told: Option<Arc<Vec<Arc<Appointment>>>>,
    months: Arc<BTreeMap<Month, Timestamp>>,
    calendars: Arc<Vec<Named<CalendarId>>>,
    unread: HashMap<Month, Arc<Vec<(String, Failure)>>>,
    reading: Reading,
    /// The visible month, and when it may be read: leafing through a year reads none of its months.
    shown: Option<(Month, Instant)>,
    running: Option<(Month, Option<AbortHandle>)>,
    /// How months map to time.
    zone: Option<TimeZone>,
    /// The last read took few requests.
    light: bool,
    failures: u32,
    /// When each month may be read again.
    next: HashMap<Month, Instant>,
    /// No month is read before this.
    pause: Option<Instant>,
    tell_at: Option<Instant>,
    /// Appointments that changed here: a read may not show the change yet.
    changed: HashMap<AppointmentId, Instant>,
}

impl AgendaReader {
    /// Takes in the cache's data.
    pub(super) fn load(
        &mut self,
        appointments: Vec<Appointment>,
        months: BTreeMap<Month, Timestamp>,
        calendars: Vec<Named<CalendarId>>,
    ) {
        self.appointments = appointments.into_iter().map(|one| (one.id.clone(), Arc::new(one))).collect();
        (self.told, self.months, self.calendars) = (None, Arc::new(months), Arc::new(calendars));
    }

    /// Sets the visible month; it is read once it has been visible for this long.
    pub(super) fn look(&mut self, month: Option<Month>, now: Instant, dwell: Duration) {
        self.shown = month.map(|month| (month, now + dwell));
        let wanted = self.wanted();
        // That month is no longer on screen.
        if let Some((_, Some(job))) = self.running.take_if(|(running, _)| !wanted.contains(running)) {
            job.abort();
            self.reading = Reading::Idle;
        }
        self.tell_soon(now);
    }

    /// The visible month and the adjacent ones, the next before the previous.
    fn wanted(&self) -> Vec<Month> {
        self.shown.map(|(month, _)| vec![month, month.next(), month.previous()]).unwrap_or_default()
    }

    /// Reads them now, if they are on screen.
    pub(super) fn hurry(&mut self) {
        self.next.clear();
        self.pause = None;
    }

    /// The server reported a change of a contact's records.
    pub(super) fn hear(&mut self, now: Instant) {
        if let (true, Some((month, _))) = (self.light, self.shown)
            && let Some(next) = self.next.get_mut(&month)
        {
            *next = (*next).min(now + HEARD);
        }
    }

    /// The month to read first, and when.
    fn next(&self) -> Option<(Month, Instant)> {
        let (_, from) = self.shown?;
        let due = |month: Month| {
            let due = self.next.get(&month).copied().unwrap_or(from).max(from);
            (month, self.pause.map_or(due, |pause| pause.max(due)))
        };
        // The first of those due at the same time: the visible month before the adjacent ones.
        self.wanted().into_iter().map(due).min_by_key(|(_, due)| *due)
    }

    /// When something is due.
    pub(super) fn due(&self, focused: bool) -> Option<Instant> {
        let read = (focused && self.running.is_none()).then(|| self.next()).flatten().map(|(_, due)| due);
        [read, self.tell_at].into_iter().flatten().min()
    }

    /// The month to read now; it counts as started from here on. `lag` is how old an answer may be.
    pub(super) fn begin(&mut self, focused: bool, now: Instant, lag: Duration, zone: &TimeZone) -> Option<Month> {
        if !focused || self.running.is_some() {
            return None;
        }
        if self.zone.as_ref().is_some_and(|known| known != zone) {
            // Months begin at other times now: none has been read.
            self.next.clear();
        }
        let overdue = |(_, due): &(Month, Instant)| *due <= now;
        // If several are overdue, their priority decides.
        self.next().filter(overdue)?;
        let due = |month: &Month| self.next.get(month).is_none_or(|due| *due <= now);
        let month = self.wanted().into_iter().find(due)?;
        self.zone = Some(zone.clone());
        self.running = Some((month, None));
        self.changed.retain(|_, at| *at + lag > now);
        self.progress(0, None, now);
        Some(month)
    }

    /// The job for the read that has started.
    pub(super) fn begun(&mut self, job: AbortHandle) {
        if let Some((_, handle)) = &mut self.running {
            *handle = Some(job);
        }
    }

    fn progress(&mut self, done: usize, before: Option<usize>, now: Instant) {
        self.reading = Reading::Running { done, before };
        self.tell_soon(now);
    }

    fn tell_soon(&mut self, now: Instant) {
        self.tell_at.get_or_insert(now + GATHER);
    }

    /// What to report now.
    pub(super) fn news(&mut self, now: Instant) -> Option<LocationAppointments> {
        if self.tell_at.is_none_or(|at| at > now) {
            return None;
        }
        Some(self.all())
    }

    /// All that is known.
    pub(super) fn all(&mut self) -> LocationAppointments {
        self.tell_at = None;
        let appointments =
            self.told.get_or_insert_with(|| Arc::new(self.appointments.values().cloned().collect())).clone();
        let shown = self.shown.map(|(month, _)| month);
        LocationAppointments {
            appointments,
            months: Arc::clone(&self.months),
            calendars: Arc::clone(&self.calendars),
            month: self.running.as_ref().map(|(month, _)| *month).or(shown),
            reading: self.reading.clone(),
            unread: shown.and_then(|month| self.unread.get(&month).cloned()).unwrap_or_default(),
        }
    }

    fn put(&mut self, one: Appointment) {
        if self.appointments.get(&one.id).is_none_or(|held| **held != one) {
            self.appointments.insert(one.id.clone(), Arc::new(one));
            self.told = None;
        }
    }

    fn remove(&mut self, is_gone: impl Fn(&AppointmentId, &Appointment) -> bool, now: Instant) {
        let count = self.appointments.len();
        self.appointments.retain(|id, one| !is_gone(id, one));
        if self.appointments.len() != count {
            self.told = None;
            self.tell_soon(now);
        }
    }

    /// The calendars were listed; returns whether they differ from before.
    pub(super) fn calendars(&mut self, calendars: Vec<Named<CalendarId>>) -> bool {
        let others = *self.calendars != calendars;
        if others {
            self.calendars = Arc::new(calendars);
        }
        others
    }

    /// Takes in a calendar's appointments.
    pub(super) fn found(&mut self, month: Month, found: Vec<Appointment>, done: usize, of: usize, now: Instant) {
        for one in found {
            if !self.changed.contains_key(&one.id) {
                self.put(one);
            }
        }
        // Reports of an abandoned read may arrive late.
        if self.running.as_ref().is_some_and(|(running, _)| *running == month) {
            self.progress(done, Some(of), now);
        }
    }

    /// A read ended; returns what to keep if it completed.
    pub(super) fn over(&mut self, over: MonthRead, now: Instant) -> Option<Kept> {
        let MonthRead { month, span, asked_at, result } = over;
        self.running.take_if(|(running, _)| *running == month)?;
        self.tell_soon(now);
        let through = match result {
            Ok(through) => through,
            Err(ApiError::MissingScope { scope }) => {
                (self.pause, self.reading) = (Some(now + REFUSED), Reading::Missing(scope));
                return None;
            }
            Err(error) => {
                self.failures += 1;
                let failure = words("read the appointments", &error);
                let passes = matches!(failure.kind, FailureKind::Network | FailureKind::Garbled);
                let pause = if passes { backoff(self.failures, None, fastrand::f64()) } else { AGAIN };
                (self.pause, self.reading) = (Some(now + pause), Reading::Failed(failure));
                return None;
            }
        };
        let refused: HashSet<&CalendarId> = through.refused.iter().map(|(calendar, _)| &calendar.id).collect();
        let was_read = |one: &Appointment| match &one.calendar {
            Some(calendar) => !refused.contains(calendar),
            // From a contact that was viewed: it may be in any calendar.
            None => refused.is_empty(),
        };
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let is_in = |one: &Appointment| {
            one.start.and_then(|start| start.instant(&zone)).is_some_and(|at| span.0 <= at && at < span.1)
        };
        let gone: Vec<AppointmentId> = self
            .appointments
            .values()
            .filter(|one| is_in(one) && was_read(one) && !through.there.contains(&one.id))
            .map(|one| one.id.clone())
            .filter(|id| !self.changed.contains_key(id))
            .collect();
        for id in &gone {
            self.appointments.remove(id);
            self.told = None;
        }
        let held = |id: &AppointmentId| self.appointments.get(id).cloned();
        let there = through.there.iter().filter(|id| !self.changed.contains_key(*id)).filter_map(held).collect();
        Arc::make_mut(&mut self.months).insert(month, asked_at);
        let what = |(calendar, error): &(Named<CalendarId>, ApiError)| {
            (calendar.name.clone(), words("read the calendar", error))
        };
        let unread: Vec<(String, Failure)> = through.refused.iter().map(what).collect();
        self.failures = if unread.is_empty() { 0 } else { self.failures + 1 };
        let usual = if self.shown.is_some_and(|(shown, _)| shown == month) {
            AGAIN.max(EACH * u32::try_from(through.requests).unwrap_or(u32::MAX))
        } else {
            BESIDE
        };
        let pause = if unread.is_empty() { usual } else { backoff(self.failures, None, fastrand::f64()) };
        self.next.insert(month, now + pause);
        self.unread.insert(month, Arc::new(unread));
        (self.pause, self.reading, self.light) = (None, Reading::Idle, through.requests <= LIGHT);
        Some(Kept { month, asked_at, there, gone })
    }

    /// The server can be reached again.
    pub(super) fn online(&mut self) {
        if matches!(&self.reading, Reading::Failed(Failure { kind: FailureKind::Network, .. })) {
            self.hurry();
        }
    }

    /// What an edit left on the server.
    pub(super) fn receipt(&mut self, receipt: &Receipt, now: Instant) {
        match receipt {
            Receipt::Appointment(one) => {
                self.changed.insert(one.id.clone(), now);
                self.put(one.clone());
                self.tell_soon(now);
            }
            Receipt::AppointmentGone(id) => {
                self.changed.insert(id.clone(), now);
                self.remove(|other, _| other == id, now);
            }
            Receipt::ContactGone { id, .. } => self.gone(std::slice::from_ref(id), now),
            _ => {}
        }
    }

    /// The appointments of a contact were fetched on their own, without their calendars.
    pub(super) fn of_contact(&mut self, contact: &ContactId, appointments: Vec<Appointment>, now: Instant) {
        let listed: HashSet<AppointmentId> = appointments.iter().map(|one| one.id.clone()).collect();
        // Only a calendar's own list may remove what it listed.
        self.remove(|id, one| one.contact == *contact && one.calendar.is_none() && !listed.contains(id), now);
        for one in appointments {
            let held = self.appointments.get(&one.id).and_then(|held| held.calendar.clone());
            self.put(Appointment { calendar: one.calendar.clone().or(held), ..one });
        }
        if self.told.is_none() {
            self.tell_soon(now);
        }
    }

    /// Contacts are gone, and so are their appointments.
    pub(super) fn gone(&mut self, contacts: &[ContactId], now: Instant) {
        if !contacts.is_empty() && !self.appointments.is_empty() {
            self.remove(|_, one| contacts.contains(&one.contact), now);
        }
    }
}

/// Reads a month of every calendar, and reports each as it arrives.
pub(super) async fn read(shared: Arc<WorkerShared>, month: Month, zone: TimeZone, tell: impl Fn(AgendaRead) + Sync) {
    let (asked_at, span) = (shared.now(), month.span(&zone));
    let result = calendars(&shared, month, span, &tell).await;
    tell(AgendaRead::Over(Box::new(MonthRead { month, span, asked_at, result })));
}

async fn calendars(
    shared: &WorkerShared,
    month: Month,
    span: (Timestamp, Timestamp),
    tell: &(impl Fn(AgendaRead) + Sync),
) -> Result<Through, ApiError> {
    let location = shared.client.location().clone();
    let list = GetCalendars { location: location.clone() };
    let calendars = shared.read_for(&list, Urgency::Background).await?;
    tell(AgendaRead::Calendars(calendars.clone()));
    let of = calendars.len();
    let mut through = Through { requests: 1 + of, ..Through::default() };
    for (at, calendar) in calendars.into_iter().enumerate() {
        // The server includes both ends.
        let to = span.1.checked_sub(jiff::Span::new().milliseconds(1)).unwrap_or(span.1);
        let events = GetEvents { location: location.clone(), calendar: calendar.id.clone(), from: span.0, to };
        match shared.read_for(&events, Urgency::Background).await {
            Ok(found) => {
                let found: Vec<Appointment> = found.into_iter().map(|one| one.value).collect();
                through.there.extend(found.iter().map(|one| one.id.clone()));
                tell(AgendaRead::Calendar { month, found, done: at + 1, of });
            }
            Err(error) if is_of_all(&error) => return Err(error),
            Err(error) => through.refused.push((calendar, error)),
        }
    }
    if of > 0 && through.refused.len() == of {
        return Err(through.refused.swap_remove(0).1);
    }
    Ok(through)
}

/// Whether an error with one calendar will occur with every other.
fn is_of_all(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::MissingScope { .. }
            | ApiError::SignedOut { .. }
            | ApiError::AgencyToken { .. }
            | ApiError::WrongLocation { .. }
            | ApiError::Retry { cause: Passing::Network, .. }
    )
}
