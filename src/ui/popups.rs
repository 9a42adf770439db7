//! What opens over a screen and takes the keys until it is closed.

pub(crate) mod choose;
pub(crate) mod columns;
pub(crate) mod confirm;
pub(crate) mod dry_run;
pub(crate) mod due_date;
pub(crate) mod filter;
pub(crate) mod form;
pub(crate) mod inspect;
pub(crate) mod note;
pub(crate) mod palette;
pub(crate) mod picker;
pub(crate) mod popup;
pub(crate) mod reader;
pub(crate) mod search;
pub(crate) mod value;
pub(crate) mod view_name;
