//! Records that turned up late: the server carried out a request that had been repeated in the meantime.

use std::time::Duration;

use crate::api::endpoints::{GetAppointments, GetNotes, GetTasks};
use crate::api::{ApiError, Urgency};
use crate::domain::{
    AppointmentEdit, AppointmentPatch, ContactEdit, ContactId, Edit, EditKind, NoteEdit, NotePatch, Target, TaskEdit,
    TaskPatch,
};
use crate::store::LateLook;
use crate::worker::shared::WorkerShared;
use crate::worker::write::equal_contacts;

use crate::worker::attempt::calls::resolve;
use crate::worker::attempt::{notes, tasks};

/// Searches the copies of a record that we never knew of; each with the edit that removes it. Other edits of the
/// location must not be creating records meanwhile: theirs are no copies.
pub(in crate::worker) async fn copies(shared: &WorkerShared, look: &LateLook) -> Result<Vec<(String, Edit)>, ApiError> {
    let mut copies = equal(shared, look).await?;
    let mut known = Vec::new();
    for (id, _removal) in &copies {
        // What cannot be checked is not offered now; the next look tries again.
        let ours = look.known.contains(id) || shared.ledger.made_here(id.clone()).await.unwrap_or(true);
        known.push(ours);
    }
    let mut known = known.into_iter();
    copies.retain(|_copy| !known.next().unwrap_or(true));
    Ok(copies)
}

async fn equal(shared: &WorkerShared, look: &LateLook) -> Result<Vec<(String, Edit)>, ApiError> {
    if let EditKind::Contact(ContactEdit::Create { patch, .. }) = &look.edit.what {
        let from = look.sent_at.checked_sub(Duration::from_secs(5 * 60)).ok();
        let found = equal_contacts(shared, Urgency::Background, patch, from).await?;
        let removal = |id: ContactId, name: String| (id.to_string(), Edit::new(id, ContactEdit::Delete { name }));
        return Ok(found.into_iter().map(|one| removal(one.id.clone(), one.name())).collect());
    }
    let named = &look.edit.contact;
    let Ok(Some(contact)) = resolve(shared, named.as_str(), named.made_by()).await else { return Ok(Vec::new()) };
    let contact = ContactId::new(contact);
    let removal = |id: String, what: EditKind| (id, Edit::new(contact.clone(), what));
    let found = match &look.edit.what {
        EditKind::Note(NoteEdit::Add { note, .. }) => {
            let listed = shared.read_for(&GetNotes { contact: contact.clone() }, Urgency::Background).await?;
            let equal = listed.into_iter().map(|one| one.value).filter(|held| notes::is_equal(note, held));
            let gone = |was: &crate::domain::Note| NoteEdit::Delete {
                note: Target::Known(was.id.clone()),
                was: NotePatch::of(was),
            };
            equal.map(|held| removal(held.id.to_string(), gone(&held).into())).collect()
        }
        EditKind::Task(TaskEdit::Add { task, .. }) => {
            let listed = shared.read_for(&GetTasks { contact: contact.clone() }, Urgency::Background).await?;
            let equal = listed.into_iter().map(|one| one.value).filter(|held| tasks::is_equal(task, held));
            let gone = |was: &crate::domain::Task| TaskEdit::Delete {
                task: Target::Known(was.id.clone()),
                was: TaskPatch::of(was),
            };
            equal.map(|held| removal(held.id.to_string(), gone(&held).into())).collect()
        }
        EditKind::Appointment(AppointmentEdit::Add { appointment, .. }) => {
            let (zone, all) = (shared.zone().await?, GetAppointments { contact: contact.clone() });
            let listed = shared.read_for(&all, Urgency::Background).await?;
            let equal = listed.into_iter().map(|one| one.value).filter(|held| appointment.books(held, &zone));
            let gone = |was: &crate::domain::Appointment| AppointmentEdit::Delete {
                appointment: Target::Known(was.id.clone()),
                was: AppointmentPatch::of(was, &zone),
            };
            equal.map(|held| removal(held.id.to_string(), gone(&held).into())).collect()
        }
        _ => Vec::new(),
    };
    Ok(found)
}
