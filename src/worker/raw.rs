//! Raw requests: checked against read-only, sent once, and logged if they write.

use crate::api::{Method, Urgency, endpoints};
use crate::domain::Scope;
use crate::protocol::{Answer, Failure, FailureKind, RawCall, Verb};

use crate::worker::failure::words;
use crate::worker::shared::WorkerShared;

/// Sends one. A request that is not known to be a read counts as a write.
pub(super) async fn send(shared: &WorkerShared, call: RawCall) -> Result<Answer, Failure> {
    let what = format!("{} {}", call.verb, call.path);
    let method = match call.verb {
        Verb::Get => Method::Get,
        Verb::Post => Method::Post,
        Verb::Put => Method::Put,
        Verb::Delete => Method::Delete,
    };
    let operation = endpoints::find(method, &call.path);
    let writes = operation.is_none_or(|operation| operation.writes());
    let scope = operation.and_then(|operation| operation.scope).unwrap_or(Scope::ContactsWrite);
    if writes && let Some(why) = shared.access().refusal(scope) {
        let next = "leave out --read-only, or sign in with a token that may write".to_owned();
        return Err(Failure { kind: FailureKind::Access, what, why, next });
    }
    let (path, query) = (call.path.as_str(), call.query.as_deref());
    let result = shared.client.raw(method, path, query, call.body.as_ref(), operation, Urgency::User).await;
    if writes {
        let status = result.as_ref().ok().map(|(status, _body)| *status);
        let noted = shared.ledger.note_raw(shared.now(), method.as_str(), call.path, status).await;
        if let Err(error) = noted {
            tracing::error!(%error, "history");
        }
    }
    let (status, body) = result.map_err(|error| words(&what, &error))?;
    Ok(Answer::Raw { status, body })
}
