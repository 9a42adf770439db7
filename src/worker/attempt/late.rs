//! Records that turned up late: the server carried out a request that had been repeated in the meantime.

use std::time::Duration;

use crate::api::endpoints::{GetAppointments, GetNotes, GetTasks};
use crate::api::{ApiError, Endpoint, Received, Urgency};
use crate::domain::{
    Appointment, AppointmentEdit, AppointmentPatch, ContactEdit, ContactId, Edit, EditKind, Note, NoteEdit, NotePatch,
    Target, Task, TaskEdit, TaskPatch,
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
    let removals: Vec<(String, EditKind)> = match &look.edit.what {
        EditKind::Note(NoteEdit::Add { note, .. }) => {
            let equal =
                listed(shared, GetNotes { contact: contact.clone() }, |held| notes::is_equal(note, held)).await?;
            let gone = |was: Note| NoteEdit::Delete { was: NotePatch::of(&was), note: Target::Known(was.id) };
            equal.into_iter().map(|was| (was.id.to_string(), gone(was).into())).collect()
        }
        EditKind::Task(TaskEdit::Add { task, .. }) => {
            let equal =
                listed(shared, GetTasks { contact: contact.clone() }, |held| tasks::is_equal(task, held)).await?;
            let gone = |was: Task| TaskEdit::Delete { was: TaskPatch::of(&was), task: Target::Known(was.id) };
            equal.into_iter().map(|was| (was.id.to_string(), gone(was).into())).collect()
        }
        EditKind::Appointment(AppointmentEdit::Add { appointment, .. }) => {
            let zone = shared.zone().await?;
            let all = GetAppointments { contact: contact.clone() };
            let equal = listed(shared, all, |held| appointment.books(held, &zone)).await?;
            let gone = |was: Appointment| AppointmentEdit::Delete {
                was: AppointmentPatch::of(&was, &zone),
                appointment: Target::Known(was.id),
            };
            equal.into_iter().map(|was| (was.id.to_string(), gone(was).into())).collect()
        }
        _ => Vec::new(),
    };
    Ok(removals.into_iter().map(|(id, what)| (id, Edit::new(contact.clone(), what))).collect())
}

/// The records of a contact's list that are equal.
async fn listed<T>(
    shared: &WorkerShared,
    list: impl Endpoint<Reply = Vec<Received<T>>>,
    is_equal: impl Fn(&T) -> bool,
) -> Result<Vec<T>, ApiError> {
    let listed = shared.read_for(&list, Urgency::Background).await?;
    Ok(listed.into_iter().map(|one| one.value).filter(is_equal).collect())
}
