//! Typing a new due date.

pub(crate) mod state;
