//! What the list shows, and the panes of the contact under the cursor.

pub(crate) mod appointments;
pub(crate) mod detail;
pub(crate) mod list;
pub(crate) mod notes;
pub(crate) mod pane;
pub(crate) mod tasks;
pub(crate) mod views;
