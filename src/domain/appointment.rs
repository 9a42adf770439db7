//! A meeting with a contact.

use super::{AppointmentId, CalendarId, ContactId, UserId};
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// An appointment of a contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Appointment {
    pub id: AppointmentId,
    pub contact: ContactId,
    /// Missing in the contact's own list.
    #[serde(default)]
    pub calendar: Option<CalendarId>,
    pub title: Option<String>,
    pub start: Option<AppointmentTime>,
    pub end: Option<AppointmentTime>,
    pub status: AppointmentStatus,
    pub assigned_to: Option<UserId>,
    pub address: Option<String>,
}

/// A time as the API sends it: the contact's appointment list has the location's wall time without a zone, other
/// answers have an instant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum AppointmentTime {
    Wall(civil::DateTime),
    Instant(Timestamp),
}

impl AppointmentTime {
    /// The instant; wall time is read in `zone` (in a gap or fold as iCalendar, RFC 5545, says).
    pub fn instant(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Instant(at) => Some(at),
            Self::Wall(wall) => zone.to_ambiguous_zoned(wall).compatible().ok().map(|zoned| zoned.timestamp()),
        }
    }

    /// The wall time in `zone`; a time without a zone does not shift.
    pub fn wall(self, zone: &TimeZone) -> civil::DateTime {
        match self {
            Self::Wall(wall) => wall,
            Self::Instant(at) => zone.to_datetime(at),
        }
    }
}

/// The status of an appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppointmentStatus {
    New,
    Confirmed,
    Cancelled,
    Showed,
    NoShow,
    Invalid,
    /// An unknown word, kept as the server sent it.
    Other(String),
}

impl AppointmentStatus {
    pub fn parse(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "new" => Self::New,
            "confirmed" => Self::Confirmed,
            "cancelled" | "canceled" => Self::Cancelled,
            "showed" => Self::Showed,
            "noshow" | "no-show" => Self::NoShow,
            "invalid" => Self::Invalid,
            _ => Self::Other(word.to_owned()),
        }
    }

    pub fn label(&self) -> &str {
        match self {
            Self::New => "new",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
            Self::Showed => "showed",
            Self::NoShow => "no-show",
            Self::Invalid => "invalid",
            Self::Other(word) => word,
        }
    }
}
