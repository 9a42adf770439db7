//! Edits of many contacts that share one request: the same tags, the same business.

use crate::api::endpoints::{AddTagsToMany, AssignBusiness, RemoveTagsFromMany};
use crate::api::{ApiError, Urgency};
use crate::domain::{BusinessEdit, BusinessId, ContactId, Edit, EditId, EditKind, Named, Receipt, TagEdit};
use crate::protocol::{EditEvent, Event, Failure, FailureKind};
use crate::store::{OutboxRow, WriteKey};
use crate::worker::shared::WorkerShared;

use crate::worker::write::Pause;

use crate::worker::attempt::{AttemptNews, EditEnd, Setback, attempt, confirmed_one, of_error, set_back, unreadable};

/// How many edits share one request; the API gives no limit.
pub(in crate::worker) const TOGETHER: usize = 100;

/// What edits must share to go in one request.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::worker) enum Shareable {
    AddTags(Vec<String>),
    RemoveTags(Vec<String>),
    SetBusiness(Option<Named<BusinessId>>),
}

/// An edit's key for sharing a request; `None` for edits that go alone.
pub(in crate::worker) fn key(edit: &Edit) -> Option<Shareable> {
    if edit.contact.is_provisional() {
        return None;
    }
    match &edit.what {
        EditKind::Tag(TagEdit::Add { tags }) => Some(Shareable::AddTags(tags.clone())),
        EditKind::Tag(TagEdit::Remove { tags }) => Some(Shareable::RemoveTags(tags.clone())),
        EditKind::Business(BusinessEdit::Set { after, .. }) => Some(Shareable::SetBusiness(after.clone())),
        EditKind::Contact(_)
        | EditKind::Follower(_)
        | EditKind::Automation(_)
        | EditKind::Task(_)
        | EditKind::Note(_)
        | EditKind::Appointment(_) => None,
    }
}

/// Attempts edits with the same [`key`] once, in one request; each has its own result.
pub(in crate::worker) async fn attempt_all(
    shared: &WorkerShared,
    ids: Vec<EditId>,
) -> (Vec<(EditId, EditEnd)>, AttemptNews) {
    if let [id] = ids.as_slice() {
        let (after, news) = attempt(shared, *id).await;
        return (vec![(*id, after)], news);
    }
    let mut rows = Vec::with_capacity(ids.len());
    let mut ends = Vec::with_capacity(ids.len());
    for id in ids {
        match shared.ledger.row(id).await {
            Ok(Some(row)) => rows.push(row),
            Ok(None) => ends.push((id, EditEnd::Gone)),
            Err(error) => ends.push((id, unreadable(&error))),
        }
    }
    let started = match shared.ledger.start_all(rows.iter().map(|row| row.id).collect(), shared.now()).await {
        Ok(started) => started,
        Err(error) => {
            let why = error.to_string();
            tracing::error!(why, "start");
            ends.extend(rows.iter().map(|row| (row.id, unreadable(&error))));
            return (ends, AttemptNews::default());
        }
    };
    rows.retain(|row| {
        let left = started.contains(&row.id);
        if !left {
            ends.push((row.id, EditEnd::Gone));
        }
        left
    });
    for row in &rows {
        shared.tell(Event::Edit(EditEvent::Sending(row.id))).await;
    }
    let news = send(shared, rows, &mut ends).await;
    (ends, news)
}

async fn send(shared: &WorkerShared, rows: Vec<OutboxRow>, ends: &mut Vec<(EditId, EditEnd)>) -> AttemptNews {
    let mut news = AttemptNews::default();
    let results = match request(shared, &rows).await {
        Ok(results) => results,
        Err(error) => {
            for row in rows {
                let (id, setback) = (row.id, of_error(&row, error.clone()));
                if !matches!(setback, Setback::Pause(Pause::Unclear { .. })) {
                    shared
                        .ledger
                        .had_no_effect(WriteKey::Edit(id))
                        .await
                        .map_or_else(|error| tracing::error!(%error, "record an answer"), |_there| {});
                }
                ends.push((id, set_back(shared, row, setback).await));
            }
            return news;
        }
    };
    let now = shared.now();
    let (mut taken, mut receipts) = (Vec::new(), Vec::new());
    for row in rows {
        let result = results.iter().find(|(contact, _)| *contact == row.edit.contact);
        match result {
            Some((_, Ok(receipt))) => {
                receipts.push((row.id, receipt.clone()));
                taken.push((row, receipt.clone()));
            }
            refused => {
                let why = refused.and_then(|(_, result)| result.clone().err());
                let why = why.filter(|why| !why.is_empty()).unwrap_or_else(|| "the server skipped it".to_owned());
                let why = Failure { kind: FailureKind::Rejected, what: row.edit.intent(), why, next: String::new() };
                let id = row.id;
                ends.push((id, set_back(shared, row, Setback::Refused { why, existing: None }).await));
            }
        }
    }
    if let Err(error) = shared.ledger.confirm_all(receipts, now).await {
        tracing::error!(%error, "confirm");
        for (row, _receipt) in taken {
            let (id, why) = (row.id, Pause::Unclear { why: error.to_string(), wait: None }.into());
            ends.push((id, set_back(shared, row, why).await));
        }
        return news;
    }
    for (row, receipt) in taken {
        let (id, contact) = (row.id, row.edit.contact.clone());
        confirmed_one(shared, &mut news, row, contact, receipt, now).await;
        ends.push((id, EditEnd::Gone));
    }
    news
}

/// The result for each contact.
type Results = Vec<(ContactId, Result<Receipt, String>)>;

async fn request(shared: &WorkerShared, rows: &[OutboxRow]) -> Result<Results, ApiError> {
    let location = shared.client.location().clone();
    let contacts: Vec<ContactId> = rows.iter().map(|row| row.edit.contact.clone()).collect();
    let Some(shareable) = rows.first().and_then(|row| key(&row.edit)) else { return Ok(Vec::new()) };
    let results = match shareable {
        Shareable::AddTags(tags) => shared.call(&AddTagsToMany { location, contacts, tags }, Urgency::User).await?,
        Shareable::RemoveTags(tags) => {
            shared.call(&RemoveTagsFromMany { location, contacts, tags }, Urgency::User).await?
        }
        Shareable::SetBusiness(after) => {
            let business = after.as_ref().map(|business| business.id.clone());
            let taken =
                shared.call(&AssignBusiness { location, contacts: contacts.clone(), business }, Urgency::User).await?;
            let result = |contact: ContactId| {
                let result =
                    if taken.contains(&contact) { Ok(Receipt::Business(after.clone())) } else { Err(String::new()) };
                (contact, result)
            };
            return Ok(contacts.into_iter().map(result).collect());
        }
    };
    let receipt = |result: crate::api::BulkResult| {
        let held = match result.refused {
            Some(why) => Err(why),
            None => Ok(Receipt::Tags { now: result.now, changed: result.changed }),
        };
        (result.contact, held)
    };
    Ok(results.into_iter().map(receipt).collect())
}
