//! What the screen of contacts holds.

pub(crate) mod listing;
pub(crate) mod neighbours;
pub(crate) mod panel;
