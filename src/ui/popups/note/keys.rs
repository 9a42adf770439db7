//! Writing a note, and what forms and notes share: nothing typed is lost. A draft goes only once the outbox holds
//! what was typed.

use jiff::SignedDuration;
use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::config::{Action, Context};
use crate::domain::{AppointmentEdit, ContactEdit, ContactId, Edit, EditKind, NoteEdit, NotePatch, Target, TaskEdit};
use crate::protocol::{Command, DraftKey};
use crate::text::{self, EditableBody};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form;
use crate::ui::popups::note::state::NoteEditor;
use crate::ui::state::toast::Level;
use crate::ui::update::edits;

/// How long the typing may rest before the draft is saved.
pub(crate) const SAVE_AFTER: SignedDuration = SignedDuration::from_secs(1);

/// Opens the editor for a new note, with the draft that was left.
pub(crate) fn open(model: &mut Model) {
    let Some(contact) = model.listing.selected.clone() else { return };
    start(model, contact, None, None);
}

/// Opens the editor on the note under the cursor, with the draft that was left.
pub(crate) fn edit(model: &mut Model) {
    let Some(opened) = &model.opened else { return };
    let Some(line) = opened.note(&model.overlay) else { return };
    let (Some(target), patch) = (line.target(), line.patch()) else { return };
    let contact = opened.contact.clone();
    start(model, contact, Some((target, patch)), None);
}

fn start(
    model: &mut Model,
    contact: ContactId,
    known: Option<(Target<crate::domain::NoteId>, NotePatch)>,
    typed: Option<&str>,
) {
    let name = model.name_of(&contact);
    let was = known.as_ref().and_then(|(_, patch)| patch.body.as_deref());
    let editable = EditableBody::new(was.unwrap_or_default());
    let field = TextArea::default();
    let mut composer = NoteEditor { contact, known, editable, replaces: None, name, field, unsaved_since: None };
    let draft = model.drafts.get(&key(&composer)).map(String::as_str);
    composer.field = block_field(typed.or(draft).unwrap_or(&composer.editable.text));
    if composer.editable.is_source() {
        model.say(Level::Hint, "This note is long: its HTML is shown as it is written");
    }
    model.mode = Mode::Note(Box::new(composer));
}

/// A field of several lines with this text, the cursor behind it.
pub(crate) fn block_field(text: &str) -> TextArea<'static> {
    let mut field: TextArea<'static> = text.lines().collect();
    field.set_wrap_mode(WrapMode::WordOrGlyph);
    field.move_cursor(CursorMove::Bottom);
    field.move_cursor(CursorMove::End);
    field
}

fn key(composer: &NoteEditor) -> DraftKey {
    match composer.known.as_ref().and_then(|(target, _)| target.known().cloned()) {
        Some(note) => DraftKey::Note(composer.contact.clone(), note),
        None => DraftKey::NewNote(composer.contact.clone()),
    }
}

/// The text was changed: from now on there is something to save.
pub(crate) fn changed(composer: &mut NoteEditor, now: jiff::Timestamp) {
    composer.unsaved_since.get_or_insert(now);
}

/// Saves what is typed when it has waited long enough.
pub(crate) fn save_when_due(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    let due =
        |since: &mut Option<jiff::Timestamp>| since.take_if(|since| since.duration_until(now) >= SAVE_AFTER).is_some();
    let saved = match &mut model.mode {
        Mode::Note(composer) => due(&mut composer.unsaved_since).then(|| (key(composer), text_of(composer))),
        Mode::Form(form) => due(&mut form.unsaved_since).then(|| (form.draft.clone(), form.kept())),
        _ => None,
    };
    if let Some((key, text)) = saved {
        keep(model, key, text, effects);
    }
}

/// What is being typed, and under which name it is kept.
pub(crate) fn typing(model: &Model) -> Option<(DraftKey, String)> {
    match &model.mode {
        Mode::Note(composer) => Some((key(composer), text_of(composer))),
        Mode::Form(form) => Some((form.draft.clone(), form.kept())),
        _ => None,
    }
}

/// Leaves the editor; the draft stays.
pub(crate) fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Note(composer) = std::mem::replace(&mut model.mode, Mode::Browse) else { return };
    let (key, text) = (key(&composer), text_of(&composer));
    let untouched = text.trim_end() == composer.editable.text.trim_end();
    if untouched || text.trim().is_empty() {
        return keep(model, key, String::new(), effects);
    }
    let action = if composer.known.is_some() { Action::Edit } else { Action::AddNote };
    let shortcut = model.keymap.key(Context::Main, action).unwrap_or_default();
    model.say(Level::Hint, format!("Draft kept: {shortcut} brings it back"));
    keep(model, key, text, effects);
}

/// Sends the note.
pub(crate) fn send(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Note(composer) = &model.mode else { return };
    let (contact, typed) = (composer.contact.clone(), text_of(composer));
    if typed.trim().is_empty() {
        model.say(Level::Warn, "There is nothing to send yet");
        return;
    }
    let (key, replaces) = (key(composer), composer.replaces);
    let body = |text: String| NotePatch { body: Some(text), ..NotePatch::default() };
    let edit = match &composer.known {
        None => {
            let note = NotePatch { author: model.me.clone(), ..body(typed.clone()) };
            Edit::new(contact, NoteEdit::Add { note, replaces: None })
        }
        Some((target, was)) => {
            let before = was.body.clone().unwrap_or_default();
            let after = composer.editable.body(&typed);
            if after == before {
                leave(model, effects);
                model.say(Level::Hint, "Nothing was changed");
                return;
            }
            Edit::new(contact, NoteEdit::Patch { note: target.clone(), before: body(before), after: body(after) })
        }
    };
    model.mode = Mode::Browse;
    model.drafts.insert(key, typed);
    edits::apply(model, vec![edit], effects);
    if let Some(asked) = model.asked.last_mut() {
        asked.replaces = replaces;
    }
    model.replaced = replaces;
}

