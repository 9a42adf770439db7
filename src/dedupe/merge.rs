//! What a merge makes of its members: the review of them field by field, the plan, the steps, and the steps back.
//!
//! Pure: members in, plans and steps out. What is done with a step is the worker's business.

mod bulk;
mod review;
mod steps;
mod survivor;
mod undo;

pub use bulk::{considered, covered, requests};
pub use review::{Choices, Mark, Pick, Review, ReviewRow, Rule};
pub use steps::{PreImage, purge_steps, steps};
pub use survivor::survivor;
pub use undo::undo_steps;

#[cfg(test)]
mod tests;
