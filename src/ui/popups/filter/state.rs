//! The filter's box while somebody types in it.

use tui_textarea::TextArea;

use crate::domain::ContactId;
use crate::query::Completion;

/// The filter while it is typed.
#[derive(Clone, Debug)]
pub(crate) struct FilterBox {
    pub(crate) field: TextArea<'static>,
    /// What Esc goes back to.
    pub(crate) before: String,
    pub(crate) selected_before: Option<ContactId>,
    /// The suggestions that a key goes through, until another key is pressed.
    pub(crate) tried: Option<FilterSuggestions>,
}

/// What could follow in the filter, one of it perhaps standing there already.
#[derive(Clone, Debug)]
pub(crate) struct FilterSuggestions {
    pub(crate) completion: Completion,
    pub(crate) at: Option<usize>,
    /// Where what it replaces ends, in bytes.
    pub(crate) end: usize,
}
