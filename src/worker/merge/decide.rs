//! Not-a-duplicate decisions, and when the question opens again.

use std::collections::HashMap;

use crate::dedupe::fingerprint;
use crate::domain::{Contact, ContactId, Dismissal};
use crate::protocol::ContactPair;
use crate::worker::shared::WorkerShared;

/// The pairs to store, with the current fingerprints of the contacts.
pub(in crate::worker) async fn dismissals(shared: &WorkerShared, pairs: Vec<ContactPair>) -> Vec<Dismissal> {
    let mut prints: HashMap<ContactId, u64> = HashMap::new();
    for contact in pairs.iter().flat_map(|(a, b)| [a, b]) {
        if !prints.contains_key(contact) {
            let held = shared.cached(shared.cache.contact(contact.clone()).await).flatten();
            prints.insert(contact.clone(), held.map_or(0, |held| fingerprint(&held.contact)));
        }
    }
    let at = shared.now();
    let said = |(a, b): ContactPair| Dismissal { prints: [prints[&a], prints[&b]], a, b, at };
    pairs.into_iter().filter(|(a, b)| a != b).map(|pair| said(pair).ordered()).collect()
}

/// Decisions about contacts whose identifying fields have changed since.
pub(in crate::worker) fn outdated(decisions: &[Dismissal], changed: &[Contact]) -> Vec<ContactPair> {
    if decisions.is_empty() {
        return Vec::new();
    }
    let changed: HashMap<&ContactId, &Contact> = changed.iter().map(|contact| (&contact.id, contact)).collect();
    let differs = |id: &ContactId, print: u64| changed.get(id).is_some_and(|contact| fingerprint(contact) != print);
    let over = |said: &&Dismissal| differs(&said.a, said.prints[0]) || differs(&said.b, said.prints[1]);
    decisions.iter().filter(over).map(|said| (said.a.clone(), said.b.clone())).collect()
}
