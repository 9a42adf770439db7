//! `appointments list`.

use crate::cli::ExitStatus;
use crate::cli::args::Appointments;
use crate::cli::fault::Fault;
use crate::cli::json::AppointmentJson;
use crate::cli::table::TextTable;
use crate::domain::AppointmentTime;
use crate::protocol::{Answer, Request};

use super::Invocation;
use super::read::{Offline, unexpected};

pub(super) async fn run(command: Appointments, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let Appointments::List { contact } = command;
    let request = |Offline(offline)| Request::Appointments { contact: contact.clone(), offline };
    let (Answer::Appointments(mut appointments), status) = context.ask_or_cache(request, false).await? else {
        return Err(unexpected());
    };
    let zone = context.session.zone();
    appointments.sort_by_key(|appointment| std::cmp::Reverse(appointment.start.and_then(|start| start.instant(&zone))));
    if context.output.json {
        for appointment in &appointments {
            context.output.object(&AppointmentJson::new(appointment, &zone))?;
        }
        return Ok(status);
    }
    let mut table = TextTable::new(&["START", "END", "STATUS", "TITLE", "WITH", "ADDRESS", "ID"]);
    for appointment in &appointments {
        let time = |moment: Option<AppointmentTime>| {
            moment.map(|moment| moment.wall(&zone).strftime("%a %Y-%m-%d %H:%M").to_string()).unwrap_or_default()
        };
        table.row([
            &time(appointment.start),
            &time(appointment.end),
            appointment.status.label(),
            appointment.title.as_deref().unwrap_or_default(),
            &appointment.assigned_to.as_ref().map(|id| context.session.user(id)).unwrap_or_default(),
            appointment.address.as_deref().unwrap_or_default(),
            appointment.id.as_str(),
        ]);
    }
    table.print(context.output)?;
    Ok(status)
}
