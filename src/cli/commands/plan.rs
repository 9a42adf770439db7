//! What an edit will ask of the server, for `--dry-run`.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::ExitStatus;
use crate::cli::args::Address;
use crate::cli::fault::Fault;
use crate::cli::json;
use crate::cli::output::Output;
use crate::domain::{Edit, NoteTarget};
use crate::protocol::Verb;

/// A request that would be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Planned {
    method: String,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

/// The request that carries an edit out.
pub(super) fn plan(edit: &Edit) -> Planned {
    let contact = escaped(edit.contact().as_str());
    match edit {
        Edit::CompleteTask { task, completed, .. } => Planned {
            method: "PUT".to_owned(),
            path: format!("/contacts/{contact}/tasks/{}/completed", escaped(task.as_str())),
            body: Some(json!({ "completed": completed })),
        },
        Edit::AddNote { body, .. } => Planned {
            method: "POST".to_owned(),
            path: format!("/contacts/{contact}/notes"),
            body: Some(json!({ "body": body })),
        },
        Edit::DeleteNote { note, .. } => {
            let note = match note {
                NoteTarget::Known(id) => escaped(id.as_str()),
                NoteTarget::MadeBy(edit) => format!("{{id of the note that {edit} makes}}"),
            };
            Planned { method: "DELETE".to_owned(), path: format!("/contacts/{contact}/notes/{note}"), body: None }
        }
    }
}

/// Prints the request and says that nothing was sent.
pub(super) fn print(edit: &Edit, output: &mut Output<'_>) -> Result<ExitStatus, Fault> {
    plan(edit).print(output)
}

impl Planned {
    /// A request in the user's own words.
    pub(super) fn new(verb: Verb, address: &Address, body: Option<Value>) -> Self {
        let query = address.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        Self { method: verb.to_string(), path: format!("{}{query}", address.path), body }
    }

    /// Prints the request and sends nothing.
    pub(super) fn print(&self, output: &mut Output<'_>) -> Result<ExitStatus, Fault> {
        if output.json {
            output.object(self)?;
            return Ok(ExitStatus::Done);
        }
        let body = self.body.as_ref().map(json::line).transpose();
        let body = body
            .map_err(|error| Fault::new(ExitStatus::Failed, "write JSON", error.to_string(), ""))?
            .unwrap_or_default();
        let line = format!("{} {} {}", self.method, self.path, String::from_utf8_lossy(&body));
        output.line(line.trim_end())?;
        Ok(ExitStatus::Done)
    }
}

/// An id as one part of a path.
fn escaped(id: &str) -> String {
    let mut part = String::new();
    for &byte in id.as_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            part.push(char::from(byte));
        } else {
            write!(part, "%{byte:02X}").expect("a string takes everything");
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ContactId, EditId, NoteId, TaskId};

    #[test]
    fn every_edit_has_its_request() {
        let contact = ContactId::new("c/1");
        let note = |note| Edit::DeleteNote { contact: contact.clone(), note, body: String::new() };
        for (edit, line) in [
            (
                Edit::CompleteTask {
                    contact: contact.clone(),
                    task: TaskId::new("t"),
                    title: "Call".into(),
                    completed: true,
                },
                r#"PUT /contacts/c%2F1/tasks/t/completed {"completed":true}"#,
            ),
            (
                Edit::AddNote { contact: contact.clone(), body: "a\u{9b}b".into() },
                r#"POST /contacts/c%2F1/notes {"body":"a\u009bb"}"#,
            ),
            (note(NoteTarget::Known(NoteId::new("n"))), "DELETE /contacts/c%2F1/notes/n"),
            (
                note(NoteTarget::MadeBy(EditId(uuid::Uuid::nil()))),
                "DELETE /contacts/c%2F1/notes/{id of the note that 00000000-0000-0000-0000-000000000000 makes}",
            ),
        ] {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            print(&edit, &mut Output::new(&mut out, &mut err, false)).expect("memory takes it");
            assert_eq!(String::from_utf8_lossy(&out), format!("{line}\n"));
        }
    }
}
