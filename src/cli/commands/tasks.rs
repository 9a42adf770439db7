//! `tasks list`, `tasks add`, `tasks complete`, `tasks reopen`, `tasks update`, `tasks delete`.

use jiff::{Timestamp, tz::TimeZone};

use crate::cli::ExitStatus;
use crate::cli::args::{Deleting, DueChoice, TaskChange, TaskIds, TaskList, Tasks, WriteOptions};
use crate::cli::fault::Fault;
use crate::cli::json::{EditLine, TaskJson};
use crate::cli::line::one_line;
use crate::cli::table::TextTable;
use crate::domain::{
    ContactId, Edit, Overlay, Progress, Target, Task, TaskEdit, TaskId, TaskPatch, counted, parse_due,
};
use crate::protocol::{Command, Request, TaskFilter};

use super::Invocation;
use super::fields::user;
use super::plan;
use super::read::Offline;
use super::text::argument;
use super::write::{self, Promises};

pub(super) async fn run(command: Tasks, context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    match command {
        Tasks::List(wanted) => list(wanted, context).await,
        Tasks::Complete(ids) => set_completed(ids, true, context).await,
        Tasks::Reopen(ids) => set_completed(ids, false, context).await,
        Tasks::Add { contact, title, due, body, assign, writing } => {
            let change = TaskChange { title: Some(title), due: Some(due), body, assign };
            add(contact, change, &writing, context).await
        }
        Tasks::Update { id, change, contact, writing } => {
            update(&id, change, contact.as_ref(), &writing, context).await
        }
        Tasks::Delete { ids, contact, deleting } => delete(&ids, contact.as_ref(), &deleting, context).await,
    }
}

/// The values that the options stand for.
async fn patch(change: TaskChange, what: &str, context: &mut Invocation<'_, '_>) -> Result<TaskPatch, Fault> {
    context.locate().await?;
    let zone = context.session.zone();
    let due = change.due.map(|words| parse_due(&words, context.now, &zone)).transpose();
    let due = due.map_err(|error| Fault::new(ExitStatus::Usage, what, error.to_string(), ""))?;
    let assigned_to = match change.assign.as_deref().map(str::trim) {
        None => None,
        Some("") => Some(None),
        Some(name) => Some(Some(user(name, what, context)?)),
    };
    let body =
        change.body.map(|body| argument(&body, context.input, what, "give --body TEXT, @FILE or -")).transpose()?;
    if change.title.as_ref().is_some_and(|title| title.trim().is_empty()) {
        return Err(Fault::new(ExitStatus::Usage, what, "a task needs a title", "give --title TEXT"));
    }
    Ok(TaskPatch { title: change.title, body, due, completed: None, assigned_to })
}

async fn add(
    contact: ContactId,
    change: TaskChange,
    writing: &WriteOptions,
    mut context: Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let task = patch(change, "add the task", &mut context).await?;
    let task = TaskPatch { completed: Some(false), ..task };
    write::carry_out(vec![Edit::new(contact, TaskEdit::Add { task, replaces: None })], writing, &mut context).await
}

async fn update(
    id: &TaskId,
    change: TaskChange,
    contact: Option<&ContactId>,
    writing: &WriteOptions,
    mut context: Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let known = folded(id, contact, &mut context).await?;
    let after = patch(change, "update the task", &mut context).await?;
    let before = after.current(&known);
    let Task { contact, title, .. } = known;
    let edit = Edit::new(contact, TaskEdit::Patch { task: Target::Known(id.clone()), title, before, after });
    write::carry_out(vec![edit], writing, &mut context).await
}

