//! Nothing typed is lost: what notes and forms hold is kept as a draft until the outbox holds it.

use jiff::Timestamp;

use crate::domain::{AppointmentEdit, ContactEdit, Edit, EditKind, NoteEdit, TaskEdit};
use crate::protocol::{Command, DraftKey};
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::rules::{is_typed, of_edit};
use crate::ui::popups::note::state::SAVE_AFTER;
use crate::ui::state::toast::Level;
use crate::ui::verbs::forms::{keep, note_text};

/// Saves what is typed when it has waited long enough.
pub(crate) fn save_when_due(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    let due = |since: &mut Option<Timestamp>| since.take_if(|since| since.duration_until(now) >= SAVE_AFTER).is_some();
    let is_due = match &mut model.mode {
        Mode::Note(note) => due(&mut note.unsaved_since),
        Mode::Form(form) => due(&mut form.unsaved_since),
        _ => false,
    };
    if is_due {
        save(model, effects);
    }
}

/// Saves what is typed.
pub(crate) fn save(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some((key, text)) = typing(model) {
        keep(model, key, text, effects);
    }
}

/// What is being typed, and under which name it is kept.
fn typing(model: &Model) -> Option<(DraftKey, String)> {
    match &model.mode {
        // What the server has is no draft.
        Mode::Note(note) if !note.is_changed() => Some((note.draft(), String::new())),
        Mode::Note(note) => Some((note.draft(), note.text())),
        Mode::Form(form) => Some((form.draft.clone(), form.kept())),
        _ => None,
    }
}

/// The outbox does not hold what was typed: it is a draft again, a note before what has been typed since.
pub(crate) fn give_back(model: &mut Model, typed: (DraftKey, String), effects: &mut Vec<Effect>) {
    let (key, text) = typed;
    if let Mode::Note(note) = &mut model.mode
        && note.draft() == key
    {
        let since = note.text();
        let text = if since.trim().is_empty() { text } else { format!("{text}\n\n{since}") };
        note.set(&text);
        note.changed(model.now);
    } else {
        let is_note = matches!(key, DraftKey::NewNote(_) | DraftKey::Note(..));
        keep_before(model, key, text, is_note, effects);
    }
}

/// What was dropped is a draft again, before what has been typed since.
pub(crate) fn bring_back(model: &mut Model, key: DraftKey, text: String, effects: &mut Vec<Effect>) {
    let is_note = matches!(key, DraftKey::NewNote(_) | DraftKey::Note(..));
    keep_before(model, key, text, is_note, effects);
}

/// Keeps a text together with the draft that there is: notes follow each other, of a form the newer one counts.
fn keep_before(model: &mut Model, key: DraftKey, text: String, is_note: bool, effects: &mut Vec<Effect>) {
    let text = match model.drafts.get(&key) {
        Some(draft) if !is_note || draft.contains(&text) => draft.clone(),
        Some(draft) => format!("{text}\n\n{draft}"),
        None => text,
    };
    keep(model, key, text, effects);
}

/// Under which name the text typed for an edit is kept.
fn key_of(edit: &Edit) -> Option<DraftKey> {
    let contact = edit.contact.clone();
    match &edit.what {
        EditKind::Contact(ContactEdit::Create { replaces: None, .. }) => Some(DraftKey::NewContact),
        EditKind::Contact(ContactEdit::Patch { .. }) | EditKind::Tag(_) => Some(DraftKey::Contact(contact)),
        EditKind::Task(TaskEdit::Add { replaces: None, .. }) => Some(DraftKey::NewTask(contact)),
        EditKind::Task(TaskEdit::Patch { task, .. }) => Some(DraftKey::Task(contact, task.known()?.clone())),
        EditKind::Note(NoteEdit::Add { replaces: None, .. }) => Some(DraftKey::NewNote(contact)),
        EditKind::Note(NoteEdit::Patch { note, .. }) => Some(DraftKey::Note(contact, note.known()?.clone())),
        EditKind::Appointment(AppointmentEdit::Add { replaces: None, .. }) => Some(DraftKey::NewAppointment(contact)),
        EditKind::Appointment(AppointmentEdit::Patch { appointment, .. }) => {
            Some(DraftKey::Appointment(contact, appointment.known()?.clone()))
        }
        EditKind::Contact(ContactEdit::Create { .. } | ContactEdit::Delete { .. })
        | EditKind::Task(TaskEdit::Add { .. } | TaskEdit::Complete { .. } | TaskEdit::Delete { .. })
        | EditKind::Note(NoteEdit::Add { .. } | NoteEdit::Delete { .. })
        | EditKind::Appointment(AppointmentEdit::Add { .. } | AppointmentEdit::Delete { .. })
        | EditKind::Follower(_)
        | EditKind::Business(_)
        | EditKind::Automation(_) => None,
    }
}

/// A refused edit was discarded: what was typed becomes the draft again, before what is there. Says whether it does.
pub(crate) fn restore(model: &mut Model, edit: &Edit, effects: &mut Vec<Effect>) -> bool {
    let Some(key) = key_of(edit).filter(|_| is_typed(edit)) else { return false };
    let note = if let EditKind::Note(note) = &edit.what { Some(note) } else { None };
    let body = note.map_or_else(|| of_edit(model, edit).map(|form| form.kept()), note_text);
    let Some(body) = body else { return false };
    let is_note = note.is_some();
    keep_before(model, key, body, is_note, effects);
    true
}

/// What came back from the user's editor; it is a draft at once.
pub(crate) fn edited(model: &mut Model, result: Result<String, String>, effects: &mut Vec<Effect>) {
    let text = match result {
        Ok(text) => text::clean_block(text.trim_end()).into_owned(),
        Err(why) => {
            model.say(Level::Bad, why);
            return;
        }
    };
    match &mut model.mode {
        Mode::Note(note) => note.set(&text),
        Mode::Form(form) => {
            let at = form.at;
            if let Some(field) = form.fields.get_mut(at).filter(|field| field.rows() > 1) {
                field.set(&text);
            }
        }
        _ => {}
    }
    // Where the text is the draft already, the ledger says so again: then the editor's file goes.
    if let Some((key, text)) = typing(model) {
        model.drafts.remove(&key);
        if text.trim().is_empty() {
            effects.push(Effect::Send(Command::DropDraft(key)));
        } else {
            keep(model, key, text, effects);
        }
    }
}
