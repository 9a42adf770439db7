//! Tokens: who we are to the server, how we stay it, and where that is kept.
//!
//! A secret leaves this module only as a header value marked sensitive, or into the vault; it is never printed,
//! logged or stored in SQLite.

mod broker;
mod file;
pub mod oauth;
mod profile;
mod vault;

pub use broker::{Bearer, Generation, NotSignedIn, Renewing, TokenBroker, UnusableToken};
pub use file::FileError;
pub use profile::{Kind, NoName, Profile, ProfileError, ProfileName, Profiles};
pub use vault::{Credentials, Key, Vault, VaultError};
