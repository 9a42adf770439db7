//! The one HTTP client: TLS provider, redirects, time-outs, and a cap on the size of answers.
//!
//! Knows nothing of the API, of tokens or of retries.

mod base;
mod client;

pub use base::{BaseUrl, BaseUrlError};
pub use client::{BuildError, HttpClient, HttpReply, HttpRequest, Method, RequestBody, TransportError};
