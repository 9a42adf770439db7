//! A task for a contact.

use super::{ContactId, TaskId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A task. The API has no date of change for tasks, so we find conflicts by comparing fields.
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
