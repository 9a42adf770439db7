//! Values of the custom fields used in filters: read from the cache once, then updated as contacts change.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::{Contact, ContactId, CustomFieldId, value_text};
use crate::query::CustomValues;

use crate::worker::shared::WorkerShared;

/// The requested fields, with their values.
#[derive(Debug, Default)]
pub(super) struct ValueReader {
    known: Arc<CustomValues>,
    /// Fields being read, and the contacts that changed in the meantime: what is read for those is older.
    reading: HashMap<CustomFieldId, HashSet<ContactId>>,
    changed: bool,
}

impl ValueReader {
    /// Requests these fields from now on; returns those that must be read first.
    pub(super) fn ask(&mut self, fields: Vec<CustomFieldId>) -> Vec<CustomFieldId> {
        let unknown = |field: &CustomFieldId| !self.known.knows(field) && !self.reading.contains_key(field);
        let fields: Vec<CustomFieldId> = fields.into_iter().filter(unknown).collect();
        self.reading.extend(fields.iter().map(|field| (field.clone(), HashSet::new())));
        fields
    }

    /// A field was read.
    pub(super) fn read(&mut self, field: &CustomFieldId, values: Vec<(ContactId, String)>) {
        let Some(newer) = self.reading.remove(field) else { return };
        let known = Arc::make_mut(&mut self.known);
        known.know(field);
        for (contact, value) in values.into_iter().filter(|(contact, _)| !newer.contains(contact)) {
            known.set(field, &contact, &value);
        }
        self.changed = true;
    }

    pub(super) fn contacts(&mut self, upserts: &[Contact], removed: &[ContactId]) {
        for newer in self.reading.values_mut() {
            newer.extend(upserts.iter().map(|contact| contact.id.clone()).chain(removed.iter().cloned()));
        }
        let fields: Vec<CustomFieldId> = self.known.fields().chain(self.reading.keys()).cloned().collect();
        if fields.is_empty() || (upserts.is_empty() && removed.is_empty()) {
            return;
        }
        let known = Arc::make_mut(&mut self.known);
        for contact in upserts {
            for field in &fields {
                let value = contact.custom.iter().find(|custom| custom.id == *field);
                known.set(field, &contact.id, &value.map(|custom| value_text(&custom.value)).unwrap_or_default());
            }
        }
        for contact in removed {
            known.forget(contact);
        }
        self.changed = true;
    }

    /// Whether they have changed since they were last reported.
    pub(super) fn has_news(&self) -> bool {
        self.changed
    }

    /// The values, if they have changed since they were last reported.
    pub(super) fn news(&mut self) -> Option<Arc<CustomValues>> {
        std::mem::take(&mut self.changed).then(|| Arc::clone(&self.known))
    }
}

/// Reads the values of a field from the cache.
pub(super) async fn read(shared: &WorkerShared, field: CustomFieldId) -> Vec<(ContactId, String)> {
    let values = shared.cached(shared.cache.custom_values(field).await).unwrap_or_default();
    let text = |(contact, value): (ContactId, serde_json::Value)| (contact, value_text(&value));
    values.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CustomValue;

    #[test]
    fn what_changed_while_a_field_was_read_is_not_overwritten() {
        let (field, id) = (CustomFieldId::new("f"), ContactId::new("c"));
        let mut values = ValueReader::default();
        assert_eq!(values.ask(vec![field.clone()]), std::slice::from_ref(&field));
        assert_eq!(values.ask(vec![field.clone()]), [], "it is being read");
        let custom = vec![CustomValue { id: field.clone(), value: "New".into() }];
        values.contacts(&[Contact { custom, ..Contact::unknown(id.clone()) }], &[]);
        values.read(&field, vec![(id, "old".to_owned()), (ContactId::new("d"), "other".to_owned())]);
        let mut expected = CustomValues::default();
        expected.set(&field, &ContactId::new("c"), "new");
        expected.set(&field, &ContactId::new("d"), "other");
        assert_eq!(values.news().as_deref(), Some(&expected));
        assert_eq!(values.news(), None);
        values.contacts(&[], &[ContactId::new("c")]);
        expected.forget(&ContactId::new("c"));
        assert_eq!(values.news().as_deref(), Some(&expected));
    }
}
