//! The screen of the location's open tasks: completing, rescheduling, assigning, one task or all that are marked.

use std::sync::Arc;

use crate::config::{Action, Context};
use crate::protocol::Command;
use crate::ui::state::layout::Section;

use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::model::room::Handled;
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::verbs::{forms, going, tasks};

/// An action on the screen of tasks.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Handled {
    match action {
        Action::Reschedule | Action::Assign | Action::ByOwner | Action::Filter => return Handled::Opens,
        Action::ToggleTask => tasks::toggle(model, effects),
        Action::Edit => edit(model),
        Action::Read => {
            if let Some(task) = model.open_tasks.task().map(|task| Arc::clone(&task.value)) {
                tasks::read(model, &task);
            }
        }
        Action::Mark => {
            model.open_tasks.toggle_mark();
            step(model, Action::Down);
        }
        Action::MarkRange => model.open_tasks.mark_range(),
        Action::MarkAll => {
            model.open_tasks.mark_all();
            let (count, back) = (model.open_tasks.marks(), model.key(Context::Backlog, Action::Back));
            model.say(Level::Hint, format!("{count} marked: all that are listed. {back} clears the marks"));
        }
        Action::Open => {
            if going::visit_here(model, effects) {
                model.section = Section::Tasks;
            }
        }
        Action::Refresh => {
            model.say(Level::Hint, "Refreshing…");
            effects.push(Effect::Send(Command::Refresh));
        }
        Action::Back if model.open_tasks.filter.is_on() => model.open_tasks.clear_filter(),
        Action::Back if model.open_tasks.marks() > 0 => model.open_tasks.clear_marks(),
        action if list_cursor::is_move(action) => step(model, action),
        _ => return Handled::Elsewhere,
    }
    Handled::Done
}

/// Moves the cursor.
fn step(model: &mut Model, action: Action) {
    let height = model.screen_height();
    let at = list_cursor::step(model.open_tasks.cursor(), model.open_tasks.listed(), height, action);
    model.open_tasks.go(at);
}

/// Opens the task under the cursor in its form.
fn edit(model: &mut Model) {
    let here = model.open_tasks.task();
    let Some((target, task)) = here.and_then(|task| Some((task.target.clone()?, task.value.clone()))) else { return };
    forms::task(model, task.contact.clone(), Some((target, Arc::unwrap_or_clone(task))));
}

/// Brings the lines in line with what they are made from, whether somebody looks or not.
pub(crate) fn settle(model: &mut Model) {
    let mut open_tasks = std::mem::take(&mut model.open_tasks);
    open_tasks.settle(&model.around(), model.screen_height());
    model.open_tasks = open_tasks;
}
