//! Campaigns and workflows: starting one sends messages, and nothing tells afterwards whether it did. So a start is
//! never repeated unless the user says so.

use crate::api::Endpoint;
use crate::api::endpoints::{StartCampaign, StartWorkflow, StopCampaign, StopCampaigns, StopWorkflow};
use crate::domain::{CampaignId, Named, Receipt, WorkflowId};
use crate::protocol::{Failure, FailureKind};

use crate::worker::attempt::Setback;
use crate::worker::attempt::doing::Doing;

pub(super) async fn start_campaign(doing: &Doing<'_>, campaign: &CampaignId) -> Result<Receipt, Setback> {
    once(doing, &StartCampaign { contact: doing.contact.clone(), campaign: campaign.clone() }).await
}

pub(super) async fn start_workflow(doing: &Doing<'_>, workflow: &WorkflowId) -> Result<Receipt, Setback> {
    once(doing, &StartWorkflow { contact: doing.contact.clone(), workflow: workflow.clone() }).await
}

pub(super) async fn stop_campaign(doing: &Doing<'_>, campaign: Option<&Named<CampaignId>>) -> Result<Receipt, Setback> {
    doing.start(None).await?;
    let contact = doing.contact.clone();
    match campaign {
        Some(one) => doing.remove(&StopCampaign { contact, campaign: one.id.clone() }).await?,
        None => doing.remove(&StopCampaigns { contact }).await?,
    }
    Ok(Receipt::Nothing)
}

pub(super) async fn stop_workflow(doing: &Doing<'_>, workflow: &WorkflowId) -> Result<Receipt, Setback> {
    doing.start(None).await?;
    doing.remove(&StopWorkflow { contact: doing.contact.clone(), workflow: workflow.clone() }).await?;
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
