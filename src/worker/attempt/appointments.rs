//! Appointments: booked once; the contact's own list, which every token may read, is what they are checked against.

use crate::api::endpoints::{CreateAppointment, DeleteEvent, GetAppointments, UpdateAppointment};
use crate::domain::{Appointment, AppointmentId, AppointmentPatch, Edit, Entries, Receipt, Target};

use crate::worker::attempt::Setback;
use crate::worker::attempt::doing::{Doing, Held};

async fn listed(doing: &Doing<'_>) -> Result<Vec<Appointment>, Setback> {
    let listed = doing.get(&GetAppointments { contact: doing.contact.clone() }).await?;
    Ok(listed.into_iter().map(|held| held.value).collect())
}

pub(super) async fn add(
    doing: &Doing<'_>,
    patch: &AppointmentPatch,
    replaces: Option<&AppointmentId>,
) -> Result<Receipt, Setback> {
    let zone = doing.shared.location().zone();
    let equal = |held: &Appointment| {
        let wanted = AppointmentPatch { title: patch.title.clone(), start: patch.start, ..AppointmentPatch::default() };
        wanted.entries() == wanted.current(held, &zone).entries()
    };
    let listed = listed(doing).await?;
    // Made anew only where it is gone.
    if let Some(there) = listed.iter().find(|held| Some(&held.id) == replaces) {
        return Ok(Receipt::Appointment(there.clone()));
    }
    let equal: Vec<Appointment> = listed.into_iter().filter(equal).collect();
    if let Some(ours) = doing.ours(equal, |one| one.id.as_str()).await? {
        return Ok(Receipt::Appointment(ours));
    }
    let (location, contact) = (doing.shared.client.location().clone(), doing.contact.clone());
    let held = doing.send(&CreateAppointment { location, contact, appointment: patch.clone() }).await?;
    Ok(Receipt::Appointment(held.value))
}

pub(super) async fn patch(
    doing: &Doing<'_>,
    target: &Target<AppointmentId>,
    before: &AppointmentPatch,
    after: &AppointmentPatch,
) -> Result<Receipt, Setback> {
    let id = AppointmentId::new(doing.need(target, AppointmentId::as_str).await?);
    let zone = doing.shared.location().zone();
    let Some(held) = listed(doing).await?.into_iter().find(|one| one.id == id) else {
        return Err(doing.refuse("the appointment is no longer there"));
    };
    let now = after.current(&held, &zone);
    // The contact's list does not tell the calendar.
    let known = |patch: &AppointmentPatch| -> Entries {
        patch.entries().into_iter().filter(|(name, _)| name != "calendarId").collect()
    };
    let rebased = || match doing.row.edit.clone() {
        Edit::PatchAppointment { contact, appointment, title, after, .. } => {
            Edit::PatchAppointment { contact, appointment, title, before: now.clone(), after }
        }
        other => other,
    };
    if doing.compare(&known(before), &known(after), &known(&now), rebased).await? == Held::Already {
        return Ok(Receipt::Appointment(held));
    }
    doing.start(None).await?;
    let changed = doing.send(&UpdateAppointment { appointment: id, patch: after.clone() }).await?.value;
    // The answer to a write tells less than the list.
    let mut held = held;
    after.apply(&mut held);
    (held.start, held.end) = (changed.start.or(held.start), changed.end.or(held.end));
    held.calendar = changed.calendar.or(held.calendar);
    Ok(Receipt::Appointment(held))
}

pub(super) async fn delete(doing: &Doing<'_>, target: &Target<AppointmentId>) -> Result<Receipt, Setback> {
    let Some(id) = doing.find(target, AppointmentId::as_str).await? else { return Ok(Receipt::Nothing) };
    let id = AppointmentId::new(id);
    doing.start(None).await?;
    doing.remove(&DeleteEvent { appointment: id.clone() }).await?;
    Ok(Receipt::AppointmentGone(id))
}
