//! The location's tasks and appointments by day.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;
