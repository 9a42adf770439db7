//! Typing a filter.

pub(crate) mod state;
