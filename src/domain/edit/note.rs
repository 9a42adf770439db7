//! Edits of a contact's notes.

use super::{Edit, EditFamily, EditRow, SentEdit, Target, Writes, words};
use crate::domain::{Contact, Entries, Note, NoteId, NotePatch, Receipt};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NoteEdit {
    #[serde(rename = "AddNote")]
    Add {
        #[serde(flatten)]
        note: NotePatch,
        /// The deleted note that this one replaces.
        #[serde(default)]
        replaces: Option<NoteId>,
    },
    #[serde(rename = "PatchNote")]
    Patch { note: Target<NoteId>, before: NotePatch, after: NotePatch },
    #[serde(rename = "DeleteNote")]
    Delete {
        note: Target<NoteId>,
        /// Its content.
        #[serde(flatten)]
        was: NotePatch,
    },
}

impl NoteEdit {
    /// The note that is changed or deleted; `None` for a new note.
    pub fn target(&self) -> Option<&Target<NoteId>> {
        match self {
            Self::Add { .. } => None,
            Self::Patch { note, .. } | Self::Delete { note, .. } => Some(note),
        }
    }

    /// Shows the edit on its note; a note that is being deleted does not change.
    pub(in crate::domain) fn apply_to(&self, note: &mut Note) {
        match self {
            Self::Patch { after, .. } => after.apply(note),
            Self::Add { .. } | Self::Delete { .. } => {}
        }
    }
}

impl EditFamily for NoteEdit {
    fn row(&self) -> EditRow<'_> {
        let row = |past, verb, object| EditRow {
            writes: Writes::Record(self.target().and_then(Target::known).map(NoteId::as_str)),
            ..EditRow::of_contact(past, verb, object)
        };
        let saying = |body: &Option<String>| words::quoted("note", body.as_deref().unwrap_or_default());
        match self {
            Self::Add { note, replaces } => {
                let (past, verb) = if replaces.is_some() { ("Re-created", "re-create") } else { ("Added", "add") };
                let replaces = replaces.as_ref().map(NoteId::as_str);
                EditRow { writes: Writes::New { replaces }, ..row(past, verb, saying(&note.body)) }
            }
            Self::Patch { before, after, .. } => match (after.only(), after.pinned) {
                (Some("pinned"), Some(true)) => row("Pinned", "pin", "note".to_owned()),
                (Some("pinned"), _) => row("Unpinned", "unpin", "note".to_owned()),
                _ => row("Changed", "change", saying(if after.body.is_some() { &after.body } else { &before.body })),
            },
            Self::Delete { was, .. } => row("Deleted", "delete", saying(&was.body)),
        }
    }

    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit> {
        sent.back(match self.clone() {
            Self::Add { note, .. } => Self::Delete { note: Target::MadeBy(sent.id), was: note },
            Self::Patch { note, before, after } => Self::Patch { note, before: after, after: before },
            Self::Delete { note, was } => {
                let gone = || sent.receipt.and_then(Receipt::id).map(NoteId::new);
                Self::Add { note: was, replaces: note.known().cloned().or_else(gone) }
            }
        })
    }

    fn values(&self) -> [Entries; 2] {
        match self {
            Self::Add { note, .. } => [Entries::new(), note.entries()],
            Self::Patch { before, after, .. } => [before.entries(), after.entries()],
            Self::Delete { was, .. } => [was.entries(), Entries::new()],
        }
    }

    fn apply(&self, _contact: &mut Contact) {}
}
