//! The one HTTP client: TLS provider, redirects, time-outs, and a cap on what is read.
//!
//! Knows nothing of the API, of tokens or of retries.

mod base;
mod client;

pub use base::{BaseUrl, BaseUrlError};
pub use client::{Body, BuildError, Client, Method, Reply, Request, TransportError};
