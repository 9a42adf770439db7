//! The ledger: edits in progress, their results, and drafts.
//!
//! Written with `synchronous=FULL` and never discarded: a damaged ledger stops the program, which keeps the file and
//! copies out the rows that can still be read.

mod damage;
mod decisions;
mod forget;
mod guard;
mod late;
mod merges;
mod outbox;
mod requests;
mod reverse;
mod rows;
mod salvage;
mod sums;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};

use crate::domain::{Clash, ContactId, Edit, EditId, EditKind, GroupId, Receipt, TagEdit};

use self::guard::FileGuard;
use super::cache;
use super::db::{self, Db, Plan};
use super::error::is_damage;
use super::{Folder, OpenError, StoreError, Tuning, sql};

pub use forget::LedgerTraces;
pub use guard::LedgerNotice;
pub use late::LateLook;
pub use merges::{Image, MergeConflict, MergeEnd};
pub use requests::{SentRequests, WriteKey};
pub use reverse::{Reversal, Reversed};

pub(super) use damage::all_bad_rows;
pub(super) use sums::register as register_sums;

pub(super) const FILE: &str = "ledger.db";
const MIGRATIONS: &[&str] = &[
    include_str!("../../assets/migrations/ledger-1.sql"),
    include_str!("../../assets/migrations/ledger-2.sql"),
    include_str!("../../assets/migrations/ledger-3.sql"),
    include_str!("../../assets/migrations/ledger-4.sql"),
    include_str!("../../assets/migrations/ledger-5.sql"),
    include_str!("../../assets/migrations/ledger-6.sql"),
    include_str!("../../assets/migrations/ledger-7.sql"),
];

/// The ledger of a location; cheap to clone.
#[derive(Clone, Debug)]
pub struct Ledger {
    db: Db,
    file: Arc<FileGuard>,
    tuning: Tuning,
}

/// An edit in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    /// Edits of a contact run in this order.
    pub seq: i64,
    pub id: EditId,
    /// Edits made together share it.
    pub group: Option<GroupId>,
    pub edit: Edit,
    pub made_at: Timestamp,
    pub state: RowState,
    pub attempts: u32,
    /// Its requests so far.
    pub sent: SentRequests,
    pub why: Option<String>,
    /// Fields that someone else changed too; the edit has failed until the user decides.
    pub clash: Vec<Clash>,
    /// The user saw both values and keeps this edit's.
    pub insist: bool,
}

/// The progress of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// It certainly has had no effect yet.
    Queued { retry_at: Option<Timestamp> },
    /// A request was sent at this time; its effect is not known yet.
    Started { at: Timestamp },
    /// Refused permanently; kept for the user to retry or discard.
    Failed,
}

/// How an edit left the outbox.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryOutcome {
    Confirmed(Receipt),
    Withdrawn,
    Discarded,
}

/// An edit that has left the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedEdit {
    pub id: EditId,
    pub edit: Edit,
    pub outcome: HistoryOutcome,
}

/// A saved draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub key: String,
    pub text: String,
}

impl Ledger {
    pub fn open(folder: &Folder, tuning: Tuning) -> Result<Self, OpenError> {
        let notices = guard::missing(folder, FILE, cache::FILE).into_iter().collect();
        let path = folder.prepare(FILE)?;
        let connection =
            match db::connect(&path, &plan(tuning)).and_then(|connection| salvage::checked(&path, connection)) {
                Err(OpenError::Database { source, .. }) if is_damage(&source) => {
                    return Err(salvage::salvage(folder, &path, &source.to_string()));
                }
                other => other?,
            };
        let file = Arc::new(FileGuard::new(path, notices));
        // What cannot even be looked through refuses the calls that need it, one by one.
        let _ = file.name_damage(&connection);
        Ok(Self { db: Db::run("ledger", connection), file, tuning })
    }

    /// Opens it to be read alone, where it cannot be written: whoever writes fails.
    pub fn open_to_read(folder: &Folder) -> Result<Self, OpenError> {
        let path = folder.file(FILE);
        let tuning = Tuning::default();
        let connection = db::connect_to_read(&path, &plan(tuning))?;
        let file = Arc::new(FileGuard::new(path, Vec::new()));
        let _ = file.name_damage(&connection);
        Ok(Self { db: Db::run("ledger", connection), file, tuning })
    }

