//! Contacts in the cache, and what a search row may replace.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{Contact, ContactId, CustomFieldId, CustomValue};

use super::{Cache, CachedContact, Incoming, StoreError, listed, ms, set_meta, sql};

/// Only the custom fields of a stored contact.
#[derive(Deserialize)]
struct Custom {
    #[serde(default)]
    custom: Vec<CustomValue>,
}

/// The index can lag by seconds; after this we trust it.
pub(super) const LAG_MS: i64 = 60_000;
/// No request takes so long: what is later than its start by more is of a clock that was set since.
pub(super) const LONGEST_MS: i64 = 300_000;

impl Cache {
    /// A page of contacts, ordered by ID.
    pub async fn contacts(&self, after: Option<ContactId>, limit: u32) -> Result<Vec<Contact>, StoreError> {
        self.read(move |connection| {
            let query = "SELECT contact FROM contacts WHERE id > ?1 ORDER BY id LIMIT ?2";
            let after = after.as_ref().map_or("", ContactId::as_str);
            sql::records(connection, query, params![after, limit])
        })
        .await
    }

    /// The values of a custom field, for all contacts that have one.
    pub async fn custom_values(&self, field: CustomFieldId) -> Result<Vec<(ContactId, Value)>, StoreError> {
        self.read(move |connection| {
            // A row without the field's ID in its text lacks the field, so it need not be parsed.
            let mut statement =
                connection.prepare_cached("SELECT id, contact FROM contacts WHERE instr(contact, ?1) > 0")?;
            let mut rows = statement.query([field.as_str()])?;
            let mut values = Vec::new();
            while let Some(row) = rows.next()? {
                let contact: Custom = serde_json::from_str(row.get_ref(1)?.as_str().unwrap_or_default())?;
                if let Some(custom) = contact.custom.into_iter().find(|custom| custom.id == field) {
                    values.push((ContactId::new(row.get::<_, String>(0)?), custom.value));
                }
            }
            Ok(values)
        })
        .await
    }

    /// Those of these contacts that are cached, in this order.
    pub async fn some_contacts(&self, ids: Vec<ContactId>) -> Result<Vec<Contact>, StoreError> {
        self.read(move |connection| {
            let mut contacts = Vec::with_capacity(ids.len());
            for id in ids {
                contacts.extend(stored(connection, &id)?.map(|stored| stored.cached.contact));
            }
            Ok(contacts)
        })
        .await
    }

