//! What is known of the contacts around the cursor, so that a step to one of them shows everything in one frame.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::ContactId;
use crate::protocol::Details;

/// The contacts around the cursor, each with what the worker last told of it; nothing where that is on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Neighbours {
    known: HashMap<ContactId, Option<Arc<Details>>>,
    /// All of these, the nearest to the cursor first.
    asked: Arc<[ContactId]>,
}

impl Neighbours {
    /// The cursor is among these now, the nearest first. Whom to ask for: these, or those of before as long as
    /// the nearest `close` are known or on their way, so that a walk through the list asks now and then, not at each
    /// step.
    pub(crate) fn look(&mut self, around: &[ContactId], close: usize) -> Arc<[ContactId]> {
        if !around.iter().take(close).all(|contact| self.known.contains_key(contact)) {
            let mut before = std::mem::take(&mut self.known);
            self.known = around.iter().map(|contact| (contact.clone(), before.remove(contact).flatten())).collect();
            self.asked = around.into();
        }
        Arc::clone(&self.asked)
    }

    /// The worker told this of a contact.
    pub(crate) fn put(&mut self, details: Arc<Details>) {
        let Some(known) = self.known.get_mut(&details.contact.id) else { return };
        // Why a fetch failed is told of the contact under the cursor alone.
        let whole =
            if details.failure.is_none() { details } else { Details { failure: None, ..(*details).clone() }.into() };
        *known = Some(whole);
    }

    pub(crate) fn get(&self, contact: &ContactId) -> Option<Arc<Details>> {
        self.known.get(contact).cloned().flatten()
    }

    /// What is known of a contact is not true any more; the worker is about to tell what is.
    pub(crate) fn forget(&mut self, contact: &ContactId) {
        if let Some(known) = self.known.get_mut(contact) {
            *known = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Contact;

    fn ids(numbers: impl Iterator<Item = usize>) -> Vec<ContactId> {
        numbers.map(|number| ContactId::new(format!("c{number}"))).collect()
    }

    fn details(contact: &ContactId) -> Arc<Details> {
        let contact = Contact::unknown(contact.clone());
        let (tasks, notes, appointments) = (Vec::new(), Vec::new(), Vec::new());
        Details { contact, tasks, notes, appointments, fetched_at: None, failure: None }.into()
    }

    #[test]
    fn a_walk_asks_now_and_then_and_always_knows_who_is_next() {
        let mut neighbours = Neighbours::default();
        let (mut asked, mut before) = (0, Arc::from([]));
        for at in 0..300_usize {
            let around = ids((0..20).flat_map(|far| [at + far, at.saturating_sub(far)]));
            let wanted = neighbours.look(&around, 20);
            if wanted != before {
                asked += 1;
                wanted.iter().for_each(|contact| neighbours.put(details(contact)));
                before = wanted;
            }
            for next in ids(at.saturating_sub(1)..at + 2) {
                assert!(neighbours.get(&next).is_some(), "{next} at {at}");
            }
        }
        assert!(asked <= 31, "{asked}");
        assert!(neighbours.known.len() <= 40, "{}", neighbours.known.len());
    }

    #[test]
    fn who_is_away_is_not_kept_and_what_is_outdated_is_not_shown() {
        let mut neighbours = Neighbours::default();
        let (here, away) = (ids(0..3), ids(9..10));
        assert_eq!(*neighbours.look(&here, 3), here);
        assert_eq!(*neighbours.look(&here[1..], 2), here, "they are on their way");
        for contact in here.iter().chain(&away) {
            neighbours.put(details(contact));
        }
        assert!(neighbours.get(&away[0]).is_none());
        neighbours.forget(&here[1]);
        assert!(neighbours.get(&here[1]).is_none());
        assert_eq!(*neighbours.look(&here[1..], 2), here, "the worker tells of it without being asked");
        neighbours.put(details(&here[1]));
        assert!(neighbours.get(&here[1]).is_some());
    }
}
