//! What keys do, whatever screen or pop-up they are pressed in: edits, plans, forms, going to a contact.
//!
//! A verb opens a pop-up by its state and names no keys.

pub(crate) mod edits;
pub(crate) mod filtering;
pub(crate) mod forms;
pub(crate) mod going;
pub(crate) mod merges;
pub(crate) mod plans;
pub(crate) mod sorting;
pub(crate) mod tasks;
pub(crate) mod views;
