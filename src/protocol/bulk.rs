//! A bulk change of contacts, and what it would take.

use crate::domain::{BusinessId, Edit, Named, UserId};

/// What to do to each of many contacts.
#[derive(Clone, Debug, PartialEq)]
pub enum BulkAction {
    AddTags(Vec<String>),
    /// Add tags, each only to contacts that never got it from here: a tag that somebody removed stays removed.
    TagOnce(Vec<String>),
    RemoveTags(Vec<String>),
    /// Set this owner, or none.
    Assign(Option<UserId>),
    SetBusiness(Option<Named<BusinessId>>),
    CompleteTasks,
    Delete,
}

/// What a bulk action would take; nothing has been sent yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planned {
    /// One edit per contact or task that needs a change.
    pub edits: Vec<Edit>,
    /// Contacts that need no change.
    pub unchanged: usize,
    /// About how many requests the edits take.
    pub requests: usize,
    /// What could not be determined, and why.
    pub trouble: Option<String>,
}

/// A list of the location to choose names from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Catalogue {
    Businesses,
    Campaigns,
    Workflows,
    Calendars,
}

/// A name to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub id: String,
    pub name: String,
}
