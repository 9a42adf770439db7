//! Naming a saved view.

pub(crate) mod paint;
