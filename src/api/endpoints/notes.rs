//! Notes of a contact.

use crate::api::{Received, wire};
use crate::domain::{ContactId, Note, NoteId, NotePatch};

use super::operations;

operations! {
    /// `GET /contacts/{id}/notes`: not paged.
    GetNotes { contact: ContactId }
    Get "/contacts/{}/notes" (contact) ContactsReadonly Safe "detail, notes list, before and after a new note"
    -> Vec<Received<Note>> = |own, body| wire::notes(body, &own.contact);

    /// `GET /contacts/{id}/notes/{noteId}`
    GetNote { contact: ContactId, note: NoteId }
    Get "/contacts/{}/notes/{}" (contact, note) ContactsReadonly Safe "before a note is changed"
    -> Received<Note> = |own, body| wire::note(body, &own.contact);

    /// `POST /contacts/{id}/notes`: a repeat makes a second note.
    CreateNote { contact: ContactId, note: NotePatch }
    Post "/contacts/{}/notes" (contact) ContactsWrite Probe "a, notes add"
    with |create, call| call.body(wire::note_body(&create.note)),
    -> Received<Note> = |own, body| wire::note(body, &own.contact);

    /// `PUT /contacts/{id}/notes/{noteId}`
    UpdateNote { contact: ContactId, note: NoteId, patch: NotePatch }
    Put "/contacts/{}/notes/{}" (contact, note) ContactsWrite Natural "e, p, notes update"
    with |update, call| call.body(wire::note_body(&update.patch)),
    -> Received<Note> = |own, body| wire::note(body, &own.contact);

    /// `DELETE /contacts/{id}/notes/{noteId}`
    DeleteNote { contact: ContactId, note: NoteId }
    Delete "/contacts/{}/notes/{}" (contact, note) ContactsWrite Natural "D, notes delete"
    -> () = |_own, _body| Ok(());
}
