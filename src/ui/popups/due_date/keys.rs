//! Giving tasks a new due date.

use jiff::Timestamp;

use crate::config::Action;
use crate::domain::{DueError, Edit, Target, Task, TaskEdit, TaskId, TaskPatch, parse_due_after};

use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model};
use crate::ui::popups::due_date::state::DueDatePrompt;
use crate::ui::popups::form::state::due_field;
use crate::ui::screens::open_tasks::rules::meant;
use crate::ui::screens::open_tasks::state::{Meant, called};
use crate::ui::verbs::tasks::apply;

/// Opens the line for the marked tasks, else for the one under the cursor.
pub(crate) fn open(model: &mut Model) {
    let tasks = meant(model);
    if !tasks.is_empty() {
        model.mode = Mode::DueDate(Box::new(DueDatePrompt { tasks, field: due_field() }));
    }
}

pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let Mode::DueDate(prompt) = &mut model.mode else { return None };
    match action {
        Action::Cancel => model.mode = Mode::Browse,
        Action::Accept => {
            let typed = prompt.field.text();
            // A bare time keeps the day of each.
            let moved = |(target, task): &Meant| {
                let day = task.due.map(|at| model.zone.to_datetime(at).date());
                let due = parse_due_after(&typed, model.now, &model.zone, day)?;
                Ok((task.due != Some(due)).then(|| rescheduled(target, task, due)))
            };
            let made: Result<Vec<Option<Edit>>, DueError> = prompt.tasks.iter().map(moved).collect();
            match made {
                Err(why) => prompt.field.error = Some(why.to_string()),
                Ok(made) => {
                    let (of, title) = (prompt.tasks.len(), format!("Reschedule {}", called(&prompt.tasks)));
                    model.mode = Mode::Browse;
                    apply(model, title, "reschedule", made.into_iter().flatten().collect(), of, effects);
                }
            }
        }
        _ => {}
    }
    None
}

fn rescheduled(target: &Target<TaskId>, task: &Task, due: Timestamp) -> Edit {
    let patch = |due| TaskPatch { due, ..TaskPatch::default() };
    Edit::new(
        task.contact.clone(),
        TaskEdit::Patch {
            task: target.clone(),
            title: task.title.clone(),
            before: patch(task.due),
            after: patch(Some(due)),
        },
    )
}
