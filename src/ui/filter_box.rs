//! The filter's box while somebody types in it.

use tui_textarea::TextArea;

use crate::domain::ContactId;
use crate::query::Completion;

/// The filter while it is typed.
#[derive(Clone, Debug)]
pub(super) struct FilterBox {
    pub(super) field: TextArea<'static>,
    /// What Esc goes back to.
    pub(super) before: String,
    pub(super) selected_before: Option<ContactId>,
    /// What a key goes through, until another is pressed.
    pub(super) tried: Option<Tried>,
}

/// What could follow in the filter, one of it perhaps standing there already.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    pub(super) completion: Completion,
    pub(super) at: Option<usize>,
    /// Where what it replaces ends, in bytes.
    pub(super) end: usize,
}