    pub async fn contact_count(&self) -> Result<u64, StoreError> {
        self.read(|connection| {
            let count: i64 = connection.query_row("SELECT count(*) FROM contacts", [], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
        .await
    }

    pub async fn contact(&self, id: ContactId) -> Result<Option<CachedContact>, StoreError> {
        self.read(move |connection| Ok(stored(connection, &id)?.map(|stored| stored.cached))).await
    }

    /// Stores a page of a search and the cursor behind it in one transaction, and returns what changed.
    ///
    /// The index lags: a row never replaces a newer one, nor fields that a search leaves out.
    pub async fn take_page<T: Serialize + Send + 'static>(
        &self,
        rows: Vec<Incoming>,
        generation: i64,
        cursor: Option<(&'static str, T)>,
        now: Timestamp,
    ) -> Result<Vec<Contact>, StoreError> {
        self.write(move |transaction, seq| {
            let mut changed = Vec::new();
            for row in rows {
                if let Some(contact) = take_row(transaction, seq, generation, row, now)? {
                    changed.push(contact);
                }
            }
            if let Some((key, value)) = cursor {
                set_meta(transaction, key, &value)?;
            }
            Ok(changed)
        })
        .await
    }

    /// Stores a full contact from GET; returns it if it differs from the cached one.
    pub async fn take_full(&self, row: Incoming) -> Result<Option<Contact>, StoreError> {
        self.write(move |transaction, seq| {
            let before = stored(transaction, &row.contact.id)?;
            let generation = before.as_ref().map_or(0, |stored| stored.generation);
            put(transaction, seq, generation, true, &row.contact, &row.raw)?;
            let same = before.is_some_and(|stored| stored.cached.contact == row.contact);
            Ok((!same).then_some(row.contact))
        })
        .await
    }

    /// The server says that it does not exist.
    pub async fn remove_contact(&self, id: ContactId) -> Result<(), StoreError> {
        self.write(move |transaction, seq| remove(transaction, seq, &id)).await
    }

    /// Contacts that a full listing did not see: suspects, until a GET says "not found".
    pub async fn unseen(&self, generation: i64) -> Result<Vec<ContactId>, StoreError> {
        self.read(move |connection| {
            sql::rows(connection, "SELECT id FROM contacts WHERE generation < ?1", [generation], contact_id)
        })
        .await
    }

    /// Contacts added in a time range, in order: from the first moment on, before the second.
    pub async fn added_between(
        &self,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Vec<(ContactId, Option<Timestamp>)>, StoreError> {
        self.read(move |connection| {
            let query = "SELECT id, added FROM contacts WHERE (?1 IS NULL OR added >= ?1) \
                         AND (?2 IS NULL OR added < ?2) ORDER BY added, id";
            sql::rows(connection, query, params![from.map(ms), until.map(ms)], |row| {
                let at: Option<i64> = row.get(1)?;
                Ok((contact_id(row)?, at.and_then(|at| Timestamp::from_millisecond(at).ok())))
            })
        })
        .await
    }

    /// What changed after `seq`, in any process, and the latest change number.
    pub async fn changed_since(&self, seq: i64) -> Result<(Vec<Contact>, Vec<ContactId>, i64), StoreError> {
        self.read(move |connection| {
            let changed = sql::records(connection, "SELECT contact FROM contacts WHERE seq > ?1", [seq])?;
            let removed = sql::rows(connection, "SELECT id FROM removed WHERE seq > ?1", [seq], contact_id)?;
            let newest = super::meta(connection, "seq")?.unwrap_or(0);
            Ok((changed, removed, newest))
        })
        .await
    }
}

/// Stores what one of our edits left.
pub(super) fn edited(
    transaction: &Transaction<'_>,
    seq: i64,
    id: &ContactId,
    change: impl FnOnce(&mut Contact),
) -> Result<(), StoreError> {
    let before = stored(transaction, id)?;
    let (mut contact, full, generation) = match before {
        Some(stored) => (stored.cached.contact, stored.cached.full, stored.generation),
        None => (Contact::unknown(id.clone()), true, 0),
    };
    change(&mut contact);
    put(transaction, seq, generation, full, &contact, "")
}

/// Removes a contact with all its records.
pub(super) fn remove(transaction: &Transaction<'_>, seq: i64, id: &ContactId) -> Result<(), StoreError> {
    let id = id.as_str();
    transaction.execute("DELETE FROM contacts WHERE id = ?1", [id])?;
    transaction.execute("DELETE FROM listed WHERE id = ?1", [id])?;
    transaction.execute("DELETE FROM records WHERE contact = ?1", [id])?;
    transaction.execute("DELETE FROM details WHERE contact = ?1", [id])?;
    transaction.execute("DELETE FROM open_tasks WHERE contact = ?1", [id])?;
    transaction.execute("DELETE FROM agenda WHERE contact = ?1", [id])?;
    let put = "INSERT INTO removed (id, seq) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq";
    sql::run(transaction, put, params![id, seq])
}

/// The ID in the first column.
fn contact_id(row: &Row<'_>) -> Result<ContactId, StoreError> {
    Ok(ContactId::new(row.get::<_, String>(0)?))
}

struct Stored {
    cached: CachedContact,
    generation: i64,
}

fn stored(connection: &Connection, id: &ContactId) -> Result<Option<Stored>, StoreError> {
    let query = "SELECT contact, full, generation FROM contacts WHERE id = ?1";
    sql::row(connection, query, [id.as_str()], |row| {
        let contact = serde_json::from_str(&row.get::<_, String>(0)?)?;
        Ok(Stored { cached: CachedContact { contact, full: row.get(1)? }, generation: row.get(2)? })
    })
}

fn take_row(
    transaction: &Transaction<'_>,
    seq: i64,
    generation: i64,
    row: Incoming,
    now: Timestamp,
) -> Result<Option<Contact>, StoreError> {
    let Some(before) = stored(transaction, &row.contact.id)? else {
        put(transaction, seq, generation, false, &row.contact, &row.raw)?;
        transaction.execute("DELETE FROM removed WHERE id = ?1", [row.contact.id.as_str()])?;
        return Ok(Some(row.contact));
    };
    let stale = lags_behind(transaction, &row.contact, now)?;
    let merged = merge(&before.cached, row.contact, row.plain_names);
    if stale || merged.updated < before.cached.contact.updated || merged == before.cached.contact {
        if before.generation < generation {
            let set = "UPDATE contacts SET generation = ?2 WHERE id = ?1";
            sql::run(transaction, set, params![merged.id.as_str(), generation])?;
        }
        return Ok(None);
    }
    let full = before.cached.full && merged.updated == before.cached.contact.updated;
    put(transaction, seq, generation.max(before.generation), full, &merged, &row.raw)?;
    Ok(Some(merged))
}

/// The contacts whose records were edited or fetched since then.
pub(super) fn changed_since(transaction: &Transaction<'_>, asked_at: Timestamp) -> Result<HashSet<String>, StoreError> {
    let query = "SELECT contact FROM details WHERE edited_at BETWEEN ?1 AND ?2 OR fetched_at BETWEEN ?1 AND ?2";
    let asked_at = ms(asked_at);
    sql::rows(transaction, query, [asked_at, asked_at + LONGEST_MS], |row| Ok(row.get(0)?))
}

/// Whether a search row is older than an edit of ours that the index may not show yet.
fn lags_behind(transaction: &Transaction<'_>, row: &Contact, now: Timestamp) -> Result<bool, StoreError> {
    let edited: Option<i64> =
        sql::value(transaction, "SELECT edited_at FROM details WHERE contact = ?1", [row.id.as_str()])?;
    // What lies in the future is of a clock that was set since.
    let recent = edited.filter(|edited| (0..LAG_MS).contains(&(ms(now) - edited)));
    Ok(recent.is_some_and(|edited| row.updated.is_none_or(|updated| ms(updated) < edited)))
}

/// Merges a search row into the known contact: fields that the row cannot carry stay.
fn merge(before: &CachedContact, mut row: Contact, plain_names: bool) -> Contact {
    let known = &before.contact;
    if !plain_names {
        for (name, known) in [(&mut row.first_name, &known.first_name), (&mut row.last_name, &known.last_name)] {
            let lower = |name: &Option<String>| name.as_deref().map(str::to_lowercase);
            if lower(name) == lower(known) {
                name.clone_from(known);
            }
        }
    }
    if row.dnd.channels.is_none() {
        row.dnd.channels.clone_from(&known.dnd.channels);
    }
    if before.full && row.updated == known.updated {
        // The same version, for which GET gave more fields.
        return known.clone();
    }
    row
}

fn put(
    transaction: &Transaction<'_>,
    seq: i64,
    generation: i64,
    full: bool,
    contact: &Contact,
    raw: &str,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO contacts (id, seq, generation, updated, full, contact, raw, added) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, generation = excluded.generation, \
             updated = excluded.updated, full = excluded.full, contact = excluded.contact, raw = excluded.raw, \
             added = excluded.added",
        )?
        .execute(params![
            contact.id.as_str(),
            seq,
            generation,
            contact.updated.map(ms),
            full,
            serde_json::to_string(contact)?,
            raw,
            contact.added.map(ms),
        ])?;
    listed::put(transaction, contact)
}
