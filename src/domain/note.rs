//! Something written about a contact.

use super::{ContactId, NoteId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A note. Its body is HTML when written in the web app; the raw body is kept to write it back.
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
