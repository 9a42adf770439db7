//! Not-a-duplicate decisions: dismiss, decisions, reopen.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::ExitStatus;
use crate::cli::fault::Fault;
use crate::cli::line::one_line;
use crate::cli::table::TextTable;
use crate::domain::{ContactId, Dismissal, age};
use crate::protocol::{Command, ContactPair, MergeEvent, Request, Ticket};

use crate::cli::commands::Invocation;

/// Storing a decision takes the worker one transaction.
const TRANSACTION: Duration = Duration::from_secs(5);

#[derive(Serialize)]
struct DecisionLine<'a> {
    a: &'a ContactId,
    b: &'a ContactId,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

pub(super) async fn dismiss(ids: &[ContactId], context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let pairs = each_with_each(ids)?;
    decide(&pairs, true, context).await?;
    print(&pairs, "dismissed", "Not duplicates", context)
}

pub(super) async fn reopen(ids: &[ContactId], context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let pairs = each_with_each(ids)?;
    let said = decisions(context).await?;
    if !pairs.iter().any(|pair| is_said(pair, &said)) {
        let next = "see ghl-tui duplicates decisions";
        return Err(Fault::new(ExitStatus::NotFound, "reopen", "there is no decision about them", next));
    }
    decide(&pairs, false, context).await?;
    print(&pairs, "open", "Open for review again", context)
}

/// All pairs, with the smaller id first.
fn each_with_each(ids: &[ContactId]) -> Result<Vec<ContactPair>, Fault> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    if ids.len() < 2 {
        return Err(Fault::new(ExitStatus::Usage, "decide", "that is only one contact", "name two or more"));
    }
    let others = |at: usize, a: &ContactId| -> Vec<ContactPair> {
        ids[at + 1..].iter().map(|b| (a.clone(), b.clone())).collect()
    };
    Ok(ids.iter().enumerate().flat_map(|(at, a)| others(at, a)).collect())
}

fn is_said((a, b): &ContactPair, said: &[Dismissal]) -> bool {
    said.iter().any(|one| one.a == *a && one.b == *b)
}

/// Hands the decision to the worker and waits until it is stored.
async fn decide(pairs: &[ContactPair], apart: bool, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
    // News from before the command is not an answer to it.
    decisions(context).await?;
    context.session.forget_merge_news();
    let command = |ticket: Ticket| {
        let pairs = pairs.to_vec();
        if apart { Command::Dismiss { ticket, pairs } } else { Command::Reopen { ticket, pairs } }
    };
    let sent = context.session.send_with_ticket(command).await?;
    let kept = |said: &[Dismissal]| pairs.iter().all(|pair| is_said(pair, said) == apart);
    let heard = async {
        loop {
            match context.session.merge_news(context.output).await? {
                MergeEvent::Refused { ticket, why, .. } if ticket == sent => return Err(Fault::from(why)),
                MergeEvent::Decisions(said) if kept(&said) => return Ok(()),
                _ => {}
            }
        }
    };
    if let Ok(heard) = tokio::time::timeout(TRANSACTION, heard).await {
        return heard;
    }
    if kept(&decisions(context).await?) {
        return Ok(());
    }
    Err(Fault::worker("it has not stored the decision"))
}

fn print(
    pairs: &[ContactPair],
    state: &'static str,
    words: &str,
    context: &mut Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    for (a, b) in pairs {
        if context.output.json {
            context.output.object(&DecisionLine { a, b, state, at: None })?;
        } else {
            context.output.line(&one_line(&format!("{words}: {a} and {b}")))?;
        }
    }
    Ok(ExitStatus::Done)
}

async fn decisions(context: &mut Invocation<'_, '_>) -> Result<Vec<Dismissal>, Fault> {
    Ok(only!(context.ask(Request::Decisions).await?, Decisions))
}

pub(super) async fn list(context: &mut Invocation<'_, '_>) -> Result<ExitStatus, Fault> {
    let said = decisions(context).await?;
    context.output.empty(said.is_empty(), "no not-a-duplicate decisions");
    if context.output.json {
        for Dismissal { a, b, at, .. } in &said {
            context.output.object(&DecisionLine { a, b, state: "dismissed", at: Some(*at) })?;
        }
        return Ok(ExitStatus::Done);
    }
    let ids: Vec<ContactId> = said.iter().flat_map(|one| [one.a.clone(), one.b.clone()]).collect();
    let names = context.names(&ids, false).await;
    let name = |id| names.get(id).map_or("", String::as_str);
    let mut table = TextTable::new(&["AGE", "ONE", "OTHER", "IDS"]);
    for Dismissal { a, b, at, .. } in &said {
        table.row([&age(*at, context.now), name(a), name(b), &format!("{a} {b}")]);
    }
    table.print(context.output)?;
    Ok(ExitStatus::Done)
}
