//! What a token may do.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A scope that one of our requests needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    ContactsReadonly,
    ContactsWrite,
    LocationsReadonly,
    LocationTagsReadonly,
    LocationCustomFieldsReadonly,
    LocationTasksReadonly,
    UsersReadonly,
    BusinessesReadonly,
    CampaignsReadonly,
    WorkflowsReadonly,
    CalendarsReadonly,
    EventsReadonly,
    EventsWrite,
    OpportunitiesReadonly,
    ConversationsReadonly,
    OauthReadonly,
    OauthWrite,
}

impl Scope {
    /// The scope's name as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContactsReadonly => "contacts.readonly",
            Self::ContactsWrite => "contacts.write",
            Self::LocationsReadonly => "locations.readonly",
            Self::LocationTagsReadonly => "locations/tags.readonly",
            Self::LocationCustomFieldsReadonly => "locations/customFields.readonly",
            Self::LocationTasksReadonly => "locations/tasks.readonly",
            Self::UsersReadonly => "users.readonly",
            Self::BusinessesReadonly => "businesses.readonly",
            Self::CampaignsReadonly => "campaigns.readonly",
            Self::WorkflowsReadonly => "workflows.readonly",
            Self::CalendarsReadonly => "calendars.readonly",
            Self::EventsReadonly => "calendars/events.readonly",
            Self::EventsWrite => "calendars/events.write",
            Self::OpportunitiesReadonly => "opportunities.readonly",
            Self::ConversationsReadonly => "conversations.readonly",
            Self::OauthReadonly => "oauth.readonly",
            Self::OauthWrite => "oauth.write",
        }
    }

    /// Whether requests of this scope change data.
    pub fn writes(self) -> bool {
        match self {
            Self::ContactsWrite | Self::EventsWrite | Self::OauthWrite => true,
            Self::ContactsReadonly
            | Self::LocationsReadonly
            | Self::LocationTagsReadonly
            | Self::LocationCustomFieldsReadonly
            | Self::LocationTasksReadonly
            | Self::UsersReadonly
            | Self::BusinessesReadonly
            | Self::CampaignsReadonly
            | Self::WorkflowsReadonly
            | Self::CalendarsReadonly
            | Self::EventsReadonly
            | Self::OpportunitiesReadonly
            | Self::ConversationsReadonly
            | Self::OauthReadonly => false,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether edits may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    ReadWrite,
    /// Asked for with `--read-only`.
    ReadOnlyByChoice,
    /// The server said that the token lacks this scope.
    Missing(Scope),
}

impl Access {
    pub fn may_write(self) -> bool {
        self == Self::ReadWrite
    }

    /// Why edits are refused; `None` where they are not.
    pub fn refusal(self) -> Option<String> {
        match self {
            Self::ReadWrite => None,
            Self::ReadOnlyByChoice => Some(format!("read-only (--read-only): this needs {}", Scope::ContactsWrite)),
            Self::Missing(scope) => Some(format!("read-only: the token lacks the scope {scope}")),
        }
    }
}
