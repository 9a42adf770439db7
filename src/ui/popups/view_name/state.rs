//! The name of a saved view while it is typed.

use tui_textarea::TextArea;

/// The name of a view while it is typed.
#[derive(Clone, Debug)]
pub(crate) struct ViewNamePrompt {
    pub(crate) field: TextArea<'static>,
    pub(crate) error: Option<String>,
}
