//! Notes of a contact.

use serde_json::json;

use crate::api::{Call, Endpoint, Idempotency, Received, wire};
use crate::domain::{ContactId, Note, NoteId, Scope};
use crate::http::Method;

/// `GET /contacts/{id}/notes`: not paged.
#[derive(Clone, Debug)]
pub struct GetNotes(pub ContactId);

impl Endpoint for GetNotes {
    const METHOD: Method = Method::Get;
    const SCOPE: Scope = Scope::ContactsReadonly;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    type Reply = Vec<Received<Note>>;

    fn call(&self) -> Call {
        Call::new("/contacts/{}/notes", &[self.0.as_str()])
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::notes(body, &self.0)
    }
}

/// `GET /contacts/{id}/notes/{noteId}`
#[derive(Clone, Debug)]
pub struct GetNote {
    pub contact: ContactId,
    pub note: NoteId,
}

impl Endpoint for GetNote {
    const METHOD: Method = Method::Get;
    const SCOPE: Scope = Scope::ContactsReadonly;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    type Reply = Received<Note>;

    fn call(&self) -> Call {
        Call::new("/contacts/{}/notes/{}", &[self.contact.as_str(), self.note.as_str()])
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::note(body, &self.contact)
    }
}

/// `POST /contacts/{id}/notes`: a repeat makes a second note.
#[derive(Clone, Debug)]
pub struct CreateNote {
    pub contact: ContactId,
    pub body: String,
}

impl Endpoint for CreateNote {
    const METHOD: Method = Method::Post;
    const SCOPE: Scope = Scope::ContactsWrite;
    const IDEMPOTENCY: Idempotency = Idempotency::Probe;
    type Reply = Received<Note>;

    fn call(&self) -> Call {
        Call::new("/contacts/{}/notes", &[self.contact.as_str()]).body(json!({ "body": self.body }))
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::note(body, &self.contact)
    }
}

/// `DELETE /contacts/{id}/notes/{noteId}`
#[derive(Clone, Debug)]
pub struct DeleteNote {
    pub contact: ContactId,
    pub note: NoteId,
}

impl Endpoint for DeleteNote {
    const METHOD: Method = Method::Delete;
    const SCOPE: Scope = Scope::ContactsWrite;
    const IDEMPOTENCY: Idempotency = Idempotency::Natural;
    type Reply = ();

    fn call(&self) -> Call {
        Call::new("/contacts/{}/notes/{}", &[self.contact.as_str(), self.note.as_str()])
    }

    fn parse(&self, _body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        Ok(())
    }
}
