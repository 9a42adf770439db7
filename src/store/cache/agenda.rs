//! The appointments of the whole location in the cache: what the agenda shows before there is a network.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::domain::{Appointment, AppointmentId, Month, Receipt};

use super::{Cache, StoreError, ms};

/// What the cache holds of the location's appointments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CachedAgenda {
    pub appointments: Vec<Appointment>,
    /// Months that were read, and when the newest reading of each began.
    pub months: BTreeMap<Month, Timestamp>,
}

impl Cache {
    /// The appointments of the months that were read, and of contacts that were looked at.
    pub async fn agenda(&self) -> Result<CachedAgenda, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM agenda ORDER BY id")?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            let appointments = rows.map(|text| Ok(serde_json::from_str(&text?)?)).collect::<Result<_, StoreError>>()?;
            let mut statement = connection.prepare_cached("SELECT month, read_at FROM agenda_months")?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
            let mut months = BTreeMap::new();
            for row in rows {
                let (month, at) = row?;
                if let (Ok(month), Ok(at)) = (month.parse(), Timestamp::from_millisecond(at)) {
                    months.insert(month, at);
                }
            }
            Ok(CachedAgenda { appointments, months })
        })
        .await
    }

    /// Takes a reading of a month that began at `asked_at`: what is there, and what is not there any more.
    ///
    /// What was edited or fetched since stays as that left it.
    pub async fn take_month(
        &self,
        month: Month,
        asked_at: Timestamp,
        there: Vec<Arc<Appointment>>,
        gone: Vec<AppointmentId>,
    ) -> Result<(), StoreError> {
        self.write(move |transaction, _seq| {
            let edited: HashSet<String> = transaction
                .prepare_cached("SELECT contact FROM details WHERE edited_at >= ?1 OR fetched_at >= ?1")?
                .query_map([ms(asked_at)], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for one in &there {
                if !edited.contains(one.contact.as_str()) {
                    put(transaction, one)?;
                }
            }
            for id in &gone {
                let contact: Option<String> = transaction
                    .prepare_cached("SELECT contact FROM agenda WHERE id = ?1")?
                    .query_row([id.as_str()], |row| row.get(0))
                    .optional()?;
                if contact.is_some_and(|contact| !edited.contains(&contact)) {
                    remove(transaction, id)?;
                }
            }
            transaction
                .prepare_cached("INSERT OR REPLACE INTO agenda_months (month, read_at) VALUES (?1, ?2)")?
                .execute(params![month.to_string(), ms(asked_at)])?;
            Ok(())
        })
        .await
    }
}

/// The appointments of a contact have been fetched on their own, without their calendars.
pub(super) fn of_contact<'a>(
    transaction: &Transaction<'_>,
    contact: &str,
    appointments: impl Iterator<Item = &'a Appointment>,
) -> Result<(), StoreError> {
    let mut held = BTreeMap::new();
    for text in transaction
        .prepare_cached("SELECT value FROM agenda WHERE contact = ?1")?
        .query_map([contact], |row| row.get::<_, String>(0))?
    {
        let one: Appointment = serde_json::from_str(&text?)?;
        held.insert(one.id.clone(), one);
    }
    for one in appointments {
        let calendar = held.remove(&one.id).and_then(|before| before.calendar);
        put(transaction, &Appointment { calendar: one.calendar.clone().or(calendar), ..one.clone() })?;
    }
    for (id, one) in held {
        // What a calendar lists, only the calendar takes away.
        if one.calendar.is_none() {
            remove(transaction, &id)?;
        }
    }
    Ok(())
}

/// What an edit of ours left.
pub(super) fn take(transaction: &Transaction<'_>, receipt: &Receipt) -> Result<(), StoreError> {
    match receipt {
        Receipt::Appointment(one) => put(transaction, one),
        Receipt::AppointmentGone(id) => remove(transaction, id),
        _ => Ok(()),
    }
}

fn put(transaction: &Transaction<'_>, one: &Appointment) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO agenda (id, contact, value) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET \
             contact = excluded.contact, value = excluded.value WHERE value <> excluded.value",
        )?
        .execute(params![one.id.as_str(), one.contact.as_str(), serde_json::to_string(one)?])?;
    Ok(())
}

fn remove(transaction: &Transaction<'_>, id: &AppointmentId) -> Result<(), StoreError> {
    transaction.prepare_cached("DELETE FROM agenda WHERE id = ?1")?.execute([id.as_str()])?;
    Ok(())
}
