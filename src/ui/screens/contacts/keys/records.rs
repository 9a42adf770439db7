//! What a key does to the one record under the cursor: a new one next to it, its form, delete, pin, cancel.

use crate::domain::{AppointmentEdit, AppointmentPatch, Edit, NoteEdit, NotePatch, TaskEdit, TaskPatch};
use crate::protocol::BulkAction;
use crate::ui::state::layout::{Focus, Section};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::state::toast::Level;
use crate::ui::verbs::{edits, forms, plans};

/// Deletes what is under the cursor. Only contacts are asked about: undo re-creates the rest.
pub(crate) fn delete(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(opened) = &model.opened else { return };
    let contact = opened.contact.clone();
    let edit = match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => opened.task(&model.overlay).and_then(|line| {
            Some(Edit::new(contact, TaskEdit::Delete { task: line.target?, was: TaskPatch::of(&line.value) }))
        }),
        (Focus::Section, Section::Notes) => opened.note(&model.overlay).and_then(|line| {
            Some(Edit::new(contact, NoteEdit::Delete { note: line.target?, was: NotePatch::of(&line.note) }))
        }),
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
    let Some(note) = line.target else { return };
    let pinned = line.note.pinned;
    let patch = |pinned| NotePatch { pinned: Some(pinned), ..Default::default() };
    let contact = opened.contact.clone();
    let edit = Edit::new(contact, NoteEdit::Patch { note, before: patch(pinned), after: patch(!pinned) });
    edits::apply(model, vec![edit], effects);
}

/// Cancels the appointment under the cursor; it stays in the list.
pub(crate) fn cancel_appointment(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(opened) = &model.opened else { return };
    let Some(line) = opened.appointment(&model.overlay, model.now, &model.zone) else { return };
    let edit = line.target.and_then(|target| AppointmentEdit::cancel(target, &line.value));
    if let Some(edit) = edit {
        edits::apply(model, vec![edit], effects);
    }
}

/// A new record of the pane that has the focus.
pub(crate) fn new(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(contact) = model.listing.selected.clone() else { return forms::contact(model, None) };
    match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => forms::task(model, contact, None),
        (Focus::Section, Section::Notes) => forms::note(model, contact, None, None),
        (Focus::Section, Section::Appointments) => forms::appointment(model, contact, None, effects),
        (Focus::Contacts, _) | (Focus::Section, Section::Detail) => forms::contact(model, None),
    }
}

/// A new note of the contact under the cursor.
pub(crate) fn add_note(model: &mut Model) {
    if let Some(contact) = model.listing.selected.clone() {
        forms::note(model, contact, None, None);
    }
}

/// Opens what is under the cursor in its form.
pub(crate) fn edit(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(contact) = model.listing.selected.clone() else { return };
    let opened = model.opened.as_ref();
    match (model.focus, model.section) {
        (Focus::Section, Section::Tasks) => {
            let line = opened.and_then(|opened| opened.task(&model.overlay));
            let Some((target, task)) = line.and_then(|line| Some((line.target?, line.value))) else { return };
            forms::task(model, contact, Some((target, task)));
        }
        (Focus::Section, Section::Notes) => {
            let line = opened.and_then(|opened| opened.note(&model.overlay));
            let Some((target, patch)) = line.and_then(|line| Some((line.target?, NotePatch::of(&line.note)))) else {
                return;
            };
            forms::note(model, contact, Some((target, patch)), None);
        }
        (Focus::Section, Section::Appointments) => {
            let line = opened.and_then(|opened| opened.appointment(&model.overlay, model.now, &model.zone));
            let Some((target, one)) = line.and_then(|line| Some((line.target?, line.value))) else { return };
            forms::appointment(model, contact, Some((target, one)), effects);
        }
        (Focus::Contacts, _) | (Focus::Section, Section::Detail) => {
            if let Some(known) = model.contact() {
                return forms::contact(model, Some(&known));
            }
            let whom = model.name_of(&contact);
            model.say(Level::Hint, format!("The form for {whom} opens as soon as the contact is loaded"));
            model.mode = Mode::AwaitForm(contact);
        }
    }
}
