//! Typing a value of a merge.

pub(crate) mod state;
