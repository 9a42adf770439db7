//! What a key does to the one thing under the cursor, without a form: delete, pin, cancel.

use crate::domain::{
    Appointment, AppointmentEdit, AppointmentId, AppointmentPatch, AppointmentStatus, Edit, NoteEdit, NotePatch,
    Target, TaskEdit, TaskPatch,
};
use crate::protocol::BulkAction;
use crate::ui::state::layout::{Focus, Section};

use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::update::{edits, plans};

/// Deletes what is under the cursor. Only contacts are asked about: undo re-creates the rest.
pub(crate) fn delete(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(opened) = &model.opened else { return };
    let contact = opened.contact.clone();
    let edit = match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => opened.task(&model.overlay).and_then(|line| {
            Some(Edit::new(contact, TaskEdit::Delete { task: line.target?, was: TaskPatch::of(&line.value) }))
        }),
        (Focus::Section, Section::Notes) => opened
            .note(&model.overlay)
            .and_then(|line| Some(Edit::new(contact, NoteEdit::Delete { note: line.target()?, was: line.patch() }))),
        (Focus::Section, Section::Appointments) => {
            let line = opened.appointment(&model.overlay, model.now, &model.zone);
            line.and_then(|line| {
                let was = AppointmentPatch::of(&line.value, &model.zone);
                Some(Edit::new(contact, AppointmentEdit::Delete { appointment: line.target?, was }))
            })
        }
        (Focus::Contacts, _) | (Focus::Section, Section::Detail) => {
            let contacts = model.meant();
            return plans::plan(model, contacts, BulkAction::Delete, effects);
        }
    };
    if let Some(edit) = edit {
        edits::apply(model, vec![edit], effects);
    }
}

/// Pins the note under the cursor, or takes the pin out.
pub(crate) fn pin(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(opened) = &model.opened else { return };
    let Some(line) = opened.note(&model.overlay) else { return };
    let Some(note) = line.target() else { return };
    let pinned = line.patch().pinned.unwrap_or(false);
    let patch = |pinned| NotePatch { pinned: Some(pinned), ..Default::default() };
    let contact = opened.contact.clone();
    let edit = Edit::new(contact, NoteEdit::Patch { note, before: patch(pinned), after: patch(!pinned) });
    edits::apply(model, vec![edit], effects);
}

/// Cancels the appointment under the cursor; it stays in the list.
pub(crate) fn cancel_appointment(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(opened) = &model.opened else { return };
    let Some(line) = opened.appointment(&model.overlay, model.now, &model.zone) else { return };
    let edit = line.target.and_then(|target| cancelling(target, &line.value));
    if let Some(edit) = edit {
        edits::apply(model, vec![edit], effects);
    }
}

/// The edit that cancels an appointment; `None` where it is cancelled.
pub(crate) fn cancelling(appointment: Target<AppointmentId>, one: &Appointment) -> Option<Edit> {
    let patch = |status| AppointmentPatch { status: Some(status), ..Default::default() };
    let (before, after) = (patch(one.status.clone()), patch(AppointmentStatus::Cancelled));
    let (contact, title) = (one.contact.clone(), one.title.clone().unwrap_or_default());
    (before != after).then_some(Edit::new(contact, AppointmentEdit::Patch { appointment, title, before, after }))
}
