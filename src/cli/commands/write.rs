//! Edits from the outbox's promise to the server's word: one line of results each.

use std::time::Duration;

use crate::cli::ExitStatus;
use crate::cli::args::Writing;
use crate::cli::fault::Fault;
use crate::cli::json::EditLine;
use crate::cli::line::one_line;
use crate::cli::output::Output;
use crate::domain::{Clash, Edit, EditId, GroupId};
use crate::protocol::{Command, Confirmed, EditEvent, Failure, FailureKind, Outcome};

use super::{Context, plan};

/// Edits that are in the outbox and not settled yet.
#[derive(Debug, Default)]
pub(super) struct Promises {
    open: Vec<(EditId, Edit)>,
    status: ExitStatus,
}

/// How an edit of ours ended, for the time that the command could wait.
enum End {
    Confirmed(Confirmed),
    Rejected(Failure),
    /// Still in the outbox, and why.
    Queued(String),
    /// Taken out of the outbox by somebody else.
    Gone,
}

impl Promises {
    /// Hands edits to the worker; back when the outbox holds them, and then says their ids at once. The group that can
    /// be taken back.
    pub(super) async fn apply(
        &mut self,
        edits: Vec<Edit>,
        context: &mut Context<'_, '_>,
    ) -> Result<Option<GroupId>, Fault> {
        let what = edits.first().map(Edit::intent).unwrap_or_default();
        let ticket = context.session.send_with_ticket(|ticket| Command::Apply { ticket, edits }).await?;
        let mut others = Vec::new();
        let end = loop {
            match context.session.edit_news(context.output).await {
                Ok(EditEvent::Queued { ticket: Some(of), group, edits, .. }) if of == ticket => {
                    break Ok((group, edits));
                }
                Ok(EditEvent::Refused { ticket: of, why }) if of == ticket => break Err(Fault::refused(&what, why)),
                Ok(other) => others.push(other),
                Err(fault) => break Err(fault),
            }
        };
        context.session.keep(others);
        let (group, edits) = end?;
        for (id, edit) in edits {
            self.join(id, edit, context.output);
        }
        Ok(group)
    }

    /// Waits for an edit that is in the outbox already.
    pub(super) fn join(&mut self, id: EditId, edit: Edit, output: &mut Output<'_>) {
        output.note(&format!("queued as {id}"));
        self.open.push((id, edit));
    }

    /// Remembers what went wrong beside the edits.
    pub(super) fn worsen(&mut self, status: ExitStatus) {
        self.status.worsen(status);
    }

    /// Waits for the server's word on each, as long as that may be worth while.
    pub(super) async fn settle(mut self, wait: Duration, context: &mut Context<'_, '_>) -> Result<ExitStatus, Fault> {
        let deadline = tokio::time::sleep(wait);
        tokio::pin!(deadline);
        while !self.open.is_empty() {
            let news = tokio::select! {
                biased;
                news = context.session.edit_news(context.output) => news,
                () = &mut deadline => {
                    self.give_up(&format!("no answer within {} s", wait.as_secs_f32()), context.output)?;
                    break;
                }
            };
            match news {
                Ok(news) => self.hear(news, wait, context)?,
                Err(fault) => {
                    self.give_up(&fault.why, context.output)?;
                    self.worsen(fault.status);
                }
            }
        }
        Ok(self.status)
    }

    fn hear(&mut self, news: EditEvent, wait: Duration, context: &mut Context<'_, '_>) -> Result<(), Fault> {
        let (id, end) = match news {
            EditEvent::Settled { id, outcome: Outcome::Confirmed(confirmed), .. } => (id, End::Confirmed(confirmed)),
            EditEvent::Settled { id, outcome: Outcome::Rejected { why, .. }, .. } => (id, End::Rejected(why)),
            EditEvent::Settled { id, edit, outcome: Outcome::Clash(clash) } => {
                (id, End::Rejected(collision(&edit, &clash)))
            }
            EditEvent::Waiting { id, until, why } => {
                let in_vain = context.now.checked_add(wait).is_ok_and(|patience| until > patience);
                if !(in_vain || context.session.offline()) {
                    return Ok(());
                }
                (id, End::Queued(why))
            }
            EditEvent::Discarded(ids) | EditEvent::Withdrawn(ids) => {
                let (gone, open) = std::mem::take(&mut self.open).into_iter().partition(|(id, _)| ids.contains(id));
                self.open = open;
                let gone: Vec<(EditId, Edit)> = gone;
                return gone.iter().try_for_each(|(id, edit)| self.end(*id, edit, End::Gone, context.output));
            }
            EditEvent::Queued { .. }
            | EditEvent::Refused { .. }
            | EditEvent::Sending(_)
            | EditEvent::Requeued(_)
            | EditEvent::Reversed { .. } => return Ok(()),
        };
        let Some(at) = self.open.iter().position(|(open, _edit)| *open == id) else { return Ok(()) };
        let (id, edit) = self.open.remove(at);
        self.end(id, &edit, end, context.output)
    }

