//! Contacts that may be the same person, and their merge.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;
