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
use crate::api::{ApiError, Passing, Urgency};
use crate::domain::{Appointment, AppointmentId, CalendarId, ContactId, Month, Named, Receipt};
use crate::protocol::{Failure, LocationAppointments};

use crate::worker::failure::words;
use crate::worker::location_list::{ListedRecord, LocationList, pause_after};
use crate::worker::shared::WorkerShared;

/// An adjacent month is read again only this often.
const BESIDE: Duration = Duration::from_secs(10 * 60);
/// If the last read took no more requests than this, a change that the server reports brings the next one forward.
const LIGHT: usize = 6;

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

impl ListedRecord for Appointment {
    type Id = AppointmentId;
    type Part = Month;
    const READ: &str = "read the appointments";

    fn id(&self) -> &AppointmentId {
        &self.id
    }

    fn contact(&self) -> &ContactId {
        &self.contact
    }

    fn left_by(receipt: &Receipt) -> Option<(AppointmentId, Option<Self>)> {
        match receipt {
            Receipt::Appointment(one) => Some((one.id.clone(), Some(one.clone()))),
            Receipt::AppointmentGone(id) => Some((id.clone(), None)),
            _ => None,
        }
    }
}

/// The known appointments of the location, and when to read more.
#[derive(Default)]
pub(super) struct AgendaReader {
    pub(super) list: LocationList<Appointment>,
    months: Arc<BTreeMap<Month, Timestamp>>,
    calendars: Arc<Vec<Named<CalendarId>>>,
    unread: HashMap<Month, Arc<Vec<(String, Failure)>>>,
    /// How months map to time.
    zone: Option<TimeZone>,
}

impl AgendaReader {
    /// Takes in the cache's data.
    pub(super) fn load(
        &mut self,
        appointments: Vec<Appointment>,
        months: BTreeMap<Month, Timestamp>,
        calendars: Vec<Named<CalendarId>>,
    ) {
        self.list.load(appointments);
        (self.months, self.calendars) = (Arc::new(months), Arc::new(calendars));
    }

    /// Sets the visible month; it is read once it has been visible for this long, and then the adjacent ones, the next
    /// before the previous.
    pub(super) fn look(&mut self, month: Option<Month>, now: Instant, dwell: Duration) {
        let shown = month.map(|month| vec![month, month.next(), month.previous()]);
        self.list.look(shown.unwrap_or_default(), now + dwell);
        self.list.tell_soon(now);
    }

    fn shown(&self) -> Option<Month> {
        self.list.shown.first().copied()
    }

    /// The server reported a change of a contact's records.
    pub(super) fn hear(&mut self, now: Instant) {
        if let Some(month) = self.shown() {
            self.list.hear(month, now);
        }
    }

    /// The month to read now; it counts as started from here on. `lag` is how old an answer may be.
    pub(super) fn begin(&mut self, focused: bool, now: Instant, lag: Duration, zone: &TimeZone) -> Option<Month> {
        if self.zone.as_ref().is_some_and(|known| known != zone) {
            // Months begin at other times now: none has been read.
            self.list.next.clear();
        }
        let month = self.list.begin(focused, now, lag)?;
        self.zone = Some(zone.clone());
        self.list.progress(0, None, now);
        Some(month)
    }

    /// The job for the read that has started.
    pub(super) fn begun(&mut self, job: AbortHandle) {
        if let Some((_, handle)) = &mut self.list.running {
            *handle = Some(job);
        }
    }

    /// All that is known.
    pub(super) fn all(&mut self) -> LocationAppointments {
        let shown = self.shown();
        LocationAppointments {
            appointments: self.list.tell(),
            months: Arc::clone(&self.months),
            calendars: Arc::clone(&self.calendars),
            month: self.list.running.as_ref().map(|(month, _)| *month).or(shown),
            reading: self.list.reading.clone(),
            unread: shown.and_then(|month| self.unread.get(&month).cloned()).unwrap_or_default(),
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
        self.list.found(found);
        // Reports of an abandoned read may arrive late.
        if self.list.running.as_ref().is_some_and(|(running, _)| *running == month) {
            self.list.progress(done, Some(of), now);
        }
    }

    /// A read ended; returns what to keep if it completed.
    pub(super) fn over(&mut self, over: MonthRead, now: Instant) -> Option<Kept> {
        let MonthRead { month, span, asked_at, result } = over;
        let through = self.list.ended(month, result, now)?;
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
        let gone = self.list.remove_missing(&through.there, |one| is_in(one) && was_read(one), now);
        let list = &self.list;
        let unchanged = through.there.iter().filter(|id| !list.changed.contains_key(*id));
        let there = unchanged.filter_map(|id| list.known.get(id).cloned()).collect();
        Arc::make_mut(&mut self.months).insert(month, asked_at);
        let what = |(calendar, error): &(Named<CalendarId>, ApiError)| {
            (calendar.name.clone(), words("read the calendar", error))
        };
        let unread: Vec<(String, Failure)> = through.refused.iter().map(what).collect();
        let pause = if self.shown() == Some(month) { pause_after(through.requests) } else { BESIDE };
        self.list.completed(month, unread.is_empty(), through.requests <= LIGHT, pause, now);
        self.unread.insert(month, Arc::new(unread));
        Some(Kept { month, asked_at, there, gone })
    }

    /// The appointments of a contact were fetched on their own, without their calendars.
    pub(super) fn of_contact(&mut self, contact: &ContactId, mut appointments: Vec<Appointment>, now: Instant) {
        let listed: HashSet<AppointmentId> = appointments.iter().map(|one| one.id.clone()).collect();
        // Only a calendar's own list may remove what it listed.
        let is_gone = |one: &Appointment| one.calendar.is_none() && !listed.contains(&one.id);
        self.list.remove(|one| one.contact == *contact && is_gone(one), now);
        for one in appointments.iter_mut().filter(|one| one.calendar.is_none()) {
            one.calendar = self.list.known.get(&one.id).and_then(|held| held.calendar.clone());
        }
        self.list.fetched(appointments, now);
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
