//! Keys in the journal of merges.

use crate::config::Action;
use crate::protocol::MergeDeed;

use crate::ui::message::Effect;
use crate::ui::model::room::Handled;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::confirm::state::{Confirmation, OnYes};
use crate::ui::rules;
use crate::ui::screens::journal::paint::journal_height;
use crate::ui::state::list_cursor;
use crate::ui::verbs::going;
use crate::ui::verbs::merges::{deed, pause};

/// An action on the screen of merges.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Handled {
    let here = model.merges.here().cloned();
    match (action, here) {
        (Action::Open, Some(_)) => {
            going::visit_here(model, effects);
        }
        (Action::UndoMerge, Some(record)) => deed(model, MergeDeed::Undo, vec![record.id], effects),
        (Action::Resume, Some(record)) => deed(model, MergeDeed::Resume, vec![record.id], effects),
        (Action::LeaveAddress, Some(record)) => deed(model, MergeDeed::LeaveAddress, vec![record.id], effects),
        (Action::DeleteFirst, Some(record)) => {
            let again = "Undo cannot restore what the API cannot copy. Delete it first?".to_owned();
            let line =
                "Deletes the merged contact, then the survivor takes its address. Undo re-creates it with a new ID.";
            let yes = OnYes::Merges { deed: MergeDeed::DeleteFirst, merges: vec![record.id], again: Some(again) };
            let title = "Delete the merged contact first?".to_owned();
            model.mode = Mode::Confirm(Confirmation::new(title, vec![line.to_owned()], "delete", yes));
        }
        (Action::Purge, Some(record)) => {
            let line = match record.plan.losers.len() {
                1 => "The archived contact is deleted for good. Undo re-creates it with a new ID.".to_owned(),
                many => format!("{many} archived contacts are deleted for good. Undo re-creates them with new IDs."),
            };
            let title = format!("Purge merge #{}?", record.number);
            let yes = OnYes::Merges { deed: MergeDeed::Purge, merges: vec![record.id], again: None };
            let how_many = rules::how_many(record.plan.losers.len(), true);
            let asked = Confirmation::new(title, Vec::new(), "purge", yes);
            model.mode = Mode::Confirm(Confirmation { warning: Some(line), how_many, ..asked });
        }
        (Action::PauseMerges, _) => pause(model, effects),
        (action, _) if list_cursor::is_move(action) => {
            let (len, height) = (model.merges.len(), journal_height(model));
            model.merges.journal.step(len, height, action);
        }
        _ => return Handled::Elsewhere,
    }
    Handled::Done
}
