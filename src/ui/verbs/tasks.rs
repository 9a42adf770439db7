//! What is done to tasks, one or many: reading, completing, assigning, any other edit.

use crate::domain::{Edit, Task, TaskEdit, TaskPatch, UserId};
use crate::text::{self, Emphasis, RichText, TextSpan};

use crate::ui::ink::{clean_or, counted};
use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::popups::confirm::state::{Confirmation, OnYes};
use crate::ui::popups::reader::state::TextReader;
use crate::ui::rules;
use crate::ui::screens::open_tasks::rules::{fields, meant};
use crate::ui::screens::open_tasks::state::{Meant, called};
use crate::ui::state::toast::Level;
use crate::ui::verbs::edits;

/// Shows a task whole, not in its form.
pub(crate) fn read(model: &mut Model, task: &Task) {
    let line = |(label, said): (&str, String)| {
        let said = if said.is_empty() { "—" } else { &said };
        vec![TextSpan { text: format!("{label:<10}{said}"), emphasis: Emphasis::default() }]
    };
    let status = ("Status", if task.completed { "completed" } else { "open" }.to_owned());
    let mut text = RichText { lines: fields(model, task).into_iter().chain([status]).map(line).collect() };
    if let Some(body) = &task.body {
        text.lines.push(Vec::new());
        text.lines.extend(text::rich(body).lines);
    }
    model.mode = Mode::Read(TextReader { title: clean_or(&task.title, "(no title)"), text, top: 0 });
}

/// Completes the task under the cursor or opens it again; marked ones are completed, never opened.
pub(crate) fn toggle(model: &mut Model, effects: &mut Vec<Effect>) {
    let tasks = meant(model);
    if tasks.is_empty() {
        return;
    }
    let many = model.screen == Screen::OpenTasks && model.open_tasks.marks() > 0;
    let edit = |(target, task): &Meant| {
        Edit::new(
            task.contact.clone(),
            TaskEdit::Complete { task: target.clone(), title: task.title.clone(), completed: many || !task.completed },
        )
    };
    let made: Vec<Edit> = tasks.iter().filter(|(_, task)| !(many && task.completed)).map(edit).collect();
    let title = format!("Complete {}", called(&tasks));
    apply(model, title, "complete", made, tasks.len(), effects);
}

/// Makes the edits of so many tasks: one at once, more when the user says yes.
pub(crate) fn apply(
    model: &mut Model,
    title: String,
    verb: &'static str,
    made: Vec<Edit>,
    of: usize,
    effects: &mut Vec<Effect>,
) {
    let unchanged = of - made.len();
    match made.len() {
        0 => {
            model.say(Level::Hint, "Nothing changed");
        }
        1 if of == 1 => {
            if model.screen == Screen::OpenTasks {
                model.open_tasks.clear_marks();
            }
            edits::apply(model, made, effects);
        }
        count => {
            // Each is looked at before it is changed.
            let (tasks, requests) = (counted(count, "task"), counted(2 * count, "request"));
            let mut lines = vec![rules::named(model, made.iter().map(|edit| &edit.contact))];
            lines.push(format!("{tasks} will change (about {requests}). One undo restores them."));
            if unchanged > 0 {
                lines.push(format!("{unchanged} will not change."));
            }
            let how_many = rules::how_many(count, false);
            let asked = Confirmation::new(title, lines, verb, OnYes::Apply(made));
            model.mode = Mode::Confirm(Confirmation { how_many, ..asked });
        }
    }
}

/// The edit that changes fields of a task.
pub(crate) fn patched((target, task): &Meant, before: TaskPatch, after: TaskPatch) -> Edit {
    let (task, title, contact) = (target.clone(), task.title.clone(), task.contact.clone());
    Edit::new(contact, TaskEdit::Patch { task, title, before, after })
}

/// Gives the tasks to a user, or to nobody.
pub(crate) fn assign(model: &mut Model, tasks: &[Meant], user: Option<&UserId>, effects: &mut Vec<Effect>) {
    let patch = |user: Option<UserId>| TaskPatch { assigned_to: Some(user), ..TaskPatch::default() };
    let others = tasks.iter().filter(|(_, task)| task.assigned_to.as_ref() != user);
    let edit = |meant: &Meant| patched(meant, patch(meant.1.assigned_to.clone()), patch(user.cloned()));
    let made: Vec<Edit> = others.map(edit).collect();
    let whom = user.map_or_else(|| "nobody".to_owned(), |user| model.user_name(user));
    apply(model, format!("Assign {} to {whom}", called(tasks)), "assign", made, tasks.len(), effects);
}
