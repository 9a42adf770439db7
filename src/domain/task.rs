//! Something to do for a contact.

use super::{ContactId, TaskId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A task. The API gives tasks no date of change: conflicts are found by comparing fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub contact: ContactId,
    pub title: String,
    /// May be HTML.
    pub body: Option<String>,
    pub due: Option<Timestamp>,
    pub completed: bool,
    pub assigned_to: Option<UserId>,
}
