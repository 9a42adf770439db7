//! Appointments: booked once, and checked against the contact's own list, which every token may read.

use crate::api::endpoints::{CreateAppointment, DeleteEvent, GetAppointments, UpdateAppointment};
use crate::domain::{
    Appointment, AppointmentEdit, AppointmentId, AppointmentPatch, ContactId, Entries, LocationId, Receipt, Target,
};
use crate::protocol::Preview;

use crate::worker::attempt::calls::{Attempt, BaseCheck};
use crate::worker::attempt::{Setback, of_error, request};

async fn listed(attempt: &Attempt<'_>) -> Result<Vec<Appointment>, Setback> {
    let listed = attempt.get(&GetAppointments { contact: attempt.contact.clone() }).await?;
    Ok(listed.into_iter().map(|held| held.value).collect())
}

pub(super) async fn attempt(attempt: &Attempt<'_>, edit: &AppointmentEdit) -> Result<Receipt, Setback> {
    match edit {
        AppointmentEdit::Add { appointment, replaces } => add(attempt, appointment, replaces.as_ref()).await,
        AppointmentEdit::Patch { appointment, title, before, after } => {
            patch(attempt, appointment, title, before, after).await
        }
        AppointmentEdit::Delete { appointment, .. } => delete(attempt, appointment).await,
    }
}

pub(super) fn preview(location: LocationId, contact: ContactId, edit: AppointmentEdit) -> Preview {
    let id = |target| AppointmentId::new(request::id(&target, AppointmentId::as_str));
    match edit {
        AppointmentEdit::Add { appointment, .. } => request::of(&CreateAppointment { location, contact, appointment }),
        AppointmentEdit::Patch { appointment, after, .. } => {
            request::of(&UpdateAppointment { appointment: id(appointment), patch: after })
        }
        AppointmentEdit::Delete { appointment, .. } => request::of(&DeleteEvent { appointment: id(appointment) }),
    }
}

async fn add(
    attempt: &Attempt<'_>,
    patch: &AppointmentPatch,
    replaces: Option<&AppointmentId>,
) -> Result<Receipt, Setback> {
    let zone = attempt.shared.zone().await.map_err(|error| of_error(attempt.row, error))?;
    let (location, contact) = (attempt.shared.client.location().clone(), attempt.contact.clone());
    let create = CreateAppointment { location, contact, appointment: patch.clone() };
    let (listed, replaces) = (listed(attempt).await?, replaces.map(AppointmentId::as_str));
    let equal = |held: &Appointment| patch.books(held, &zone);
    let made = attempt.create(listed, replaces, |one| one.id.as_str(), equal, &create).await?;
    Ok(Receipt::Appointment(made))
}

async fn patch(
    attempt: &Attempt<'_>,
    target: &Target<AppointmentId>,
    title: &str,
    before: &AppointmentPatch,
    after: &AppointmentPatch,
) -> Result<Receipt, Setback> {
    let id = AppointmentId::new(attempt.need(target, AppointmentId::as_str).await?);
    let zone = attempt.shared.zone().await.map_err(|error| of_error(attempt.row, error))?;
    let Some(held) = listed(attempt).await?.into_iter().find(|one| one.id == id) else {
        return Err(attempt.refuse("the appointment is no longer there"));
    };
    let now = after.current(&held, &zone);
    // The contact's list does not give the calendar.
    let known = |patch: &AppointmentPatch| -> Entries {
        patch.entries().into_iter().filter(|(name, _)| name != "calendarId").collect()
    };
    let (target, title) = (target.clone(), title.to_owned());
    let rebased = || AppointmentEdit::Patch { appointment: target, title, before: now.clone(), after: after.clone() };
    if attempt.compare(&known(before), &known(after), &known(&now), rebased).await? == BaseCheck::Already {
        return Ok(Receipt::Appointment(held));
    }
    let changed = attempt.send(&UpdateAppointment { appointment: id, patch: after.clone() }).await?.value;
    // A write's answer has less data than the list.
    let mut held = held;
    after.apply(&mut held);
    (held.start, held.end) = (changed.start.or(held.start), changed.end.or(held.end));
    held.calendar = changed.calendar.or(held.calendar);
    Ok(Receipt::Appointment(held))
}

async fn delete(attempt: &Attempt<'_>, target: &Target<AppointmentId>) -> Result<Receipt, Setback> {
    let Some(id) = attempt.find(target, AppointmentId::as_str).await? else { return Ok(Receipt::Nothing) };
    let id = AppointmentId::new(id);
    attempt.remove(&DeleteEvent { appointment: id.clone() }, None).await?;
    Ok(Receipt::AppointmentGone(id))
}
