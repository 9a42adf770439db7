//! The open tasks of the whole location.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Scope, Task};

use super::Failure;

/// The open tasks, as far as they are known; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenTasks {
    /// Each once, ordered by ID.
    pub tasks: Arc<Vec<Arc<Task>>>,
    /// When the last full read began; `None`: never, and these are tasks of contacts that were viewed.
    pub fetched_at: Option<Timestamp>,
    pub reading: Reading,
}

/// The status of reading them.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Reading {
    /// Nothing is being read.
    #[default]
    Idle,
    /// How many have been read; the server gives no total, so the previous total stands in for it.
    Running { done: usize, before: Option<usize> },
    /// The latest read failed; the data here is older.
    Failed(Failure),
    /// The token may not read them all: these are tasks of contacts that were viewed.
    Missing(Scope),
}
