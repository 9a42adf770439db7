//! Finding an action, a screen or a contact by name.

pub(crate) mod state;
