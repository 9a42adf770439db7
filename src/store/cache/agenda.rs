//! The cached appointments of the whole location: what the agenda shows before there is a network.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};

use crate::domain::{Appointment, AppointmentId, Month, Receipt};

use super::contacts::changed_since;
use super::{Cache, StoreError, ms, sql};

/// The cached appointments of the location.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CachedAgenda {
    pub appointments: Vec<Appointment>,
    /// Months that were read, and when the latest read of each began.
    pub months: BTreeMap<Month, Timestamp>,
}

impl Cache {
    /// The appointments of the months that were read, and of contacts that were viewed.
    pub async fn agenda(&self) -> Result<CachedAgenda, StoreError> {
        self.read(|connection| {
            let appointments = sql::records(connection, "SELECT value FROM agenda ORDER BY id", [])?;
            let read = |row: &Row<'_>| {
                let (month, at) =
                    (row.get::<_, String>(0)?.parse().ok(), Timestamp::from_millisecond(row.get(1)?).ok());
                Ok(month.zip(at))
            };
            let months: Vec<_> = sql::rows(connection, "SELECT month, read_at FROM agenda_months", [], read)?;
            Ok(CachedAgenda { appointments, months: months.into_iter().flatten().collect() })
        })
        .await
    }

    /// Stores a month as read from `asked_at` on: adds what is there, removes what is not.
    ///
    /// Appointments edited or fetched since then stay as they are.
    pub async fn take_month(
        &self,
        month: Month,
        asked_at: Timestamp,
        there: Vec<Arc<Appointment>>,
        gone: Vec<AppointmentId>,
    ) -> Result<(), StoreError> {
        self.write(move |transaction, _seq| {
            let edited = changed_since(transaction, asked_at)?;
            for one in &there {
                if !edited.contains(one.contact.as_str()) {
                    put(transaction, one)?;
                }
            }
            for id in &gone {
                let contact: Option<String> =
                    sql::value(transaction, "SELECT contact FROM agenda WHERE id = ?1", [id.as_str()])?;
                if contact.is_some_and(|contact| !edited.contains(&contact)) {
                    remove(transaction, id)?;
                }
            }
            let put = "INSERT OR REPLACE INTO agenda_months (month, read_at) VALUES (?1, ?2)";
            sql::run(transaction, put, params![month.to_string(), ms(asked_at)])
        })
        .await
    }
}

/// The appointments of a contact were fetched on their own, without their calendars.
pub(super) fn of_contact<'a>(
    transaction: &Transaction<'_>,
    contact: &str,
    appointments: impl Iterator<Item = &'a Appointment>,
) -> Result<(), StoreError> {
    let held: Vec<Appointment> = sql::records(transaction, "SELECT value FROM agenda WHERE contact = ?1", [contact])?;
    let mut held: BTreeMap<AppointmentId, Appointment> = held.into_iter().map(|one| (one.id.clone(), one)).collect();
    for one in appointments {
        let calendar = held.remove(&one.id).and_then(|before| before.calendar);
        put(transaction, &Appointment { calendar: one.calendar.clone().or(calendar), ..one.clone() })?;
    }
    for (id, one) in held {
        // Only a calendar's own list may remove what it listed.
        if one.calendar.is_none() {
            remove(transaction, &id)?;
        }
    }
    Ok(())
}

/// Stores what one of our edits left.
pub(super) fn take(transaction: &Transaction<'_>, receipt: &Receipt) -> Result<(), StoreError> {
    match receipt {
        Receipt::Appointment(one) => put(transaction, one),
        Receipt::AppointmentGone(id) => remove(transaction, id),
        _ => Ok(()),
    }
}

fn put(transaction: &Transaction<'_>, one: &Appointment) -> Result<(), StoreError> {
    let put = "INSERT INTO agenda (id, contact, value) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET \
               contact = excluded.contact, value = excluded.value WHERE value <> excluded.value";
    sql::run(transaction, put, params![one.id.as_str(), one.contact.as_str(), serde_json::to_string(one)?])
}

fn remove(transaction: &Transaction<'_>, id: &AppointmentId) -> Result<(), StoreError> {
    sql::run(transaction, "DELETE FROM agenda WHERE id = ?1", [id.as_str()])
}
