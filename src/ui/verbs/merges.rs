//! What is asked of the worker about merges.

use crate::domain::{MergeId, MergePlan};
use crate::protocol::{Command, ContactPair, MergeDeed};

use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::screens::duplicates::state::Part;
use crate::ui::state::merges::Asked;
use crate::ui::state::toast::Level;

/// Sends merges; their losers stand in no group from now on.
pub(crate) fn send(model: &mut Model, plans: Vec<MergePlan>, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    effects.push(Effect::Send(Command::Merge { ticket, plans: plans.clone() }));
    model.undo.asked(ticket);
    model.reviewing.decided += plans.len();
    model.merges.ask(ticket, Asked::Merge(plans));
    model.duplicates.refresh(&model.merges, &model.merge_rules);
    model.reviewing.part = Part::Queue;
}

/// Asks for something to be done about merges.
pub(crate) fn deed(model: &mut Model, deed: MergeDeed, merges: Vec<MergeId>, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    model.merges.ask(ticket, Asked::Deed(deed, merges.clone()));
    effects.push(Effect::Send(Command::Merges { ticket, merges, deed }));
}

/// Pauses the merges that are running, or resumes them.
pub(crate) fn pause(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(batch) = model.merges.batch().cloned() else { return };
    let live = batch.is_live();
    let merges = model.merges.of_batch(batch.id, !live);
    let wanted = if live { MergeDeed::Pause } else { MergeDeed::Resume };
    deed(model, wanted, merges, effects);
    let said = if live { "Pausing merges after the current step" } else { "Merges resumed" };
    model.say(Level::Hint, said);
}

/// Says that these are not the same people.
pub(crate) fn dismiss(model: &mut Model, pairs: Vec<ContactPair>, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    effects.push(Effect::Send(Command::Dismiss { ticket, pairs: pairs.clone() }));
    model.merges.ask(ticket, Asked::Dismiss(pairs));
    model.duplicates.refresh(&model.merges, &model.merge_rules);
}

/// Opens the question again whether these are the same people.
pub(crate) fn reopen(model: &mut Model, pairs: Vec<ContactPair>, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    effects.push(Effect::Send(Command::Reopen { ticket, pairs: pairs.clone() }));
    model.merges.ask(ticket, Asked::Reopen(pairs));
    model.duplicates.refresh(&model.merges, &model.merge_rules);
}
