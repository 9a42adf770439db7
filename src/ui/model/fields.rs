//! The fields of an edit and their values, in words. Knows neither keys nor screens.

use jiff::Timestamp;

use crate::domain::{ContactField, UserId};
use crate::normalise;
use crate::protocol::Catalogue;
use crate::text;

use crate::ui::model::Model;

impl Model {
    /// A field of an edit as people call it.
    pub(crate) fn field_name(&self, field: &str) -> String {
        let own = ContactField::of_name(field).map(|known| known.label().to_owned());
        let custom = || self.location.custom_fields.iter().find(|custom| custom.id.as_str() == field);
        let words = || match field {
            "dueDate" => "due date",
            "assignedTo" | "assignedUserId" => "owner",
            "body" => "text",
            "startTime" => "start",
            "endTime" => "end",
            "appointmentStatus" => "status",
            "businessId" => "business",
            "calendarId" => "calendar",
            other => other,
        };
        let name = own.or_else(|| custom().map(|custom| custom.name.clone())).unwrap_or_else(|| words().to_owned());
        text::clean(&name).into_owned()
    }

    /// The value of such a field as people read it; a dash where there is none.
    pub(crate) fn field_value(&self, field: &str, value: &str) -> String {
        let shown = match field {
            _ if value.trim().is_empty() => "—".to_owned(),
            "dueDate" | "startTime" | "endTime" => value
                .parse::<Timestamp>()
                .map_or_else(|_not_a_time| value.to_owned(), |at| self.hours().day_and_time(self.zone.to_datetime(at))),
            "assignedTo" | "assignedUserId" | "followers" => self.user_name(&UserId::new(value)),
            "calendarId" => self.names.name(Catalogue::Calendars, value).unwrap_or(value).to_owned(),
            "phone" => normalise::grouped_phone(value).into_owned(),
            "body" => text::rich(value).plain().lines().collect::<Vec<_>>().join(" "),
            _ => value.to_owned(),
        };
        text::clean(&shown).trim().to_owned()
    }
}