async fn delete(
    ids: &[TaskId],
    contact: Option<&ContactId>,
    deleting: &Deleting,
    mut context: Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let mut edits = Vec::new();
    for id in ids {
        let known = folded(id, contact, &mut context).await?;
        let was = TaskPatch::of(&known);
        edits.push(Edit::new(known.contact, TaskEdit::Delete { task: Target::Known(id.clone()), was }));
    }
    let what =
        if let [one] = edits.as_slice() { one.intent() } else { format!("delete {}", counted(edits.len(), "task")) };
    if !deleting.writing.dry_run && !write::agreed(deleting.yes, &what, &mut context)? {
        return Ok(ExitStatus::Failed);
    }
    write::carry_out(edits, &deleting.writing, &mut context).await
}

async fn list(wanted: TaskList, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let (answer, status) = if let Some(contact) = &wanted.contact {
        let request = |Offline(offline)| Request::Tasks { contact: contact.clone(), offline };
        context.ask_or_cache(request, false).await?
    } else {
        let completed = if wanted.all { None } else { Some(false) };
        let filter = TaskFilter { completed, ..TaskFilter::default() };
        let request = |Offline(offline)| Request::LocationTasks { filter: filter.clone(), offline };
        context.ask_or_cache(request, false).await?
    };
    let mut tasks = only!(answer, Tasks);
    let zone = context.session.zone();
    tasks.retain(|task| wanted.all || !task.completed);
    if let Some(owner) = &wanted.owner {
        let owner = user(owner, &format!("list the tasks of \"{owner}\""), &context)?;
        tasks.retain(|task| task.assigned_to.as_ref() == Some(&owner));
    }
    if let Some(filter) = wanted.due {
        tasks.retain(|task| is_due(task, filter, context.now, &zone));
    }
    let narrowed = wanted.owner.is_some() || wanted.due.is_some();
    let none = match (wanted.all, narrowed) {
        (true, false) => "no tasks",
        (false, false) => "no open tasks",
        (true, true) => "no task matches",
        (false, true) => "no open task matches",
    };
    context.output.empty(tasks.is_empty(), none);
    // Tasks without a due date come last.
    tasks.sort_by(|a, b| (a.due.is_none(), a.due, &a.id).cmp(&(b.due.is_none(), b.due, &b.id)));
    print(&tasks, status == ExitStatus::Done, &mut context).await?;
    Ok(status)
}

/// `fetch`: whether the server can be asked for names that are not known yet.
async fn print(tasks: &[Task], fetch: bool, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
    if context.output.json {
        return tasks.iter().try_for_each(|task| context.output.object(&TaskJson::from(task)));
    }
    let contacts: Vec<ContactId> = tasks.iter().map(|task| task.contact.clone()).collect();
    let names = context.names(&contacts, fetch).await;
    let mut table = TextTable::new(&["DONE", "DUE", "TITLE", "OWNER", "CONTACT", "ID"]).whole("DUE");
    for task in tasks {
        let late = context.output.width.is_some() && task.due.is_some_and(|at| at < context.now);
        table.row([
            if task.completed {
                "[x]"
            } else if late {
                "late"
            } else {
                "[ ]"
            },
            &task.due.map(|at| context.when(at)).unwrap_or_default(),
            &task.title,
            &task.assigned_to.as_ref().map(|id| context.session.user(id)).unwrap_or_default(),
            names.get(&task.contact).map_or(task.contact.as_str(), String::as_str),
            task.id.as_str(),
        ]);
    }
    table.print(context.output)
}

/// Whether a task is due in this period, by the location's calendar.
fn is_due(task: &Task, filter: DueChoice, now: Timestamp, zone: &TimeZone) -> bool {
    let Some(at) = task.due else { return filter == DueChoice::None };
    let today = zone.to_datetime(now).date();
    let days = today.until(zone.to_datetime(at).date()).map_or(i32::MAX, |span| span.get_days());
    match filter {
        DueChoice::Late => at < now && !task.completed,
        DueChoice::Today => days == 0,
        DueChoice::Tomorrow => days == 1,
        DueChoice::Week => (0..7).contains(&days),
        DueChoice::None => false,
    }
}

