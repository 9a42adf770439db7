//! The contract: what the client sends and what the sandbox answers, held against the official description.
//!
//! It reads the folder that `GHL_OPENAPI_DIR` names; elsewhere it says that it did not run.

mod description;
mod oauth;
mod operations;
mod reading;
