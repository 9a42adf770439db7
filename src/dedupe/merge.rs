//! Plans a merge: the review of its members field by field, the plan, its steps, and the steps to undo it.
//!
//! Pure: members in, plans and steps out. The worker carries the steps out.

mod bulk;
mod review;
mod steps;
mod survivor;
mod undo;

pub use bulk::{considered, covered, requests};
pub use review::{Choices, Pick, Review, ReviewRow, ValueMark, ValueReason};
pub use steps::{PreImage, carries, purge_steps, steps};
pub use survivor::survivor;
pub use undo::undo_steps;

#[cfg(test)]
mod tests;
