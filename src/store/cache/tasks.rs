//! The cached open tasks of the whole location: what the Tasks screen shows before there is a network.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};

use crate::domain::{Receipt, Task, TaskId};

use super::contacts::changed_since;
use super::{Cache, StoreError, meta, set_meta, sql};

/// The cache's key for the time of the last full read.
const READ_AT: &str = "open_tasks_at";

impl Cache {
    /// The open tasks, and when all of them were last read; before the first time, those of the contacts that were
    /// viewed.
    pub async fn open_tasks(&self) -> Result<(Vec<Task>, Option<Timestamp>), StoreError> {
        self.read(|connection| {
            let tasks = sql::records(connection, "SELECT value FROM open_tasks ORDER BY id", [])?;
            Ok((tasks, meta(connection, READ_AT)?))
        })
        .await
    }

    /// Stores all open tasks, as read from `asked_at` on; unchanged rows are not written again.
    ///
    /// Tasks edited since then stay as the edit left them.
    pub async fn take_open_tasks(&self, tasks: Arc<Vec<Arc<Task>>>, asked_at: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction, _seq| {
            let edited = changed_since(transaction, asked_at)?;
            let held = |row: &Row<'_>| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)));
            let mut held: HashMap<String, (String, String)> =
                sql::rows(transaction, "SELECT id, contact, value FROM open_tasks", [], held)?;
            for task in tasks.iter() {
                let before = held.remove(task.id.as_str());
                if edited.contains(task.contact.as_str()) {
                    continue;
                }
                let value = serde_json::to_string(&**task)?;
                if before.is_none_or(|(_, before)| before != value) {
                    put(transaction, task, &value)?;
                }
            }
            for (id, (contact, _)) in held {
                if !edited.contains(&contact) {
                    remove(transaction, &id)?;
                }
            }
            set_meta(transaction, READ_AT, &asked_at)
        })
        .await
    }
}

/// The tasks of a contact were fetched: these are all of them.
pub(super) fn of_contact<'a>(
    transaction: &Transaction<'_>,
    contact: &str,
    tasks: impl Iterator<Item = &'a Task>,
) -> Result<(), StoreError> {
    sql::run(transaction, "DELETE FROM open_tasks WHERE contact = ?1", [contact])?;
    for task in tasks.filter(|task| !task.completed) {
        put(transaction, task, &serde_json::to_string(task)?)?;
    }
    Ok(())
}

/// Stores what one of our edits left.
pub(super) fn take(transaction: &Transaction<'_>, receipt: &Receipt) -> Result<(), StoreError> {
    match receipt {
        Receipt::Task(task) if task.completed => remove(transaction, task.id.as_str()),
        Receipt::Task(task) => put(transaction, task, &serde_json::to_string(task)?),
        Receipt::TaskGone { id, .. } => remove(transaction, TaskId::as_str(id)),
        _ => Ok(()),
    }
}

fn put(transaction: &Transaction<'_>, task: &Task, value: &str) -> Result<(), StoreError> {
    let put = "INSERT OR REPLACE INTO open_tasks (id, contact, value) VALUES (?1, ?2, ?3)";
    sql::run(transaction, put, params![task.id.as_str(), task.contact.as_str(), value])
}

fn remove(transaction: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    sql::run(transaction, "DELETE FROM open_tasks WHERE id = ?1", [id])
}
