//! Opens forms and the note editor, with the draft that was left in them.

use tui_textarea::TextArea;

use crate::config::{Action, Context};
use crate::domain::{
    Appointment, AppointmentId, Contact, ContactId, EditKind, NoteEdit, NoteId, NotePatch, Progress, Target, Task,
    TaskId,
};
use crate::protocol::{Catalogue, Command, DraftKey};
use crate::text::{self, EditableBody};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::form::rules::of_edit;
use crate::ui::popups::form::state::{AppointmentForm, ContactForm, Form, TaskForm};
use crate::ui::popups::note::state::NoteEditor;
use crate::ui::rules::failed_edit;
use crate::ui::state::toast::Level;
use crate::ui::state::undo_stack::OwnStep;

/// Opens the form of a contact, or of a new one.
pub(crate) fn contact(model: &mut Model, known: Option<&Contact>) {
    let form = ContactForm::open(known, model.form_context());
    show(model, form);
}

/// Opens the form of a contact's task, or of a new one.
pub(crate) fn task(model: &mut Model, contact: ContactId, known: Option<(Target<TaskId>, Task)>) {
    let whom = model.name_of(&contact);
    let form = TaskForm::open(contact, known, &whom, model.form_context());
    show(model, form);
}

/// Opens the form of a contact's appointment, or of a new one; the calendars are asked for where they are not known.
pub(crate) fn appointment(
    model: &mut Model,
    contact: ContactId,
    known: Option<(Target<AppointmentId>, Appointment)>,
    effects: &mut Vec<Effect>,
) {
    let calendars = model.names.get(Catalogue::Calendars);
    if calendars.is_none() {
        effects.push(Effect::Send(Command::Names(Catalogue::Calendars)));
    }
    let (calendars, whom) = (calendars.map(<[_]>::to_vec).unwrap_or_default(), model.name_of(&contact));
    let form = AppointmentForm::open(contact, known, &calendars, &whom, model.form_context());
    show(model, form);
}

/// Shows a form, with what was typed into it before.
fn show(model: &mut Model, mut form: Form) {
    if let Some(kept) = model.drafts.get(&form.draft) {
        form.restore(kept);
        say_resumed(model, Context::Form, &form.draft);
    }
    model.mode = Mode::Form(Box::new(form));
}

/// Opens the editor of a contact's note, or of a new one, with this text; else with the draft that was left.
pub(crate) fn note(
    model: &mut Model,
    contact: ContactId,
    known: Option<(Target<NoteId>, NotePatch)>,
    typed: Option<String>,
) {
    let name = model.name_of(&contact);
    let was = known.as_ref().and_then(|(_, patch)| patch.body.as_deref());
    let editable = EditableBody::new(was.unwrap_or_default());
    let field = TextArea::default();
    let mut note = NoteEditor { contact, known, editable, replaces: None, name, field, unsaved_since: None };
    let draft = model.drafts.get(&note.draft()).cloned();
    if typed.is_none() && draft.is_some() {
        say_resumed(model, Context::Composer, &note.draft());
    }
    let text = typed.or(draft).unwrap_or_else(|| note.editable.text.clone());
    note.set(&text);
    if note.editable.is_source() {
        model.say(Level::Hint, "This note is long, so you edit its HTML source");
    }
    model.mode = Mode::Note(Box::new(note));
}

/// What is known of a contact has come: the form that waits for it opens, and one that is open is completed.
pub(crate) fn arrived(model: &mut Model) {
    if let (Mode::Form(form), Some(opened)) = (&mut model.mode, &model.opened)
        && let Some(details) = &opened.details
    {
        ContactForm::complete(form, &details.contact);
    }
    if let (Mode::AwaitForm(awaited), Some(known)) = (&model.mode, model.contact())
        && *awaited == known.id
    {
        contact(model, Some(&known));
    }
}