    fn give_up(&mut self, why: &str, output: &mut Output<'_>) -> Result<(), Fault> {
        for (id, edit) in std::mem::take(&mut self.open) {
            self.end(id, &edit, End::Queued(why.to_owned()), output)?;
        }
        Ok(())
    }

    /// One line of results, and what there is to say about it.
    fn end(&mut self, id: EditId, edit: &Edit, end: End, output: &mut Output<'_>) -> Result<(), Fault> {
        let what = edit.intent();
        let (state, about, sentence, fault) = match end {
            End::Confirmed(confirmed) => (
                "confirmed",
                confirmed.receipt.id().map(str::to_owned).or_else(|| edit.record().map(str::to_owned)),
                edit.describe(),
                None,
            ),
            End::Rejected(why) => {
                let status = match why.kind {
                    FailureKind::Access => ExitStatus::Access,
                    FailureKind::NotFound => ExitStatus::NotFound,
                    FailureKind::Rejected | FailureKind::Network | FailureKind::Local | FailureKind::Garbled => {
                        ExitStatus::Rejected
                    }
                };
                let next = if why.next.is_empty() {
                    format!("ghl-tui outbox retry {id}, or outbox discard {id}")
                } else {
                    why.next
                };
                let fault = Fault { status, what: why.what, why: why.why, next };
                ("rejected", edit.record().map(str::to_owned), format!("Rejected: {what}"), Some(fault))
            }
            End::Queued(why) => {
                let next = format!("it stays queued as {id} and goes out when the dashboard or a command runs next");
                let fault = Fault::new(ExitStatus::Network, &what, why, &next);
                ("queued", edit.record().map(str::to_owned), format!("Queued: {what}"), Some(fault))
            }
            End::Gone => {
                let fault = Fault::new(ExitStatus::Failed, &what, "another program took it out of the outbox", "");
                ("discarded", edit.record().map(str::to_owned), format!("Discarded: {what}"), Some(fault))
            }
        };
        if let Some(fault) = fault {
            output.fault(&fault);
            self.worsen(fault.status);
        }
        print(&EditLine { edit: Some(id), state, id: about.as_deref() }, &sentence, output)
    }
}

/// The one line of results that a write has.
pub(super) fn print(line: &EditLine<'_>, sentence: &str, output: &mut Output<'_>) -> Result<(), Fault> {
    if output.json { output.object(line) } else { output.line(&one_line(sentence)) }
}

/// Somebody else changed the same fields.
fn collision(edit: &Edit, clash: &[Clash]) -> Failure {
    let fields: Vec<String> =
        clash.iter().map(|one| format!("{} is now \"{}\", was \"{}\"", one.field, one.theirs, one.base)).collect();
    let next = "decide in the dashboard, or discard the edit and make it anew".to_owned();
    Failure {
        kind: FailureKind::Rejected,
        what: edit.intent(),
        why: format!("somebody else changed it: {}", fields.join("; ")),
        next,
    }
}

/// Asks before something is deleted; without a terminal `--yes` must have been given.
pub(super) fn agreed(yes: bool, what: &str, context: &mut Context<'_, '_>) -> Result<bool, Fault> {
    if yes {
        return Ok(true);
    }
    if !context.asks {
        return Err(Fault::new(ExitStatus::Usage, what, "nobody can be asked", "give --yes"));
    }
    let said = answer(&format!("{what}? Type yes"), context);
    Ok(matches!(said.to_lowercase().as_str(), "y" | "yes"))
}

/// What somebody types at a question.
pub(super) fn answer(question: &str, context: &mut Context<'_, '_>) -> String {
    context.output.note(question);
    let mut said = String::new();
    let mut byte = [0];
    while said.len() < 16 && context.input.read(&mut byte).is_ok_and(|read| read == 1) && byte[0] != b'\n' {
        said.push(char::from(byte[0]));
    }
    said.trim().to_owned()
}

/// Queues edits and waits for them, or prints their requests.
pub(super) async fn carry_out(
    edits: Vec<Edit>,
    writing: &Writing,
    context: &mut Context<'_, '_>,
) -> Result<ExitStatus, Fault> {
    if writing.dry_run {
        return plan::print(edits, context).await;
    }
    let mut promises = Promises::default();
    promises.apply(edits, context).await?;
    promises.settle(writing.patience.wait, context).await
}
