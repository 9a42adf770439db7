//! What stands around every screen: header, tabs, messages and hints.

pub(crate) mod footer;
pub(crate) mod header;
pub(crate) mod next_keys;
pub(crate) mod tabs;