async fn set_completed(
    TaskIds { ids, contact, writing }: TaskIds,
    completed: bool,
    mut context: Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    let overlay = context.overlay().await?;
    let mut promises = Promises::default();
    for (at, id) in ids.iter().enumerate() {
        if ids[..at].contains(id) {
            continue;
        }
        let step = step(id, contact.as_ref(), completed, &overlay, &mut context).await;
        let done = match step {
            Ok(Step::Done { title }) => already(id, &title, completed, &mut context),
            Ok(Step::Send(edit)) if writing.dry_run => plan::print(vec![edit], &mut context).await.map(|_done| ()),
            Ok(Step::Send(edit)) => promises.apply(vec![edit], &mut context).await.map(drop),
            Ok(Step::Await { .. }) if writing.dry_run => {
                context.output.note(&format!("already queued as {id}: nothing to send"));
                Ok(())
            }
            Ok(Step::Await { edit, waiting, change }) => {
                if waiting {
                    context.session.send(Command::Retry(vec![edit])).await?;
                }
                promises.join(edit, change, context.output);
                Ok(())
            }
            Err(fault) => Err(fault),
        };
        if let Err(fault) = done {
            context.output.fault(&fault);
            promises.worsen(fault.status);
        }
    }
    promises.settle(writing.patience.wait, &mut context).await
}

/// What one task needs.
enum Step {
    /// It is already in this state.
    Done {
        title: String,
    },
    /// The outbox already holds this change.
    Await {
        edit: crate::domain::EditId,
        waiting: bool,
        change: Edit,
    },
    Send(Edit),
}

/// Finds the task and applies its queued edits.
async fn step(
    id: &TaskId,
    contact: Option<&ContactId>,
    completed: bool,
    overlay: &Overlay,
    context: &mut Invocation<'_, '_>,
) -> Result<Step, Fault> {
    let confirmed = find(id, contact, context).await?;
    let (task, newest) = overlay.task(&confirmed);
    let live = newest.filter(|pending| pending.progress.is_live());
    if task.completed != completed {
        let Task { id, contact, title, .. } = task;
        return Ok(Step::Send(Edit::new(contact, TaskEdit::Complete { task: Target::Known(id), title, completed })));
    }
    Ok(match live.and_then(|pending| Some((pending.id?, pending))) {
        Some((edit, pending)) => {
            let waiting = matches!(pending.progress, Progress::Waiting { .. });
            Step::Await { edit, waiting, change: pending.edit.clone() }
        }
        None => Step::Done { title: task.title },
    })
}

/// The task with all queued edits applied: the base of the next edit.
async fn folded(id: &TaskId, contact: Option<&ContactId>, context: &mut Invocation<'_, '_>) -> Result<Task, Fault> {
    let overlay = context.overlay().await?;
    Ok(overlay.task(&find(id, contact, context).await?).0)
}

async fn find(id: &TaskId, contact: Option<&ContactId>, context: &mut Invocation<'_, '_>) -> Result<Task, Fault> {
    let request = |contact: Option<&ContactId>| Request::Task { id: id.clone(), contact: contact.cloned() };
    let answer = match context.ask(request(contact)).await {
        // With the contact's id, ask the server right away; without it, look in the cache first.
        Err(fault) if fault.status == ExitStatus::Network && contact.is_some() => {
            context.ask(request(None)).await.map_err(|_as_before| fault)?
        }
        Err(mut fault) if fault.status == ExitStatus::NotFound && contact.is_none() && fault.next.is_empty() => {
            "give its contact with --contact".clone_into(&mut fault.next);
            return Err(fault);
        }
        other => other?,
    };
    Ok(*only!(answer, Task))
}

fn already(id: &TaskId, title: &str, completed: bool, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
    let sentence = format!("Already {}: \"{title}\"", if completed { "completed" } else { "open" });
    if context.output.json {
        context.output.note(&one_line(&sentence));
    }
    let line = EditLine { edit: None, state: "confirmed", id: Some(id.as_str()) };
    write::print(&line, &sentence, context.output)
}
