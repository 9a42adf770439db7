//! When the picture next changes without a message, so that nothing has to poll.

use jiff::{SignedDuration, Timestamp};

use crate::domain::Progress;
use crate::protocol::SyncState;
use crate::ui::popups::note::state::SAVE_AFTER;

use crate::ui::model::{Mode, Model, Screen};
use crate::ui::screens::contacts::state::panel::LOADING_AFTER;

/// The next moment at which the picture changes, or something is due, without anything happening.
///
/// An idle dashboard is woken about once a minute, by its clock.
pub fn next_wakeup(model: &Model) -> Option<Timestamp> {
    let clock = [minute(model.now, Timestamp::UNIX_EPOCH)];
    let tasks = model
        .open_tasks
        .fetched_at
        .filter(|_| matches!(model.screen, Screen::OpenTasks | Screen::Agenda))
        .map(|at| minute(model.now, at));
    let counts = model.views.counts.due;
    let due = [
        counts,
        tasks,
        age_label(model),
        model.toasts.next_end(),
        countdown(model),
        loading(model),
        draft(model),
        model.worker_view.due,
    ];
    clock.into_iter().chain(due.into_iter().flatten()).filter(|at| *at > model.now).min()
}

/// The next time that a whole number of minutes has passed since `start`.
fn minute(now: Timestamp, start: Timestamp) -> Timestamp {
    let passed = now.as_second() - start.as_second();
    Timestamp::from_second(start.as_second() + (passed.div_euclid(60) + 1) * 60).unwrap_or(Timestamp::MAX)
}

fn second(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second() + 1).unwrap_or(Timestamp::MAX)
}

fn age_label(model: &Model) -> Option<Timestamp> {
    let since = match &model.sync.state {
        SyncState::Cached { at } | SyncState::Offline { at, .. } => *at,
        SyncState::Fresh { at } => Some(*at),
        SyncState::Listing(_) | SyncState::Blocked { .. } => None,
    };
    since.map(|since| minute(model.now, since))
}

/// Seconds are counted down only while there is something to wait for.
fn countdown(model: &Model) -> Option<Timestamp> {
    let offline = match &model.sync.state {
        SyncState::Offline { retry_at, .. } => Some(*retry_at),
        SyncState::Cached { .. } | SyncState::Listing(_) | SyncState::Fresh { .. } | SyncState::Blocked { .. } => None,
    };
    let waiting = model.overlay.iter().filter_map(|pending| match &pending.progress {
        Progress::Waiting { until, .. } => Some(*until),
        Progress::Saving | Progress::Queued | Progress::Sending | Progress::Failed { .. } | Progress::Clash(_) => None,
    });
    let ends = offline.into_iter().chain(model.gauge.paused_until).chain(waiting);
    ends.into_iter().any(|end| end > model.now).then(|| second(model.now))
}

/// "Loading" is said only when it takes a while.
fn loading(model: &Model) -> Option<Timestamp> {
    let opened = model.opened.as_ref().filter(|opened| opened.details.is_none())?;
    opened.since.checked_add(LOADING_AFTER).ok()
}

fn draft(model: &Model) -> Option<Timestamp> {
    let since = match &model.mode {
        Mode::Note(note) => note.unsaved_since,
        Mode::Form(form) => form.unsaved_since,
        _ => None,
    };
    since?.checked_add(SAVE_AFTER).ok()
}

/// How long until then, in whole seconds as a countdown shows them.
pub(crate) fn seconds_until(then: Timestamp, now: Timestamp) -> i64 {
    let left: SignedDuration = now.duration_until(then);
    (left.as_secs() + i64::from(left.subsec_nanos() > 0)).max(0)
}
