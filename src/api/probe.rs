//! Harmless requests that show whether a token has a scope.
//!
//! A private integration token does not name its scopes. A read scope is tested by the smallest possible read, a write
//! scope by an update without fields of a record that does not exist, which cannot change anything: the server checks
//! the scope first (measured by others, not by us).

use crate::domain::{AppointmentId, AppointmentPatch, ContactId, ContactPatch, Scope};

use super::endpoints::{
    GetAppointment, GetBusinesses, GetCalendars, GetCampaigns, GetCustomFields, GetLocation, GetTags, GetUsers,
    GetWorkflows, SearchContacts, SearchTasks, TimeSpan, UpdateAppointment, UpdateContact,
};
use super::{ApiClient, ApiError, Urgency};

/// No record has this id.
pub(super) const NOBODY: &str = "ghl-tui-scope-check";

/// Whether the token has a scope; `None` if the answer does not show it or there is no harmless request.
pub async fn has_scope(client: &ApiClient, scope: Scope, urgency: Urgency) -> Result<Option<bool>, ApiError> {
    let location = client.location().clone();
    let answer = match scope {
        Scope::ContactsReadonly => {
            let search = SearchContacts {
                location,
                page_limit: 1,
                search_after: None,
                updated_since: None,
                newest_first: false,
                added: TimeSpan::default(),
            };
            client.call(&search, urgency).await.map(drop)
        }
        Scope::ContactsWrite => {
            let update = UpdateContact { contact: ContactId::new(NOBODY), patch: ContactPatch::default() };
            client.call(&update, urgency).await.map(drop)
        }
        Scope::LocationsReadonly => client.call(&GetLocation { location }, urgency).await.map(drop),
        Scope::LocationTagsReadonly => client.call(&GetTags { location }, urgency).await.map(drop),
        Scope::LocationCustomFieldsReadonly => client.call(&GetCustomFields { location }, urgency).await.map(drop),
        Scope::LocationTasksReadonly => {
            let (contacts, completed, assigned_to) = (Vec::new(), None, None);
            let search = SearchTasks { location, contacts, completed, assigned_to, limit: 1, skip: 0 };
            client.call(&search, urgency).await.map(drop)
        }
        Scope::UsersReadonly => client.call(&GetUsers { location }, urgency).await.map(drop),
        Scope::BusinessesReadonly => {
            client.call(&GetBusinesses { location, limit: 1, skip: 0 }, urgency).await.map(drop)
        }
        Scope::CampaignsReadonly => client.call(&GetCampaigns { location }, urgency).await.map(drop),
        Scope::WorkflowsReadonly => client.call(&GetWorkflows { location }, urgency).await.map(drop),
        Scope::CalendarsReadonly => client.call(&GetCalendars { location }, urgency).await.map(drop),
        Scope::EventsWrite => {
            let (appointment, patch) = (AppointmentId::new(NOBODY), AppointmentPatch::default());
            client.call(&UpdateAppointment { appointment, patch }, urgency).await.map(drop)
        }
        Scope::EventsReadonly => {
            client.call(&GetAppointment { appointment: AppointmentId::new(NOBODY) }, urgency).await.map(drop)
        }
        Scope::OpportunitiesReadonly | Scope::ConversationsReadonly | Scope::OauthReadonly | Scope::OauthWrite => {
            return Ok(None);
        }
    };
    match answer {
        Err(ApiError::MissingScope { .. }) => Ok(Some(false)),
        // The request passed the scope check, whatever else the server says.
        Ok(()) | Err(ApiError::NotFound { .. } | ApiError::Reject { .. } | ApiError::Garbled { .. }) => Ok(Some(true)),
        Err(ApiError::Unclear { .. } | ApiError::ReadOnly { .. } | ApiError::Duplicate { .. }) => Ok(None),
        Err(
            error @ (ApiError::Retry { .. }
            | ApiError::SignedOut { .. }
            | ApiError::AgencyToken { .. }
            | ApiError::WrongLocation { .. }),
        ) => Err(error),
    }
}
