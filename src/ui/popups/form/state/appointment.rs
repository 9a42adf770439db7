//! The form of an appointment.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    Appointment, AppointmentEdit, AppointmentId, AppointmentPatch, AppointmentStatus, CalendarId, ContactId, Edit,
    Target, UserId,
};
use crate::protocol::{Choice, DraftKey};

use crate::ui::popups::form::state::field::moment;
use crate::ui::popups::form::state::{FieldKind, FieldValue, Form, FormContext, FormField, FormSubject, LockedBy};

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
        around: FormContext<'_>,
    ) -> Form {
        let one = known.as_ref().map(|(_, one)| one);
        let text = |field: Option<&String>| field.cloned().unwrap_or_default();
        let at = |pick: fn(&Appointment) -> Option<crate::domain::AppointmentTime>| {
            moment(one.and_then(pick).and_then(|at| at.instant(around.zone)), around)
        };
        let users = |id: &UserId| around.location.user(id).map_or(id.as_str(), |user| user.name.as_str()).to_owned();
        let owner = one.and_then(|one| one.assigned_to.as_ref()).map(users).unwrap_or_default();
        let statuses = STATUSES.iter().map(|(value, shown)| ((*value).to_owned(), (*shown).to_owned())).collect();
        let calendars: Vec<(String, String)> =
            calendars.iter().map(|choice| (choice.id.clone(), choice.name.clone())).collect();
        let only = if calendars.len() == 1 { calendars[0].1.clone() } else { String::new() };
        let calendar = match one {
            Some(_) => FormField::new("calendarId", "Calendar", FieldKind::Fixed(LockedBy::WebApp), "as booked"),
            None => FormField::new("calendarId", "Calendar", FieldKind::One(calendars), &only).required(),
        };
        let fields = vec![
            calendar,
            FormField::new("title", "Title", FieldKind::Text, &text(one.and_then(|one| one.title.as_ref()))),
            FormField::new("startTime", "Starts", FieldKind::Time, &at(|one| one.start)).required(),
            FormField::new("endTime", "Ends", FieldKind::Time, &at(|one| one.end)),
            FormField::new(
                "appointmentStatus",
                "Status",
                FieldKind::One(statuses),
                one.map_or("confirmed", |one| one.status.label()),
            ),
            FormField::new("assignedUserId", "With", FieldKind::User, &owner),
            FormField::new("address", "Where", FieldKind::Text, &text(one.and_then(|one| one.address.as_ref()))),
        ];
        let title =
            if one.is_some() { format!("Appointment of {whom}") } else { format!("New appointment for {whom}") };
        let draft = match known.as_ref().and_then(|(target, _)| target.known().cloned()) {
            Some(id) => DraftKey::Appointment(contact.clone(), id),
            None => DraftKey::NewAppointment(contact.clone()),
        };
        Form::new(FormSubject::Appointment(Self { contact, known }), title, fields, draft)
    }

    /// Where it ends if its start alone moves.
    pub(crate) fn moved_end(&self, start: Timestamp, around: FormContext<'_>) -> Option<Timestamp> {
        let (_, one) = self.known.as_ref()?;
        let lasts = one.end?.instant(around.zone)?.duration_since(one.start?.instant(around.zone)?);
        start.checked_add(lasts).ok()
    }

    pub(crate) fn edits(self, form: &Form, around: FormContext<'_>) -> Result<Vec<Edit>, (&'static str, String)> {
        let text = |key| form.read(key, around).map(|read| read.text().unwrap_or_default());
        let time = |key| match form.read(key, around) {
            Some(FieldValue::Time(at)) => Some(at),
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
        let known = |pick: fn(&Appointment) -> Option<crate::domain::AppointmentTime>| {
            self.known.as_ref().and_then(|(_, one)| pick(one)).and_then(|at| at.instant(around.zone))
        };
        let (was_start, was_end) = (known(|one| one.start), known(|one| one.end));
        // A new start alone moves the whole appointment.
        after.end = after.end.or_else(|| self.moved_end(after.start?, around));
        let (start, end) = (after.start.or(was_start), after.end.or(was_end));
        if let (Some(start), Some(end)) = (start, end)
            && end.duration_since(start) <= SignedDuration::ZERO
        {
            return Err(("endTime", "it ends before it starts".to_owned()));
        }
        let contact = self.contact;
        let Some((target, one)) = self.known else {
            let calendar = match form.field("calendarId").map(|field| field.read(around, "", None)) {
                Some(Ok(FieldValue::Text(id))) => Some(CalendarId::new(id)),
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
