//! Which contacts, in which order: compact rows, the filter's language, the staged fuzzy matcher.
//!
//! Pure: no I/O, no clock; matching runs wherever the caller runs it and stops when told.

/// The contacts of a location as compact rows; cheap to clone and to change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roster {}
