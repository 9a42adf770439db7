//! What the model is made of that belongs to no single screen.

pub(crate) mod bulk;
pub(crate) mod drafts;
pub(crate) mod facts;
pub(crate) mod how_many;
pub(crate) mod in_view;
pub(crate) mod layout;
pub(crate) mod line;
pub(crate) mod list_cursor;
pub(crate) mod merges;
pub(crate) mod toast;
pub(crate) mod undo_stack;
pub(crate) mod views;
