//! What can happen to the dashboard, and what it asks for in return.

use std::sync::Arc;

use crate::config::Key;
use crate::protocol::{Command, Event};
use crate::query::{Matches, Query, Roster, Sort};

/// Something happened.
#[derive(Clone, Debug)]
pub enum Msg {
    Key(Key),
    /// Text pasted into the terminal.
    Paste(String),
    /// The terminal has this many columns and rows.
    Resized {
        columns: u16,
        rows: u16,
    },
    /// The terminal got or lost the focus.
    Focused(bool),
    Event(Event),
    /// The answer to [`Effect::Match`]; all but the newest generation are ignored.
    Matched {
        generation: u64,
        roster: Arc<Roster>,
        matches: Matches,
    },
    /// The worker's queue is full, or the worker is gone: the command went nowhere.
    NotTaken(Command),
    /// Neither browser nor opener took the address.
    NotOpened(String),
    /// The moment named by [`super::next_wakeup`] has come.
    Wake,
    /// The program is asked to end, by a signal.
    Terminate,
}

/// Something to be done by the runtime.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Send(Command),
    /// Match off this thread; the previous match is cancelled.
    Match {
        generation: u64,
        roster: Arc<Roster>,
        query: Arc<Query>,
        sort: Sort,
    },
    /// Put this text into the terminal's clipboard.
    Copy(String),
    /// Open this address in the browser.
    Open(String),
    Suspend,
    Quit,
}
