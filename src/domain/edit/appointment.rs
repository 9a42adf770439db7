//! Edits of a contact's appointments. They need their own scope.

use super::{Edit, EditFamily, EditRow, SentEdit, Target, Writes, words};
use crate::domain::{
    Appointment, AppointmentId, AppointmentPatch, AppointmentStatus, Contact, Entries, Receipt, Scope,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AppointmentEdit {
    #[serde(rename = "AddAppointment")]
    Add {
        appointment: AppointmentPatch,
        /// The deleted appointment that this one replaces.
        #[serde(default)]
        replaces: Option<AppointmentId>,
    },
    #[serde(rename = "PatchAppointment")]
    Patch { appointment: Target<AppointmentId>, title: String, before: AppointmentPatch, after: AppointmentPatch },
    #[serde(rename = "DeleteAppointment")]
    Delete { appointment: Target<AppointmentId>, was: AppointmentPatch },
}

impl AppointmentEdit {
    /// Cancels an appointment, which stays in the list; `None` where it is cancelled.
    pub fn cancel(appointment: Target<AppointmentId>, known: &Appointment) -> Option<Edit> {
        let patch = |status| AppointmentPatch { status: Some(status), ..Default::default() };
        let (before, after) = (patch(known.status.clone()), patch(AppointmentStatus::Cancelled));
        let (contact, title) = (known.contact.clone(), known.title.clone().unwrap_or_default());
        (before != after).then_some(Edit::new(contact, Self::Patch { appointment, title, before, after }))
    }

    /// The appointment that is changed or deleted; `None` for a new booking.
    pub fn target(&self) -> Option<&Target<AppointmentId>> {
        match self {
            Self::Add { .. } => None,
            Self::Patch { appointment, .. } | Self::Delete { appointment, .. } => Some(appointment),
        }
    }
}

impl EditFamily for AppointmentEdit {
    fn row(&self) -> EditRow<'_> {
        let row = |past, verb, object| EditRow {
            writes: Writes::Record(self.target().and_then(Target::known).map(AppointmentId::as_str)),
            scope: Scope::EventsWrite,
            ..EditRow::of_contact(past, verb, object)
        };
        match self {
            Self::Add { appointment, replaces } => {
                let replaces = replaces.as_ref().map(AppointmentId::as_str);
                let title = words::quoted("", appointment.title.as_deref().unwrap_or("appointment"));
                EditRow { writes: Writes::New { replaces }, ..row("Booked", "book", title) }
            }
            Self::Patch { title, after, .. } => {
                let (past, verb, noun) = match (after.only(), &after.status) {
                    (Some("appointmentStatus"), Some(AppointmentStatus::Cancelled)) => ("Cancelled", "cancel", ""),
                    _ if after.start.is_some() => ("Rescheduled", "reschedule", ""),
                    _ => ("Changed", "change", "appointment"),
                };
                row(past, verb, words::quoted(noun, title))
            }
            Self::Delete { was, .. } => {
                row("Deleted", "delete", words::quoted("appointment", was.title.as_deref().unwrap_or_default()))
            }
        }
    }

    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit> {
        sent.back(match self.clone() {
            Self::Add { appointment, .. } => Self::Delete { appointment: Target::MadeBy(sent.id), was: appointment },
            Self::Patch { appointment, title, before, after } => {
                Self::Patch { appointment, title, before: after, after: before }
            }
            Self::Delete { appointment, was } => {
                let gone = || sent.receipt.and_then(Receipt::id).map(AppointmentId::new);
                Self::Add { appointment: was, replaces: appointment.known().cloned().or_else(gone) }
            }
        })
    }

    fn values(&self) -> [Entries; 2] {
        match self {
            Self::Add { appointment, .. } => [Entries::new(), appointment.entries()],
            Self::Patch { before, after, .. } => [before.entries(), after.entries()],
            Self::Delete { was, .. } => [was.entries(), Entries::new()],
        }
    }

    fn apply(&self, _contact: &mut Contact) {}
}
