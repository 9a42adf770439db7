//! Tasks: created once, changed unless someone else changed them, completed without firing automations twice.

use std::time::Duration;

use crate::api::endpoints::{CompleteTask, CreateTask, DeleteTask, GetTask, GetTasks, UpdateTask};
use crate::domain::{ContactId, Receipt, Target, Task, TaskEdit, TaskId, TaskPatch};
use crate::protocol::Preview;

use crate::worker::attempt::calls::{Attempt, BaseCheck, says_the_same};
use crate::worker::attempt::{Setback, request};

pub(super) async fn attempt(attempt: &Attempt<'_>, edit: &TaskEdit) -> Result<Receipt, Setback> {
    match edit {
        TaskEdit::Add { task, replaces } => add(attempt, task, replaces.as_ref()).await,
        TaskEdit::Patch { task, title, before, after } => patch(attempt, task, title, before, after).await,
        TaskEdit::Complete { task, completed, .. } => complete(attempt, task, *completed).await,
        TaskEdit::Delete { task, was } => delete(attempt, task, was).await,
    }
}

pub(super) fn preview(contact: ContactId, edit: TaskEdit) -> Preview {
    let id = |target| TaskId::new(request::id(&target, TaskId::as_str));
    match edit {
        TaskEdit::Add { task, .. } => request::of(&CreateTask { contact, task }),
        TaskEdit::Patch { task, after, .. } => request::of(&UpdateTask { contact, task: id(task), patch: after }),
        TaskEdit::Complete { task, completed, .. } => request::of(&CompleteTask { contact, task: id(task), completed }),
        TaskEdit::Delete { task, .. } => request::of(&DeleteTask { contact, task: id(task) }),
    }
}

async fn add(attempt: &Attempt<'_>, task: &TaskPatch, replaces: Option<&TaskId>) -> Result<Receipt, Setback> {
    let contact = attempt.contact.clone();
    let listed = attempt.get(&GetTasks { contact: contact.clone() }).await?;
    let listed = listed.into_iter().map(|held| held.value).collect();
    // The API requires both.
    let new = TaskPatch { completed: Some(task.completed.unwrap_or(false)), ..task.clone() };
    let (replaces, create) = (replaces.map(TaskId::as_str), CreateTask { contact, task: new });
    let made = attempt.create(listed, replaces, |task| task.id.as_str(), |held| is_equal(task, held), &create).await?;
    Ok(Receipt::Task(made))
}

pub(super) fn is_equal(task: &TaskPatch, held: &Task) -> bool {
    let now = task.current(held).entries();
    task.entries().iter().zip(&now).all(|((field, ours), (_, theirs))| says_the_same(field, ours, theirs))
}

async fn patch(
    attempt: &Attempt<'_>,
    target: &Target<TaskId>,
    title: &str,
    before: &TaskPatch,
    after: &TaskPatch,
) -> Result<Receipt, Setback> {
    let (contact, task) = (attempt.contact.clone(), TaskId::new(attempt.need(target, TaskId::as_str).await?));
    if !attempt.fresh().await {
        let held = attempt.get(&GetTask { contact: contact.clone(), task: task.clone() }).await?.value;
        let now = after.current(&held);
        let (target, title) = (target.clone(), title.to_owned());
        let rebased = || TaskEdit::Patch { task: target, title, before: now.clone(), after: after.clone() };
        let compared = attempt.compare(&before.entries(), &after.entries(), &now.entries(), rebased).await?;
        if compared == BaseCheck::Already {
            return Ok(Receipt::Task(held));
        }
    }
    let held = attempt.send(&UpdateTask { contact, task, patch: after.clone() }).await?;
    Ok(Receipt::Task(held.value))
}

async fn complete(attempt: &Attempt<'_>, target: &Target<TaskId>, completed: bool) -> Result<Receipt, Setback> {
    let (contact, task) = (attempt.contact.clone(), TaskId::new(attempt.need(target, TaskId::as_str).await?));
    if !attempt.fresh().await {
        let held = attempt.get(&GetTask { contact: contact.clone(), task: task.clone() }).await?;
        // Completing a completed task would fire the user's automations a second time.
        if held.value.completed == completed {
            return Ok(Receipt::Task(held.value));
        }
        attempt.write.settled(Duration::ZERO)?;
    }
    let held = attempt.send(&CompleteTask { contact, task, completed }).await?;
    Ok(Receipt::Task(held.value))
}

async fn delete(attempt: &Attempt<'_>, target: &Target<TaskId>, was: &TaskPatch) -> Result<Receipt, Setback> {
    // A task that was never created need not be deleted.
    let Some(id) = attempt.find(target, TaskId::as_str).await? else { return Ok(Receipt::Nothing) };
    let (contact, task) = (attempt.contact.clone(), TaskId::new(id));
    let gone = |was: TaskPatch| Receipt::TaskGone { id: task.clone(), was: Some(was) };
    let Some(held) = attempt.look(&GetTask { contact: contact.clone(), task: task.clone() }).await? else {
        return Ok(gone(was.clone()));
    };
    let held = TaskPatch::of(&held.value);
    attempt.unchanged(&was.entries(), &held.entries())?;
    attempt.remove(&DeleteTask { contact, task: task.clone() }, None).await?;
    Ok(gone(held))
}
