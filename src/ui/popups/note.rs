//! Writing a note.

pub(crate) mod keys;
pub(crate) mod state;
