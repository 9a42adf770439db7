//! Campaigns and workflows: starting one sends messages, and no endpoint shows afterwards whether it started. So a
//! start is never repeated unless the user asks for it.

use crate::api::Endpoint;
use crate::api::endpoints::{StartCampaign, StartWorkflow, StopCampaign, StopCampaigns, StopWorkflow};
use crate::domain::{AutomationEdit, ContactId, Receipt};
use crate::protocol::{Failure, FailureKind, Preview};

use crate::worker::attempt::calls::Attempt;
use crate::worker::attempt::{Setback, request};
use crate::worker::write::Pause;

pub(super) async fn attempt(attempt: &Attempt<'_>, edit: &AutomationEdit) -> Result<Receipt, Setback> {
    let contact = attempt.contact.clone();
    match edit.clone() {
        AutomationEdit::StartCampaign { campaign } => {
            once(attempt, &StartCampaign { contact, campaign: campaign.id }).await
        }
        AutomationEdit::StopCampaign { campaign: Some(one) } => {
            stop(attempt, &StopCampaign { contact, campaign: one.id }).await
        }
        AutomationEdit::StopCampaign { campaign: None } => stop(attempt, &StopCampaigns { contact }).await,
        AutomationEdit::StartWorkflow { workflow } => {
            once(attempt, &StartWorkflow { contact, workflow: workflow.id }).await
        }
        AutomationEdit::StopWorkflow { workflow } => {
            stop(attempt, &StopWorkflow { contact, workflow: workflow.id }).await
        }
    }
}

pub(super) fn preview(contact: ContactId, edit: AutomationEdit) -> Preview {
    match edit {
        AutomationEdit::StartCampaign { campaign } => request::of(&StartCampaign { contact, campaign: campaign.id }),
        AutomationEdit::StopCampaign { campaign: Some(one) } => {
            request::of(&StopCampaign { contact, campaign: one.id })
        }
        AutomationEdit::StopCampaign { campaign: None } => request::of(&StopCampaigns { contact }),
        AutomationEdit::StartWorkflow { workflow } => request::of(&StartWorkflow { contact, workflow: workflow.id }),
        AutomationEdit::StopWorkflow { workflow } => request::of(&StopWorkflow { contact, workflow: workflow.id }),
    }
}

async fn stop<E: Endpoint<Reply = ()>>(attempt: &Attempt<'_>, endpoint: &E) -> Result<Receipt, Setback> {
    attempt.remove(endpoint, None).await?;
    Ok(Receipt::Nothing)
}

async fn once<E: Endpoint<Reply = ()>>(attempt: &Attempt<'_>, endpoint: &E) -> Result<Receipt, Setback> {
    if attempt.started() {
        return Err(unclear(attempt));
    }
    match attempt.send(endpoint).await {
        Ok(()) => Ok(Receipt::Nothing),
        Err(Setback::Pause(Pause::Unclear { .. })) => Err(unclear(attempt)),
        Err(other) => Err(other),
    }
}

fn unclear(attempt: &Attempt<'_>) -> Setback {
    let why = Failure {
        kind: FailureKind::Network,
        what: attempt.row.edit.intent(),
        why: "no answer: it may have started, and a second try may send its messages twice".to_owned(),
        next: "check the web app, then retry or discard".to_owned(),
    };
    Setback::Refused { why, existing: None }
}
