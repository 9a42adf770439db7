//! Forms: contact, task, appointment.

pub(crate) mod keys;
pub(crate) mod paint;
pub(crate) mod state;
