//! What the screen looks at, as one value.

use std::sync::Arc;

use crate::domain::{ContactId, CustomFieldId, Month};

/// What the screen looks at. It is told whole whenever it changes, so that a lost one is made good by the next.
///
/// The worker does something only for the parts that differ from the value before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InView {
    /// The contact under the cursor: the worker tells what is cached, and fetches when the cursor rests.
    pub contact: Option<ContactId>,
    /// When the cursor rests and there is nothing else to do, what belongs to these is fetched into the cache.
    pub prefetch: Prefetch,
    /// Contacts around the cursor, the nearest first: the worker tells what the cache holds of them, and again of each
    /// as that changes, by [`super::Event::Neighbours`]. Nothing is fetched for it.
    pub neighbours: Arc<[ContactId]>,
    /// Contacts under review: the worker tells what is cached and fetches them whole. Answered by
    /// [`super::Event::Compared`], also after nobody looks any more.
    pub comparison: Option<Comparison>,
    /// Somebody looks at the open tasks of the whole location: they are read now and again every minute.
    pub open_tasks: bool,
    /// The month of the agenda that is on the screen, by the location's clock: its appointments and those of the months
    /// next to it are read now and again from time to time.
    pub month: Option<Month>,
    /// Custom fields that are filtered by: the worker tells their values, and again as they change.
    pub fields: Vec<CustomFieldId>,
}

/// Contacts that the user may look at next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefetch {
    /// Those in the rows on the screen.
    pub visible: Vec<ContactId>,
    /// The one below the cursor and the one above it.
    pub adjacent: Vec<ContactId>,
}

/// Contacts that are compared with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub contacts: Vec<ContactId>,
    /// How often the user has asked to fetch them again.
    pub round: u32,
}
