//! A line that is asked for, and what for.

use crate::domain::{ContactId, MergeField};

use crate::ui::popups::form::state::FormField;
use crate::ui::screens::open_tasks::state::Meant;

/// A line while it is typed.
#[derive(Clone, Debug)]
pub(crate) struct LinePrompt {
    pub(crate) field: FormField,
    pub(crate) purpose: PromptPurpose,
}

/// What a line is asked for.
#[derive(Clone, Debug)]
pub(crate) enum PromptPurpose {
    /// A new due date for these tasks.
    DueDate(Vec<Meant>),
    /// A value of a merge: the members of the group, the field, and the country of phone numbers without a plus.
    MergeValue { members: Vec<ContactId>, of: MergeField, country: String },
    /// The name of a view.
    ViewName,
}

impl PromptPurpose {
    /// What Enter does, in a word.
    pub(crate) fn verb(&self) -> &'static str {
        match self {
            Self::DueDate(_) | Self::MergeValue { .. } => "set",
            Self::ViewName => "save",
        }
    }
}
