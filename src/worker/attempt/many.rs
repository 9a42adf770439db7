//! Edits of many contacts that share one request: the same tags, the same business.

use crate::api::endpoints::{AddTagsToMany, AssignBusiness, RemoveTagsFromMany};
use crate::api::{BulkResult, Endpoint};
use crate::domain::{BusinessEdit, BusinessId, ContactId, Edit, EditId, EditKind, Named, Receipt, TagEdit};
use crate::protocol::{EditEvent, Event, Failure, FailureKind};
use crate::store::{OutboxRow, WriteKey};
use crate::worker::shared::WorkerShared;

use crate::worker::write::{LOCAL, Pause, RecordedWrite, WaitsFor};

use crate::worker::attempt::{
    AttemptNews, EditEnd, Setback, attempt, confirmed_one, of_error, set_back, unreadable, waiting,
};

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
    let (mut ends, mut alone) = (Vec::with_capacity(ids.len()), Vec::new());
    for id in ids {
        match shared.ledger.row(id).await {
            // A contact that was re-created has another id now, which its own attempt finds out.
            Ok(Some(row)) => match shared.ledger.remade(row.edit.contact.to_string()).await {
                Ok(None) => rows.push(row),
                Ok(Some(_)) | Err(_) => alone.push(id),
            },
            Ok(None) => ends.push((id, EditEnd::Gone)),
            Err(error) => ends.push((id, unreadable(&error))),
        }
    }
    for row in &rows {
        shared.tell(Event::Edit(EditEvent::Sending(row.id))).await;
    }
    let location = shared.client.location().clone();
    let mut news = match rows.first().and_then(|row| key(&row.edit)) {
        None => AttemptNews::default(),
        Some(Shareable::AddTags(tags)) => {
            let request = |contacts| AddTagsToMany { location, contacts, tags };
            send(shared, rows, &mut ends, request, tagged).await
        }
        Some(Shareable::RemoveTags(tags)) => {
            let request = |contacts| RemoveTagsFromMany { location, contacts, tags };
            send(shared, rows, &mut ends, request, tagged).await
        }
        Some(Shareable::SetBusiness(after)) => {
            let business = after.as_ref().map(|business| business.id.clone());
            let request = |contacts| AssignBusiness { location, contacts, business };
            let result = |taken: &Vec<ContactId>, contact: &ContactId| {
                taken.contains(contact).then(|| Ok(Receipt::Business(after.clone())))
            };
            send(shared, rows, &mut ends, request, result).await
        }
    };
    for id in alone {
        let (end, AttemptNews { upserts, removed, events }) = attempt(shared, id).await;
        ends.push((id, end));
        news.upserts.extend(upserts);
        news.removed.extend(removed);
        news.events.extend(events);
    }
    (ends, news)
}

/// A contact's result in the answer to a change of tags.
#[expect(clippy::ptr_arg, reason = "the reply is one")]
fn tagged(results: &Vec<BulkResult>, contact: &ContactId) -> Option<Result<Receipt, String>> {
    let BulkResult { refused, now, changed, .. } = results.iter().find(|one| one.contact == *contact)?.clone();
    Some(refused.map_or(Ok(Receipt::Tags { now, changed }), Err))
}

/// Sends the request of these edits, and settles each by its result; a contact without one was skipped by the server.
async fn send<E: Endpoint>(
    shared: &WorkerShared,
    mut rows: Vec<OutboxRow>,
    ends: &mut Vec<(EditId, EditEnd)>,
    request: impl FnOnce(Vec<ContactId>) -> E,
    result: impl Fn(&E::Reply, &ContactId) -> Option<Result<Receipt, String>>,
) -> AttemptNews {
    let mut news = AttemptNews::default();
    let writes: Vec<RecordedWrite<'_>> = rows.iter().map(|row| RecordedWrite::of_edit(shared, row)).collect();
    let sent = RecordedWrite::send_together::<E, E>(&writes, None, |started| {
        let (left, withdrawn): (Vec<_>, Vec<_>) =
            rows.drain(..).partition(|row| started.contains(&WriteKey::Edit(row.id)));
        ends.extend(withdrawn.iter().map(|row| (row.id, EditEnd::Gone)));
        rows = left;
        request(rows.iter().map(|row| row.edit.contact.clone()).collect())
    });
    let reply = match sent.await {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => {
            for row in rows {
                let (id, setback) = (row.id, of_error(&row, error.clone()));
                ends.push((id, set_back(shared, row, setback).await));
            }
            return news;
        }
        Err(Pause::Local(error)) => {
            let why = error.to_string();
            let mut rows = rows.into_iter();
            // Said once.
            if let Some(first) = rows.next() {
                ends.push((first.id, set_back(shared, first, Pause::Local(error).into()).await));
            }
            for row in rows {
                let end = waiting(shared, row.id, row.state, LOCAL, why.clone(), WaitsFor::Time).await;
                ends.push((row.id, end));
            }
            return news;
        }
        // All were withdrawn.
        Err(_over) => {
            ends.extend(rows.iter().map(|row| (row.id, EditEnd::Gone)));
            return news;
        }
    };
    let now = shared.now();
    let (mut taken, mut receipts) = (Vec::new(), Vec::new());
    for row in rows {
        match result(&reply, &row.edit.contact) {
            Some(Ok(mut receipt)) => {
                // An earlier request may have made the change: this one does not know what it was.
                if let Receipt::Tags { changed, .. } = &mut receipt
                    && row.sent.count > 0
                {
                    *changed = None;
                }
                receipts.push((row.id, receipt.clone()));
                taken.push((row, receipt));
            }
            refused => {
                let why = refused.and_then(Result::err).filter(|why| !why.is_empty());
                let why = why.unwrap_or_else(|| "the server skipped it".to_owned());
                let why = Failure { kind: FailureKind::Rejected, what: row.edit.intent(), why, next: String::new() };
                if let Err(error) = shared.ledger.had_no_effect(WriteKey::Edit(row.id)).await {
                    tracing::error!(%error, "record an answer");
                }
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
