//! One type for each kind of id, so that a task's id cannot pass for a contact's.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

macro_rules! server_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps the server's id unchanged; ids are opaque.
            pub fn new(id: impl Into<Arc<str>>) -> Self {
                Self(id.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self::new(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

server_ids! {
    /// A contact of the location.
    ContactId,
    /// A task of a contact.
    TaskId,
    /// A note on a contact.
    NoteId,
    /// An appointment (the API says "event").
    AppointmentId,
    /// A user of the location: assignee, author.
    UserId,
    /// A sub-account.
    LocationId,
    /// The definition of a custom field.
    CustomFieldId,
    /// A business that contacts belong to.
    BusinessId,
    /// A campaign: it sends messages.
    CampaignId,
    /// A workflow: it may send messages.
    WorkflowId,
    /// A calendar that appointments are booked in.
    CalendarId,
    /// The agency that the location belongs to.
    CompanyId,
}

/// One edit in the outbox: a UUID v7, so ids sort by creation time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EditId(pub uuid::Uuid);

impl fmt::Display for EditId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for EditId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Edits that were made together and are undone together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupId(pub uuid::Uuid);

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for GroupId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// No server id starts with this.
const PROVISIONAL: &str = "new:";

impl ContactId {
    /// The id of a contact until the server answers the edit that creates it.
    pub fn provisional(made_by: EditId) -> Self {
        Self::new(format!("{PROVISIONAL}{made_by}"))
    }

    /// Stands for the contact that an edit in the same group creates.
    pub fn of_group() -> Self {
        Self::new(PROVISIONAL)
    }

    /// The edit that creates this contact, if the id is provisional.
    pub fn made_by(&self) -> Option<EditId> {
        self.as_str().strip_prefix(PROVISIONAL)?.parse().ok()
    }

    /// Whether it is not a server id yet.
    pub fn is_provisional(&self) -> bool {
        self.as_str().starts_with(PROVISIONAL)
    }
}
