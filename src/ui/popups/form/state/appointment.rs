//! The form of an appointment.

use jiff::SignedDuration;

use crate::domain::{
    Appointment, AppointmentEdit, AppointmentId, AppointmentPatch, AppointmentStatus, CalendarId, ContactId, Edit,
    Target, UserId,
};
use crate::protocol::{Choice, DraftKey};

use crate::ui::popups::form::state::field::moment;
use crate::ui::popups::form::state::{Field, Form, Kind, Read, Subject, Surroundings};

/// A new appointment, or changes of one.
#[derive(Clone, Debug)]
pub(crate) struct AppointmentForm {
    pub(crate) contact: ContactId,
    known: Option<(Target<AppointmentId>, Appointment)>,
}

const STATUSES: [(&str, &str); 6] = [
    ("new", "new"),
    ("confirmed", "confirmed"),
    ("cancelled", "cancelled"),
    ("showed", "showed"),
    ("noshow", "no-show"),
    ("invalid", "invalid"),
];

impl AppointmentForm {
    pub(crate) fn open(
        contact: ContactId,
        known: Option<(Target<AppointmentId>, Appointment)>,
        calendars: &[Choice],
        whom: &str,
        around: Surroundings<'_>,
    ) -> Form {
        let one = known.as_ref().map(|(_, one)| one);
        let text = |field: Option<&String>| field.cloned().unwrap_or_default();
        let at = |pick: fn(&Appointment) -> Option<crate::domain::Moment>| {
            moment(one.and_then(pick).and_then(|at| at.instant(around.zone)), around)
        };
        let users = |id: &UserId| around.location.user(id).map_or(id.as_str(), |user| user.name.as_str()).to_owned();
        let owner = one.and_then(|one| one.assigned_to.as_ref()).map(users).unwrap_or_default();
        let statuses = STATUSES.iter().map(|(value, shown)| ((*value).to_owned(), (*shown).to_owned())).collect();
        let calendars: Vec<(String, String)> =
            calendars.iter().map(|choice| (choice.id.clone(), choice.name.clone())).collect();
        let only = if calendars.len() == 1 { calendars[0].1.clone() } else { String::new() };
        let calendar = match one {
            Some(_) => Field::new(
                "calendarId",
                "Calendar",
                Kind::Fixed("the calendar is changed in the web app".to_owned()),
                "as booked",
            ),
            None => Field::new("calendarId", "Calendar", Kind::One(calendars), &only).required(),
        };
        let fields = vec![
            calendar,
            Field::new("title", "Title", Kind::Text, &text(one.and_then(|one| one.title.as_ref()))),
            Field::new("startTime", "Starts", Kind::Time, &at(|one| one.start)).required(),
            Field::new("endTime", "Ends", Kind::Time, &at(|one| one.end)),
            Field::new(
                "appointmentStatus",
                "Status",
                Kind::One(statuses),
                one.map_or("confirmed", |one| one.status.label()),
            ),
            Field::new("assignedUserId", "With", Kind::User, &owner),
            Field::new("address", "Where", Kind::Text, &text(one.and_then(|one| one.address.as_ref()))),
        ];
        let title =
            if one.is_some() { format!("Appointment of {whom}") } else { format!("New appointment for {whom}") };
        let draft = match known.as_ref().and_then(|(target, _)| target.known().cloned()) {
            Some(id) => DraftKey::Appointment(contact.clone(), id),
            None => DraftKey::NewAppointment(contact.clone()),
        };
        Form::new(Subject::Appointment(Self { contact, known }), title, fields, draft)
    }

    pub(crate) fn edits(self, form: &Form, around: Surroundings<'_>) -> Result<Vec<Edit>, (&'static str, String)> {
        let text = |key| form.read(key, around).map(|read| read.text().unwrap_or_default());
        let time = |key| match form.read(key, around) {
            Some(Read::Time(at)) => Some(at),
            _ => None,
        };
        let mut after = AppointmentPatch {
            calendar: None,
            title: text("title"),
            start: time("startTime"),
            end: time("endTime"),
            status: text("appointmentStatus").map(|word| AppointmentStatus::parse(&word)),
            assigned_to: text("assignedUserId").filter(|id| !id.is_empty()).map(UserId::new),
            address: text("address"),
            notify: None,
            anyway: false,
        };
        let known = |pick: fn(&Appointment) -> Option<crate::domain::Moment>| {
            self.known.as_ref().and_then(|(_, one)| pick(one)).and_then(|at| at.instant(around.zone))
        };
        let (was_start, was_end) = (known(|one| one.start), known(|one| one.end));
        // A new start alone moves the whole appointment.
        if let (Some(start), None, Some(was_start), Some(was_end)) = (after.start, after.end, was_start, was_end) {
            after.end = Some(start + was_end.duration_since(was_start));
        }
        let (start, end) = (after.start.or(was_start), after.end.or(was_end));
        if let (Some(start), Some(end)) = (start, end)
            && end.duration_since(start) <= SignedDuration::ZERO
        {
            return Err(("endTime", "it would end before it starts".to_owned()));
        }
        let contact = self.contact;
        let Some((target, one)) = self.known else {
            let calendar = match form.field("calendarId").map(|field| field.read(around, "", None)) {
                Some(Ok(Read::Text(id))) => Some(CalendarId::new(id)),
                _ => return Err(("calendarId", "choose a calendar".to_owned())),
            };
            // The status stands in the form from the start.
            let status = after.status.or(Some(AppointmentStatus::Confirmed));
            let appointment = AppointmentPatch { calendar, status, ..after };
            return Ok(vec![Edit::new(contact, AppointmentEdit::Add { appointment, replaces: None })]);
        };
        if after == AppointmentPatch::default() {
            return Ok(Vec::new());
        }
        let title = one.title.clone().unwrap_or_default();
        let before = after.current(&one, around.zone);
        Ok(vec![Edit::new(contact, AppointmentEdit::Patch { appointment: target, title, before, after })])
    }
}
