//! A note on a contact.

use super::{ContactId, NoteId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A note. The web app writes its body as HTML; we keep the raw body so that we can write it back unchanged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    pub id: NoteId,
    pub contact: ContactId,
    pub title: Option<String>,
    pub body: String,
    pub author: Option<UserId>,
    pub added: Option<Timestamp>,
    pub pinned: bool,
}
