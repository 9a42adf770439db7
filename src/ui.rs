//! The dashboard, pure: [`update`] takes what happened and returns what is to be done, [`view`] paints.
//!
//! Nothing here waits, reads a clock, a file or a socket, or starts anything. `model.now` is set by the
//! caller before each [`update`]; [`next_wakeup`] says when the picture changes by itself.

mod activity;
mod agenda;
mod arranging;
mod backlog;
mod bulk;
mod connect;
mod filter_box;
mod form;
mod layout;
mod listing;
mod merges;
mod message;
mod model;
mod near;
mod opened;
mod palette;
mod picker;
mod review;
mod suspects;
mod toast;
mod update;
mod view;
mod views;
mod wake;
mod welcome;

pub use connect::{AppFields, Connect, Known, TokenFields, Told, Wish};
pub use message::{Effect, Msg, Seeker};
pub use model::{AccountRow, Model, Start};
pub use update::{is_known, update};
pub use view::view;
pub use wake::next_wakeup;
pub use welcome::{Choice, Welcome};
