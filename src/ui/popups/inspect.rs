//! One request, whole.

pub(crate) mod state;
