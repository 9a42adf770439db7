//! Choosing from a list.

pub(crate) mod keys;
pub(crate) mod state;
