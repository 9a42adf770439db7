//! Rows and receipts as the front end sees them.

use crate::domain::{Contact, ContactEdit, Edit, EditKind, Note, Pending, Progress, Receipt};
use crate::protocol::{Confirmed, NoteView};
use crate::store::{OutboxRow, RowState};
use crate::text;

/// A note ready to show.
pub(super) fn note_view(note: Note) -> NoteView {
    let text = text::rich(&note.body);
    NoteView { note, text }
}

/// A receipt as the front end sees it.
pub(super) fn confirmed(receipt: Receipt) -> Confirmed {
    let text = match &receipt {
        Receipt::Note(note) => Some(text::rich(&note.body)),
        _ => None,
    };
    Confirmed { receipt, text }
}

/// A row as the front end sees it.
pub(super) fn pending(row: &OutboxRow) -> Pending {
    let why = row.why.clone().unwrap_or_default();
    let progress = match row.state {
        RowState::Queued { retry_at: Some(until) } => Progress::Waiting { until, why },
        RowState::Queued { retry_at: None } => Progress::Queued,
        RowState::Started { .. } => Progress::Sending,
        RowState::Failed if !row.clash.is_empty() => Progress::Clash(row.clash.clone()),
        RowState::Failed => Progress::Failed { why },
    };
    Pending { id: Some(row.id), group: row.group, edit: row.edit.clone(), progress, made_at: row.made_at }
}

/// The contact that an edit is creating, as it will be: listed until the server has answered.
pub(super) fn being_made(edit: &Edit) -> Option<Contact> {
    let EditKind::Contact(ContactEdit::Create { patch, .. }) = &edit.what else { return None };
    let mut made = Contact::unknown(edit.contact.clone());
    patch.apply(&mut made);
    Some(made)
}
