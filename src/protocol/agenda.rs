//! The appointments of the whole location.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Appointment, CalendarId, Month, Named};

use super::{Failure, Reading};

/// What is known of the location's appointments; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LocationAppointments {
    /// Each once, in the order of their ids. Beside those of the months that were read there are others, of contacts
    /// that were looked at.
    pub appointments: Arc<Vec<Arc<Appointment>>>,
    /// Which months have been read, by the location's clock, and when the newest reading of each began.
    pub months: Arc<BTreeMap<Month, Timestamp>>,
    /// The calendars as they were listed last.
    pub calendars: Arc<Vec<Named<CalendarId>>>,
    /// The month that is being read, or failed to be; [`Reading::Running`] counts calendars.
    pub month: Option<Month>,
    pub reading: Reading,
    /// Calendars that the newest reading of a month could not read, by name, and why: what is here of them is older.
    pub unread: Arc<Vec<(String, Failure)>>,
}
