//! Asking before something is done.

pub(crate) mod state;
