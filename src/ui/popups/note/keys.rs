//! Writing a note.

use tui_textarea::{Input, TextArea};

use crate::config::Action;
use crate::domain::{ContactId, Edit, EditId, EditKind, NoteEdit, NoteId, NotePatch, Target};
use crate::text::{self, EditableBody};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::note::state::NoteEditor;
use crate::ui::state::toast::Level;
use crate::ui::update::{drafts, edits};

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

/// Opens the editor with what a refused edit of a note said; `false` where it is about something else.
pub(crate) fn reopen(model: &mut Model, failed: Option<EditId>, edit: &Edit) -> bool {
    let EditKind::Note(what) = &edit.what else { return false };
    let known = match what {
        NoteEdit::Patch { note, before, .. } => Some((note.clone(), before.clone())),
        NoteEdit::Add { .. } | NoteEdit::Delete { .. } => None,
    };
    start(model, edit.contact.clone(), known, Some(&drafts::note_text(what).unwrap_or_default()));
    if let Mode::Note(note) = &mut model.mode {
        note.replaces = failed;
    }
    true
}

fn start(model: &mut Model, contact: ContactId, known: Option<(Target<NoteId>, NotePatch)>, typed: Option<&str>) {
    let name = model.name_of(&contact);
    let was = known.as_ref().and_then(|(_, patch)| patch.body.as_deref());
    let editable = EditableBody::new(was.unwrap_or_default());
    let field = TextArea::default();
    let mut note = NoteEditor { contact, known, editable, replaces: None, name, field, unsaved_since: None };
    let draft = model.drafts.get(&note.draft()).cloned();
    let text = typed.map(str::to_owned).or(draft).unwrap_or_else(|| note.editable.text.clone());
    note.set(&text);
    if note.editable.is_source() {
        model.say(Level::Hint, "This note is long, so you edit its HTML source");
    }
    model.mode = Mode::Note(Box::new(note));
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    match action {
        Action::Send => send(model, effects),
        Action::External => {
            if let Mode::Note(note) = &model.mode {
                effects.push(Effect::External { draft: note.draft(), field: None, text: note.text() });
            }
        }
        _ => leave(model, effects),
    }
    None
}

pub(crate) fn write(model: &mut Model, input: Input, _: &mut Vec<Effect>) {
    if let Mode::Note(note) = &mut model.mode
        && note.field.input(input)
    {
        note.changed(model.now);
    }
}

pub(crate) fn paste(model: &mut Model, pasted: &str, _: &mut Vec<Effect>) {
    if let Mode::Note(note) = &mut model.mode {
        note.field.insert_str(text::clean_block(pasted));
        note.changed(model.now);
    }
}

/// Leaves the editor; the draft stays.
fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Note(note) = std::mem::replace(&mut model.mode, Mode::Browse) else { return };
    let (draft, text) = (note.draft(), note.text());
    let untouched = text.trim_end() == note.editable.text.trim_end();
    if untouched || text.trim().is_empty() {
        return drafts::keep(model, draft, String::new(), effects);
    }
    let action = if note.known.is_some() { Action::Edit } else { Action::AddNote };
    model.say(Level::Hint, format!("Draft saved. Press {} to continue.", model.key(model.context_below(), action)));
    drafts::keep(model, draft, text, effects);
}

/// Sends the note.
fn send(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Note(note) = &model.mode else { return };
    let (contact, typed) = (note.contact.clone(), note.text());
    if typed.trim().is_empty() {
        model.say(Level::Warn, "The note is empty");
        return;
    }
    let (draft, replaces) = (note.draft(), note.replaces);
    let body = |text: String| NotePatch { body: Some(text), ..NotePatch::default() };
    let edit = match &note.known {
        None => {
            let note = NotePatch { author: model.me.clone(), ..body(typed.clone()) };
            Edit::new(contact, NoteEdit::Add { note, replaces: None })
        }
        Some((target, was)) => {
            let before = was.body.clone().unwrap_or_default();
            let after = note.editable.body(&typed);
            if after == before {
                leave(model, effects);
                model.say(Level::Hint, "Nothing changed");
                return;
            }
            Edit::new(contact, NoteEdit::Patch { note: target.clone(), before: body(before), after: body(after) })
        }
    };
    model.mode = Mode::Browse;
    model.drafts.insert(draft, typed);
    edits::repeat(model, vec![edit], replaces, effects);
}
