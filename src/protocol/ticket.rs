//! Matches an answer to its request.

/// Links an answer to the request; unique within one [`super::Port`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);
