//! Tasks of a contact, and of the whole location.

use serde_json::json;

use crate::api::{Call, Endpoint, Idempotency, Received, wire};
use crate::domain::{ContactId, LocationId, Scope, Task, TaskId, UserId};
use crate::http::Method;

/// `GET /contacts/{id}/tasks`: not paged.
#[derive(Clone, Debug)]
pub struct GetTasks(pub ContactId);

impl Endpoint for GetTasks {
    const METHOD: Method = Method::Get;
    const SCOPE: Scope = Scope::ContactsReadonly;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    type Reply = Vec<Received<Task>>;

    fn call(&self) -> Call {
        Call::new("/contacts/{}/tasks", &[self.0.as_str()])
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::tasks(body, &self.0)
    }
}

/// `GET /contacts/{id}/tasks/{taskId}`
#[derive(Clone, Debug)]
pub struct GetTask {
    pub contact: ContactId,
    pub task: TaskId,
}

impl Endpoint for GetTask {
    const METHOD: Method = Method::Get;
    const SCOPE: Scope = Scope::ContactsReadonly;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    type Reply = Received<Task>;

    fn call(&self) -> Call {
        Call::new("/contacts/{}/tasks/{}", &[self.contact.as_str(), self.task.as_str()])
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::task(body, &self.contact)
    }
}

/// `PUT /contacts/{id}/tasks/{taskId}/completed`: a repeat may fire the user's automations again.
#[derive(Clone, Debug)]
pub struct CompleteTask {
    pub contact: ContactId,
    pub task: TaskId,
    pub completed: bool,
}

impl Endpoint for CompleteTask {
    const METHOD: Method = Method::Put;
    const SCOPE: Scope = Scope::ContactsWrite;
    const IDEMPOTENCY: Idempotency = Idempotency::Probe;
    type Reply = Received<Task>;

    fn call(&self) -> Call {
        Call::new("/contacts/{}/tasks/{}/completed", &[self.contact.as_str(), self.task.as_str()])
            .body(json!({ "completed": self.completed }))
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::task(body, &self.contact)
    }
}

/// `POST /locations/{id}/tasks/search`: no sort, no date filter; page until an empty page.
#[derive(Clone, Debug)]
pub struct SearchTasks {
    pub location: LocationId,
    pub contact: Option<ContactId>,
    pub completed: Option<bool>,
    pub assigned_to: Option<UserId>,
    pub limit: u32,
    pub skip: u32,
}

impl Endpoint for SearchTasks {
    const METHOD: Method = Method::Post;
    const SCOPE: Scope = Scope::LocationTasksReadonly;
    const IDEMPOTENCY: Idempotency = Idempotency::Safe;
    type Reply = Vec<Received<Task>>;

    fn call(&self) -> Call {
        let mut body = json!({ "limit": self.limit, "skip": self.skip });
        if let Some(contact) = &self.contact {
            body["contactId"] = json!([contact]);
        }
        if let Some(completed) = self.completed {
            body["completed"] = json!(completed);
        }
        if let Some(user) = &self.assigned_to {
            body["assignedTo"] = json!([user]);
        }
        Call::new("/locations/{}/tasks/search", &[self.location.as_str()]).body(body)
    }

    fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
        wire::location_tasks(body)
    }
}
