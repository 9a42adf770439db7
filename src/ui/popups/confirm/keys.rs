//! Saying yes or no.

use crate::config::Action;

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::confirm::state::{Confirmation, OnYes};
use crate::ui::state::toast::Level;
use crate::ui::verbs::{edits, merges};

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    if let (Action::Accept, Mode::Confirm(Confirmation { how_many: Some(how_many), .. })) = (action, &mut model.mode)
        && !how_many.is_met()
    {
        return None;
    }
    match (action, &model.mode) {
        (Action::Yes, Mode::Confirm(Confirmation { yes: OnYes::Planning(_), .. })) | (Action::Up | Action::Down, _) => {
        }
        (Action::Yes | Action::Accept, Mode::Confirm(confirmation)) => {
            let confirmed = confirmation.clone();
            model.mode = Mode::Browse;
            confirm(model, &confirmed, effects);
        }
        _ => model.mode = Mode::Browse,
    }
    None
}

/// Does what the user said yes to, or asks once more.
fn confirm(model: &mut Model, confirmed: &Confirmation, effects: &mut Vec<Effect>) {
    let ask_again = |line: String, yes: OnYes| {
        Mode::Confirm(Confirmation { lines: vec![], warning: Some(line), yes, ..confirmed.clone() })
    };
    match confirmed.yes.clone() {
        OnYes::Planning(_) | OnYes::Nothing => {}
        OnYes::Apply(made) => {
            if let Some(marks) = model.room().marks.as_ref().filter(|marks| (marks.count)(model) > 0) {
                (marks.clear)(model);
            }
            edits::apply(model, made, effects);
        }
        OnYes::Automate(edit) => edits::apply(model, vec![*edit], effects),
        OnYes::Merge(plans) => merges::send(model, plans, effects),
        OnYes::Merges { deed, merges, again: Some(line) } => {
            model.mode = ask_again(line, OnYes::Merges { deed, merges, again: None });
        }
        OnYes::Merges { deed, merges, again: None } => merges::deed(model, deed, merges, effects),
        OnYes::DeleteAtOnce { members, again: true } => {
            let line = "Deleted contacts are gone for good. Delete them immediately?".to_owned();
            model.mode = ask_again(line, OnYes::DeleteAtOnce { members, again: false });
        }
        OnYes::DeleteAtOnce { members, again: false } => {
            model.reviewing.choices_mut(&members).delete = true;
            model.say(Level::Warn, "The contacts merged away will be deleted immediately");
        }
    }
}
