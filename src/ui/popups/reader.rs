//! Reading a text whole: a note, the evidence of a group.

pub(crate) mod state;
