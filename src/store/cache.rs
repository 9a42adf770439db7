//! The cache: what the server last said. It can be deleted at any time and fills again.

mod agenda;
mod contacts;
mod details;
mod listed;
mod tasks;

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{Contact, ContactId};

use super::db::{self, Db, Plan};
use super::error::is_damage;
use super::{Folder, OpenError, StoreError, sql};

pub use agenda::CachedAgenda;
pub use details::{CachedDetails, RawRecord};

pub(super) const FILE: &str = "cache.db";
/// The key of the location, with its users, fields and tags.
pub const LOCATION: &str = "location";
const PLAN: Plan = Plan {
    synchronous: "NORMAL",
    migrations: &[
        include_str!("../../assets/migrations/cache-1.sql"),
        include_str!("../../assets/migrations/cache-2.sql"),
        include_str!("../../assets/migrations/cache-3.sql"),
        include_str!("../../assets/migrations/cache-4.sql"),
        include_str!("../../assets/migrations/cache-5.sql"),
    ],
    max_pages: None,
};

/// The cache of a location; cheap to clone.
#[derive(Clone, Debug)]
pub struct Cache {
    db: Db,
    folder: Arc<Folder>,
}

/// A cached contact.
#[derive(Clone, Debug, PartialEq)]
pub struct CachedContact {
    pub contact: Contact,
    /// From GET, with every field; otherwise from a search.
    pub full: bool,
}

/// A contact as it came from the server.
#[derive(Clone, Debug)]
pub struct Incoming {
    pub contact: Contact,
    /// The text it was parsed from.
    pub raw: String,
    /// Whether names are in their original spelling; search rows may have them in lower case only.
    pub plain_names: bool,
}

impl Cache {
    /// Opens the cache; if it is damaged, empties it.
    pub fn open(folder: &Folder) -> Result<Self, OpenError> {
        let connection = match connect(folder) {
            Err(OpenError::Database { source, .. }) if is_damage(&source) => {
                tracing::warn!(error = %source, "the cache is damaged and is rebuilt");
                remake(folder)?
            }
            other => other?,
        };
        Ok(Self { db: Db::run("cache", connection), folder: Arc::new(folder.clone()) })
    }

    /// Opens it to be read alone, where it cannot be written: whoever writes fails.
    pub fn open_to_read(folder: &Folder) -> Result<Self, OpenError> {
        let connection = db::connect_to_read(&folder.file(FILE), &PLAN)?;
        Ok(Self { db: Db::run("cache", connection), folder: Arc::new(folder.clone()) })
    }

    /// A small value by name.
    pub async fn meta<T: DeserializeOwned + Send + 'static>(&self, key: &'static str) -> Result<Option<T>, StoreError> {
        self.read(move |connection| meta(connection, key)).await
    }

    pub async fn set_meta<T: Serialize + Send + 'static>(&self, key: &'static str, value: T) -> Result<(), StoreError> {
        self.write(move |transaction, _seq| set_meta(transaction, key, &value)).await
    }

    /// Erases a contact with all its records, and the freed pages of the file.
    pub async fn forget(&self, contact: ContactId) -> Result<(), StoreError> {
        let folder = self.folder.clone();
        self.db
            .call(move |connection| {
                let erased = transact(connection, |transaction, seq| contacts::remove(transaction, seq, &contact));
                erased.or_else(|error| heal(connection, &folder, error))?;
                db::scrub(connection)
            })
            .await
    }

    /// Changes when another process has written.
    pub async fn data_version(&self) -> Result<i64, StoreError> {
        self.read(db::data_version).await
    }

    async fn read<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = self.folder.clone();
        self.db.call(move |connection| act(connection).or_else(|error| heal(connection, &folder, error))).await
    }

    /// Runs a transaction that gets the next change number.
    async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Transaction<'_>, i64) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = self.folder.clone();
        self.db
            .call(move |connection| transact(connection, act).or_else(|error| heal(connection, &folder, error)))
            .await
    }
}

fn transact<T>(
    connection: &mut Connection,
    act: impl FnOnce(&Transaction<'_>, i64) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let seq = meta::<i64>(&transaction, "seq")?.unwrap_or(0) + 1;
    set_meta(&transaction, "seq", &seq)?;
    let result = act(&transaction, seq)?;
    transaction.commit()?;
    Ok(result)
}

/// If the cache turns out to be damaged, or its records cannot be read, it is emptied on the spot.
fn heal<T>(connection: &mut Connection, folder: &Folder, error: StoreError) -> Result<T, StoreError> {
    // What was opened to be read alone may belong to a program that runs: it is left as it is.
    let is_ours = !connection.is_readonly("main").unwrap_or(true);
    if !(is_ours && matches!(error, StoreError::Damaged(_) | StoreError::Record(_))) {
        return Err(error);
    }
    tracing::warn!(%error, "the cache is damaged and is rebuilt");
    let closed = std::mem::replace(connection, Connection::open_in_memory()?);
    drop(closed);
    *connection = remake(folder).map_err(|_cannot| error)?;
    Err(StoreError::Rebuilt)
}

fn connect(folder: &Folder) -> Result<Connection, OpenError> {
    db::connect(&folder.prepare(FILE)?, &PLAN)
}

fn remake(folder: &Folder) -> Result<Connection, OpenError> {
    folder.remove(FILE).map_err(|source| OpenError::Folder { path: folder.path().to_owned(), source })?;
    connect(folder)
}

pub(super) fn meta<T: DeserializeOwned>(connection: &Connection, key: &str) -> Result<Option<T>, StoreError> {
    // The value may have been set to null.
    let value: Vec<Option<T>> = sql::records(connection, "SELECT value FROM meta WHERE key = ?1", [key])?;
    Ok(value.into_iter().next().flatten())
}

fn set_meta<T: Serialize>(transaction: &Transaction<'_>, key: &str, value: &T) -> Result<(), StoreError> {
    let put = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    sql::run(transaction, put, params![key, serde_json::to_string(value)?])
}

fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}
