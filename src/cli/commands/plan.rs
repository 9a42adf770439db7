//! `--dry-run`: the requests that a command would send.

use serde::Serialize;
use serde_json::Value;

use crate::cli::ExitStatus;
use crate::cli::args::Address;
use crate::cli::fault::Fault;
use crate::cli::json;
use crate::cli::output::Output;
use crate::domain::Edit;
use crate::protocol::{Preview, Request, Verb};

use super::Invocation;

/// A request that would be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct PlannedRequest {
    method: String,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

/// Prints the requests of edits without sending them.
pub(super) async fn print(edits: Vec<Edit>, context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    for planned in requests(edits, context).await? {
        planned.print(context.output)?;
    }
    Ok(ExitStatus::Done)
}

/// The requests of edits.
pub(super) async fn requests(edits: Vec<Edit>, context: &mut Invocation<'_, '_>) -> Result<Vec<PlannedRequest>, Fault> {
    let previews = only!(context.ask(Request::Preview(edits)).await?, Previews);
    let planned = |Preview { verb, path, body }| PlannedRequest { method: verb.to_string(), path, body };
    Ok(previews.into_iter().map(planned).collect())
}

impl PlannedRequest {
    /// A raw request of the user's.
    pub(super) fn new(verb: Verb, address: &Address, body: Option<Value>) -> Self {
        let query = address.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        Self { method: verb.to_string(), path: format!("{}{query}", address.path), body }
    }

    /// Prints the request without sending it.
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
