//! What an answer is recognised by.

/// Correlates an answer with what was asked; unique within one [`super::Port`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);
