//! A value of a merge while it is typed.

use crate::domain::{ContactId, MergeField};

use crate::ui::popups::form::state::FormField;

/// A value while it is typed.
#[derive(Clone, Debug)]
pub(crate) struct MergeValuePrompt {
    /// The group it belongs to.
    pub(crate) members: Vec<ContactId>,
    pub(crate) of: MergeField,
    pub(crate) field: FormField,
    /// For phone numbers without a plus.
    pub(crate) country: String,
}
