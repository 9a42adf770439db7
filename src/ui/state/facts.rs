//! What is known of contacts beside their rows, for filters and views.

use crate::domain::CustomFieldId;
use crate::query::Facts;

/// Facts with what they were made from, so that they are rebuilt only when that has changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) facts: Facts,
    pub(crate) duplicates: u64,
    pub(crate) tasks: (u64, u64),
    /// The custom fields whose values are asked for.
    pub(crate) fields: Vec<CustomFieldId>,
    /// Somebody asks for open tasks.
    pub(crate) asks_for_tasks: bool,
}

impl Gathered {
    pub(crate) fn knows(&self, field: &CustomFieldId) -> bool {
        self.facts.custom.knows(field)
    }
}