    /// What the user has to know about the ledger and was not told yet.
    pub fn take_notices(&self) -> Vec<LedgerNotice> {
        self.file.take_notices()
    }

    /// Logs a raw request that writes; without a status if there was no answer.
    pub async fn note_raw(
        &self,
        at: Timestamp,
        method: &'static str,
        path: String,
        status: Option<u16>,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let put = "INSERT INTO raw_calls (at, method, path, status) VALUES (?1, ?2, ?3, ?4)";
            sql::run(transaction, put, params![at.as_millisecond(), method, path, status])
        })
        .await
    }

    pub async fn save_draft(&self, draft: Draft, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let put = "INSERT INTO drafts (key, text, saved_at) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (key) DO UPDATE SET text = excluded.text, saved_at = excluded.saved_at";
            sql::run(transaction, put, params![draft.key, draft.text, at.as_millisecond()])
        })
        .await
    }

    pub async fn drop_draft(&self, key: String) -> Result<(), StoreError> {
        self.write(move |transaction| drop_draft(transaction, &key)).await
    }

    pub async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let draft = |row: &Row<'_>| Ok(Draft { key: row.get(0)?, text: row.get(1)? });
        self.read(move |connection| sql::rows(connection, "SELECT key, text FROM drafts ORDER BY key", [], draft)).await
    }

    /// A setting by its name.
    pub async fn setting(&self, key: &'static str) -> Result<Option<String>, StoreError> {
        self.read(move |connection| sql::value(connection, "SELECT value FROM settings WHERE key = ?1", [key])).await
    }

    /// Saves a setting, or deletes it.
    pub async fn set_setting(&self, key: &'static str, value: Option<String>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let Some(value) = value else {
                return sql::run(transaction, "DELETE FROM settings WHERE key = ?1", [key]);
            };
            let put = "INSERT INTO settings (key, value) VALUES (?1, ?2) \
                       ON CONFLICT (key) DO UPDATE SET value = excluded.value";
            sql::run(transaction, put, params![key, value])
        })
        .await
    }

    /// The contacts to which this tag was ever added from here, whatever came of it; without IDs that the server does
    /// not know.
    pub async fn tagged(&self, tag: String) -> Result<HashSet<ContactId>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT edit FROM history WHERE instr(edit, 'AddTags') > 0 \
                     UNION ALL SELECT edit FROM outbox WHERE instr(edit, 'AddTags') > 0",
            )?;
            let mut rows = statement.query([])?;
            let (mut tagged, wanted) = (HashSet::new(), tag.to_lowercase());
            while let Some(row) = rows.next()? {
                let edit = row.get_ref(0)?.as_str().ok().and_then(|text| serde_json::from_str::<Edit>(text).ok());
                let Some(edit) = edit else { continue };
                if let EditKind::Tag(TagEdit::Add { tags }) = edit.what
                    && tags.iter().any(|tag| tag.to_lowercase() == wanted)
                {
                    tagged.insert(edit.contact);
                }
            }
            Ok(tagged)
        })
        .await
    }

    /// Changes when another process has written. Notices a file that is gone.
    pub async fn data_version(&self) -> Result<i64, StoreError> {
        let (file, tuning) = (Arc::clone(&self.file), self.tuning);
        self.db
            .call(move |connection| {
                file.check(connection, &plan(tuning))?;
                db::data_version(connection)
            })
            .await
    }

    async fn read<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.db.call(|connection| act(connection)).await
    }

    /// Runs a transaction: when this returns, its writes are on disk, or none of them if it failed.
    async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.write_if(act, |_result| true).await
    }

    /// [`Ledger::write`] that commits only if its result says so.
    async fn write_if<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        keep: impl FnOnce(&T) -> bool + Send + 'static,
    ) -> Result<T, StoreError> {
        let (file, tuning) = (Arc::clone(&self.file), self.tuning);
        self.db
            .call(move |connection| {
                file.check(connection, &plan(tuning))?;
                let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let result = act(&transaction)?;
                if keep(&result) {
                    transaction.commit()?;
                }
                Ok(result)
            })
            .await
    }
}

fn plan(tuning: Tuning) -> Plan {
    Plan { synchronous: "FULL", migrations: MIGRATIONS, max_pages: tuning.ledger_max_pages }
}

fn drop_draft(transaction: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    sql::run(transaction, "DELETE FROM drafts WHERE key = ?1", [key])
}
