//! Campaigns and workflows: starting one sends messages, and nothing tells afterwards whether it did. So a start is
//! never repeated unless the user says so.

use crate::api::Endpoint;
use crate::api::endpoints::{StartCampaign, StartWorkflow, StopCampaign, StopCampaigns, StopWorkflow};
use crate::domain::{AutomationEdit, ContactId, Receipt};
use crate::protocol::{Failure, FailureKind, Preview};

use crate::worker::attempt::doing::Doing;
use crate::worker::attempt::{Setback, request};

pub(super) async fn attempt(doing: &Doing<'_>, edit: &AutomationEdit) -> Result<Receipt, Setback> {
    let contact = doing.contact.clone();
    match edit.clone() {
        AutomationEdit::StartCampaign { campaign } => {
            once(doing, &StartCampaign { contact, campaign: campaign.id }).await
        }
        AutomationEdit::StopCampaign { campaign: Some(one) } => {
            stop(doing, &StopCampaign { contact, campaign: one.id }).await
        }
        AutomationEdit::StopCampaign { campaign: None } => stop(doing, &StopCampaigns { contact }).await,
        AutomationEdit::StartWorkflow { workflow } => {
            once(doing, &StartWorkflow { contact, workflow: workflow.id }).await
        }
        AutomationEdit::StopWorkflow { workflow } => {
            stop(doing, &StopWorkflow { contact, workflow: workflow.id }).await
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

async fn stop<E: Endpoint<Reply = ()>>(doing: &Doing<'_>, endpoint: &E) -> Result<Receipt, Setback> {
    doing.start(None).await?;
    doing.remove(endpoint).await?;
    Ok(Receipt::Nothing)
}

async fn once<E: Endpoint<Reply = ()>>(doing: &Doing<'_>, endpoint: &E) -> Result<Receipt, Setback> {
    if doing.started() {
        return Err(unclear(doing));
    }
    doing.start(None).await?;
    match doing.send(endpoint).await {
        Ok(()) => Ok(Receipt::Nothing),
        Err(Setback::Unclear { .. }) => Err(unclear(doing)),
        Err(other) => Err(other),
    }
}

fn unclear(doing: &Doing<'_>) -> Setback {
    let why = Failure {
        kind: FailureKind::Network,
        what: doing.row.edit.intent(),
        why: "unclear: sent? No answer came, and a second try may send its messages twice".to_owned(),
        next: "look in the web app, then retry or discard".to_owned(),
    };
    Setback::Refused { why, existing: None }
}
