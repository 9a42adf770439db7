//! The filter's box while somebody types in it.

use tui_textarea::TextArea;

use crate::domain::ContactId;

/// The filter while it is typed.
#[derive(Clone, Debug)]
pub(super) struct FilterBox {
    pub(super) field: TextArea<'static>,
    /// What Esc goes back to.
    pub(super) before: String,
    pub(super) selected_before: Option<ContactId>,
}
