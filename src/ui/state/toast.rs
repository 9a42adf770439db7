//! Short messages above the footer; each stays long enough to be read.

use jiff::{SignedDuration, Timestamp};

use crate::config::Action;
use crate::domain::EditId;

/// How long a message stays.
const STAY: SignedDuration = SignedDuration::from_secs(6);
/// How long one stays that says what went wrong.
const STAY_BAD: SignedDuration = SignedDuration::from_secs(12);
/// How many are kept at once.
const KEPT: usize = 3;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// On its way.
    Queued,
    Done,
    Hint,
    Warn,
    Bad,
}

impl Level {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Queued => "⇅",
            Self::Done => "✓",
            Self::Hint => "·",
            Self::Warn => "!",
            Self::Bad => "✗",
        }
    }
}

/// A message; its text is clean.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Toast {
    pub(crate) level: Level,
    pub(crate) text: String,
    /// What can be done about it, printed with its key.
    pub(crate) offers: Vec<Action>,
    pub(crate) about: Option<EditId>,
    until: Timestamp,
}

impl Toast {
    /// One that does not end by time.
    pub(crate) fn lasting(level: Level, text: String, offers: Vec<Action>) -> Self {
        Self { level, text, offers, about: None, until: Timestamp::MAX }
    }
}

/// The messages on screen, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Toasts {
    shown: Vec<Toast>,
}

impl Toasts {
    pub(crate) fn push(&mut self, now: Timestamp, level: Level, text: String) -> &mut Toast {
        let stay = if matches!(level, Level::Bad | Level::Warn) { STAY_BAD } else { STAY };
        let until = now.saturating_add(stay).unwrap_or(Timestamp::MAX);
        // Saying the same again renews the message. Good news gives way to newer news, so that `u undo` stands
        // beside what `u` would undo; what went wrong stays, and so does what asks for a decision.
        let stays = |toast: &Toast| toast.level == Level::Bad || toast.offers.contains(&Action::Decide);
        self.shown.retain(|toast| toast.text != text && stays(toast));
        if self.shown.len() == KEPT {
            self.shown.remove(0);
        }
        self.shown.push(Toast { level, text, offers: Vec::new(), about: None, until });
        self.shown.last_mut().expect("one was just pushed")
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Toast> {
        self.shown.iter()
    }

    /// The server has confirmed this edit: a message about it says so.
    pub(crate) fn confirmed(&mut self, id: EditId) {
        for toast in self.shown.iter_mut().filter(|toast| toast.about == Some(id) && toast.level == Level::Queued) {
            toast.level = Level::Done;
        }
    }

    /// Takes back what was said about an edit.
    pub(crate) fn forget(&mut self, id: EditId) {
        self.shown.retain(|toast| toast.about != Some(id));
    }

    pub(crate) fn expire(&mut self, now: Timestamp) {
        self.shown.retain(|toast| toast.until > now);
    }

    pub(crate) fn next_end(&self) -> Option<Timestamp> {
        self.shown.iter().map(|toast| toast.until).min()
    }
}
