//! What the user may choose: keys and colours, parsed, validated and defaulted.
//!
//! Knows no screens and no files: text comes in, typed values or a clear error go out.

mod action;
mod key;
mod keymap;
mod theme;

pub use action::Action;
pub use key::{Key, KeyCode, KeyError};
pub use keymap::{Context, Keymap, KeymapError, Lookup};
pub use theme::{Depth, Theme, ThemeError};
