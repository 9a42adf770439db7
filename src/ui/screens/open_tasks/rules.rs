//! What can be done with the open tasks, and why not.

use crate::config::Need;
use crate::domain::{Pending, Scope};

use crate::ui::model::Model;
use crate::ui::rules;

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

/// The failed edit of the task under the cursor.
pub(crate) fn failed_edit(model: &Model) -> Option<&Pending> {
    let here = model.open_tasks.task().and_then(|task| model.overlay.get(task.edit?));
    here.filter(|pending| !pending.progress.is_live())
}
