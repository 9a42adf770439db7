//! The list's columns of every contact, in a table of their own: a start reads them all without parsing the full
//! contacts.

use jiff::Timestamp;
use rusqlite::{Row as SqlRow, Transaction, params};

use crate::domain::{Contact, ContactId, UserId};
use crate::query::ContactRow;

use super::{Cache, StoreError, sql};

/// Set if contacts were stored before this table existed.
const TO_LIST: &str = "to_list";

impl Cache {
    /// A page of list rows, ordered by ID.
    pub async fn rows(&self, after: Option<ContactId>, limit: u32) -> Result<Vec<ContactRow>, StoreError> {
        self.read(move |connection| {
            let after = after.as_ref().map_or("", ContactId::as_str);
            sql::rows(
                connection,
                "SELECT * FROM listed WHERE id > ?1 ORDER BY id LIMIT ?2",
                params![after, limit],
                read,
            )
        })
        .await
    }

    /// Adds contacts stored before this table existed. Call it before the first [`Cache::rows`].
    pub async fn complete_rows(&self) -> Result<(), StoreError> {
        if self.meta::<bool>(TO_LIST).await?.is_none() {
            return Ok(());
        }
        self.write(|transaction, _seq| {
            let mut statement = transaction.prepare(
                "SELECT contact FROM contacts WHERE NOT EXISTS (SELECT 1 FROM listed WHERE listed.id = contacts.id)",
            )?;
            let mut missing = statement.query([])?;
            while let Some(row) = missing.next()? {
                let contact: Contact = serde_json::from_str(&row.get::<_, String>(0)?)?;
                put(transaction, &contact)?;
            }
            transaction.execute("DELETE FROM meta WHERE key = ?1", [TO_LIST])?;
            Ok(())
        })
        .await
    }
}

/// Updates a contact's row.
pub(super) fn put(transaction: &Transaction<'_>, contact: &Contact) -> Result<(), StoreError> {
    let row = ContactRow::from(contact);
    let tags = if row.tags.is_empty() { String::new() } else { serde_json::to_string(&row.tags)? };
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO listed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            row.id.as_str(),
            row.first_name,
            row.last_name,
            row.email,
            row.phone,
            row.company,
            row.city,
            tags,
            row.owner.as_ref().map_or("", UserId::as_str),
            row.source,
            row.added.map(Timestamp::as_microsecond),
            row.updated.map(Timestamp::as_microsecond),
            row.dnd,
        ])?;
    Ok(())
}

fn read(row: &SqlRow<'_>) -> Result<ContactRow, StoreError> {
    let time = |at: Option<i64>| at.and_then(|at| Timestamp::from_microsecond(at).ok());
    let (tags, owner): (String, String) = (row.get(7)?, row.get(8)?);
    Ok(ContactRow {
        id: ContactId::new(row.get::<_, String>(0)?),
        first_name: row.get(1)?,
        last_name: row.get(2)?,
        email: row.get(3)?,
        phone: row.get(4)?,
        company: row.get(5)?,
        city: row.get(6)?,
        tags: if tags.is_empty() { Vec::new() } else { serde_json::from_str(&tags)? },
        owner: (!owner.is_empty()).then(|| UserId::new(owner)),
        source: row.get(9)?,
        added: time(row.get(10)?),
        updated: time(row.get(11)?),
        dnd: row.get(12)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Dnd;
    use crate::store::{Folder, Incoming};

    fn people() -> Vec<Contact> {
        let full = Contact {
            first_name: Some("Ana María".into()),
            last_name: Some("López".into()),
            email: Some("ana@example.com".into()),
            phone: Some("+14155550100".into()),
            company: Some("Acme".into()),
            city: Some("Łódź".into()),
            source: Some("web".into()),
            owner: Some(UserId::new("u1")),
            tags: vec!["VIP, \"gold\"".into(), String::new()],
            dnd: Dnd { all: true, channels: None },
            added: Some(Timestamp::UNIX_EPOCH),
            updated: "2026-11-24T18:00:00.123456Z".parse().ok(),
            ..Contact::unknown(ContactId::new("b"))
        };
        vec![Contact::unknown(ContactId::new("a")), full]
    }

    async fn cache(folder: &Folder) -> Cache {
        let cache = Cache::open(folder).expect("it opens");
        let rows = people().into_iter().map(|contact| Incoming { contact, raw: String::new(), plain_names: true });
        cache.take_page::<i64>(rows.collect(), 1, None, Timestamp::now()).await.expect("it is taken");
        cache
    }

    #[tokio::test]
    async fn what_is_listed_is_what_the_contacts_are() {
        let place = tempfile::tempdir().expect("a folder");
        let cache = cache(&Folder::open(place.path()).expect("it opens")).await;
        let expected: Vec<ContactRow> = people().iter().map(ContactRow::from).collect();
        assert_eq!(cache.rows(None, 9).await.expect("they are read"), expected);
        assert_eq!(cache.rows(None, 1).await.expect("they are read"), expected[..1]);
        assert_eq!(cache.rows(Some(ContactId::new("a")), 9).await.expect("they are read"), expected[1..]);
        cache.remove_contact(ContactId::new("b")).await.expect("it is removed");
        assert_eq!(cache.rows(None, 9).await.expect("they are read"), expected[..1]);
    }

    #[tokio::test]
    async fn contacts_of_before_are_listed_at_the_next_start() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path()).expect("it opens");
        let cache = cache(&folder).await;
        cache.write(|transaction, _seq| Ok(transaction.execute("DELETE FROM listed", [])?)).await.expect("emptied");
        cache.set_meta(TO_LIST, true).await.expect("as the step of the format leaves it");
        cache.complete_rows().await.expect("they are listed");
        assert_eq!(cache.rows(None, 9).await.expect("they are read").len(), 2);
        assert_eq!(cache.meta::<bool>(TO_LIST).await.expect("readable"), None);
    }
}
