//! Cached tasks, notes and appointments of the contacts that were viewed.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{Appointment, ContactId, Note, NoteId, Receipt, Task, TaskId};

use super::contacts::{LAG_MS, LONGEST_MS};
use super::{Cache, StoreError, agenda, contacts, ms, sql, tasks as open};

/// The records of a contact, as far as they were fetched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CachedDetails {
    pub tasks: Vec<Task>,
    pub notes: Vec<Note>,
    pub appointments: Vec<Appointment>,
    pub fetched_at: Option<Timestamp>,
}

/// A record as it came from the server.
#[derive(Clone, Debug)]
pub struct RawRecord<T> {
    pub value: T,
    /// The text it was parsed from.
    pub raw: String,
}

impl Cache {
    pub async fn details(&self, contact: ContactId) -> Result<CachedDetails, StoreError> {
        self.read(move |connection| {
            let contact = contact.as_str();
            let fetched: Option<Option<i64>> =
                sql::value(connection, "SELECT fetched_at FROM details WHERE contact = ?1", [contact])?;
            Ok(CachedDetails {
                tasks: records(connection, "task", contact)?,
                notes: records(connection, "note", contact)?,
                appointments: records(connection, "appointment", contact)?,
                fetched_at: fetched.flatten().and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            })
        })
        .await
    }

