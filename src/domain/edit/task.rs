//! Edits of a contact's tasks.

use super::{CountedAs, Edit, EditFamily, EditRow, SentEdit, Target, Writes, words};
use crate::domain::{Contact, Entries, Receipt, Task, TaskId, TaskPatch};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TaskEdit {
    #[serde(rename = "AddTask")]
    Add {
        task: TaskPatch,
        /// The deleted task that this one replaces.
        #[serde(default)]
        replaces: Option<TaskId>,
    },
    #[serde(rename = "PatchTask")]
    Patch { task: Target<TaskId>, title: String, before: TaskPatch, after: TaskPatch },
    /// Completes or reopens a task whose state was `!completed`.
    #[serde(rename = "CompleteTask")]
    Complete { task: Target<TaskId>, title: String, completed: bool },
    #[serde(rename = "DeleteTask")]
    Delete { task: Target<TaskId>, was: TaskPatch },
}

impl TaskEdit {
    /// The task that is changed or deleted; `None` for a new task.
    pub fn target(&self) -> Option<&Target<TaskId>> {
        match self {
            Self::Add { .. } => None,
            Self::Patch { task, .. } | Self::Complete { task, .. } | Self::Delete { task, .. } => Some(task),
        }
    }

    /// Shows the edit on its task; a task that is being deleted does not change.
    pub(in crate::domain) fn apply_to(&self, task: &mut Task) {
        match self {
            Self::Patch { after, .. } => after.apply(task),
            Self::Complete { completed, .. } => task.completed = *completed,
            Self::Add { .. } | Self::Delete { .. } => {}
        }
    }
}

impl EditFamily for TaskEdit {
    fn row(&self) -> EditRow<'_> {
        let row = |past, verb, object| EditRow {
            writes: Writes::Record(self.target().and_then(Target::known).map(TaskId::as_str)),
            ..EditRow::of_contact(past, verb, object)
        };
        let named = |patch: &TaskPatch| words::quoted("task", patch.title.as_deref().unwrap_or_default());
        match self {
            Self::Add { task, replaces } => {
                let (past, verb) = if replaces.is_some() { ("Re-created", "re-create") } else { ("Added", "add") };
                let replaces = replaces.as_ref().map(TaskId::as_str);
                EditRow { writes: Writes::New { replaces }, ..row(past, verb, named(task)) }
            }
            Self::Patch { title, after, .. } => {
                let (past, verb, noun) = match after.only() {
                    Some("assignedTo") => ("Assigned", "assign", ""),
                    Some("dueDate") => ("Rescheduled", "reschedule", ""),
                    _ => ("Changed", "change", "task"),
                };
                EditRow { counted: CountedAs::Tasks, ..row(past, verb, words::quoted(noun, title)) }
            }
            Self::Complete { title, completed, .. } => {
                let (past, verb) = if *completed { ("Completed", "complete") } else { ("Reopened", "reopen") };
                EditRow { counted: CountedAs::Tasks, ..row(past, verb, words::quoted("", title)) }
            }
            Self::Delete { was, .. } => row("Deleted", "delete", named(was)),
        }
    }

    fn inverse(&self, sent: &SentEdit<'_>) -> Vec<Edit> {
        sent.back(match self.clone() {
            Self::Add { task, .. } => {
                let was = match sent.receipt {
                    Some(Receipt::Task(held)) => TaskPatch::of(held),
                    _ => task,
                };
                Self::Delete { task: Target::MadeBy(sent.id), was }
            }
            Self::Patch { task, title, before, after } => Self::Patch { task, title, before: after, after: before },
            Self::Complete { task, title, completed } => Self::Complete { task, title, completed: !completed },
            Self::Delete { task, was } => match sent.receipt {
                Some(Receipt::TaskGone { id, was: Some(held) }) => {
                    Self::Add { task: held.clone(), replaces: Some(id.clone()) }
                }
                _ => Self::Add { task: was, replaces: task.known().cloned() },
            },
        })
    }

    fn values(&self) -> [Entries; 2] {
        match self {
            Self::Add { task, .. } => [Entries::new(), task.entries()],
            Self::Patch { before, after, .. } => [before.entries(), after.entries()],
            Self::Complete { completed, .. } => [!completed, *completed]
                .map(|completed| TaskPatch { completed: Some(completed), ..TaskPatch::default() }.entries()),
            Self::Delete { was, .. } => [was.entries(), Entries::new()],
        }
    }

    fn apply(&self, _contact: &mut Contact) {}
}
