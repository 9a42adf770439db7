//! Typing words to search tasks and appointments for.

pub(crate) mod state;
