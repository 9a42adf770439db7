//! The screen of the location's open tasks: completing, rescheduling, assigning, one task or all that are marked.

use std::sync::Arc;

use crate::config::{Action, Context};
use crate::domain::{Edit, TaskEdit, TaskPatch, UserId};
use crate::protocol::Command;
use crate::ui::state::layout::{Focus, Section};

use crate::ui::ink::counted;
use crate::ui::message::Effect;
use crate::ui::model::{Mode, Model, Screen};
use crate::ui::popups::confirm::state::{Confirmation, OnYes};
use crate::ui::popups::form::state::TaskForm;
use crate::ui::popups::{due_date, form, picker, search};
use crate::ui::screens::agenda;
use crate::ui::screens::open_tasks::state;
use crate::ui::screens::open_tasks::state::{Around, Meant};
use crate::ui::state::list_cursor;
use crate::ui::state::toast::Level;
use crate::ui::update::{edits, going};

/// An action on the screen of tasks.
pub(crate) fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> bool {
    match action {
        Action::ToggleTask => toggle(model, effects),
        Action::Reschedule => due_date::keys::open(model),
        Action::Assign | Action::ByOwner => picker::keys::open(model, action, effects),
        Action::Edit => edit(model),
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
            if let Some(contact) = model.open_tasks.task().map(|task| task.value.contact.clone()) {
                going::visit(model, contact, effects);
                model.section = Section::Tasks;
            }
        }
        Action::Browse => {
            let contact = model.open_tasks.task().map(|task| task.value.contact.clone());
            if let Some(contact) = contact {
                going::browse(model, &contact, effects);
            }
        }
        Action::Filter => search::keys::open(model),
        Action::Refresh => {
            model.say(Level::Hint, "Refreshing…");
            effects.push(Effect::Send(Command::Refresh));
        }
        Action::Back if model.open_tasks.is_filtered() => model.open_tasks.clear_filter(),
        Action::Back if model.open_tasks.marks() > 0 => model.open_tasks.clear_marks(),
        action if list_cursor::is_move(action) => step(model, action),
        _ => return false,
    }
    true
}

/// Moves the cursor.
fn step(model: &mut Model, action: Action) {
    let height = model.screen_height();
    let at = list_cursor::step(model.open_tasks.cursor(), model.open_tasks.listed(), height, action);
    model.open_tasks.go(at);
}

/// The tasks that an edit is about: marked ones, else the one under the cursor, here or in the pane of its contact.
pub(crate) fn meant(model: &Model) -> Vec<Meant> {
    if model.screen == Screen::OpenTasks {
        return model.open_tasks.meant(&model.overlay);
    }
    if model.screen == Screen::Agenda {
        let task = agenda::rules::task(model);
        return task.and_then(|task| Some((task.target.clone()?, task.value.clone()))).into_iter().collect();
    }
    let here = (model.focus, model.section) == (Focus::Section, Section::Tasks);
    let line = model.opened.as_ref().filter(|_| here).and_then(|opened| opened.task(&model.overlay));
    line.and_then(|line| Some((line.target?, Arc::new(line.value)))).into_iter().collect()
}

/// Completes the task under the cursor or opens it again; marked ones are completed, never opened.
pub(crate) fn toggle(model: &mut Model, effects: &mut Vec<Effect>) {
    let tasks = meant(model);
    let many = model.screen == Screen::OpenTasks && model.open_tasks.marks() > 0;
    let edit = |(target, task): &Meant| {
        Edit::new(
            task.contact.clone(),
            TaskEdit::Complete { task: target.clone(), title: task.title.clone(), completed: many || !task.completed },
        )
    };
    let made: Vec<Edit> = tasks.iter().filter(|(_, task)| !(many && task.completed)).map(edit).collect();
    let title = format!("Complete {}", state::called(&tasks));
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
            let mut lines = vec![format!("{tasks} will change (about {requests}). One undo restores them.")];
            if unchanged > 0 {
                lines.push(format!("{unchanged} will not change."));
            }
            model.mode = Mode::Confirm(Confirmation { title, lines, verb, yes: OnYes::Apply(made) });
        }
    }
}

/// Gives the tasks to a user, or to nobody.
pub(crate) fn assign(model: &mut Model, tasks: &[Meant], user: Option<&UserId>, effects: &mut Vec<Effect>) {
    let patch = |user: Option<UserId>| TaskPatch { assigned_to: Some(user), ..TaskPatch::default() };
    let others = tasks.iter().filter(|(_, task)| task.assigned_to.as_ref() != user);
    let edit = |(target, task): &Meant| {
        Edit::new(
            task.contact.clone(),
            TaskEdit::Patch {
                task: target.clone(),
                title: task.title.clone(),
                before: patch(task.assigned_to.clone()),
                after: patch(user.cloned()),
            },
        )
    };
    let made: Vec<Edit> = others.map(edit).collect();
    let whom = user.map_or_else(|| "nobody".to_owned(), |user| model.user_name(user));
    apply(model, format!("Assign {} to {whom}", state::called(tasks)), "assign", made, tasks.len(), effects);
}

/// Opens the task under the cursor in its form.
fn edit(model: &mut Model) {
    let here = model.open_tasks.task();
    let Some((target, task)) = here.and_then(|task| Some((task.target.clone()?, task.value.clone()))) else { return };
    let whom = model.name_of(&task.contact);
    let form =
        TaskForm::open(task.contact.clone(), Some((target, Arc::unwrap_or_clone(task))), &whom, model.form_context());
    form::keys::show(model, form);
}

/// Brings the lines in line with what they are made from, and lets the worker know whether somebody looks.
pub(crate) fn settle(model: &mut Model) {
    let height = model.screen_height();
    let around = Around {
        now: model.now,
        zone: &model.zone,
        overlay: &model.overlay,
        aside: model.merges.aside(),
        roster: &model.listing.latest,
    };
    model.open_tasks.settle(&around, height);
}
