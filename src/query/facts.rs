//! What is known of contacts beside their rows, and which of it a query asks for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{ContactId, CustomFieldId};

use super::fold::folded;

/// What is known of contacts beside their rows; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Set aside by merges.
    pub aside: Arc<HashSet<ContactId>>,
    /// May be one person with somebody else.
    pub suspects: Arc<HashSet<ContactId>>,
    /// When each contact's open tasks are due; one without a date is `None`.
    pub due: Arc<HashMap<ContactId, Vec<Option<Timestamp>>>>,
    pub custom: Arc<CustomValues>,
}

/// Values of custom fields, of those that somebody asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomValues(HashMap<CustomFieldId, HashMap<ContactId, Box<str>>>);

/// Which facts a query depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    pub aside: bool,
    pub suspects: bool,
    pub tasks: bool,
    pub fields: Vec<CustomFieldId>,
}

impl CustomValues {
    /// Takes in a contact's value of a field; empty text is none.
    pub fn set(&mut self, field: &CustomFieldId, contact: &ContactId, value: &str) {
        let folded = folded(value);
        let of_field = self.0.entry(field.clone()).or_default();
        if folded.trim().is_empty() {
            of_field.remove(contact);
        } else {
            of_field.insert(contact.clone(), folded.into());
        }
    }

    /// The field is known from here on, whether or not anybody has a value of it.
    pub fn know(&mut self, field: &CustomFieldId) {
        self.0.entry(field.clone()).or_default();
    }

    pub fn knows(&self, field: &CustomFieldId) -> bool {
        self.0.contains_key(field)
    }

    /// Every field that is known.
    pub fn fields(&self) -> impl Iterator<Item = &CustomFieldId> {
        self.0.keys()
    }

    /// The contact is gone.
    pub fn forget(&mut self, contact: &ContactId) {
        self.0.values_mut().for_each(|of_field| {
            of_field.remove(contact);
        });
    }

    pub(super) fn get(&self, field: &CustomFieldId, contact: &ContactId) -> Option<&str> {
        self.0.get(field)?.get(contact).map(|value| &**value)
    }
}

impl Asks {
    /// What either depends on.
    pub fn add(&mut self, other: Self) {
        self.aside |= other.aside;
        self.suspects |= other.suspects;
        self.tasks |= other.tasks;
        for field in other.fields {
            if !self.fields.contains(&field) {
                self.fields.push(field);
            }
        }
    }
}
