//! A note while it is written.

use jiff::Timestamp;
use tui_textarea::TextArea;

use crate::domain::{ContactId, EditId, NoteId, NotePatch, Target};
use crate::text;

/// A note while it is written.
#[derive(Clone, Debug)]
pub(crate) struct NoteEditor {
    pub(crate) contact: ContactId,
    /// The note that gets another body; a new one where there is none.
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
