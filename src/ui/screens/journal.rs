//! Merges, done and under way, and what was decided not to be a duplicate.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;
