//! `api METHOD PATH`: one raw request, and the answer as it came.

use serde_json::Value;

use crate::cli::ExitStatus;
use crate::cli::args::Api;
use crate::cli::fault::Fault;
use crate::cli::line::is_hostile;
use crate::protocol::{Answer, RawCall, Request};

use super::Invocation;
use super::plan::PlannedRequest;
use super::read::unexpected;
use super::text::argument;

pub(super) async fn run(command: Api, context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let Api { verb, path, data, dry_run, .. } = command;
    let (Some(verb), Some(address)) = (verb, path) else { return Err(unexpected()) };
    let what = format!("{verb} {}", address.path);
    let body = data.map(|data| body(&data, context.input)).transpose()?;
    if dry_run {
        return PlannedRequest::new(verb, &address, body).print(context.output);
    }
    let call = RawCall { verb, path: address.path, query: address.query, body };
    let Answer::Raw { status, body } = context.session.ask(Request::Raw(call), context.output).await? else {
        return Err(unexpected());
    };
    let json = serde_json::from_str::<Value>(&body).ok();
    match &json {
        Some(value) if context.output.json => context.output.object(value)?,
        Some(value) => context.output.pretty(value)?,
        // Whatever it is, it must not control the terminal.
        None => {
            for line in body.lines() {
                context.output.line(&line.replace(is_hostile, " "))?;
            }
        }
    }
    if (200..300).contains(&status) {
        return Ok(ExitStatus::Done);
    }
    let message = json.as_ref().and_then(|json| json["message"].as_str()).unwrap_or_default().to_owned();
    let why =
        if message.is_empty() { format!("the server answered {status}") } else { format!("{message} ({status})") };
    Err(Fault::new(meaning(status, &message), &what, why, ""))
}

fn meaning(status: u16, message: &str) -> ExitStatus {
    match status {
        401 | 403 => ExitStatus::Access,
        404 => ExitStatus::NotFound,
        400 if message.contains("not found") => ExitStatus::NotFound,
        429 | 500.. => ExitStatus::Failed,
        _ => ExitStatus::Rejected,
    }
}

/// JSON from the argument, a file, or standard input.
fn body(data: &str, input: &mut dyn std::io::Read) -> Result<Value, Fault> {
    let what = "read the body";
    let text = argument(data, input, what, "give --data JSON, @FILE or -")?;
    serde_json::from_str(&text).map_err(|error| {
        Fault::new(ExitStatus::Usage, what, format!("this is not JSON: {error}"), "give --data JSON, @FILE or -")
    })
}
