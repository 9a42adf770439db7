//! Tokens: getting them, renewing them, storing them.
//!
//! A secret leaves this module only as a header value marked sensitive, or into the vault; it is never printed,
//! logged or stored in SQLite.

mod bearer;
mod broker;
mod file;
pub mod oauth;
mod profile;
mod vault;

pub use bearer::UnusableToken;
pub use broker::{Bearer, NotSignedIn, Renewing, TokenBroker, TokenGeneration};
pub use file::FileError;
pub use profile::{NoName, Profile, ProfileError, ProfileKind, ProfileName, Profiles};
pub use vault::{Credentials, Vault, VaultError, VaultKey};
