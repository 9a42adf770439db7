//! Undo and redo: the newest step first, whatever it was.

use crate::config::{Action, View, ViewChange};
use crate::domain::Direction;
use crate::protocol::Command;
use crate::text;

use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::state::toast::Level;
use crate::ui::state::undo_stack::OwnStep;
use crate::ui::update::drafts;
use crate::ui::verbs::forms::keep;
use crate::ui::verbs::{edits, merges};

/// How the message begins, and what it offers: the key of an undo says what it would take back next.
pub(super) fn said_of(direction: Direction) -> (&'static str, Vec<Action>) {
    match direction {
        Direction::Undo => ("Undone", vec![Action::Redo, Action::Undo]),
        Direction::Redo => ("Redone", vec![Action::Undo]),
    }
}

/// Takes back what was done last, or does again what was taken back.
pub(super) fn reverse(model: &mut Model, direction: Direction, effects: &mut Vec<Effect>) {
    let ticket = model.ticket();
    let Some(step) = model.undo.take(direction, ticket) else {
        return effects.push(Effect::Send(Command::Reverse { ticket, direction }));
    };
    let undo = direction == Direction::Undo;
    let words = step.words();
    match step {
        OwnStep::NotDuplicates { pairs, members, .. } => {
            if undo {
                merges::reopen(model, pairs, effects);
                model.duplicates.bring_back(&members, &model.merges, &model.merge_rules);
                model.reviewing.decided = model.reviewing.decided.saturating_sub(1);
            } else {
                merges::dismiss(model, pairs, effects);
                model.reviewing.decided += 1;
            }
        }
        OwnStep::Reopened { pairs, .. } if undo => merges::dismiss(model, pairs, effects),
        OwnStep::Reopened { pairs, .. } => merges::reopen(model, pairs, effects),
        OwnStep::Skipped { members, .. } if undo => {
            model.duplicates.bring_back(&members, &model.merges, &model.merge_rules);
        }
        OwnStep::Skipped { members, .. } => {
            if members.first().is_some_and(|first| model.duplicates.go_to(first)) {
                model.duplicates.skip();
            }
        }
        OwnStep::View { before, after } => {
            let (from, to) = if undo { (after, before) } else { (before, after) };
            let location = model.location.id.clone();
            let change = match (from, to) {
                (_, Some(view)) => ViewChange::Put(view),
                (Some(View { name, .. }), None) => ViewChange::Remove { name, location },
                (None, None) => return,
            };
            // What comes of it is said when the file is written.
            return effects.push(Effect::Views(change));
        }
        OwnStep::Dropped { draft, text, .. } => {
            let now = |model: &Model| model.drafts.get(&draft).cloned();
            if undo {
                drafts::bring_back(model, draft.clone(), text.clone(), effects);
            } else if now(model).as_ref() == Some(&text) {
                keep(model, draft.clone(), String::new(), effects);
            }
            // What was typed since is nobody's step: it is never dropped for an older text.
            if now(model).is_some_and(|now| !undo || !now.contains(&text)) {
                model.say(Level::Warn, "The draft was changed since, and stays as it is");
                return;
            }
        }
        OwnStep::Discarded(made) => return edits::apply(model, made, effects),
    }
    let (verb, offers) = said_of(direction);
    let words = text::lower_first(&text::clean(&words));
    model.say(Level::Done, format!("{verb}: {words}")).offers = offers;
}
