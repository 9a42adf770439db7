//! Choosing, ordering and sizing the columns of the list.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;
