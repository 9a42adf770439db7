//! A note while it is written.

use jiff::{SignedDuration, Timestamp};
use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::domain::{ContactId, EditId, NoteId, NotePatch, Target};
use crate::protocol::DraftKey;
use crate::text;

/// How long the typing may rest before the draft is saved.
pub(crate) const SAVE_AFTER: SignedDuration = SignedDuration::from_secs(1);

/// A note while it is written.
#[derive(Clone, Debug)]
pub(crate) struct NoteEditor {
    pub(crate) contact: ContactId,
    /// The note that gets another body; `None` for a new one.
    pub(crate) known: Option<(Target<NoteId>, NotePatch)>,
    /// What it said, and the way back from what is typed.
    pub(crate) editable: text::EditableBody,
    /// The refused edit that this one repeats.
    pub(crate) replaces: Option<EditId>,
    pub(crate) name: String,
    pub(crate) field: TextArea<'static>,
    /// Since when there is something that the ledger does not hold.
    pub(crate) unsaved_since: Option<Timestamp>,
}

impl NoteEditor {
    /// The name that its draft is kept under.
    pub(crate) fn draft(&self) -> DraftKey {
        match self.known.as_ref().and_then(|(target, _)| target.known().cloned()) {
            Some(note) => DraftKey::Note(self.contact.clone(), note),
            None => DraftKey::NewNote(self.contact.clone()),
        }
    }

    pub(crate) fn text(&self) -> String {
        self.field.lines().join("\n")
    }

    /// Puts this text in the place of what is typed, the cursor behind it.
    pub(crate) fn set(&mut self, text: &str) {
        self.field = text.lines().collect();
        self.field.set_wrap_mode(WrapMode::WordOrGlyph);
        self.field.move_cursor(CursorMove::Bottom);
        self.field.move_cursor(CursorMove::End);
    }

    /// Whether it says something else than at the start.
    pub(crate) fn is_changed(&self) -> bool {
        self.text().trim_end() != self.editable.text.trim_end()
    }

    /// Goes back to what it said at the start.
    pub(crate) fn start_over(&mut self) {
        let text = self.editable.text.clone();
        self.set(&text);
        self.unsaved_since = None;
    }

    /// The text has changed: from now on there is something to save.
    pub(crate) fn changed(&mut self, now: Timestamp) {
        self.unsaved_since.get_or_insert(now);
    }
}
