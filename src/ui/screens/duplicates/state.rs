//! What the review of duplicates remembers: where the keys go, where the cursor is, what was chosen for each group.

pub(crate) mod queue;

use std::collections::HashMap;
use std::sync::Arc;

use crate::dedupe::merge::Choices;
use crate::domain::{ContactId, MergeField};
use crate::protocol::Compared;

use crate::ui::state::list_cursor::ListCursor;

/// Where the keys go on the screen of duplicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Part {
    #[default]
    Queue,
    Fields,
}

/// What the screen of duplicates remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reviewing {
    pub(crate) part: Part,
    /// The field under the cursor, its place among those shown, and the first that is seen.
    pub(crate) row: Option<MergeField>,
    pub(crate) fields: ListCursor,
    /// The record under the cursor.
    pub(crate) marked: Option<ContactId>,
    /// Equal and empty fields are shown too.
    pub(crate) equal: bool,
    /// What was chosen, by the members of the group.
    choices: HashMap<Vec<ContactId>, Choices>,
    pub(crate) compared: Option<Arc<Compared>>,
    /// How often the records were to be fetched again.
    pub(crate) round: u32,
    /// Groups that were decided since the start.
    pub(crate) decided: usize,
}

impl Reviewing {
    /// What was chosen for a group, to be changed.
    pub(crate) fn choices_mut(&mut self, members: &[ContactId]) -> &mut Choices {
        self.choices.entry(members.to_vec()).or_default()
    }

    pub(crate) fn choices(&self, members: &[ContactId]) -> Option<&Choices> {
        self.choices.get(members)
    }

    pub(crate) fn is_excluded(&self, members: &[ContactId], id: &ContactId) -> bool {
        self.choices(members).is_some_and(|choices| choices.excluded.contains(id))
    }
}
