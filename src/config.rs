//! What the user may choose: keys and colours, folders and the account, parsed, validated and defaulted.
//!
//! Knows no screens. Text comes in, typed values or a clear error go out; only [`paths`],
//! [`ConfigFile::read`] and [`ViewsFile`] touch the disk.

mod action;
pub mod environment;
mod file;
mod key;
mod keymap;
pub mod paths;
mod theme;
mod views;

pub use action::Action;
pub use file::{ConfigError, ConfigFile, origin};
pub use key::{Key, KeyCode, KeyError};
pub use keymap::{Context, Keymap, KeymapError, Lookup};
pub use theme::{Depth, Theme, ThemeError};
pub use views::{View, ViewChange, ViewsError, ViewsFile};
