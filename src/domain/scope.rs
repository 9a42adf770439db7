//! What a token is allowed to do.

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
    /// All scopes in the order of declaration.
    pub const ALL: [Self; 17] = [
        Self::ContactsReadonly,
        Self::ContactsWrite,
        Self::LocationsReadonly,
        Self::LocationTagsReadonly,
        Self::LocationCustomFieldsReadonly,
        Self::LocationTasksReadonly,
        Self::UsersReadonly,
        Self::BusinessesReadonly,
        Self::CampaignsReadonly,
        Self::WorkflowsReadonly,
        Self::CalendarsReadonly,
        Self::EventsReadonly,
        Self::EventsWrite,
        Self::OpportunitiesReadonly,
        Self::ConversationsReadonly,
        Self::OauthReadonly,
        Self::OauthWrite,
    ];

    /// The scopes that features need, and what each unlocks. The first is the one that everything needs.
    pub const FEATURES: [(Self, &'static str); 13] = [
        (Self::ContactsReadonly, "view contacts with their tasks, notes and appointments"),
        (Self::ContactsWrite, "edit contacts, tasks, notes, tags and followers"),
        (Self::LocationsReadonly, "the location's name, time zone and country"),
        (Self::UsersReadonly, "names of owners and authors; assign to users"),
        (Self::LocationTagsReadonly, "pick tags from a list"),
        (Self::LocationCustomFieldsReadonly, "names of custom fields"),
        (Self::LocationTasksReadonly, "all tasks of the location"),
        (Self::BusinessesReadonly, "pick businesses from a list"),
        (Self::WorkflowsReadonly, "pick workflows from a list"),
        (Self::CampaignsReadonly, "pick campaigns from a list"),
        (Self::CalendarsReadonly, "calendars, for booking and the agenda"),
        (Self::EventsReadonly, "all appointments of the location in the agenda"),
        (Self::EventsWrite, "book, move and cancel appointments"),
    ];

    /// The scope with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }

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

    /// Whether requests with this scope change data.
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

/// What the program may do: everything the token's known scopes allow, except writes under `--read-only`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    by_choice: bool,
    /// One bit per scope that the token is known to have.
    granted: u32,
    /// One bit per scope that the token is known to lack.
    missing: u32,
}

impl Access {
    /// Nothing is known to be forbidden.
    pub const READ_WRITE: Self = Self { by_choice: false, granted: 0, missing: 0 };
    /// The user passed `--read-only`.
    pub const READ_ONLY: Self = Self { by_choice: true, granted: 0, missing: 0 };

    /// Records a token's full list of scopes. Unknown names are ignored.
    #[must_use]
    pub fn of_token<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let granted = names.into_iter().filter_map(Scope::parse).fold(0, |bits, scope| bits | scope.bit());
        let all = Scope::ALL.into_iter().fold(0, |bits, scope| bits | scope.bit());
        Self { granted, missing: all & !granted, ..self }
    }

    /// Records that the server says the token lacks this scope.
    #[must_use]
    pub fn lacking(self, scope: Scope) -> Self {
        Self { granted: self.granted & !scope.bit(), missing: self.missing | scope.bit(), ..self }
    }

    /// Records that the server answered a request that needs this scope.
    #[must_use]
    pub fn having(self, scope: Scope) -> Self {
        Self { granted: self.granted | scope.bit(), missing: self.missing & !scope.bit(), ..self }
    }

    /// Whether the token has this scope; `None` if unknown.
    pub fn knows(self, scope: Scope) -> Option<bool> {
        if self.granted & scope.bit() != 0 {
            Some(true)
        } else if self.missing & scope.bit() != 0 {
            Some(false)
        } else {
            None
        }
    }

    /// The number of scopes that the token lacks and a feature needs.
    pub fn features_missing(self) -> usize {
        Scope::FEATURES.iter().filter(|(scope, _)| self.knows(*scope) == Some(false)).count()
    }

    /// Whether contacts can be edited.
    pub fn may_write(self) -> bool {
        self.refusal(Scope::ContactsWrite).is_none()
    }

    pub fn is_by_choice(self) -> bool {
        self.by_choice
    }

    /// Why a request with this scope is refused; `None` if it is allowed.
    pub fn refusal(self, scope: Scope) -> Option<String> {
        if self.by_choice && scope.writes() {
            Some(format!("read-only (--read-only): this needs {scope}"))
        } else if self.knows(scope) == Some(false) {
            let kind = if scope.writes() { "read-only: " } else { "" };
            Some(format!("{kind}the token lacks the scope {scope}"))
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
        assert!(access.having(Scope::EventsWrite).refusal(Scope::EventsWrite).is_none(), "it has been granted since");
    }

    #[test]
    fn a_token_lacks_every_scope_outside_its_list() {
        let access = Access::READ_WRITE.of_token(["contacts.readonly", "something/new.write", "users.readonly"]);
        assert_eq!(access.knows(Scope::UsersReadonly), Some(true));
        assert_eq!(
            access.refusal(Scope::CampaignsReadonly).as_deref(),
            Some("the token lacks the scope campaigns.readonly")
        );
        assert!(!access.may_write());
        assert_eq!(access.features_missing(), Scope::FEATURES.len() - 2);
        assert_eq!(Access::READ_WRITE.knows(Scope::ContactsWrite), None);
    }

    #[test]
    fn every_scope_is_parsed_from_its_name() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        assert!(Scope::FEATURES.iter().all(|(scope, _)| Scope::ALL.contains(scope)));
    }
}
