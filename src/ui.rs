//! The dashboard, pure: [`update()`] takes what happened and returns what to do, [`view()`] paints.
//!
//! Nothing here waits, reads a clock, a file or a socket, or starts anything. `model.now` is set by the
//! caller before each [`update()`]; [`next_wakeup`] says when the picture next changes without a message.
//!
//! A screen is a room (`ui/screens/NAME`), and so is a pop-up (`ui/popups/NAME`). Files stand on floors, by their role:
//! `ink`, `state`, `model`, `rules`, `paint`, `verbs`, `keys`, and on top the tables of rooms and `update`. A file names
//! those on its own floor and below, and the keys of a room name those of no other room.

mod connect;
mod frame;
mod ink;
mod message;
mod model;
mod popups;
mod rules;
mod screens;
mod state;
mod update;
mod verbs;
mod view;
mod wake;
mod welcome;

pub use connect::{AppFields, Connect, ConnectDefaults, ConnectNews, ConnectRequest, TokenFields};
pub use message::{Effect, Msg, Seeker};
pub use model::{AccountRow, Model, Start};
pub use rules::unsent;
pub use update::{is_known, update};
pub use view::view;
pub use wake::next_wakeup;
pub use welcome::{Welcome, WelcomeChoice};

use model::Tables;

impl Model {
    /// A dashboard as it starts.
    pub fn new(start: Start) -> Self {
        Self::with(start, Tables { room: screens::room, popup: popups::row })
    }
}
