//! The screens, each in a room of its own: what it holds, what can be done on it, its keys and how it is painted.

pub(crate) mod activity;
pub(crate) mod agenda;
pub(crate) mod contacts;
pub(crate) mod duplicates;
pub(crate) mod journal;
pub(crate) mod tasks;
