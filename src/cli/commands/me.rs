//! `me`: sets which of the location's users you are.

use serde_json::json;

use crate::cli::ExitStatus;
use crate::cli::fault::Fault;
use crate::protocol::{Command, Request};

use super::Invocation;
use super::fields;

pub(super) async fn run(wanted: Option<&str>, nobody: bool, context: Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let what = "set who you are";
    // Names, and the earlier choice, are known once the location has arrived.
    context.session.ask(Request::Location, context.output).await?;
    if let Some(wanted) = wanted {
        let user = fields::user(wanted, what, &context)?;
        context.session.send(Command::IAm(Some(user))).await?;
        context.session.ask(Request::Location, context.output).await?;
    } else if nobody {
        context.session.send(Command::IAm(None)).await?;
        context.session.ask(Request::Location, context.output).await?;
    }
    let me = context.session.me().cloned();
    if context.output.json {
        let name = me.as_ref().map(|user| context.session.user(user));
        context.output.object(&json!({ "user": me, "name": name }))?;
        return Ok(ExitStatus::Done);
    }
    match me {
        Some(user) => context.output.line(&format!("{}\t{user}", crate::text::clean(&context.session.user(&user))))?,
        None => context.output.note("Not set. Run ghl-tui me NAME."),
    }
    Ok(ExitStatus::Done)
}