    /// Replaces a contact's records by those requested at `asked_at`.
    ///
    /// `false`, with nothing changed, if an edit was confirmed since then: the answer may be older than that.
    pub async fn take_details(
        &self,
        contact: ContactId,
        tasks: Vec<RawRecord<Task>>,
        notes: Vec<RawRecord<Note>>,
        appointments: Vec<RawRecord<Appointment>>,
        asked_at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction, seq| {
            let contact = contact.as_str();
            let edited: Option<i64> =
                sql::value(transaction, "SELECT edited_at FROM details WHERE contact = ?1", [contact])?;
            if edited.is_some_and(|edited| (0..LONGEST_MS).contains(&(edited - ms(asked_at)))) {
                return Ok(false);
            }
            transaction.execute("DELETE FROM records WHERE contact = ?1", [contact])?;
            put_all(transaction, "task", contact, &tasks, |task| task.id.as_str())?;
            open::of_contact(transaction, contact, tasks.iter().map(|task| &task.value))?;
            put_all(transaction, "note", contact, &notes, |note| note.id.as_str())?;
            put_all(transaction, "appointment", contact, &appointments, |appointment| appointment.id.as_str())?;
            agenda::of_contact(transaction, contact, appointments.iter().map(|one| &one.value))?;
            let put = "INSERT INTO details (contact, seq, fetched_at) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (contact) DO UPDATE SET seq = excluded.seq, fetched_at = excluded.fetched_at";
            sql::run(transaction, put, params![contact, seq, ms(asked_at)])?;
            Ok(true)
        })
        .await
    }

    /// Stores tasks of some contacts as a search at `asked_at` had them. A search may lag, so contacts that were
    /// fetched since, or edited shortly before, are left alone. It does not say what it omits, so a completed task that
    /// it lacks stays, and an open one is removed.
    pub async fn take_tasks(
        &self,
        of: Vec<ContactId>,
        tasks: Vec<RawRecord<Task>>,
        asked_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |transaction, _seq| {
            for contact in &of {
                let query = "SELECT max(edited_at, coalesce(fetched_at, 0)) FROM details WHERE contact = ?1";
                let known: Option<i64> = sql::value(transaction, query, [contact.as_str()])?;
                if known.is_some_and(|known| (-LAG_MS..LONGEST_MS).contains(&(known - ms(asked_at)))) {
                    continue;
                }
                let listed = || tasks.iter().filter(|task| task.value.contact == *contact);
                let held: Vec<Task> = records(transaction, "task", contact.as_str())?;
                let lacks = |task: &&Task| !task.completed && listed().all(|other| other.value.id != task.id);
                for task in held.iter().filter(lacks) {
                    transaction.execute("DELETE FROM records WHERE kind = 'task' AND id = ?1", [task.id.as_str()])?;
                }
                for task in listed() {
                    replace(transaction, "task", contact.as_str(), task.value.id.as_str(), &task.value)?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Stores what one of our edits left on the server.
    pub async fn take_receipt(&self, contact: ContactId, receipt: Receipt, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction, seq| {
            let contact = contact.as_str();
            take(transaction, seq, contact, &receipt)?;
            open::take(transaction, &receipt)?;
            agenda::take(transaction, &receipt)?;
            if matches!(receipt, Receipt::ContactGone { .. }) {
                return Ok(());
            }
            let put = "INSERT INTO details (contact, seq, edited_at) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (contact) DO UPDATE SET seq = excluded.seq, edited_at = excluded.edited_at";
            sql::run(transaction, put, params![contact, seq, ms(at)])
        })
        .await
    }

    pub async fn task(&self, id: TaskId) -> Result<Option<Task>, StoreError> {
        self.read(move |connection| one(connection, "task", id.as_str())).await
    }

    pub async fn note(&self, id: NoteId) -> Result<Option<Note>, StoreError> {
        self.read(move |connection| one(connection, "note", id.as_str())).await
    }

    /// Every task in the cache.
    pub async fn tasks(&self) -> Result<Vec<Task>, StoreError> {
        self.read(|connection| sql::records(connection, "SELECT value FROM records WHERE kind = 'task'", [])).await
    }

    /// Whether another process changed this contact's records after `seq`.
    pub async fn details_changed_since(&self, contact: ContactId, seq: i64) -> Result<bool, StoreError> {
        self.read(move |connection| {
            let query = "SELECT seq FROM details WHERE contact = ?1";
            let found: Option<i64> = sql::value(connection, query, [contact.as_str()])?;
            Ok(found.is_some_and(|found| found > seq))
        })
        .await
    }
}

fn one<T: DeserializeOwned>(connection: &Connection, kind: &str, id: &str) -> Result<Option<T>, StoreError> {
    let found = sql::records(connection, "SELECT value FROM records WHERE kind = ?1 AND id = ?2", [kind, id])?;
    Ok(found.into_iter().next())
}

/// Replaces the copy by what an edit left, and removes what it deleted.
fn take(transaction: &Transaction<'_>, seq: i64, contact: &str, receipt: &Receipt) -> Result<(), StoreError> {
    let gone = |kind: &str, id: &str| {
        transaction.execute("DELETE FROM records WHERE kind = ?1 AND id = ?2", [kind, id]).map(drop)
    };
    match receipt {
        Receipt::Task(task) => replace(transaction, "task", contact, task.id.as_str(), task)?,
        Receipt::TaskGone { id, .. } => gone("task", id.as_str())?,
        Receipt::Note(note) => replace(transaction, "note", contact, note.id.as_str(), note)?,
        Receipt::NoteGone(id) => gone("note", id.as_str())?,
        Receipt::Appointment(one) => replace(transaction, "appointment", contact, one.id.as_str(), one)?,
        Receipt::AppointmentGone(id) => gone("appointment", id.as_str())?,
        Receipt::Contact(held) => contacts::edited(transaction, seq, &held.id, |contact| contact.clone_from(held))?,
        Receipt::ContactGone { id, .. } => contacts::remove(transaction, seq, id)?,
        Receipt::Tags { now: Some(now), .. } => {
            contacts::edited(transaction, seq, &ContactId::new(contact), |known| known.tags.clone_from(now))?;
        }
        Receipt::Followers(now) => {
            contacts::edited(transaction, seq, &ContactId::new(contact), |known| known.followers.clone_from(now))?;
        }
        Receipt::Business(now) => contacts::edited(transaction, seq, &ContactId::new(contact), |known| {
            known.business = now.as_ref().map(|business| business.id.clone());
        })?,
        Receipt::Tags { now: None, .. } | Receipt::Nothing => {}
    }
    Ok(())
}

fn records<T: DeserializeOwned>(connection: &Connection, kind: &str, contact: &str) -> Result<Vec<T>, StoreError> {
    let query = "SELECT value FROM records WHERE contact = ?1 AND kind = ?2 ORDER BY ord";
    sql::records(connection, query, [contact, kind])
}

fn put_all<T: Serialize>(
    transaction: &Transaction<'_>,
    kind: &str,
    contact: &str,
    list: &[RawRecord<T>],
    id: impl Fn(&T) -> &str,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO records (kind, id, contact, ord, value, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (ord, record) in (0_i64..).zip(list) {
        let value = serde_json::to_string(&record.value)?;
        statement.execute(params![kind, id(&record.value), contact, ord, value, record.raw])?;
    }
    Ok(())
}

/// Puts one record in its place, or first if it is new. Its raw text stays empty until the next fetch.
fn replace<T: Serialize>(
    transaction: &Transaction<'_>,
    kind: &str,
    contact: &str,
    id: &str,
    value: &T,
) -> Result<(), StoreError> {
    let value = serde_json::to_string(value)?;
    let put = "INSERT INTO records (kind, id, contact, ord, value, raw) VALUES (?1, ?2, ?3, \
               (SELECT coalesce(min(ord), 0) - 1 FROM records WHERE contact = ?3 AND kind = ?1), ?4, '') \
               ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value, raw = ''";
    sql::run(transaction, put, params![kind, id, contact, value])
}
