//! The list of keys while it is open.

use tui_textarea::TextArea;

/// The list of keys while it is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct HelpList {
    pub(crate) field: TextArea<'static>,
    pub(crate) cursor: usize,
}
