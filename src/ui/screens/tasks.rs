//! The open tasks of the location.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;
