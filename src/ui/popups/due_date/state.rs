//! A due date while it is typed.

use crate::ui::popups::form::state::FormField;
use crate::ui::screens::open_tasks::state::Meant;

/// A due date while it is typed, for these tasks.
#[derive(Clone, Debug)]
pub(crate) struct DueDatePrompt {
    pub(crate) tasks: Vec<Meant>,
    pub(crate) field: FormField,
}
