//! Arguments of commands about accounts: login, logout, listen, forget.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::domain::{ContactId, LocationId};

use super::values;

/// Sign in to a sub-account and keep it as a profile.
///
/// Tokens and secrets are never arguments, because the shell's history and the list of processes would show them.
/// ghl-tui asks for them, or reads them from a file, from standard input (-), or from `GHL_API_KEY` and
/// `GHL_CLIENT_SECRET`.
#[derive(Clone, Debug, PartialEq, Args)]
#[expect(clippy::struct_excessive_bools, reason = "independent options of a command line")]
pub struct Login {
    /// Name of the profile [default: the location's name]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The sub-account's id; without it, ghl-tui asks
    #[arg(long, value_name = "ID", value_parser = values::location)]
    pub location: Option<LocationId>,
    /// Read the private integration token from this file, or - for standard input
    #[arg(long, value_name = "FILE|-", conflicts_with = "oauth")]
    pub token_file: Option<PathBuf>,
    /// Address of the server [default: HighLevel's]
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Sign in with your own marketplace app instead of a private integration token
    #[arg(long)]
    pub oauth: bool,
    /// The app's client id
    #[arg(long, value_name = "ID", requires = "oauth")]
    pub client_id: Option<String>,
    /// Read the app's client secret from this file, or - for standard input
    #[arg(long, value_name = "FILE|-", requires = "oauth")]
    pub client_secret_file: Option<PathBuf>,
    /// The redirect address that is registered with the app
    #[arg(long, value_name = "URL", requires = "oauth")]
    pub redirect_uri: Option<String>,
    /// The app's version id; private apps need it
    #[arg(long, value_name = "ID", requires = "oauth")]
    pub version_id: Option<String>,
    /// Scopes to ask for
    #[arg(long, value_name = "WHICH", requires = "oauth", default_value = "write")]
    pub scopes: ScopeChoice,
    /// Also ask for the scopes that an agency needs to choose one of its locations
    #[arg(long, requires = "oauth")]
    pub agency: bool,
    /// Do not open a browser
    #[arg(long, requires = "oauth")]
    pub no_browser: bool,
    /// Do not wait for the browser; paste the address instead
    #[arg(long, requires = "oauth")]
    pub no_listener: bool,
}

/// The scopes to ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ScopeChoice {
    /// contacts.readonly only: enough to look around
    Minimal,
    /// Every scope that reads
    Read,
    /// Every scope that a feature needs
    #[default]
    Write,
}

/// Sign out: remove a profile's tokens from this machine.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Logout {
    /// The profile [default: the one used last]
    pub name: Option<String>,
    /// Also remove the local copy of the contacts; the outbox and the history stay
    #[arg(long)]
    pub wipe_cache: bool,
    /// Do not ask for confirmation; required when edits are waiting and standard input is not a terminal
    #[arg(long)]
    pub yes: bool,
}

/// Listen for webhooks and refresh the records they name.
///
/// You need a marketplace app and a tunnel that brings its webhooks to this machine. Binds 127.0.0.1 only.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Listen {
    /// The port on 127.0.0.1
    #[arg(long, value_name = "P")]
    pub port: u16,
    /// The public key that verifies webhooks (PEM, Ed25519) [default: HighLevel's published key]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

/// Erase one contact from this machine: local copy, history, drafts.
///
/// Nothing is sent to the server. If the server still has the contact, its next change brings it back.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Forget {
    #[arg(value_name = "ID", value_parser = values::contact)]
    pub id: ContactId,
    /// Do not ask for confirmation; required when standard input is not a terminal
    #[arg(long)]
    pub yes: bool,
    /// Show what would be erased without erasing it
    #[arg(long)]
    pub dry_run: bool,
}
