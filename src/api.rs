//! The HighLevel API, Version 2021-07-28: typed endpoints, classified errors, the rate limit.
//!
//! Knows the server's protocol, and nothing of SQLite or the screen. It holds no policy: it says what an error means,
//! and the worker decides what happens next.

mod client;
mod endpoint;
pub mod endpoints;
mod error;
mod journal;
mod limit;
mod probe;
mod retry;
pub mod webhook;
mod wire;

/// The documented `Version` header of most paths.
pub(crate) const VERSION: &str = "2021-07-28";

pub use crate::http::Method;
pub use client::{ApiClient, ClientOptions};
pub use endpoint::{Call, Endpoint, Idempotency, Operation, Received};
pub use error::{ApiError, Doubt, Passing};
pub use journal::Exchange;
pub use limit::{Limits, Permit, Urgency};
pub use probe::has_scope;
pub use retry::backoff;
pub use wire::{BulkResult, ContactPage, Listed, LocationHead};
