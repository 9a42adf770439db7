//! What can happen to the dashboard, and what it asks for in return.

use std::sync::Arc;

use crate::config::{Key, View, ViewChange};
use crate::domain::User;
use crate::protocol::{Command, DraftKey, Event};
use crate::query::{Facts, MatchedRows, Query, Roster, Sort};

/// Something happened.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a message is moved once, and few are on their way at a time")]
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
        seeker: Seeker,
        generation: u64,
        roster: Arc<Roster>,
        matches: MatchedRows,
    },
    /// The answer to [`Effect::Count`].
    Counted {
        generation: u64,
        counts: Vec<(String, u64)>,
    },
    /// The saved views after [`Effect::Views`], or why they could not be changed.
    Views {
        change: ViewChange,
        result: Result<Vec<View>, String>,
    },
    /// The worker's queue is full, or the worker is gone: the command went nowhere.
    NotTaken(Command),
    /// No browser took the address.
    NotOpened(String),
    /// The user's editor has ended: the text, or why there is none.
    Edited(Result<String, String>),
    /// The moment named by [`crate::ui::next_wakeup`] has come.
    Wake,
    /// The program is asked to end, by a signal.
    Terminate,
}

/// Something to be done by the runtime.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Send(Command),
    /// Match off this thread; the previous match of the same seeker is cancelled.
    Match {
        seeker: Seeker,
        generation: u64,
        roster: Arc<Roster>,
        query: Arc<Query>,
        /// What is known of contacts beside their rows.
        facts: Facts,
        sort: Sort,
        /// By whose names owners are sorted.
        users: Arc<[User]>,
    },
    /// Count what each of these queries lets through, off this thread; the count before is given up.
    Count {
        generation: u64,
        roster: Arc<Roster>,
        queries: Arc<[(String, Query)]>,
        facts: Facts,
    },
    /// Change the file of saved views.
    Views(ViewChange),
    /// Put this text into the terminal's clipboard.
    Copy(String),
    /// Open this address in the browser.
    Open(String),
    /// Give this text to the user's editor; answered by [`Msg::Edited`].
    External {
        /// Tells what the text is, should the program end in between.
        draft: DraftKey,
        /// Of a form: which field it is.
        field: Option<String>,
        text: String,
    },
    /// Paint everything again, also what has not changed.
    Repaint,
    Suspend,
    /// Close this account and open the one of this name.
    Switch(String),
    /// Leave the dashboard for the screen that signs in; with a name, to sign in to that account again.
    Connect(Option<String>),
    Quit,
}

/// Who wants to know what matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeker {
    List,
    Palette,
}
