//! Erasing one contact from this machine: cache, history, drafts. The server is not asked.

use crate::domain::ContactId;
use crate::protocol::{DraftKey, Failure, FailureKind, Traces};
use crate::store::{self, StoreError};

use crate::worker::failure::local_failure;
use crate::worker::notice::Notice;
use crate::worker::shared::{IN_SIGHT, SHOWN, WorkerShared};

const WHAT: &str = "forget the contact";

/// What this machine stores about it.
pub(super) async fn traces(shared: &WorkerShared, contact: &ContactId) -> Result<Traces, Failure> {
    let held = shared.ledger.traces(contact.clone()).await.map_err(local)?;
    let cached = shared.cache.contact(contact.clone()).await.map_err(local)?;
    let drafts = drafts(shared, contact).await?.len();
    let name = cached.map(|cached| cached.contact.name());
    let store::LedgerTraces { history, waiting, merges, raw } = held;
    Ok(Traces { name, history, waiting, merges, drafts, raw })
}

/// Erases it. Changes that the server does not have yet are never erased.
pub(super) async fn forget(shared: &WorkerShared, contact: &ContactId) -> Result<(), Failure> {
    let waiting = shared.ledger.traces(contact.clone()).await.map_err(local)?.waiting;
    if waiting > 0 {
        return Err(Failure {
            kind: FailureKind::Rejected,
            what: WHAT.to_owned(),
            why: format!("unfinished edits and merges: {waiting}"),
            next: "wait for them or discard them: ghl-tui outbox list, ghl-tui duplicates merges".to_owned(),
        });
    }
    let drafts = drafts(shared, contact).await?;
    // A saved filter may contain its name.
    for key in [SHOWN, IN_SIGHT] {
        shared.ledger.set_setting(key, None).await.map_err(local)?;
    }
    shared.ledger.forget(contact.clone(), drafts).await.map_err(local)?;
    shared.cache.forget(contact.clone()).await.map_err(local)?;
    shared.notify(Notice::Erased);
    shared.notify(Notice::Changed { upserts: Vec::new(), removed: vec![contact.clone()] });
    Ok(())
}

/// The names of its drafts.
async fn drafts(shared: &WorkerShared, contact: &ContactId) -> Result<Vec<String>, Failure> {
    let all = shared.ledger.drafts().await.map_err(local)?;
    let of_contact = |key: &String| DraftKey::parse(key).is_some_and(|draft| draft.contact() == Some(contact));
    Ok(all.into_iter().map(|draft| draft.key).filter(of_contact).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn local(error: StoreError) -> Failure {
    local_failure(WHAT, &error)
}
