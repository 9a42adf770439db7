//! Writing a note.

use tui_textarea::Input;

use crate::config::Action;
use crate::domain::{Edit, NoteEdit, NotePatch};
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::state::toast::Level;
use crate::ui::verbs::edits;
use crate::ui::verbs::forms::{keep, lay_aside, say_saved};

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    match action {
        Action::Send => send(model, effects),
        Action::External => {
            if let Mode::Note(note) = &model.mode {
                effects.push(Effect::External { draft: note.draft(), field: None, text: note.text() });
            }
        }
        Action::StartOver => start_over(model, effects),
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

/// Goes back to what the server has; back there already, brings back what was typed.
fn start_over(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Note(note) = &mut model.mode else { return };
    let draft = note.draft();
    if note.is_changed() {
        let typed = note.text();
        note.start_over();
        lay_aside(model, draft, typed, effects);
    } else if let Some(text) = model.undo.take_dropped(&draft) {
        note.set(&text);
        keep(model, draft, text, effects);
    } else {
        model.say(Level::Hint, "Nothing was changed here");
    }
}

/// Leaves the editor; the draft stays.
fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Note(note) = std::mem::replace(&mut model.mode, Mode::Browse) else { return };
    let (draft, text) = (note.draft(), note.text());
    if !note.is_changed() || text.trim().is_empty() {
        return keep(model, draft, String::new(), effects);
    }
    say_saved(model, if note.known.is_some() { Action::Edit } else { Action::AddNote });
    keep(model, draft, text, effects);
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
    edits::send_typed(model, vec![edit], (draft, typed), replaces, effects);
}
