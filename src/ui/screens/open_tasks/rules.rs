//! What can be done with the open tasks, and why not.

use std::sync::Arc;

use crate::config::Need;
use crate::domain::{Scope, Task, age};

use crate::protocol::DraftKey;
use crate::ui::model::{Model, Screen};
use crate::ui::rules;
use crate::ui::screens::agenda::rules as agenda;
use crate::ui::screens::open_tasks::state::Meant;
use crate::ui::state::layout::{Focus, Section};

/// Why a need is not met by the task under the cursor or the marked ones.
pub(crate) fn unmet(model: &Model, need: Need) -> Option<String> {
    let task = model.open_tasks.task();
    let no_line = || task.is_none().then(|| "no task selected".to_owned());
    let saving = || task.is_some_and(|task| task.target.is_none()).then(|| "the task is still being saved".to_owned());
    match need {
        Need::Task | Need::Ownable if model.open_tasks.marks() > 0 => None,
        Need::Task | Need::Ownable => no_line().or_else(saving),
        Need::Editable => model.access.refusal(Scope::ContactsWrite).or_else(no_line).or_else(saving),
        Need::Contact | Need::Openable => no_line(),
        need => rules::unmet(model, need),
    }
}

/// When a task is due, whose it is and who does it.
pub(crate) fn fields(model: &Model, task: &Task) -> [(&'static str, String); 3] {
    let when = task.due.map(|due| {
        let at = due.to_zoned(model.zone.clone());
        let late = (due < model.now && !task.completed).then(|| format!(", {} late", age(due, model.now)));
        let day_and_time = model.hours().day_and_time(at.datetime());
        format!("{day_and_time} {}{}", at.strftime("%Z"), late.unwrap_or_default())
    });
    [
        ("Due", when.unwrap_or_default()),
        ("Contact", model.name_of(&task.contact)),
        ("Assigned", model.owner_name(task.assigned_to.as_ref())),
    ]
}

/// The draft of the task under the cursor.
pub(crate) fn draft(model: &Model) -> Option<DraftKey> {
    let task = model.open_tasks.task()?;
    model.drafts.of_task(&task.value.contact, task.target.as_ref())
}

/// The tasks that an edit is about: marked ones, else the one under the cursor, here or in the pane of its contact.
pub(crate) fn meant(model: &Model) -> Vec<Meant> {
    if model.screen == Screen::OpenTasks {
        return model.open_tasks.meant(&model.overlay);
    }
    if model.screen == Screen::Agenda {
        let task = agenda::task(model);
        return task.and_then(|task| Some((task.target.clone()?, task.value.clone()))).into_iter().collect();
    }
    let here = (model.focus, model.section) == (Focus::Section, Section::Tasks);
    let line = model.opened.as_ref().filter(|_| here).and_then(|opened| opened.task(&model.overlay));
    line.and_then(|line| Some((line.target?, Arc::new(line.value)))).into_iter().collect()
}