/// Under which name the text typed for an edit is kept.
fn draft_of(edit: &Edit) -> Option<DraftKey> {
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

/// The outbox holds what was typed, so its draft may go.
pub(crate) fn sent(model: &mut Model, edits: &[Edit], effects: &mut Vec<Effect>) {
    for key in edits.iter().filter_map(draft_of) {
        // Somebody may be typing the next one already.
        if typing(model).is_some_and(|(typing, _)| typing == key) {
            continue;
        }
        if model.drafts.remove(&key).is_some() {
            effects.push(Effect::Send(Command::DropDraft(key)));
        }
    }
}

/// Whether an edit can be typed again.
pub(crate) fn has_form(edit: &Edit) -> bool {
    match &edit.what {
        EditKind::Contact(edit) => match edit {
            ContactEdit::Create { .. } | ContactEdit::Patch { .. } => true,
            ContactEdit::Delete { .. } => false,
        },
        EditKind::Task(edit) => match edit {
            TaskEdit::Add { .. } | TaskEdit::Patch { .. } => true,
            TaskEdit::Complete { .. } | TaskEdit::Delete { .. } => false,
        },
        EditKind::Note(edit) => match edit {
            NoteEdit::Add { .. } | NoteEdit::Patch { .. } => true,
            NoteEdit::Delete { .. } => false,
        },
        EditKind::Appointment(edit) => match edit {
            AppointmentEdit::Add { .. } | AppointmentEdit::Patch { .. } => true,
            AppointmentEdit::Delete { .. } => false,
        },
        EditKind::Tag(_) | EditKind::Follower(_) | EditKind::Business(_) | EditKind::Automation(_) => false,
    }
}

/// The text of a note that an edit writes.
fn note_text(edit: &NoteEdit) -> Option<String> {
    match edit {
        NoteEdit::Add { note, .. } => note.body.clone(),
        NoteEdit::Patch { after, .. } => after.body.as_deref().map(|body| EditableBody::new(body).text),
        NoteEdit::Delete { .. } => None,
    }
}

/// A refused edit was given up: what was typed becomes the draft again, before what is there. Says whether it does.
pub(crate) fn back_to_draft(model: &mut Model, edit: &Edit, effects: &mut Vec<Effect>) -> bool {
    let Some(key) = draft_of(edit).filter(|_| has_form(edit)) else { return false };
    let note = if let EditKind::Note(note) = &edit.what { Some(note) } else { None };
    let body = note.map_or_else(|| form::keys::kept(model, edit), note_text);
    let Some(body) = body else { return false };
    let is_note = note.is_some();
    let text = match model.drafts.get(&key) {
        Some(draft) if !is_note || draft.contains(&body) => draft.clone(),
        Some(draft) => format!("{body}\n\n{draft}"),
        None => body,
    };
    keep(model, key, text, effects);
    true
}

/// Opens the failed edit again, with what was typed and what the server said of it.
pub(crate) fn again(model: &mut Model) {
    let Some(failed) = model.failed_edit().cloned() else { return };
    let EditKind::Note(edit) = &failed.edit.what else { return form::keys::again(model, &failed) };
    let known = match edit {
        NoteEdit::Patch { note, before, .. } => Some((note.clone(), before.clone())),
        NoteEdit::Add { .. } | NoteEdit::Delete { .. } => None,
    };
    start(model, failed.edit.contact.clone(), known, Some(&note_text(edit).unwrap_or_default()));
    if let Mode::Note(composer) = &mut model.mode {
        composer.replaces = failed.id;
    }
}

/// Keeps what is typed; nothing typed is no draft.
pub(crate) fn keep(model: &mut Model, key: DraftKey, text: String, effects: &mut Vec<Effect>) {
    if model.drafts.get(&key).map_or(text.trim().is_empty(), |known| *known == text) {
        return;
    }
    effects.push(Effect::Send(if text.trim().is_empty() {
        model.drafts.remove(&key);
        Command::DropDraft(key)
    } else {
        model.drafts.insert(key.clone(), text.clone());
        Command::SaveDraft { key, text }
    }));
}

fn text_of(composer: &NoteEditor) -> String {
    composer.field.lines().join("\n")
}

/// Hands what is typed over to the user's editor.
pub(crate) fn external(model: &mut Model, effects: &mut Vec<Effect>) {
    match &model.mode {
        Mode::Note(composer) => {
            let (draft, text) = (key(composer), text_of(composer));
            effects.push(Effect::External { draft, field: None, text });
        }
        Mode::Form(form) => match form.current().filter(|field| field.rows() > 1) {
            Some(field) => {
                let (draft, name, text) = (form.draft.clone(), Some(field.key.clone()), field.text());
                effects.push(Effect::External { draft, field: name, text });
            }
            None => {
                model.say(Level::Hint, "The editor is for fields of several lines");
            }
        },
        _ => {}
    }
}

/// What came back from the user's editor.
pub(crate) fn edited(model: &mut Model, result: Result<String, String>) {
    let text = match result {
        Ok(text) => text::clean_block(text.trim_end()).into_owned(),
        Err(why) => {
            model.say(Level::Bad, why);
            return;
        }
    };
    let now = model.now;
    match &mut model.mode {
        Mode::Note(composer) => {
            composer.field = block_field(&text);
            changed(composer, now);
        }
        Mode::Form(form) => {
            let at = form.at;
            if let Some(field) = form.fields.get_mut(at).filter(|field| field.rows() > 1) {
                field.set(&text);
                form.unsaved_since.get_or_insert(now);
            }
        }
        _ => {}
    }
}
