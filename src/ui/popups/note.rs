//! Writing a note.

pub(crate) mod keys;
