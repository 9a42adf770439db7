//! What is known of contacts beyond their rows, and which of it a query needs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{ContactId, CustomFieldId};

use super::fold::folded;

/// What is known of contacts beyond their rows; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Archived by merges.
    pub aside: Arc<HashSet<ContactId>>,
    /// Possible duplicates.
    pub duplicates: Arc<HashSet<ContactId>>,
    /// The due dates of each contact's open tasks; `None` for a task without one.
    pub due: Arc<HashMap<ContactId, Vec<Option<Timestamp>>>>,
    pub custom: Arc<CustomValues>,
}

/// The values of those custom fields that a filter or view uses, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomValues(HashMap<CustomFieldId, HashMap<ContactId, Box<str>>>);

/// The facts that a query needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NeededFacts {
    pub aside: bool,
    pub duplicates: bool,
    pub tasks: bool,
    pub fields: Vec<CustomFieldId>,
}

impl CustomValues {
    /// Stores a contact's value of a field; empty text means no value.
    pub fn set(&mut self, field: &CustomFieldId, contact: &ContactId, value: &str) {
        let folded = folded(value);
        let of_field = self.0.entry(field.clone()).or_default();
        if folded.trim().is_empty() {
            of_field.remove(contact);
        } else {
            of_field.insert(contact.clone(), folded.into());
        }
    }

    /// Marks the field as known, even if no contact has a value.
    pub fn know(&mut self, field: &CustomFieldId) {
        self.0.entry(field.clone()).or_default();
    }

    pub fn knows(&self, field: &CustomFieldId) -> bool {
        self.0.contains_key(field)
    }

    /// All known fields.
    pub fn fields(&self) -> impl Iterator<Item = &CustomFieldId> {
        self.0.keys()
    }

    /// Drops all values of a contact.
    pub fn forget(&mut self, contact: &ContactId) {
        self.0.values_mut().for_each(|of_field| {
            of_field.remove(contact);
        });
    }

    pub(super) fn get(&self, field: &CustomFieldId, contact: &ContactId) -> Option<&str> {
        self.0.get(field)?.get(contact).map(|value| &**value)
    }
}

impl NeededFacts {
    /// Adds what another query needs.
    pub fn add(&mut self, other: Self) {
        self.aside |= other.aside;
        self.duplicates |= other.duplicates;
        self.tasks |= other.tasks;
        for field in other.fields {
            if !self.fields.contains(&field) {
                self.fields.push(field);
            }
        }
    }
}
