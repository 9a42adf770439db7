//! Campaigns and workflows: adding a contact sends messages, and there is no way to check afterwards whether it did.

use serde_json::json;

use crate::api::wire;
use crate::domain::{CampaignId, ContactId, LocationId, Named, WorkflowId};

use super::operations;

operations! {
    /// `GET /campaigns/?locationId=…`
    GetCampaigns { location: LocationId }
    Get "/campaigns/" () CampaignsReadonly Safe "m c"
    with |list, call| call.query("locationId", list.location.as_str()),
    -> Vec<Named<CampaignId>> = |_own, body| wire::campaigns(body);

    /// `POST /contacts/{id}/campaigns/{campaignId}`
    StartCampaign { contact: ContactId, campaign: CampaignId }
    Post "/contacts/{}/campaigns/{}" (contact, campaign) ContactsWrite Once "m c"
    with |_start, call| call.body(json!({})),
    -> () = |_own, _body| Ok(());

    /// `DELETE /contacts/{id}/campaigns/{campaignId}`
    StopCampaign { contact: ContactId, campaign: CampaignId }
    Delete "/contacts/{}/campaigns/{}" (contact, campaign) ContactsWrite Natural "m C"
    -> () = |_own, _body| Ok(());

    /// `DELETE /contacts/{id}/campaigns/removeAll`
    StopCampaigns { contact: ContactId }
    Delete "/contacts/{}/campaigns/removeAll" (contact) ContactsWrite Natural "m C"
    -> () = |_own, _body| Ok(());

    /// `GET /workflows/?locationId=…`
    GetWorkflows { location: LocationId }
    Get "/workflows/" () WorkflowsReadonly Safe "m w"
    with |list, call| call.query("locationId", list.location.as_str()),
    -> Vec<Named<WorkflowId>> = |_own, body| wire::workflows(body);

    /// `POST /contacts/{id}/workflow/{workflowId}`
    StartWorkflow { contact: ContactId, workflow: WorkflowId }
    Post "/contacts/{}/workflow/{}" (contact, workflow) ContactsWrite Once "m w"
    with |_start, call| call.body(json!({})),
    -> () = |_own, _body| Ok(());

    /// `DELETE /contacts/{id}/workflow/{workflowId}`
    StopWorkflow { contact: ContactId, workflow: WorkflowId }
    Delete "/contacts/{}/workflow/{}" (contact, workflow) ContactsWrite Natural "m W"
    with |_stop, call| call.body(json!({})),
    -> () = |_own, _body| Ok(());
}
