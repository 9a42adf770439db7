//! Merging all groups that the rule covers: the report before it.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;
