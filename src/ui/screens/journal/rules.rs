//! What can be done with a merge, and why not.

use crate::config::{Action, Context, Need};
use crate::domain::{MergeProgress, Obstacle};

use crate::ui::model::{Model, Screen};
use crate::ui::rules;

/// Why a need is not met by the merge under the cursor.
pub(crate) fn unmet(model: &Model, need: Need) -> Option<String> {
    let record = match need {
        Need::MergeRecord
        | Need::Openable
        | Need::Contact
        | Need::UndoableMerge
        | Need::HeldMerge
        | Need::ArchivedContacts
        | Need::TakenAddress => {
            let Some(record) = model.merges.here().filter(|_| model.screen == Screen::Journal) else {
                return Some(format!("select a merge first ({})", model.key(Context::Main, Action::GoJournal)));
            };
            record
        }
        need => return rules::unmet(model, need),
    };
    let word = record.word();
    match need {
        Need::UndoableMerge if record.wiped => Some("the data for an undo has been wiped".to_owned()),
        Need::UndoableMerge => (!record.can_be_undone()).then(|| format!("it is {word}")),
        Need::HeldMerge => {
            let held = matches!(record.progress, MergeProgress::Stopped(_) | MergeProgress::Paused);
            (!held).then(|| format!("it is {word}, not paused"))
        }
        Need::ArchivedContacts => (!record.is_archived()).then(|| format!("it is {word}: nothing is archived")),
        Need::TakenAddress => {
            let address = matches!(record.progress, MergeProgress::Stopped(Obstacle::Address { .. }));
            (!address).then(|| "no address is in its way".to_owned())
        }
        _ => None,
    }
}
