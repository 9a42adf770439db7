//! Every request and message of this run.

pub(crate) mod state;
