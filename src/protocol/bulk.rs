//! A change of many contacts, and what it would take.

use crate::domain::{BusinessId, Edit, Named, UserId};

/// What to do to each of many contacts.
#[derive(Clone, Debug, PartialEq)]
pub enum BulkAction {
    AddTags(Vec<String>),
    /// Add tags, each only to contacts to which it was never added from here: what somebody took away stays away.
    TagOnce(Vec<String>),
    RemoveTags(Vec<String>),
    /// Give them this owner, or none.
    Assign(Option<UserId>),
    SetBusiness(Option<Named<BusinessId>>),
    CompleteTasks,
    Delete,
}

/// What a bulk action would take; nothing has been sent yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planned {
    /// One for each contact or task that needs a change.
    pub edits: Vec<Edit>,
    /// Contacts that need no change.
    pub unchanged: usize,
    /// Requests that the edits take, about.
    pub requests: usize,
    /// What could not be found out, and why.
    pub trouble: Option<String>,
}

/// A list of the location that names are chosen from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Catalogue {
    Businesses,
    Campaigns,
    Workflows,
    Calendars,
}

/// A name that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub id: String,
    pub name: String,
}
