//! The list of contacts, and what belongs to the one under the cursor.

pub(crate) mod paint;
pub(crate) mod state;
