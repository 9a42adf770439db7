//! `appointments list`.

use crate::cli::ExitStatus;
use crate::cli::args::Appointments;
use crate::cli::fault::Fault;
use crate::cli::json::{AppointmentJson, stamp};
use crate::cli::table::TextTable;
use crate::domain::{Appointment, AppointmentTime};
use crate::protocol::Request;

use super::Invocation;
use super::read::Offline;

pub(super) async fn run(command: Appointments, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let Appointments::List { contact } = command;
    let request = |Offline(offline)| Request::Appointments { contact: contact.clone(), offline };
    let (answer, status) = context.ask_or_cache(request, false).await?;
    let mut appointments = only!(answer, Appointments);
    context.output.empty(appointments.is_empty(), "no appointments");
    let zone = context.session.zone();
    appointments.sort_by_key(|appointment| std::cmp::Reverse(appointment.start.and_then(|start| start.instant(&zone))));
    if context.output.json {
        for appointment in &appointments {
            context.output.object(&AppointmentJson::new(appointment, &zone))?;
        }
        return Ok(status);
    }
    let names = context.names(&[contact], status == ExitStatus::Done).await;
    let columns = ["START", "END", "STATUS", "TITLE", "WITH", "CONTACT", "ADDRESS", "ID"];
    let mut table = TextTable::new(&columns).whole("START").whole("END");
    for appointment in &appointments {
        let Appointment { start, end, contact, .. } = appointment;
        table.row([
            &start.map(|start| when(start, None, &context)).unwrap_or_default(),
            &end.map(|end| when(end, *start, &context)).unwrap_or_default(),
            appointment.status.label(),
            appointment.title.as_deref().unwrap_or_default(),
            &appointment.assigned_to.as_ref().map(|id| context.session.user(id)).unwrap_or_default(),
            names.get(contact).map_or(contact.as_str(), String::as_str),
            appointment.address.as_deref().unwrap_or_default(),
            appointment.id.as_str(),
        ]);
    }
    table.print(context.output)?;
    Ok(status)
}

/// A time as the table shows it; people read the day once.
fn when(moment: AppointmentTime, start: Option<AppointmentTime>, context: &Invocation<'_, '_>) -> String {
    let zone = context.session.zone();
    let wall = moment.wall(&zone);
    if context.output.width.is_none() {
        return moment.instant(&zone).map(|at| stamp(at, &zone)).unwrap_or_default();
    }
    let is_same_day = start.is_some_and(|start| start.wall(&zone).date() == wall.date());
    if is_same_day { context.hours().time(wall) } else { context.hours().day_and_time(wall) }
}
