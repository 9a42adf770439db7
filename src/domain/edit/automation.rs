//! Starting and stopping campaigns and workflows. Starting one sends messages.

use super::{CountedAs, Edit, EditFamily, EditRow, SentEdit, Writes};
use crate::domain::{CampaignId, Contact, Named, Scope, WorkflowId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AutomationEdit {
    StartCampaign {
        campaign: Named<CampaignId>,
    },
    /// Removes the contact from one campaign, or from all.
    StopCampaign {
        campaign: Option<Named<CampaignId>>,
    },
    StartWorkflow {
        workflow: Named<WorkflowId>,
    },
    StopWorkflow {
        workflow: Named<WorkflowId>,
    },
}

impl EditFamily for AutomationEdit {
    fn row(&self) -> EditRow<'_> {
        let start = |object| EditRow {
            past: "Started",
            verb: "start",
            object,
            counted: CountedAs::PerContact,
            writes: Writes::Contact,
            scope: Scope::ContactsWrite,
            once: true,
            listed: false,
        };
        let stop = |object| EditRow { past: "Removed from", verb: "remove from", once: false, ..start(object) };
        match self {
            Self::StartCampaign { campaign } => start(format!("campaign {}", campaign.name)),
            Self::StopCampaign { campaign: Some(campaign) } => stop(format!("campaign {}", campaign.name)),
            Self::StopCampaign { campaign: None } => stop("all campaigns".to_owned()),
            Self::StartWorkflow { workflow } => start(format!("workflow {}", workflow.name)),
            Self::StopWorkflow { workflow } => stop(format!("workflow {}", workflow.name)),
        }
    }

    /// Always empty: messages were sent, and a contact that rejoined would get them all again.
    fn inverse(&self, _sent: &SentEdit<'_>) -> Vec<Edit> {
        match self {
            Self::StartCampaign { .. }
            | Self::StopCampaign { .. }
            | Self::StartWorkflow { .. }
            | Self::StopWorkflow { .. } => Vec::new(),
        }
    }

    fn apply(&self, _contact: &mut Contact) {}
}
