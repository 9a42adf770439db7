//! The appointments of the whole location.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Appointment, CalendarId, Month, Named};

use super::{Failure, Reading};

/// The location's appointments, as far as they are known; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LocationAppointments {
    /// Each once, ordered by ID. Besides those of the months that were read, there are others of contacts that were
    /// viewed.
    pub appointments: Arc<Vec<Arc<Appointment>>>,
    /// Which months were read, by the location's clock, and when the latest read of each began.
    pub months: Arc<BTreeMap<Month, Timestamp>>,
    /// The calendars, as last listed.
    pub calendars: Arc<Vec<Named<CalendarId>>>,
    /// The month being read, or whose read failed; [`Reading::Running`] counts calendars.
    pub month: Option<Month>,
    pub reading: Reading,
    /// Calendars that the latest read of a month could not read, by name, with the reason: their data here is older.
    pub unread: Arc<Vec<(String, Failure)>>,
}
