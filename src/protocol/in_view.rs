//! What the screen shows, as one value.

use std::sync::Arc;

use crate::domain::{ContactId, CustomFieldId, Month};

/// What the screen shows. It is sent complete whenever it changes, so the next one makes up for a lost one.
///
/// The worker acts only on the parts that differ from the previous value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InView {
    /// The contact under the cursor: the worker reports what is cached, and fetches when the cursor rests.
    pub contact: Option<ContactId>,
    /// When the cursor rests and nothing else is running, the records of these contacts are fetched into the cache.
    pub prefetch: Prefetch,
    /// Contacts around the cursor, the nearest first: the worker reports what the cache has for them, and again for
    /// each as that changes, by [`super::Event::Neighbours`]. Nothing is fetched for this.
    pub neighbours: Arc<[ContactId]>,
    /// Contacts under review: the worker reports what is cached and fetches them complete. Answered by
    /// [`super::Event::Compared`], even after the review has closed.
    pub comparison: Option<Comparison>,
    /// The open tasks of the whole location are on screen: they are read now and again every minute.
    pub open_tasks: bool,
    /// The month of the agenda that is on screen, by the location's clock: its appointments and those of the adjacent
    /// months are read now and again at intervals.
    pub month: Option<Month>,
    /// Custom fields used in filters: the worker reports their values, and again as they change.
    pub fields: Vec<CustomFieldId>,
}

/// Contacts that the user may view next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefetch {
    /// Those in the visible rows.
    pub visible: Vec<ContactId>,
    /// The ones below and above the cursor.
    pub adjacent: Vec<ContactId>,
}

/// Contacts being compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub contacts: Vec<ContactId>,
    /// How often the user has asked to refresh them.
    pub round: u32,
}
