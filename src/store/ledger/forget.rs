//! Erases one contact: all its finished edits, with the server's data after each.

use std::collections::HashSet;

use rusqlite::{Transaction, params};

use crate::domain::{ContactId, Edit, Receipt};
use crate::store::{StoreError, sql};

use super::merges::{self, merges_of};
use super::rows::ended;
use super::{EndedEdit, HistoryOutcome, Ledger, drop_draft};

/// What the ledger stores about one contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LedgerTraces {
    /// Finished edits that can be undone, the latest first.
    pub history: Vec<Edit>,
    /// Edits that the server has not confirmed, and merges that are not finished.
    pub waiting: usize,
    /// Merges it took part in; erasing makes them final.
    pub merges: usize,
    /// Raw requests that wrote.
    pub raw: usize,
}

impl Ledger {
    /// What the ledger stores about a contact.
    pub async fn traces(&self, contact: ContactId) -> Result<LedgerTraces, StoreError> {
        self.read(move |connection| {
            let transaction = connection.unchecked_transaction()?;
            let rows = history_of(&transaction, &contact)?;
            let merges = merges_of(&transaction, &contact)?;
            let open = merges.iter().filter(|(_, open)| *open).count();
            let count = |query| -> Result<usize, StoreError> {
                let count: Option<i64> = sql::value(&transaction, query, [contact.as_str()])?;
                Ok(count.and_then(|count| usize::try_from(count).ok()).unwrap_or_default())
            };
            let waiting = count("SELECT count(*) FROM outbox WHERE contact = ?1")? + open;
            let raw = count("SELECT count(*) FROM raw_calls WHERE instr(path, ?1) > 0")?;
            let history = rows.into_iter().rev().map(|row| row.edit).collect();
            Ok(LedgerTraces { history, waiting, merges: merges.len() - open, raw })
        })
        .await
    }

    /// Erases a contact's history, these drafts, and the freed pages of the file. Waiting edits are left alone: the
    /// caller has checked that there are none.
    pub async fn forget(&self, contact: ContactId, drafts: Vec<String>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            erase(transaction, &contact)?;
            for draft in drafts {
                drop_draft(transaction, &draft)?;
            }
            Ok(())
        })
        .await?;
        self.db.scrub().await
    }
}

/// The finished edits of a contact, including those from before it had a server ID.
fn history_of(transaction: &Transaction<'_>, contact: &ContactId) -> Result<Vec<EndedEdit>, StoreError> {
    let query = "SELECT id, edit, outcome, receipt FROM history ORDER BY number";
    let mut all: Vec<EndedEdit> = sql::rows(transaction, query, [], ended)?;
    let made = |ended: &EndedEdit| match &ended.outcome {
        HistoryOutcome::Confirmed(Receipt::Contact(held)) if ended.edit.makes_contact() && held.id == *contact => {
            Some(ended.edit.contact.clone())
        }
        _ => None,
    };
    let names: HashSet<ContactId> = all.iter().filter_map(made).chain([contact.clone()]).collect();
    all.retain(|ended| names.contains(&ended.edit.contact));
    Ok(all)
}

fn erase(transaction: &Transaction<'_>, contact: &ContactId) -> Result<(), StoreError> {
    for row in history_of(transaction, contact)? {
        let id = row.id.to_string();
        transaction.execute("DELETE FROM remade WHERE by = ?1", [&id])?;
        transaction.execute("DELETE FROM history WHERE id = ?1", [&id])?;
    }
    transaction.execute("DELETE FROM remade WHERE old = ?1", [contact.as_str()])?;
    transaction.execute("DELETE FROM raw_calls WHERE instr(path, ?1) > 0", params![contact.as_str()])?;
    for (merge, open) in merges_of(transaction, contact)? {
        if !open {
            merges::erase(transaction, &merge)?;
        }
    }
    transaction.execute("DELETE FROM late_looks WHERE contact = ?1", [contact.as_str()])?;
    transaction.execute("DELETE FROM decisions WHERE a = ?1 OR b = ?1", [contact.as_str()])?;
    // An empty group cannot be undone.
    transaction.execute(
        "DELETE FROM groups WHERE id NOT IN (SELECT grp FROM history WHERE grp IS NOT NULL) \
         AND id NOT IN (SELECT grp FROM outbox WHERE grp IS NOT NULL) \
         AND id NOT IN (SELECT batch FROM merges) AND coalesce(of, '') NOT IN (SELECT batch FROM merges)",
        [],
    )?;
    Ok(())
}
