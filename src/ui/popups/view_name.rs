//! Naming a saved view.

pub(crate) mod paint;
pub(crate) mod state;
