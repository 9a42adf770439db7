//! What the screen looks at, as the worker was told. Knows nothing of the screens that it is put together from.

use jiff::{SignedDuration, Timestamp};

use crate::protocol::InView;

/// A look that was not taken is told again after this long.
const AGAIN: SignedDuration = SignedDuration::from_millis(100);

/// The newest look, and whether the worker still has to be told.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkerView {
    now: InView,
    /// The worker's queue was full: when it is told again.
    pub(crate) due: Option<Timestamp>,
}

impl WorkerView {
    pub(crate) fn now(&self) -> &InView {
        &self.now
    }

    /// Takes in what the screen looks at now; what has to be told, if anything.
    pub(crate) fn tell(&mut self, in_view: InView, now: Timestamp) -> Option<InView> {
        let changed = in_view != self.now;
        self.now = in_view;
        let tell = self.due.map_or(changed, |due| due <= now);
        tell.then(|| {
            self.due = None;
            self.now.clone()
        })
    }

    /// It went nowhere.
    pub(crate) fn not_taken(&mut self, now: Timestamp) {
        self.due = now.checked_add(AGAIN).ok();
    }
}