/// Opens the failed edit under the cursor again, with what the server said next to the field that it names.
pub(crate) fn reopen(model: &mut Model) {
    let Some(failed) = failed_edit(model).cloned() else { return };
    if let EditKind::Note(edit) = &failed.edit.what {
        let known = match edit {
            NoteEdit::Patch { note, before, .. } => Some((note.clone(), before.clone())),
            NoteEdit::Add { .. } | NoteEdit::Delete { .. } => None,
        };
        note(model, failed.edit.contact.clone(), known, Some(note_text(edit).unwrap_or_default()));
        if let Mode::Note(note) = &mut model.mode {
            note.replaces = failed.id;
        }
        return;
    }
    let Some(mut form) = of_edit(model, &failed.edit) else {
        model.say(Level::Warn, "Go to its contact first, then edit it again");
        return;
    };
    form.replaces = failed.id;
    if let Progress::Failed { why } = &failed.progress {
        form.blame(&text::clean(why));
    }
    model.mode = Mode::Form(Box::new(form));
}

/// The text of a note that an edit writes.
pub(crate) fn note_text(edit: &NoteEdit) -> Option<String> {
    match edit {
        NoteEdit::Add { note, .. } => note.body.clone(),
        NoteEdit::Patch { after, .. } => after.body.as_deref().map(|body| EditableBody::new(body).text),
        NoteEdit::Delete { .. } => None,
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
        model.drafts.put(key.clone(), text.clone());
        Command::SaveDraft { key, text }
    }));
}

/// Says that a draft was saved, and what continues it.
pub(crate) fn say_saved(model: &mut Model, continues: Action) {
    let key = |action| model.key(model.context_below(), action);
    let said = format!("Draft saved. Press {} to continue, {} to drop it.", key(continues), key(Action::DropDraft));
    model.say(Level::Hint, said);
}

/// Says that what is shown is a draft.
fn say_resumed(model: &mut Model, context: Context, draft: &DraftKey) {
    let key = model.key(context, Action::StartOver);
    let said = if draft.is_new() { "starts over" } else { "goes back to what the server has" };
    model.say(Level::Hint, format!("This is your draft. {key} {said}"));
}

/// Takes what is typed out of a form or an editor that stays open; its key brings it back, and so does undo.
pub(crate) fn lay_aside(model: &mut Model, draft: DraftKey, typed: String, effects: &mut Vec<Effect>) {
    let context = if matches!(model.mode, Mode::Note(_)) { Context::Composer } else { Context::Form };
    let key = model.key(context, Action::StartOver);
    let back = if draft.is_new() { "Started over" } else { "Back to what the server has" };
    model.say(Level::Hint, format!("{back}. {key} brings back what you typed"));
    drop(model, draft, typed, effects);
}

/// Drops a draft that waits.
pub(crate) fn drop_draft(model: &mut Model, draft: DraftKey, effects: &mut Vec<Effect>) {
    let Some(text) = model.drafts.get(&draft).cloned() else { return };
    let called = called(model, &draft);
    drop(model, draft, text, effects);
    model.say(Level::Hint, format!("Draft dropped: {called}")).offers = vec![Action::Undo];
}

fn drop(model: &mut Model, draft: DraftKey, text: String, effects: &mut Vec<Effect>) {
    let called = called(model, &draft);
    keep(model, draft.clone(), String::new(), effects);
    model.undo.did(OwnStep::Dropped { draft, text, called });
}

/// `changes to a task of Ana`
fn called(model: &Model, key: &DraftKey) -> String {
    let what = match key {
        DraftKey::NewContact => "new contact",
        DraftKey::Contact(_) => "changes to",
        DraftKey::NewTask(_) => "new task for",
        DraftKey::Task(..) => "changes to a task of",
        DraftKey::NewNote(_) => "new note for",
        DraftKey::Note(..) => "changes to a note of",
        DraftKey::NewAppointment(_) => "new appointment for",
        DraftKey::Appointment(..) => "changes to an appointment of",
    };
    let name = key.contact().map(|contact| format!(" {}", model.name_of(contact))).unwrap_or_default();
    format!("{what}{name}")
}
