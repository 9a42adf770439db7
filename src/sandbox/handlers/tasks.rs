//! A contact's tasks, and the task list of the whole location.

use serde_json::{Map, Value, json};

use super::{contact_position, own_location};
use crate::sandbox::{
    belongings::TaskRecord,
    body::{self, Property, PropertyKind, optional, required},
    call::{Answered, IncomingCall, created, ok},
    refusal::Refusal,
    state::LocationState,
    webhook::{EventKind, WebhookEvent},
};

const CREATE: &[Property] = &[
    required("title", PropertyKind::Text),
    optional("body", PropertyKind::Text),
    required("dueDate", PropertyKind::Date),
    required("completed", PropertyKind::Boolean),
    optional("assignedTo", PropertyKind::Text),
];
const UPDATE: &[Property] = &[
    optional("title", PropertyKind::Text),
    optional("body", PropertyKind::Text),
    optional("dueDate", PropertyKind::Date),
    optional("completed", PropertyKind::Boolean),
    optional("assignedTo", PropertyKind::Text),
];
const COMPLETED: &[Property] = &[required("completed", PropertyKind::Boolean)];
const SEARCH: &[Property] = &[
    optional("contactId", PropertyKind::Texts),
    optional("completed", PropertyKind::Boolean),
    optional("assignedTo", PropertyKind::Texts),
    optional("query", PropertyKind::Text),
    optional("limit", PropertyKind::Number),
    optional("skip", PropertyKind::Number),
    optional("businessId", PropertyKind::Text),
];

pub(in crate::sandbox) fn list(state: &mut LocationState, id: &str) -> Answered {
    let index = contact_position(state, id)?;
    let tasks: Value = state.belongings(index).tasks.iter().map(|task| task.json(id, "id")).collect();
    ok(json!({"tasks": tasks}))
}

pub(in crate::sandbox) fn get(state: &mut LocationState, id: &str, task: &str) -> Answered {
    let (index, at) = find(state, id, task)?;
    ok(json!({"task": state.belongings(index).tasks[at].json(id, "id")}))
}

pub(in crate::sandbox) fn create(state: &mut LocationState, call: &IncomingCall, id: &str) -> Answered {
    let body = body::check(CREATE, &call.body()?)?;
    let index = contact_position(state, id)?;
    let mut task = TaskRecord {
        id: state.new_id("task", index),
        title: String::new(),
        body: String::new(),
        assigned_to: None,
        due: 0,
        completed: false,
        added: state.clock.now_ms(),
    };
    apply(&mut task, &body);
    let answer = task.json(id, "id");
    state.tell(WebhookEvent::task(EventKind::TaskCreate, &task, id));
    state.belongings_mut(index).tasks.push(task);
    created(json!({"task": answer}))
}

pub(in crate::sandbox) fn update(state: &mut LocationState, call: &IncomingCall, id: &str, task: &str) -> Answered {
    let body = body::check(UPDATE, &call.body()?)?;
    edit(state, id, task, &body)
}

pub(in crate::sandbox) fn complete(state: &mut LocationState, call: &IncomingCall, id: &str, task: &str) -> Answered {
    let body = body::check(COMPLETED, &call.body()?)?;
    edit(state, id, task, &body)
}

pub(in crate::sandbox) fn delete(state: &mut LocationState, id: &str, task: &str) -> Answered {
    let (index, at) = find(state, id, task)?;
    let gone = state.belongings_mut(index).tasks.remove(at);
    state.tell(WebhookEvent::task(EventKind::TaskDelete, &gone, id));
    ok(json!({"succeded": true}))
}

/// `POST /locations/{id}/tasks/search`; the whole list is walked in the order of the people.
pub(in crate::sandbox) fn search(state: &mut LocationState, call: &IncomingCall, location: &str) -> Answered {
    let body = body::check(SEARCH, &call.body()?)?;
    own_location(state, location)?;
    let number = |name: &str| body.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let limit = number("limit").unwrap_or(25).min(state.switches.tasks_limit);
    let (contacts, users) = (body::texts(&body, "contactId"), body::texts(&body, "assignedTo"));
    let positions: Vec<u32> = contacts.iter().filter_map(|id| state.position(id)).collect();
    let completed = body.get("completed").and_then(Value::as_bool);
    let query = body::text(&body, "query").unwrap_or_default().to_lowercase();
    let fits = |index: u32, task: &TaskRecord| {
        (contacts.is_empty() || positions.contains(&index))
            && completed.is_none_or(|wanted| wanted == task.completed)
            && (users.is_empty() || task.assigned_to.as_ref().is_some_and(|user| users.contains(user)))
            && (query.is_empty() || task.title.to_lowercase().contains(&query))
    };
    let all = state.all_tasks();
    let found = all.iter().filter(|(index, task)| fits(*index, task)).skip(number("skip").unwrap_or(0)).take(limit);
    let name = state.switches.task_id;
    let world = &state.world;
    let tasks: Value = found.map(|(index, task)| task.json(&world.ids.id(*index), name)).collect();
    ok(json!({"tasks": tasks}))
}

fn find(state: &LocationState, id: &str, task: &str) -> Result<(u32, usize), Refusal> {
    let index = contact_position(state, id)?;
    let at = state.belongings(index).tasks.iter().position(|own| own.id == task);
    at.map(|at| (index, at)).ok_or_else(|| Refusal::unknown(state.switches.unknown_id, "Task", task))
}

fn edit(state: &mut LocationState, id: &str, task: &str, body: &Map<String, Value>) -> Answered {
    let (index, at) = find(state, id, task)?;
    let task = &mut state.belongings_mut(index).tasks[at];
    let was_done = task.completed;
    apply(task, body);
    let task = task.clone();
    if task.completed && !was_done {
        state.tell(WebhookEvent::task(EventKind::TaskComplete, &task, id));
    }
    ok(json!({"task": task.json(id, "id")}))
}

fn apply(task: &mut TaskRecord, body: &Map<String, Value>) {
    if let Some(title) = body::text(body, "title") {
        task.title = title;
    }
    if let Some(text) = body::text(body, "body") {
        task.body = text;
    }
    if let Some(due) = body::text(body, "dueDate").and_then(|text| body::date_ms(&text)) {
        task.due = due;
    }
    if let Some(completed) = body.get("completed").and_then(Value::as_bool) {
        task.completed = completed;
    }
    if let Some(user) = body::text(body, "assignedTo") {
        task.assigned_to = Some(user).filter(|user| !user.is_empty());
    }
}
