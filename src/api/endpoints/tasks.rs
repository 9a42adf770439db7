//! Tasks of a contact, and of the whole location.

use serde_json::json;

use crate::api::{Received, wire};
use crate::domain::{ContactId, LocationId, Task, TaskId, TaskPatch, UserId};

use super::operations;

operations! {
    /// `GET /contacts/{id}/tasks`: not paged.
    GetTasks { contact: ContactId }
    Get "/contacts/{}/tasks" (contact) ContactsReadonly Safe "detail, tasks list"
    -> Vec<Received<Task>> = |own, body| wire::tasks(body, &own.contact);

    /// `GET /contacts/{id}/tasks/{taskId}`
    GetTask { contact: ContactId, task: TaskId }
    Get "/contacts/{}/tasks/{}" (contact, task) ContactsReadonly Safe "before and after a completion"
    -> Received<Task> = |own, body| wire::task(body, &own.contact);

    /// `POST /contacts/{id}/tasks`: title, due date and `completed` are required; a repeat makes a second task.
    CreateTask { contact: ContactId, task: TaskPatch }
    Post "/contacts/{}/tasks" (contact) ContactsWrite Probe "n, tasks add"
    with |create, call| call.body(wire::task_body(&create.task)),
    -> Received<Task> = |own, body| wire::task(body, &own.contact);

    /// `PUT /contacts/{id}/tasks/{taskId}`
    UpdateTask { contact: ContactId, task: TaskId, patch: TaskPatch }
    Put "/contacts/{}/tasks/{}" (contact, task) ContactsWrite Natural "e, A, tasks update"
    with |update, call| call.body(wire::task_body(&update.patch)),
    -> Received<Task> = |own, body| wire::task(body, &own.contact);

    /// `PUT /contacts/{id}/tasks/{taskId}/completed`: a repeat may fire the user's automations again.
    CompleteTask { contact: ContactId, task: TaskId, completed: bool }
    Put "/contacts/{}/tasks/{}/completed" (contact, task) ContactsWrite Probe "x, tasks complete"
    with |complete, call| call.body(json!({ "completed": complete.completed })),
    -> Received<Task> = |own, body| wire::task(body, &own.contact);

    /// `DELETE /contacts/{id}/tasks/{taskId}`
    DeleteTask { contact: ContactId, task: TaskId }
    Delete "/contacts/{}/tasks/{}" (contact, task) ContactsWrite Natural "D, tasks delete"
    -> () = |_own, _body| Ok(());

    /// `POST /locations/{id}/tasks/search`: no sort, no date filter; page until an empty page.
    SearchTasks {
        location: LocationId,
        /// `None`: of all contacts.
        contacts: Vec<ContactId>,
        completed: Option<bool>,
        assigned_to: Option<UserId>,
        limit: u32,
        skip: u32,
    }
    Post "/locations/{}/tasks/search" (location) LocationTasksReadonly Safe "2, tasks list"
    with |search, call| {
        let mut body = json!({ "limit": search.limit, "skip": search.skip });
        if !search.contacts.is_empty() {
            body["contactId"] = json!(search.contacts);
        }
        if let Some(completed) = search.completed {
            body["completed"] = json!(completed);
        }
        if let Some(user) = &search.assigned_to {
            body["assignedTo"] = json!([user]);
        }
        call.body(body)
    },
    -> Vec<Received<Task>> = |_own, body| wire::location_tasks(body);
}
