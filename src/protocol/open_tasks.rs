//! The open tasks of the whole location.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Scope, Task};

use super::Failure;

/// What is known of the open tasks; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenTasks {
    /// Each once, in the order of their ids.
    pub tasks: Arc<Vec<Arc<Task>>>,
    /// When the last reading of all of them began; `None`: never, and these are tasks of contacts that were looked at.
    pub fetched_at: Option<Timestamp>,
    pub reading: Reading,
}

/// How reading them stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Reading {
    /// Nothing is being read.
    #[default]
    Idle,
    /// So many have been read; the server does not say how many there are, but so many were there before.
    Running { done: usize, before: Option<usize> },
    /// The newest reading failed; what is here is older.
    Failed(Failure),
    /// The token may not read them all: what is here are tasks of contacts that were looked at.
    Missing(Scope),
}
