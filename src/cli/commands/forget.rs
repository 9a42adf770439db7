//! `forget`: erases one contact from this machine, after saying what goes with it.

use serde_json::json;

use crate::cli::ExitStatus;
use crate::cli::args::Forget;
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::domain::counted;
use crate::protocol::{Answer, Request, Traces};

use super::Invocation;
use super::read::unexpected;
use super::write::agreed;

/// Edits that are listed one by one; the rest are counted.
const NAMED: usize = 10;

pub(super) async fn run(command: &Forget, mut context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let id = command.id.clone();
    let traces = only!(context.session.ask(Request::Traces(id.clone()), context.output).await?, Traces);
    if traces.is_empty() {
        return Err(Fault::new(
            ExitStatus::NotFound,
            "forget the contact",
            format!("this machine has nothing of {id}"),
            "",
        ));
    }
    tell(&traces, &name_of(&traces, id.as_str()), &mut context)?;
    if command.dry_run {
        return Ok(ExitStatus::Done);
    }
    if !agreed(command.yes, &format!("erase {}", name_of(&traces, id.as_str())), &mut context)? {
        context.output.note("nothing was erased");
        return Ok(ExitStatus::Done);
    }
    match context.session.ask(Request::Forget(id.clone()), context.output).await? {
        Answer::Forgotten => {}
        _ => return Err(unexpected()),
    }
    if context.output.json {
        context.output.object(&json!({ "id": id, "state": "forgotten" }))?;
    } else {
        context.output.line("erased from this machine; if the server still has it, its next change brings it back")?;
    }
    Ok(ExitStatus::Done)
}

fn name_of(traces: &Traces, id: &str) -> String {
    traces.name.as_deref().map(one_line).filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_owned())
}

/// Says what will be lost. For programs that is one object; the result of the erasing follows it.
fn tell(traces: &Traces, name: &str, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
    let Traces { history, waiting, merges, drafts, raw, .. } = traces;
    let undo: Vec<String> = history.iter().map(|edit| one_line(&edit.intent())).collect();
    if context.output.json {
        return context.output.object(&json!({
            "name": name, "undo": undo, "waiting": waiting, "merges": merges, "drafts": drafts, "rawCalls": raw,
        }));
    }
    let mut said = vec![format!(
        "{name}: the local copy with tasks, notes and appointments; {}; {}",
        counted(*drafts, "draft"),
        counted(*raw, "raw write")
    )];
    if undo.is_empty() {
        said.push("no edits to undo are lost".to_owned());
    } else {
        said.push(format!("{} can no longer be undone:", counted(undo.len(), "edit")));
        said.extend(undo.iter().take(NAMED).map(|edit| format!("  {edit}")));
        if undo.len() > NAMED {
            said.push(format!("  and {} more", undo.len() - NAMED));
        }
    }
    if *merges > 0 {
        said.push(format!("{} can no longer be undone, for any of the contacts", counted(*merges, "merge")));
    }
    for line in &said {
        context.output.note(line);
    }
    Ok(())
}
