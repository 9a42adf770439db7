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

/// Which edits may be made: all, those whose scope the token has, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    by_choice: bool,
    /// One bit for each scope that the server said the token lacks.
    missing: u32,
}

impl Access {
    /// As far as is known, everything may be written.
    pub const READ_WRITE: Self = Self { by_choice: false, missing: 0 };
    /// Asked for with `--read-only`.
    pub const READ_ONLY: Self = Self { by_choice: true, missing: 0 };

    /// The server said that the token lacks this scope.
    #[must_use]
    pub fn lacking(self, scope: Scope) -> Self {
        Self { missing: self.missing | 1 << scope as u32, ..self }
    }

    /// Whether contacts may be written.
    pub fn may_write(self) -> bool {
        self.refusal(Scope::ContactsWrite).is_none()
    }

    pub fn is_by_choice(self) -> bool {
        self.by_choice
    }

    /// Why edits that need this scope are refused; `None` where they are not.
    pub fn refusal(self, scope: Scope) -> Option<String> {
        if self.by_choice {
            Some(format!("read-only (--read-only): this needs {scope}"))
        } else if self.missing & 1 << scope as u32 != 0 {
            Some(format!("read-only: the token lacks the scope {scope}"))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_scope_refuses_its_own_edits_only() {
        let access = Access::READ_WRITE.lacking(Scope::EventsWrite);
        assert!(access.may_write());
        assert!(access.refusal(Scope::EventsWrite).is_some_and(|why| why.contains("calendars/events.write")));
        assert!(!Access::READ_ONLY.may_write());
    }
}
