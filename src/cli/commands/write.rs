//! Follows edits from the outbox to the server's answer: one line of results each.

use std::time::Duration;

use crate::cli::ExitStatus;
use crate::cli::args::WriteOptions;
use crate::cli::fault::Fault;
use crate::cli::json::EditLine;
use crate::cli::line::one_line;
use crate::cli::output::Output;
use crate::domain::{Clash, Edit, EditId, GroupId};
use crate::protocol::{Command, Confirmed, EditEvent, Failure, FailureKind, Outcome};

use super::{Invocation, plan};

/// Edits in the outbox that have not settled yet.
#[derive(Debug, Default)]
pub(super) struct Promises {
    open: Vec<(EditId, Edit)>,
    status: ExitStatus,
}

/// How one of our edits ended within the time that the command waited.
enum End {
    Confirmed(Confirmed),
    Rejected(Failure),
    /// It is still in the outbox, and why; what the command ends with.
    Queued(String, ExitStatus),
    /// Someone else removed it from the outbox.
    Gone,
}

impl Promises {
    /// Hands edits to the worker and prints their ids as soon as the outbox holds them. Returns the group, for undo.
    pub(super) async fn apply(
        &mut self,
        edits: Vec<Edit>,
        context: &mut Invocation<'_, '_>,
    ) -> Result<Option<GroupId>, Fault> {
        let what = edits.first().map(Edit::intent).unwrap_or_default();
        let ticket = context.session.send_with_ticket(|ticket| Command::Apply { ticket, edits, draft: None }).await?;
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

    /// Also waits for an edit that is already in the outbox.
    pub(super) fn join(&mut self, id: EditId, edit: Edit, output: &mut Output<'_>) {
        output.note(&format!("queued as {id}"));
        self.open.push((id, edit));
    }

    /// Remembers a failure that is not an edit's.
    pub(super) fn worsen(&mut self, status: ExitStatus) {
        self.status.worsen(status);
    }

    /// Waits for the server's answer to each, up to the limit.
    pub(super) async fn settle(
        mut self,
        wait: Duration,
        context: &mut Invocation<'_, '_>,
    ) -> Result<ExitStatus, Fault> {
        let deadline = tokio::time::sleep(wait);
        tokio::pin!(deadline);
        // What ends meanwhile and is none of these is for whoever follows them all.
        let mut others = Vec::new();
        while !self.open.is_empty() {
            let news = tokio::select! {
                biased;
                news = context.session.edit_news(context.output) => news,
                () = &mut deadline => {
                    let why = format!("no answer within {} s", wait.as_secs_f32());
                    self.give_up(&why, ExitStatus::Network, context.output)?;
                    break;
                }
            };
            match news {
                Ok(news @ EditEvent::Settled { id, .. }) if !self.open.iter().any(|(open, _)| *open == id) => {
                    others.push(news);
                }
                Ok(news) => self.hear(news, wait, context)?,
                Err(fault) => {
                    self.give_up(&fault.why, ExitStatus::Network, context.output)?;
                    self.worsen(fault.status);
                }
            }
        }
        context.session.keep(others);
        Ok(self.status)
    }

    fn hear(&mut self, news: EditEvent, wait: Duration, context: &mut Invocation<'_, '_>) -> Result<(), Fault> {
        let (id, end) = match news {
            EditEvent::Settled { id, edit, outcome } => (id, end_of(&edit, outcome)),
            // Whichever edit learned it: none can be sent now.
            EditEvent::Waiting { why, signed_out: true, .. } => {
                return self.give_up(&why, ExitStatus::Access, context.output);
            }
            EditEvent::Waiting { id, until, why, signed_out: false } => {
                let in_vain = until > context.in_a(wait);
                if !(in_vain || context.session.offline()) {
                    return Ok(());
                }
                (id, End::Queued(why, ExitStatus::Network))
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

    fn give_up(&mut self, why: &str, status: ExitStatus, output: &mut Output<'_>) -> Result<(), Fault> {
        for (id, edit) in std::mem::take(&mut self.open) {
            self.end(id, &edit, End::Queued(why.to_owned(), status), output)?;
        }
        Ok(())
    }

    /// Prints one line of results, and its failure if there is one.
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
                let fault = rejected(id, why);
                ("rejected", edit.record().map(str::to_owned), format!("Rejected: {what}"), Some(fault))
            }
            End::Queued(why, status) => {
                let first = if status == ExitStatus::Access { "sign in again; " } else { "" };
                let next = format!("{first}it stays queued as {id}; the next ghl-tui command or dashboard sends it");
                let fault = Fault::new(status, &what, why, &next);
                ("queued", edit.record().map(str::to_owned), format!("Queued: {what}"), Some(fault))
            }
            End::Gone => {
                let fault = Fault::new(ExitStatus::Failed, &what, "another program removed it from the outbox", "");
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

fn end_of(edit: &Edit, outcome: Outcome) -> End {
    match outcome {
        Outcome::Confirmed(confirmed) => End::Confirmed(confirmed),
        Outcome::Rejected { why, .. } => End::Rejected(why),
        Outcome::Clash(clash) => End::Rejected(collision(edit, &clash)),
    }
}

/// Why an edit settled badly, if it did.
pub(super) fn refusal(id: EditId, edit: &Edit, outcome: Outcome) -> Option<Fault> {
    match end_of(edit, outcome) {
        End::Rejected(why) => Some(rejected(id, why)),
        End::Confirmed(_) | End::Queued(..) | End::Gone => None,
    }
}

/// The failure of an edit that stays in the outbox, to retry or discard.
fn rejected(id: EditId, why: Failure) -> Fault {
    let status = match why.kind {
        FailureKind::Access => ExitStatus::Access,
        FailureKind::NotFound => ExitStatus::NotFound,
        FailureKind::Rejected | FailureKind::Network | FailureKind::Local | FailureKind::Garbled => {
            ExitStatus::Rejected
        }
    };
    let next = if why.next.is_empty() {
        format!("ghl-tui outbox retry {id}, or ghl-tui outbox discard {id}")
    } else {
        why.next
    };
    Fault { status, what: why.what, why: why.why, next, passes: false }
}

/// Prints the one line of results of a write.
pub(super) fn print(line: &EditLine<'_>, sentence: &str, output: &mut Output<'_>) -> Result<(), Fault> {
    if output.json { output.object(line) } else { output.line(&one_line(sentence)) }
}

/// The failure of an edit whose fields someone else changed.
fn collision(edit: &Edit, clash: &[Clash]) -> Failure {
    let fields: Vec<String> =
        clash.iter().map(|one| format!("{} is now \"{}\", was \"{}\"", one.field, one.theirs, one.base)).collect();
    let next = "resolve the conflict in the dashboard, or discard the edit and make it again".to_owned();
    Failure { kind: FailureKind::Rejected, what: edit.intent(), why: format!("conflict: {}", fields.join("; ")), next }
}

/// Asks before something is deleted; without a terminal, `--yes` is required.
pub(super) fn agreed(yes: bool, what: &str, context: &mut Invocation<'_, '_>) -> Result<bool, Fault> {
    if yes {
        return Ok(true);
    }
    if !context.asks {
        return Err(Fault::new(ExitStatus::Usage, what, "stdin is not a terminal", "add --yes to confirm"));
    }
    let said = answer(&format!("{what}? Type yes to confirm"), context);
    Ok(matches!(said.to_lowercase().as_str(), "y" | "yes"))
}

/// Asks a question and reads one line.
pub(super) fn answer(question: &str, context: &mut Invocation<'_, '_>) -> String {
    context.output.note(question);
    let mut said = String::new();
    let mut byte = [0];
    while said.len() < 16 && context.input.read(&mut byte).is_ok_and(|read| read == 1) && byte[0] != b'\n' {
        said.push(char::from(byte[0]));
    }
    said.trim().to_owned()
}

/// Queues edits and waits for them, or prints their requests with `--dry-run`.
pub(super) async fn carry_out(
    edits: Vec<Edit>,
    writing: &WriteOptions,
    context: &mut Invocation<'_, '_>,
) -> Result<ExitStatus, Fault> {
    if writing.dry_run {
        return plan::print(edits, context).await;
    }
    let mut promises = Promises::default();
    promises.apply(edits, context).await?;
    promises.settle(writing.patience.wait, context).await
}
