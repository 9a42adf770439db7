//! Writing a note. Nothing typed is lost: a draft goes only once the outbox holds the note.

use jiff::SignedDuration;
use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::config::{Action, Context};
use crate::domain::{ContactId, Edit};
use crate::protocol::{Command, DraftKey};

use super::super::message::Effect;
use super::super::model::{Composer, Mode, Model};
use super::super::toast::Level;
use super::edits;

/// How long the typing may rest before the draft is saved.
pub(in super::super) const SAVE_AFTER: SignedDuration = SignedDuration::from_secs(1);

/// Opens the editor, with the draft that was left.
pub(super) fn open(model: &mut Model) {
    let Some(contact) = model.listing.selected.clone() else { return };
    let draft = model.drafts.get(&DraftKey::NewNote(contact.clone())).cloned().unwrap_or_default();
    let mut field: TextArea<'static> = draft.lines().collect();
    field.set_wrap_mode(WrapMode::WordOrGlyph);
    field.move_cursor(CursorMove::Bottom);
    field.move_cursor(CursorMove::End);
    let name = model.name_of(&contact);
    model.mode = Mode::Compose(Box::new(Composer { contact, name, field, unsaved_since: None }));
}

/// The text was changed: from now on there is something to save.
pub(super) fn changed(composer: &mut Composer, now: jiff::Timestamp) {
    composer.unsaved_since.get_or_insert(now);
}

/// Saves the draft when it has waited long enough.
pub(super) fn save_when_due(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    if let Mode::Compose(composer) = &mut model.mode
        && composer.unsaved_since.is_some_and(|since| since.duration_until(now) >= SAVE_AFTER)
    {
        composer.unsaved_since = None;
        let (contact, text) = (composer.contact.clone(), text_of(composer));
        keep(model, contact, text, effects);
    }
}

/// Leaves the editor; the draft stays.
pub(super) fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Compose(composer) = std::mem::replace(&mut model.mode, Mode::Browse) else { return };
    let text = text_of(&composer);
    if !text.trim().is_empty() {
        let key = model.keymap.key(Context::Main, Action::AddNote).unwrap_or_default();
        model.say(Level::Hint, format!("Draft kept: {key} brings it back"));
    }
    keep(model, composer.contact, text, effects);
}

/// Sends the note.
pub(super) fn send(model: &mut Model, effects: &mut Vec<Effect>) {
    let Mode::Compose(composer) = &model.mode else { return };
    let (contact, body) = (composer.contact.clone(), text_of(composer));
    if body.trim().is_empty() {
        model.say(Level::Warn, "There is nothing to send yet");
        return;
    }
    model.mode = Mode::Browse;
    model.drafts.insert(DraftKey::NewNote(contact.clone()), body.clone());
    edits::apply(model, Edit::AddNote { contact, body }, effects);
}

/// The note is in the outbox, so its draft may go.
pub(super) fn drop_draft(model: &mut Model, edit: &Edit, effects: &mut Vec<Effect>) {
    let Edit::AddNote { contact, body } = edit else { return };
    let key = DraftKey::NewNote(contact.clone());
    if model.drafts.get(&key) == Some(body) {
        model.drafts.remove(&key);
        effects.push(Effect::Send(Command::DropDraft(key)));
    }
}

/// A refused note was given up: its text becomes the draft again, before or behind what is there.
pub(super) fn back_to_draft(model: &mut Model, contact: ContactId, body: &str, effects: &mut Vec<Effect>) {
    let key = DraftKey::NewNote(contact.clone());
    let text = match model.drafts.get(&key) {
        Some(draft) if draft.contains(body) => draft.clone(),
        Some(draft) => format!("{body}\n\n{draft}"),
        None => body.to_owned(),
    };
    keep(model, contact, text, effects);
}

fn keep(model: &mut Model, contact: ContactId, text: String, effects: &mut Vec<Effect>) {
    let key = DraftKey::NewNote(contact);
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

fn text_of(composer: &Composer) -> String {
    composer.field.lines().join("\n")
}
