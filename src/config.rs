//! The user's settings: keys and colours, folders and the account, parsed, checked and defaulted.
//!
//! Knows no screens. Takes text and returns typed values or a clear error; only [`paths`],
//! [`ConfigFile::read`] and [`ViewsFile`] touch the disk.

mod action;
pub mod environment;
mod file;
mod key;
mod keymap;
pub mod paths;
mod theme;
mod views;

pub use action::{Action, Context, Need, Offered};
pub use file::{ConfigError, ConfigFile, origin};
pub use key::{Key, KeyCode, KeyError};
pub use keymap::{Keymap, KeymapError, Lookup};
pub use theme::{Depth, Theme, ThemeError};
pub use views::{View, ViewChange, ViewsError, ViewsFile};
