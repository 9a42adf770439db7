//! Starting and stopping campaigns and workflows. Starting one sends messages.

use super::{Edit, EditFamily, EditRow, SentEdit};
use crate::domain::{CampaignId, Contact, Entries, Named, WorkflowId};
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
        let start = |object| EditRow { once: true, ..EditRow::of_contact("Started", "start", object) };
        let stop = |object| EditRow::of_contact("Removed from", "remove from", object);
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

    fn values(&self) -> [Entries; 2] {
        Default::default()
    }

    fn apply(&self, _contact: &mut Contact) {}
}
