//! Tasks: added once, changed where nobody else did, completed without firing automations twice.

use crate::api::endpoints::{CompleteTask, CreateTask, DeleteTask, GetTask, GetTasks, UpdateTask};
use crate::domain::{Edit, Receipt, Target, Task, TaskId, TaskPatch};

use crate::worker::attempt::doing::{Doing, Held, says_the_same};
use crate::worker::attempt::{Setback, may_arrive, still_unclear};

pub(super) async fn add(doing: &Doing<'_>, task: &TaskPatch, replaces: Option<&TaskId>) -> Result<Receipt, Setback> {
    let listed = doing.get(&GetTasks { contact: doing.contact.clone() }).await?;
    // Made anew only where it is gone.
    if let Some(there) = listed.iter().find(|held| Some(&held.value.id) == replaces) {
        return Ok(Receipt::Task(there.value.clone()));
    }
    let equal: Vec<Task> = listed.into_iter().map(|held| held.value).filter(|held| is_equal(task, held)).collect();
    if let Some(ours) = doing.ours(equal, |task| task.id.as_str()).await? {
        return Ok(Receipt::Task(ours));
    }
    // The API demands both.
    let task = TaskPatch { completed: Some(task.completed.unwrap_or(false)), ..task.clone() };
    let held = doing.send(&CreateTask { contact: doing.contact.clone(), task }).await?;
    Ok(Receipt::Task(held.value))
}

fn is_equal(task: &TaskPatch, held: &Task) -> bool {
    let now = task.current(held).entries();
    task.entries().iter().zip(&now).all(|((field, ours), (_, theirs))| says_the_same(field, ours, theirs))
}

pub(super) async fn patch(
    doing: &Doing<'_>,
    target: &Target<TaskId>,
    before: &TaskPatch,
    after: &TaskPatch,
) -> Result<Receipt, Setback> {
    let (contact, task) = (doing.contact.clone(), TaskId::new(doing.need(target, TaskId::as_str).await?));
    if !doing.fresh().await {
        let held = doing.get(&GetTask { contact: contact.clone(), task: task.clone() }).await?.value;
        let now = after.current(&held);
        let rebased = || match doing.row.edit.clone() {
            Edit::PatchTask { contact, task, title, after, .. } => {
                Edit::PatchTask { contact, task, title, before: now.clone(), after }
            }
            other => other,
        };
        let compared = doing.compare(&before.entries(), &after.entries(), &now.entries(), rebased).await?;
        if compared == Held::Already {
            return Ok(Receipt::Task(held));
        }
    }
    doing.start(None).await?;
    let held = doing.send(&UpdateTask { contact, task, patch: after.clone() }).await?;
    Ok(Receipt::Task(held.value))
}

pub(super) async fn complete(doing: &Doing<'_>, target: &Target<TaskId>, completed: bool) -> Result<Receipt, Setback> {
    let (contact, task) = (doing.contact.clone(), TaskId::new(doing.need(target, TaskId::as_str).await?));
    if !doing.fresh().await {
        let held = doing.get(&GetTask { contact: contact.clone(), task: task.clone() }).await?;
        // Completing what is complete would fire the user's automations a second time.
        if held.value.completed == completed {
            return Ok(Receipt::Task(held.value));
        }
        if may_arrive(doing.shared, doing.row) {
            return Err(still_unclear());
        }
    }
    doing.start(None).await?;
    let held = doing.send(&CompleteTask { contact, task, completed }).await?;
    Ok(Receipt::Task(held.value))
}

pub(super) async fn delete(doing: &Doing<'_>, target: &Target<TaskId>, was: &TaskPatch) -> Result<Receipt, Setback> {
    // What was never made need not be deleted.
    let Some(id) = doing.find(target, TaskId::as_str).await? else { return Ok(Receipt::Nothing) };
    let (contact, task) = (doing.contact.clone(), TaskId::new(id));
    let gone = |was: TaskPatch| Receipt::TaskGone { id: task.clone(), was: Some(was) };
    let Some(held) = doing.look(&GetTask { contact: contact.clone(), task: task.clone() }).await? else {
        return Ok(gone(was.clone()));
    };
    let held = TaskPatch::of(&held.value);
    doing.unchanged(&was.entries(), &held.entries())?;
    doing.start(None).await?;
    doing.remove(&DeleteTask { contact, task: task.clone() }).await?;
    Ok(gone(held))
}
