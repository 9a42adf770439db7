//! Which conflict is meant.

use crate::domain::{EditId, Pending, PendingState};

use crate::ui::model::Model;

/// The edit whose values collide with somebody else's: under the cursor, else the newest.
pub(crate) fn conflict(model: &Model) -> Option<EditId> {
    let is_conflict = |pending: &&Pending| pending.progress.state() == PendingState::Clash;
    let here = model.failed_edit().filter(is_conflict);
    here.or_else(|| model.overlay.iter().rfind(is_conflict)).and_then(|pending| pending.id)
}

/// Why there is nothing to decide.
pub(crate) fn no_conflict(model: &Model) -> Option<String> {
    conflict(model).is_none().then(|| "no conflicts".to_owned())
}
